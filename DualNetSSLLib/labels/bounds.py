"""Bounds of an organ: the box of voxels in which it lies, so that all the rest of the scan is background.

The first and the last slice of an organ are such a box as well, one that is open to the sides. Indices count both ends
in, along i, j, k of the scan's file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.errors import InvalidRequest

Index = tuple[int, int, int]
Part = tuple[slice, slice, slice]
"""A piece of an array ``[k, j, i]``."""


@dataclass(frozen=True)
class Bounds:
    """A box of voxels.

    Attributes:
        lower: its first voxel (i, j, k).
        upper: its last voxel, which belongs to it.

    Example:
        >>> Bounds((0, 1, 2), (3, 1, 4)).inside
        (slice(2, 5, None), slice(1, 2, None), slice(0, 4, None))
    """

    lower: Index
    upper: Index

    @classmethod
    def whole(cls, size: Index) -> Bounds:
        """Return the box that is all of a scan of ``size`` (i, j, k)."""
        return cls((0, 0, 0), (size[0] - 1, size[1] - 1, size[2] - 1))

    @property
    def inside(self) -> Part:
        """The box in an array ``[k, j, i]``."""
        i, j, k = (slice(low, high + 1) for low, high in zip(self.lower, self.upper, strict=True))
        return k, j, i

    @property
    def size(self) -> Index:
        """Voxels along i, j, k."""
        i, j, k = (high - low + 1 for low, high in zip(self.lower, self.upper, strict=True))
        return i, j, k

    def outside(self, size: Index) -> Iterator[Part]:
        """Yield pieces of an array ``[k, j, i]`` that together are all outside the box, none of them twice.

        Example:
            >>> left = np.ones((4, 3, 2), int)
            >>> for part in Bounds((1, 0, 1), (1, 1, 2)).outside((2, 3, 4)):
            ...     left[part] -= 1
            >>> int(left.sum()), left.min(), left[1:3, 0:2, 1:2].all()
            (4, np.int64(0), np.True_)
        """
        done: list[slice] = []
        for axis, inner in enumerate(self.inside):
            rest = [slice(None)] * (2 - axis)
            for ends in (slice(0, inner.start), slice(inner.stop, size[2 - axis])):
                if ends.start < ends.stop:
                    part = [*done, ends, *rest]
                    yield part[0], part[1], part[2]
            done.append(inner)

    def has(self, where: Sequence[int]) -> bool:
        """Tell whether a voxel (i, j, k) lies inside."""
        return all(low <= place <= high for low, place, high in zip(self.lower, where, self.upper, strict=True))

    def beginning_at(self, axis: int, index: int) -> Bounds:
        """Return the box whose first slice along an axis (0, 1, 2 for i, j, k) is this one.

        Raises:
            InvalidRequest: the last slice comes before it.
        """
        _check_order(index, self.upper[axis])
        return replace(self, lower=_with(self.lower, axis, index))

    def ending_at(self, axis: int, index: int) -> Bounds:
        """Return the box whose last slice along an axis is this one.

        Raises:
            InvalidRequest: the first slice comes after it.
        """
        _check_order(self.lower[axis], index)
        return replace(self, upper=_with(self.upper, axis, index))

    def grown(self, margin_mm: float, spacing: Sequence[float], size: Index) -> Bounds:
        """Return the box with a margin on every side, in mm, as far as the scan reaches.

        Args:
            margin_mm: rounded up to whole voxels.
            spacing: of the voxels along i, j, k, in mm.
            size: of the scan (i, j, k).

        Example:
            >>> Bounds((1, 5, 5), (6, 6, 6)).grown(2.0, (1.0, 1.0, 3.0), (8, 20, 20))
            Bounds(lower=(0, 3, 4), upper=(7, 8, 7))
        """
        steps = [math.ceil(margin_mm / length - 1e-3) for length in spacing]
        i, j, k = (max(0, low - step) for low, step in zip(self.lower, steps, strict=True))
        x, y, z = (min(last - 1, high + step) for high, step, last in zip(self.upper, steps, size, strict=True))
        return Bounds((i, j, k), (x, y, z))


def _with(index: Index, axis: int, value: int) -> Index:
    i, j, k = (value if place == axis else old for place, old in enumerate(index))
    return i, j, k


def _check_order(first: int, last: int) -> None:
    if first > last:
        raise InvalidRequest(
            f"The first slice of the organ would be {first + 1}, and the last one {last + 1}.",
            "The first slice has the smaller number: go to the other end of the organ, or press the other key.",
        )


def box_of(inside: npt.NDArray[Any]) -> Bounds | None:
    """Return the smallest box that holds every voxel of an array ``[k, j, i]`` that is not 0; None if there is none.

    Example:
        >>> box_of(np.eye(3, dtype=bool).reshape(3, 1, 3)[1:])
        Bounds(lower=(1, 0, 0), upper=(2, 0, 1))
    """
    plane: npt.NDArray[Any] = np.any(inside, axis=0)
    ends = []
    for line in (inside.any(axis=(1, 2)), plane.any(axis=1), plane.any(axis=0)):
        found = np.flatnonzero(line)
        if not len(found):
            return None
        ends.append((int(found[0]), int(found[-1])))
    (k, z), (j, y), (i, x) = ends
    return Bounds((i, j, k), (x, y, z))


def bounds_told(verified: npt.NDArray[Any], label: npt.NDArray[Any]) -> Bounds | None:
    """Find the smallest box outside which all is verified as background; None if that is the whole scan.

    This is how bounds come back from a mask that tells no more than what is verified. A scan that is verified as
    background throughout has none: there is no organ to bound.

    Args:
        verified: mask ``[k, j, i]``, other than 0 where a voxel is verified.
        label: label volume of the same shape.

    Example:
        >>> verified, label = np.ones((5, 1, 2), np.uint8), np.zeros((5, 1, 2), np.uint8)
        >>> verified[2] = 0; label[3, 0, 1] = 1
        >>> bounds_told(verified, label)
        Bounds(lower=(0, 0, 2), upper=(1, 0, 3))
    """
    box = box_of((verified == 0) | (label != 0))
    i, j, k = label.shape[::-1]
    return None if box is None or box == Bounds.whole((i, j, k)) else box


def lies_outside(where: npt.NDArray[Any], bounds: Bounds | None, size: Index) -> npt.NDArray[np.bool_]:
    """Tell which of these voxels lie outside; without bounds none does.

    Args:
        where: flat indices, C order of ``[k, j, i]``.
        bounds: the box.
        size: of the scan (i, j, k).

    Example:
        >>> lies_outside(np.arange(3), Bounds((0, 0, 1), (0, 0, 1)), (1, 1, 3)).tolist()
        [True, False, True]
    """
    result = np.zeros(where.shape, bool)
    if bounds is not None:
        for places, inner in zip(np.unravel_index(where.astype(np.int64), size[::-1]), bounds.inside, strict=True):
            result |= (places < inner.start) | (places >= inner.stop)
    return result


def labelled_outside(label: npt.NDArray[Any], bounds: Bounds | None) -> npt.NDArray[np.int64]:
    """Return the labelled voxels outside, as flat indices: each of them contradicts the bounds, or has to go.

    Args:
        label: label volume ``[k, j, i]``.
        bounds: the box; without one nothing lies outside.

    Example:
        >>> labelled_outside(np.ones((3, 1, 1), np.uint8), Bounds((0, 0, 1), (0, 0, 1))).tolist()
        [0, 2]
    """
    i, j, k = label.shape[::-1]
    found = [np.zeros(0, np.int64)]
    for part in () if bounds is None else bounds.outside((i, j, k)):
        labelled = label[part] != 0  # of truth values, and flat, they are found several times as fast
        places = np.unravel_index(np.flatnonzero(labelled), labelled.shape)
        starts = (piece.start or 0 for piece in part)
        moved = tuple(axis + start for axis, start in zip(places, starts, strict=True))
        found.append(np.ravel_multi_index(moved, label.shape))
    return np.sort(np.concatenate(found))
