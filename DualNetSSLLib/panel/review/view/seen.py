"""Which slices of a region were looked at: numbers only, no Slicer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.labels.marks import Places


@dataclass
class Seen:
    """The slices of one region along each axis of the scan (i, j, k).

    Attributes:
        first: number of its first slice along each axis.
        slices: for each axis which of its slices were looked at, bool.

    Example:
        >>> seen = Seen.of(np.array([0, 4, 9]), (2, 2, 3))
        >>> seen.first, [len(each) for each in seen.slices]
        ((0, 0, 0), [2, 1, 3])
        >>> seen.note(2, 1), seen.note(2, 7), seen.unseen
        (True, False, 1)
        >>> seen.place(2, 1), seen.place(2, 7), seen.count(2)
        (1, None, 1)
    """

    first: tuple[int, int, int]
    slices: tuple[npt.NDArray[np.bool_], ...]

    @classmethod
    def of(cls, where: Places, size: Sequence[int]) -> Seen:
        """Begin with a region of which nothing was looked at.

        Args:
            where: flat indices of its voxels, at least one.
            size: of the scan (i, j, k).
        """
        axes = np.unravel_index(np.asarray(where, np.int64), tuple(size[::-1]))[::-1]
        i, j, k = (int(axis.min()) for axis in axes)
        lengths = [int(axis.max()) - low + 1 for axis, low in zip(axes, (i, j, k), strict=True)]
        return cls((i, j, k), tuple(np.zeros(length, bool) for length in lengths))

    def place(self, axis: int, number: int) -> int | None:
        """Return which slice of the region that slice of the scan is, from 0; None if it is none."""
        at = number - self.first[axis]
        return at if 0 <= at < len(self.slices[axis]) else None

    def note(self, axis: int, number: int) -> bool:
        """Note that a slice of the scan was looked at; tells whether that is new of the region."""
        at = self.place(axis, number)
        if at is None or self.slices[axis][at]:
            return False
        self.slices[axis][at] = True
        return True

    def count(self, axis: int) -> int:
        """Count the slices along an axis that were looked at."""
        return int(self.slices[axis].sum())

    @property
    def unseen(self) -> int:
        """How many slices were not looked at, along the axis of which most were: one such walk shows every voxel."""
        return min(int((~each).sum()) for each in self.slices)


def strip_stops(seen: npt.NDArray[np.bool_], here: int | None) -> list[tuple[float, float, str]]:
    """Return the pieces of a strip with one field a slice: where each begins and ends (0 to 1), and what it is.

    What it is: ``here``, ``seen`` or ``unseen``; fields of a kind that follow each other are one piece.

    Example:
        >>> strip_stops(np.array([True, False, False, True]), 3)
        [(0.0, 0.25, 'seen'), (0.25, 0.75, 'unseen'), (0.75, 1.0, 'here')]
    """
    kinds = ["here" if at == here else "seen" if known else "unseen" for at, known in enumerate(seen.tolist())]
    edges = [0, *(at for at in range(1, len(kinds)) if kinds[at] != kinds[at - 1]), len(kinds)]
    count = len(kinds)
    return [(low / count, high / count, kinds[low]) for low, high in itertools.pairwise(edges)]
