"""Where windows lie, and which of them are looked at first: the fewest that leave no voxel out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod

Place = tuple[int, int, int]
"""First voxel of a window, (k, j, i)."""


def starts(size: int, patch: int, overlap: float) -> list[int]:
    """Return where windows of an axis begin; the last one ends where the axis ends.

    Example:
        >>> starts(100, 48, 0.5), starts(48, 48, 0.5)
        ([0, 24, 48, 52], [0])
    """
    step = max(1, int(patch * (1 - overlap)))
    return [*range(0, size - patch, step), size - patch]


def fewest(begins: Sequence[int], patch: int) -> list[int]:
    """Return the fewest of an axis's windows that leave no voxel out, the first and the last among them.

    Example:
        >>> fewest([0, 24, 48, 52], 48), fewest([0, 24, 48, 72], 48), fewest([0], 48)
        ([0, 48, 52], [0, 48, 72], [0])
    """
    kept = [begins[0]]
    for begin, following in pairwise(begins[1:]):
        if following > kept[-1] + patch:
            kept.append(begin)
    return sorted({*kept, begins[-1]})


def windows_of(size: Sequence[int], patch: Sequence[int], overlap: float) -> int:
    """Return how many windows an image has.

    Example:
        >>> windows_of((100, 48, 20), (48, 48, 48), 0.5)
        4
    """
    return prod(len(starts(max(edge, own), own, overlap)) for edge, own in zip(size, patch, strict=True))


@dataclass(frozen=True)
class Places:
    """Windows of an image, layer by layer along its first axis.

    Attributes:
        begins: of windows, along each axis.
        first: of those that are looked at first; all of them, or the fewest that leave no voxel out.
        patch: size of a window (d, h, w).
    """

    begins: tuple[list[int], ...]
    first: tuple[list[int], ...]
    patch: tuple[int, int, int]

    @classmethod
    def of(cls, size: Sequence[int], patch: tuple[int, int, int], overlap: float, few: bool) -> Places:
        """Lay windows over an image (D, H, W) that is as large as one at least; few or all are looked at first."""
        begins = tuple(starts(edge, own, overlap) for edge, own in zip(size, patch, strict=True))
        first = tuple(fewest(axis, own) for axis, own in zip(begins, patch, strict=True)) if few else begins
        return cls(begins, first, patch)

    def layers(self) -> Iterator[tuple[int, int, list[Place], list[Place]]]:
        """Yield of each layer its first slice and that of the next, windows to look at before it, and its others.

        Whether another window of a layer is worth a look is known once all of its slices have been seen.
        """
        deep, seen = self.patch[0], 0
        ends = [*self.begins[0][1:], self.begins[0][-1] + deep]
        for layer, following in zip(self.begins[0], ends, strict=True):
            due = [begin for begin in self.first[0][seen:] if begin < layer + self._ahead]
            seen += len(due)
            first = [layer] if layer in self.first[0] else []
            others = set(_places([layer], self.begins)) - set(_places(first, self.first))
            yield layer, following, _places(due, self.first), sorted(others)

    @property
    def thickness(self) -> int:
        """Slices that are held at once."""
        reached = ([begin for begin in self.first[0] if begin < layer + self._ahead][-1:] for layer in self.begins[0])
        pairs = zip(self.begins[0], reached, strict=True)
        return self.patch[0] + max(last - layer for layer, ends in pairs for last in ends)

    @property
    def _ahead(self) -> int:
        return 1 if self.first == self.begins else self.patch[0]


def _places(layers: Sequence[int], begins: Sequence[Sequence[int]]) -> list[Place]:
    return list(product(layers, begins[1], begins[2]))
