"""Second opinions: other answers for a region, each complete in itself; a person sees them and takes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.mending.kinds import ALL, FIRST, LARGER, NOTHING, RUNNER_UP, SECOND, SMALLER
from DualNetSSLLib.mending.site import Site

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Answer:
    """Another answer for a region.

    Attributes:
        kind: one of `DualNetSSLLib.mending.kinds.KINDS`.
        label: label values of the site's box with it, uint8 ``[k, j, i]``.
        changed_mm3: volume of the voxels whose label it changes.
        gained_mm3: volume that it adds to each class, by label value; classes without any are left out.
        lost_mm3: volume that it takes from each class, likewise.
    """

    kind: str
    label: Array
    changed_mm3: float
    gained_mm3: Mapping[int, float]
    lost_mm3: Mapping[int, float]


def second_opinions(site: Site, value: int) -> tuple[Answer, ...]:
    """Return the answers that differ from the label and from each other.

    Args:
        site: the region.
        value: label value of the class in question; 0: there is none, and what needs one is left out.
    """
    seen = [site.label]
    found = []
    for kind, wanted in _wanted(site, value):
        label = site.put(wanted)
        if not any(np.array_equal(label, other) for other in seen):
            seen.append(label)
            found.append(answer(site, kind, label))
    return tuple(found)


def answer(site: Site, kind: str, label: Array) -> Answer:
    """Measure what a label of the box changes."""
    changed = label != site.label
    gained, lost = (_volumes(side[changed], site.voxel_mm3) for side in (label, site.label))
    return Answer(kind, label, int(changed.sum()) * site.voxel_mm3, gained, lost)


def _volumes(values: Array, voxel_mm3: float) -> Mapping[int, float]:
    """Return the volume of each label value, in mm³."""
    classes, counts = np.unique(values, return_counts=True)
    return {int(value): int(count) * voxel_mm3 for value, count in zip(classes, counts, strict=True)}


def _wanted(site: Site, value: int) -> Iterator[tuple[str, Array]]:
    values = np.array(site.values, np.uint8)
    first, second = (values[each.argmax(axis=0)] for each in site.chances)
    yield FIRST, first
    yield SECOND, second
    yield RUNNER_UP, values[np.argsort(site.chances.sum(axis=0), axis=0)[-2]]
    if value:
        yield ALL, np.full_like(site.label, value)
    yield NOTHING, np.zeros_like(site.label)
    if value:
        yield LARGER, grown(site, value)
        yield SMALLER, shrunk(site, value)


def grown(site: Site, value: int) -> Array:
    """Return the label with a class larger by one voxel, over background alone."""
    near = _near(site.label == value, site.spacing) & (site.label == 0)
    result: Array = np.where(near, value, site.label).astype(np.uint8)
    return result


def shrunk(site: Site, value: int) -> Array:
    """Return the label with a class smaller by one voxel where it meets background, which comes in its place."""
    near = _near(site.label == 0, site.spacing) & (site.label == value)
    result: Array = np.where(near, 0, site.label).astype(np.uint8)
    return result


def _near(mask: Array, spacing: tuple[float, float, float]) -> Array:
    """Return the voxels within the shortest edge of a voxel; of thick slices that is within the slice."""
    if not mask.any():
        return mask
    from scipy import ndimage  # takes its time to load, which a process that starts does not have

    near: Array = ndimage.distance_transform_edt(~mask, sampling=spacing) <= 1.001 * min(spacing)
    return near
