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
_LOOKED_AT = 3
"""Who draws a box around an organ looks at every third slice of it, in two views."""

Shares = tuple[float, float]
"""Where an organ begins and ends, as shares of its scan's length."""


@dataclass(frozen=True)
class Painted:
    """A labelled scan: its label with 255 where nobody vouches, and what it took."""

    label: Labels
    work: Work


@dataclass(frozen=True)
class Scan:
    """A scan to be labelled.

    Attributes:
        truth: its true label ``[k, j, i]``.
        spacing: in mm along (k, j, i).
        habit: where the organ lay along k in the scan labelled first; None for that scan itself.
    """

    truth: Labels
    spacing: tuple[float, float, float]
    habit: Shares | None = None

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

    def shares(self) -> Shares:
        """Return where the organ lies along k."""
        first, last = self.extent("k")
        return first / len(self.truth), (last + 1) / len(self.truth)

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
    return _painted(scan, scan.extent("k"), OPENED + scan.found())


def habitual_slices(scan: Scan, rng: np.random.Generator) -> Painted:
    """Paint three slices where they would lie if the organ lay as in the first scan; that one has its ends marked.

    Nobody looks for the ends of the organ in later scans, and nothing is known of them there.
    """
    if scan.habit is None:
        return bounded_slices(scan, rng)
    first, last = (round(share * len(scan.truth)) for share in scan.habit)
    return _painted(scan, (first, max(first, last - 1)), OPENED)


def _painted(scan: Scan, ends: tuple[int, int], so_far: Work) -> Painted:
    label, work = scan.nothing, so_far
    for k in slices_between(*ends):
        label[k] = scan.truth[k]
        work += drawn(scan.truth[k], scan.in_plane)
    return Painted(label, work)


def slices_between(first: int, last: int) -> tuple[int, ...]:
    """Return which slices are painted between two, rising; those of a short organ may coincide.

    Example:
        >>> slices_between(10, 27), slices_between(4, 5)
        ((13, 19, 25), (4, 5))
    """
    return tuple(sorted({int(first + (last - first + 1) * share) for share in SLICES_AT}))


def bounded_slices(scan: Scan, rng: np.random.Generator) -> Painted:
    """Paint three slices, mark the organ's first and last, and take the box that is fitted to what was painted."""
    plain = slices(scan, rng)
    bounds = Bounds({"k": scan.extent("k"), **fitted(plain.label)})
    return Painted(bounds.applied(plain.label), plain.work + MARK + MARK + MARK)


def boxed_slices(scan: Scan, rng: np.random.Generator) -> Painted:
    """Draw a box around the organ by its corners in two views, and paint three slices, evenly through the box."""
    around, seen = seen_box(scan)
    plain = _painted(scan, around["k"], OPENED + passed(seen) + BOX)
    return Painted(Bounds(around).applied(plain.label), plain.work)


def seen_box(scan: Scan) -> tuple[dict[str, tuple[int, int]], int]:
    """Return the box that somebody draws who looks at every third slice, and how many slices that are.

    Slices along k show how far the organ reaches along j and i, those along i how far along k and j. The box is drawn
    two voxels wider than what was seen: it may miss what lay between.
    """
    flat, upright = _every_third(scan, 0), _every_third(scan, 2)
    seen = np.zeros_like(scan.truth)
    seen[flat], seen[:, :, upright] = scan.truth[flat], scan.truth[:, :, upright]
    return drawn_around(seen), len(flat) + len(upright)


def drawn_around(label: Labels) -> dict[str, tuple[int, int]]:
    """Return the bounds of what a label shows, drawn two voxels wider on every side."""
    sizes = dict(zip("kji", label.shape, strict=True))
    extents = {axis: painted(label, axis) for axis in AXES}
    return {
        axis: _within(shown[0] - _DRAWN_MARGIN, shown[-1] + _DRAWN_MARGIN, sizes[axis])
        for axis, shown in extents.items()
    }


def _every_third(scan: Scan, axis: int) -> list[int]:
    shown = np.flatnonzero((scan.truth > 0).any(axis=tuple({0, 1, 2} - {axis})))
    last = min(scan.truth.shape[axis] - 1, int(shown[-1]) + _LOOKED_AT)
    return list(range(max(0, int(shown[0]) - 1), last + 1, _LOOKED_AT))


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
    plain, around = boxes(scan, rng), drawn_around(scan.truth)
    return Painted(Bounds(around).applied(plain.label), plain.work + scan.found() + BOX)


WAYS: dict[str, Way] = {
    "whole": whole,
    "slices": slices,
    "slices-bounds": bounded_slices,
    "slices-box": boxed_slices,
    "slices-habit": habitual_slices,
    "boxes": boxes,
    "boxes-bounds": bounded_boxes,
}
IN_WORDS = {
    "whole": "whole scans",
    "slices": "slices",
    "slices-bounds": "slices with bounds",
    "slices-box": "slices in a drawn box",
    "slices-habit": "slices as in the first scan",
    "boxes": "boxes",
    "boxes-bounds": "boxes with bounds",
}
