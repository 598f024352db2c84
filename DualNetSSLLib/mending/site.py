"""A region cut out of its scan, with what may be changed in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Site:
    """A box around a region, one voxel wider where the scan goes on.

    Attributes:
        label: label values as they are now, uint8 ``[k, j, i]``.
        free: which voxels may change: those of the region that nobody has verified and whose class is not locked.
        held: which voxels somebody has verified, in the region or not.
        chances: probabilities by both networks, float32 ``[2, C, k, j, i]``.
        values: label value of each of the C classes, background first.
        spacing: of the voxels, mm (k, j, i).
        locked: label values of classes that neither lose nor gain a voxel.
    """

    label: Array
    free: Array
    held: Array
    chances: Array
    values: tuple[int, ...]
    spacing: tuple[float, float, float]
    locked: tuple[int, ...] = ()

    @property
    def voxel_mm3(self) -> float:
        """Volume of a voxel."""
        return float(np.prod(self.spacing))

    def put(self, wanted: Array) -> Array:
        """Return the label with these values where that is allowed: in free voxels, and none of a locked class.

        Args:
            wanted: label values, uint8 ``[k, j, i]``.
        """
        allowed = self.free & ~np.isin(wanted, self.locked)
        result: Array = np.where(allowed, wanted, self.label).astype(np.uint8)
        return result


def box_around(where: Array, size: Sequence[int]) -> tuple[slice, slice, slice]:
    """Return the box of a site as slices of the scan ``[k, j, i]``.

    Args:
        where: flat indices of the region's voxels, C order; at least one.
        size: of the scan (i, j, k).

    Example:
        >>> box_around(np.array([0, 5]), (3, 2, 4))
        (slice(0, 2, None), slice(0, 2, None), slice(0, 3, None))
    """
    k, j, i = (
        slice(max(0, int(axis.min()) - 1), min(length, int(axis.max()) + 2))
        for axis, length in zip(np.unravel_index(where, tuple(size[::-1])), size[::-1], strict=True)
    )
    return k, j, i


def inside_box(where: Array, box: Sequence[slice], size: Sequence[int]) -> Array:
    """Return a mask of the box, true at voxels with these flat indices of the scan; all of them lie in the box."""
    places = np.unravel_index(where, tuple(size[::-1]))
    mask = np.zeros([part.stop - part.start for part in box], np.bool_)
    mask[tuple(axis - part.start for axis, part in zip(places, box, strict=True))] = True
    return mask


def flat_of_box(box: Sequence[slice], size: Sequence[int]) -> Array:
    """Return the flat indices of a box's voxels in the scan, ``[k, j, i]``."""
    _, rows, length = size[::-1]
    k, j, i = (np.arange(part.start, part.stop) for part in box)
    flat: Array = (k[:, None, None] * rows + j[:, None]) * length + i
    return flat


def may_change(region: Array, verified: Array, label: Array, locked: Collection[int]) -> Array:
    """Return which voxels of a region may change, all ``[k, j, i]``.

    Example:
        >>> may_change(np.array([1, 1, 1, 0]) > 0, np.array([0, 1, 0, 0]), np.array([0, 0, 7, 0]), {7}).tolist()
        [True, False, False, False]
    """
    free: Array = region & (verified == 0) & ~np.isin(label, list(locked))
    return free
