"""Answers that go on from what somebody has painted in a region: between slices, and out of seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.labels.interpolation import between
from DualNetSSLLib.mending.site import Site

Array = npt.NDArray[Any]

CERTAIN = 0.95
"""Mean probability from which on both networks count as certain of a voxel: a seed that nobody has to paint."""
SHADES = 255


def painted_axis(painted: Array) -> int | None:
    """Return the axis (of ``[k, j, i]``) whose slices somebody has painted, with others between; None: there is none.

    Args:
        painted: which voxels were painted, ``[k, j, i]``.

    Example:
        >>> mask = np.zeros((5, 4, 4), bool); mask[[1, 3], 1:3, 1:3] = True
        >>> painted_axis(mask), painted_axis(mask[:3])
        (0, None)
    """
    gaps = []
    for axis in range(painted.ndim):
        slices = np.flatnonzero(painted.any(axis=tuple(other for other in range(3) if other != axis)))
        gaps.append(int(slices[-1] - slices[0] + 1 - len(slices)) if len(slices) else 0)
    return int(np.argmax(gaps)) if max(gaps) else None


def filled_between(site: Site, painted: Array) -> Array | None:
    """Return the label with the slices between painted ones filled, by the distance from each border; None: none are.

    Args:
        site: the region.
        painted: as for `painted_axis`.
    """
    axis = painted_axis(painted)
    if axis is None:
        return None
    slices = np.flatnonzero(painted.any(axis=tuple(other for other in range(3) if other != axis)))
    label = np.moveaxis(site.label, axis, 0)
    spacing = [edge for other, edge in enumerate(site.spacing) if other != axis]
    wanted = label.copy()
    for number, plane in between({int(at): label[at] for at in slices}, spacing).items():
        wanted[number] = plane
    return site.put(np.moveaxis(wanted, 0, axis))


def grown_from_seeds(site: Site, image: Array, painted: Array) -> Array:
    """Return the label grown from what is certain: painted, verified, outside the region, or sure for both networks.

    Every other voxel gets the class of the seed from which it is reached over the smallest steps of intensity (image
    foresting transform).

    Args:
        site: the region.
        image: intensities of the box, ``[k, j, i]``.
        painted: which voxels somebody has painted.
    """
    from scipy import ndimage  # takes its time to load, which a process that starts does not have

    fixed = ~site.free | painted | (site.chances.mean(axis=0).max(axis=0) >= CERTAIN)
    low, high = np.percentile(image, (1, 99))
    shades = np.clip((image - low) / max(float(high - low), 1e-6), 0, 1) * SHADES
    markers = np.where(fixed, site.label.astype(np.int16) + 1, 0).astype(np.int16)
    grown = ndimage.watershed_ift(shades.astype(np.uint8), markers)
    return site.put(np.where(grown > 0, grown - 1, site.label).astype(np.uint8))
