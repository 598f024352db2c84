"""How far two label volumes of a scan lie apart: overlap with what was verified, and where one became the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.records import Geometry

Labels = npt.NDArray[Any]
Counts = npt.NDArray[np.int64]

GAINED, LOST, RELABELLED = 1, 2, 3
"""What a voxel of a difference says: it got a label, it lost its label, it has another label. 0: it did not change."""
SLAB_VOXELS = 1 << 22
VALUES = 256


@dataclass(frozen=True)
class Overlap:
    """How a segmentation meets the truth in one class, in voxels.

    Attributes:
        truth: of the class in the truth.
        segmented: of the class in the segmentation.
        common: of the class in both.
    """

    truth: int
    segmented: int
    common: int

    @property
    def dice(self) -> float | None:
        """Dice, 0 to 1; None where neither has the class.

        Example:
            >>> Overlap(truth=3, segmented=1, common=1).dice, Overlap(0, 0, 0).dice
            (0.5, None)
        """
        both = self.truth + self.segmented
        return 2 * self.common / both if both else None


@dataclass(frozen=True)
class Changes:
    """What became of one label volume in another.

    Attributes:
        lower: voxel (i, j, k) at which the box of all changes begins.
        kinds: uint8 ``[k, j, i]`` in that box: `GAINED`, `LOST`, `RELABELLED` or 0; one voxel of 0 if nothing changed.
    """

    lower: tuple[int, int, int]
    kinds: npt.NDArray[np.uint8]


def slabs(length: int, slice_voxels: int) -> Iterator[slice]:
    """Cut ``length`` slices of so many voxels each into pieces that never need much memory.

    Example:
        >>> list(slabs(3, SLAB_VOXELS // 2))
        [slice(0, 2, None), slice(2, 3, None)]
    """
    step = max(1, SLAB_VOXELS // max(1, slice_voxels))
    yield from (slice(first, min(length, first + step)) for first in range(0, length, step))


def counted(voxels: Labels) -> Counts:
    """Count the voxels of each value.

    Args:
        voxels: uint8 ``[k, j, i]``.

    Returns:
        256 counts, by value.

    Example:
        >>> counted(np.array([[[0, 2, 2]]], np.uint8))[:4].tolist()
        [1, 0, 2, 0]
    """
    total = np.zeros(VALUES, np.int64)
    for place in slabs(len(voxels), voxels[0].size):
        total += np.bincount(voxels[place].reshape(-1), minlength=VALUES)
    return total


def overlaps(segmentation: Labels, truth: Labels, verified: Labels | None, values: Sequence[int]) -> dict[int, Overlap]:
    """Compare a segmentation with the truth in every class, over verified voxels alone.

    Args:
        segmentation: uint8 ``[k, j, i]``.
        truth: label volume of the same shape.
        verified: mask of the same shape, not 0 where somebody vouches for the truth; None: everywhere.
        values: of the classes, without the background.
    """
    sums = np.zeros((3, VALUES), np.int64)
    for place in slabs(len(truth), truth[0].size):
        inside = slice(None) if verified is None else verified[place].reshape(-1) != 0
        true, found = truth[place].reshape(-1)[inside], segmentation[place].reshape(-1)[inside]
        for row, part in enumerate((true, found, true[true == found])):
            sums[row] += np.bincount(part, minlength=VALUES)
    return {value: Overlap(*(int(count) for count in sums[:, value])) for value in values}


def changes(before: Labels, after: Labels) -> Changes:
    """Find the voxels whose label changed, and of what kind each change is.

    Args:
        before: uint8 ``[k, j, i]``.
        after: of the same shape.

    Example:
        >>> found = changes(np.array([[[0, 0, 1, 1]]], np.uint8), np.array([[[0, 2, 0, 1]]], np.uint8))
        >>> found.lower, found.kinds.tolist()
        ((1, 0, 0), [[[1, 2]]])
    """
    changed = before != after
    box = [_span(changed.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))]
    k, j, i = box
    old, new, moved = before[k, j, i], after[k, j, i], changed[k, j, i]
    kinds = np.where(old == 0, GAINED, np.where(new == 0, LOST, RELABELLED)).astype(np.uint8)
    kinds[~moved] = 0
    return Changes((i.start, j.start, k.start), kinds)


def _span(hit: npt.NDArray[np.bool_]) -> slice:
    """Return the range from the first to the last hit; the first voxel if there is none."""
    places = np.flatnonzero(hit)
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 1)


def box_geometry(geometry: Geometry, lower: Sequence[int], size: Sequence[int]) -> Geometry:
    """Return the grid (LPS) of a box of voxels of a grid.

    Args:
        geometry: of the whole.
        lower: first voxel (i, j, k) of the box.
        size: voxels (i, j, k) of the box.

    Example:
        >>> whole = Geometry(size=(9, 9, 9), spacing=(1, 1, 2), origin=(0, 0, 5), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
        >>> box_geometry(whole, (1, 0, 3), (2, 2, 2)).origin
        (1.0, 0.0, 11.0)
    """
    axes = np.reshape(geometry.direction, (3, 3)) * geometry.spacing
    x, y, z = (float(value) for value in geometry.origin + axes @ np.asarray(lower, float))
    i, j, k = (int(length) for length in size)
    return replace(geometry, size=(i, j, k), origin=(x, y, z))


def voxel_ml(geometry: Geometry) -> float:
    """Return the volume of a voxel in ml."""
    return float(np.prod(geometry.spacing)) / 1000.0


def paired_dice(pairs: Iterable[tuple[float | None, float | None]]) -> tuple[float, float] | None:
    """Return the mean Dice before and after, over the same scans; None if there is nothing to compare.

    A scan without the class in truth and in both segmentations says nothing and is left out. Where only one of the two
    put the class into a scan that has none, the other was right.

    Example:
        >>> paired_dice([(0.5, 0.7), (None, 0.0), (None, None)])
        (0.75, 0.35)
    """
    known = [pair for pair in pairs if pair != (None, None)]
    if not known:
        return None
    sides = [[1.0 if value is None else value for value in side] for side in zip(*known, strict=True)]
    return sum(sides[0]) / len(known), sum(sides[1]) / len(known)
