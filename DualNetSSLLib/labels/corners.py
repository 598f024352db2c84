"""A box around an organ, drawn by two opposite corners in each of two planes: numbers only, no Slicer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from DualNetSSLLib.labels.bounds import Bounds, Index


@dataclass(frozen=True)
class Corners:
    """What was pointed at so far.

    A rectangle says something of the two axes in its plane, and nothing of the third. Where two rectangles speak of the
    same axis the box holds both, as each shows the organ in one slice alone.

    Attributes:
        first: a corner whose opposite is still to come: the axis across its plane (0, 1, 2 for i, j, k) and its voxel.
        drawn: the last rectangle of each plane, by the axis across it; that axis is one voxel long.
    """

    first: tuple[int, Index] | None = None
    drawn: Mapping[int, Bounds] = field(default_factory=lambda: MappingProxyType({}))

    def add(self, axis: int, voxel: Sequence[float], size: Index) -> Corners:
        """Return what is known once a corner was pointed at.

        A corner in another plane than the one before begins anew: it is no opposite of that. Nor is one in the same row
        or column: a box one voxel wide bounds nothing, and a key pressed twice would leave nothing but it.

        Args:
            axis: across the plane that was pointed in.
            voxel: the place (i, j, k), not rounded; one beside the scan counts as its nearest voxel.
            size: of the scan (i, j, k).

        Example:
            >>> once = Corners().add(2, (7.6, 3.0, 4.0), (9, 9, 9))
            >>> once.first, once.add(2, (2.2, -5.0, 4.0), (9, 9, 9)).drawn
            ((2, (8, 3, 4)), mappingproxy({2: Bounds(lower=(2, 0, 4), upper=(8, 3, 4))}))
        """
        i, j, k = (min(max(0, round(place)), length - 1) for place, length in zip(voxel, size, strict=True))
        here = i, j, k
        if self.first is None or self.first[0] != axis:
            return Corners((axis, here), self.drawn)
        if any(here[each] == self.first[1][each] for each in range(3) if each != axis and size[each] > 1):
            return self
        return Corners(None, MappingProxyType({**self.drawn, axis: _between(self.first[1], here)}))

    def box(self, known: Bounds) -> Bounds:
        """Return the box of all rectangles; along axes that none speaks of it is what was known before.

        Example:
            >>> flat, upright = Bounds((2, 3, 5), (8, 6, 5)), Bounds((4, 1, 3), (4, 5, 7))
            >>> Corners(None, {2: flat, 0: upright}).box(Bounds.whole((10, 10, 10)))
            Bounds(lower=(2, 1, 3), upper=(8, 6, 7))
        """
        low, high = list(known.lower), list(known.upper)
        for axis in range(3):
            told = [box for across, box in self.drawn.items() if across != axis]
            if told:
                low[axis], high[axis] = min(box.lower[axis] for box in told), max(box.upper[axis] for box in told)
        return Bounds((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def _between(one: Index, other: Index) -> Bounds:
    i, j, k = (min(pair) for pair in zip(one, other, strict=True))
    x, y, z = (max(pair) for pair in zip(one, other, strict=True))
    return Bounds((i, j, k), (x, y, z))
