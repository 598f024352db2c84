"""Which slices of a scan are worth painting, where a box goes, and the voxels of both: numbers only, no Slicer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.bounds import Bounds, Index
from DualNetSSLLib.labels.marks import Places

PLANES = ("sagittal", "coronal", "axial")
"""The plane across the first, the second and the third axis of patient space."""
THICK = 1.5
"""A scan whose slices are so much thicker than its pixels are wide is painted in the plane that it was taken in."""


def planned(first: int, last: int, count: int) -> tuple[int, ...]:
    """Choose slices evenly between two slices, both of which count in; three lie at 1/6, 1/2 and 5/6.

    Args:
        first: slice where the organ begins.
        last: slice where it ends.
        count: how many; all of them if there are no more.

    Example:
        >>> planned(10, 27, 3), planned(4, 5, 3), planned(0, 8, 1)
        ((13, 19, 25), (4, 5), (4,))
    """
    length = last - first + 1
    if count >= length:
        return tuple(range(first, last + 1))
    return tuple(first + (2 * number + 1) * length // (2 * count) for number in range(count))


def next_open(slices: Sequence[int], done: Callable[[int], bool], here: int) -> int | None:
    """Return the first slice that is not done beyond this one, else the first of all that is not; None: all are done.

    Example:
        >>> next_open((3, 6, 9), lambda index: index == 6, 4), next_open((3, 6), lambda index: index == 6, 9)
        (9, 3)
    """
    left = [index for index in slices if not done(index)]
    return next((index for index in left if index > here), left[0] if left else None)


def expected(size: Index, known: Bounds | None, likely: Bounds | None) -> Bounds:
    """Say where the organ is looked for: within the bounds, or else where a model or a stroke has it.

    A side of the bounds that lies at the end of the scan says nothing; there the likely box counts.

    Args:
        size: of the scan (i, j, k).
        known: the bounds as far as they are marked.
        likely: a box around what is painted or predicted, if anything is.

    Example:
        >>> expected((9, 9, 90), Bounds((0, 0, 20), (8, 8, 89)), Bounds((3, 3, 5), (5, 5, 60)))
        Bounds(lower=(3, 3, 20), upper=(5, 5, 60))
    """
    whole = Bounds.whole(size)
    known, likely = known or whole, likely or whole
    low = [a if a > 0 else b for a, b in zip(known.lower, likely.lower, strict=True)]
    high = [a if a < end else b for a, b, end in zip(known.upper, likely.upper, whole.upper, strict=True)]
    for axis in range(3):
        if low[axis] > high[axis]:  # what is likely lies outside what is known
            low[axis], high[axis] = known.lower[axis], known.upper[axis]
    return Bounds((low[0], low[1], low[2]), (high[0], high[1], high[2]))


# planes


def axis_across(geometry: Geometry, plane: str) -> int:
    """Return the axis of the grid (0, 1, 2 for i, j, k) that goes through the slices of a plane.

    Args:
        geometry: of the scan.
        plane: one of `PLANES`; of an oblique scan the slices that are nearest to it.

    Example:
        >>> turned = (0, 0, 1, 1, 0, 0, 0, -1, 0)
        >>> turned = Geometry(size=(4, 4, 4), spacing=(1, 1, 3), origin=(0, 0, 0), direction=turned)
        >>> [axis_across(turned, plane) for plane in PLANES], usual_plane(turned)
        ([2, 0, 1], 'sagittal')
    """
    return _axes(geometry)[PLANES.index(plane)]


def usual_plane(geometry: Geometry) -> str:
    """Return the plane that a scan is painted in: the one it was taken in if that is plain, else the axial one."""
    _thin, middle, thick = sorted(geometry.spacing)
    if thick < THICK * middle:
        return "axial"
    return PLANES[_axes(geometry).index(geometry.spacing.index(thick))]


def _axes(geometry: Geometry) -> tuple[int, ...]:
    """Return for each axis of patient space the axis of the grid that is nearest to it, each of them once."""
    lengths = np.abs(np.reshape(geometry.direction, (3, 3)))
    return max(permutations(range(3)), key=lambda axes: sum(lengths[place, axis] for place, axis in enumerate(axes)))


# voxels


def slice_places(axis: int, index: int, size: Index) -> Places:
    """Return the flat indices of a slice, ascending.

    Example:
        >>> slice_places(0, 1, (2, 3, 1)).tolist(), slice_places(2, 0, (2, 3, 1)).tolist()
        ([1, 3, 5], [0, 1, 2, 3, 4, 5])
    """
    return box_places(slice_box(axis, index, size), size)


def slice_box(axis: int, index: int, size: Index) -> Bounds:
    """Return a slice as a box that is one voxel thin."""
    return Bounds.whole(size).beginning_at(axis, index).ending_at(axis, index)


def box_places(box: Bounds, size: Index) -> Places:
    """Return the flat indices of a box, ascending, C order of ``[k, j, i]``."""
    k, j, i = (np.arange(part.start, part.stop, dtype=np.int64) for part in box.inside)
    places: Places = ((k[:, None, None] * size[1] + j[:, None]) * size[0] + i).reshape(-1)
    return places


def box_at(centre: Sequence[float], voxels: Sequence[int], size: Index) -> Bounds:
    """Return a box of so many voxels along i, j, k around a place, moved so that all of it lies in the scan.

    Example:
        >>> box_at((1.0, 5.0, 50.0), (4, 4, 40), (20, 20, 30))
        Bounds(lower=(0, 3, 0), upper=(3, 6, 29))
    """
    lengths = [min(want, have) for want, have in zip(voxels, size, strict=True)]
    low = [
        min(max(0, round(place - length / 2)), have - length)
        for place, length, have in zip(centre, lengths, size, strict=True)
    ]
    i, j, k = low
    x, y, z = (first + length - 1 for first, length in zip(low, lengths, strict=True))
    return Bounds((i, j, k), (x, y, z))


def taken(volume: npt.NDArray[np.uint8], axis: int, index: int) -> npt.NDArray[np.uint8]:
    """Return a slice of a volume ``[k, j, i]`` as a plane, its rows along the later axis of the file.

    Example:
        >>> taken(np.arange(6, dtype=np.uint8).reshape(1, 3, 2), 0, 1).tolist()
        [[1, 3, 5]]
    """
    plane: npt.NDArray[np.uint8] = np.take(volume, index, axis=2 - axis)
    return plane
