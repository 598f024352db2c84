"""Ways to label a scan from nothing: which voxels a person vouches for, and what that takes.

A reader who knows the truth labels by it; only *how much* of it is painted differs. Voxels that nobody vouches for are
255. Bounds go through the product's own code, `dualnetssl.intake.bounds`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualnetssl.contract.schema import IGNORED
from dualnetssl.intake.bounds import AXES, Bounds, painted
from dualnetssl_bench.labelling.prices import BOX, MARK, OPENED, Work, drawn, passed

Labels = npt.NDArray[np.uint8]

SLICES_AT = (1 / 6, 1 / 2, 5 / 6)
"""Where slices are painted, as shares of the organ's length."""
BOX_VOXELS = 20
_FITTED_MARGIN = 0.3
_DRAWN_MARGIN = 2


@dataclass(frozen=True)
class Painted:
    """A labelled scan: its label with 255 where nobody vouches, and what it took."""

    label: Labels
    work: Work


@dataclass(frozen=True)
class Scan:
    """A scan to be labelled: its true label ``[k, j, i]``, and its spacing in mm along (k, j, i)."""

    truth: Labels
    spacing: tuple[float, float, float]

    @property
    def in_plane(self) -> float:
        """Mean spacing within a slice, mm."""
        return (self.spacing[1] + self.spacing[2]) / 2

    @property
    def nothing(self) -> Labels:
        """A label that says nothing."""
        return np.full_like(self.truth, IGNORED)

    def extent(self, axis: str) -> tuple[int, int]:
        """Return the first and last index at which the organ is seen along an axis."""
        shown = painted(self.truth, axis)
        return shown[0], shown[-1]

    def drawn(self, k: slice = slice(None), j: slice = slice(None), i: slice = slice(None)) -> Work:
        """Return what it takes to draw what a place shows, slice by slice."""
        inside = np.zeros(self.truth.shape[1:], bool)
        inside[j, i] = True
        return sum((drawn(shown, self.in_plane, inside) for shown in self.truth[k]), Work())

    def found(self) -> Work:
        """Return what it takes to find both ends of the organ: all its slices, and an empty one at either end."""
        first, last = self.extent("k")
        return passed(min(len(self.truth), last + 2) - max(0, first - 1))


Way = Callable[[Scan, np.random.Generator], Painted]


def whole(scan: Scan, rng: np.random.Generator) -> Painted:
    """Paint all slices."""
    return Painted(scan.truth, OPENED + scan.drawn())


def slices(scan: Scan, rng: np.random.Generator) -> Painted:
    """Paint three slices, evenly through the organ."""
    label, work = scan.nothing, OPENED + scan.found()
    for k in slices_of(scan):
        label[k] = scan.truth[k]
        work += drawn(scan.truth[k], scan.in_plane)
    return Painted(label, work)


def slices_of(scan: Scan) -> tuple[int, ...]:
    """Return which slices are painted, rising; those of a short organ may coincide."""
    first, last = scan.extent("k")
    return tuple(sorted({int(first + (last - first + 1) * share) for share in SLICES_AT}))


def bounded_slices(scan: Scan, rng: np.random.Generator) -> Painted:
    """Paint three slices, mark the organ's first and last, and take the box that is fitted to what was painted."""
    plain = slices(scan, rng)
    bounds = Bounds({"k": scan.extent("k"), **fitted(plain.label)})
    return Painted(bounds.applied(plain.label), plain.work + MARK + MARK + MARK)


def fitted(label: Labels) -> dict[str, tuple[int, int]]:
    """Return bounds along i and j around what is painted, with a margin of 0.3 of its extent on either side.

    Example:
        >>> label = np.zeros((1, 4, 20), np.uint8)
        >>> label[0, 1, 5:15] = 1
        >>> fitted(label)
        {'j': (0, 2), 'i': (2, 17)}
    """
    found = {}
    for axis in ("j", "i"):
        shown = painted(label, axis)
        margin = max(1, int(_FITTED_MARGIN * (shown[-1] - shown[0] + 1)))
        found[axis] = _within(shown[0] - margin, shown[-1] + margin, label.shape[2 - AXES.index(axis)])
    return found


def _within(first: int, last: int, size: int) -> tuple[int, int]:
    return max(0, first), min(size - 1, last)


def boxes(scan: Scan, rng: np.random.Generator) -> Painted:
    """Paint all that a box of 20 x 20 x 20 voxels shows, around a voxel of the organ."""
    place = box_around(rng.choice(np.argwhere(scan.truth > 0)), scan.truth.shape)
    label = scan.nothing
    label[place] = scan.truth[place]
    away = abs((place[0].start + place[0].stop) // 2 - len(scan.truth) // 2)
    return Painted(label, OPENED + passed(away + 1) + BOX + scan.drawn(*place))


def box_around(voxel: npt.NDArray[np.integer], shape: tuple[int, ...]) -> tuple[slice, slice, slice]:
    """Return the box around a voxel, moved into the scan where it would reach beyond.

    Example:
        >>> box_around(np.array([2, 15, 30]), (30, 30, 31))
        (slice(0, 20, None), slice(5, 25, None), slice(11, 31, None))
    """
    starts = [max(0, min(int(at) - BOX_VOXELS // 2, size - BOX_VOXELS)) for at, size in zip(voxel, shape, strict=True)]
    k, j, i = (slice(start, min(start + BOX_VOXELS, size)) for start, size in zip(starts, shape, strict=True))
    return k, j, i


def bounded_boxes(scan: Scan, rng: np.random.Generator) -> Painted:
    """Paint a box, and draw another around the whole organ with a margin of two voxels."""
    plain = boxes(scan, rng)
    sizes = dict(zip("kji", scan.truth.shape, strict=True))
    around = {
        axis: _within(first - _DRAWN_MARGIN, last + _DRAWN_MARGIN, sizes[axis])
        for axis, (first, last) in ((axis, scan.extent(axis)) for axis in AXES)
    }
    return Painted(Bounds(around).applied(plain.label), plain.work + scan.found() + BOX)


WAYS: dict[str, Way] = {
    "whole": whole,
    "slices": slices,
    "slices-bounds": bounded_slices,
    "boxes": boxes,
    "boxes-bounds": bounded_boxes,
}
IN_WORDS = {
    "whole": "whole scans",
    "slices": "slices",
    "slices-bounds": "slices with bounds",
    "boxes": "boxes",
    "boxes-bounds": "boxes with bounds",
}
