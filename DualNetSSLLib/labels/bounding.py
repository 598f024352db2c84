"""Bounds of an organ over a prediction: what a person says of its ends goes before what a model alone proposes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.labels.bounds import Bounds, Index, labelled_outside, lies_outside
from DualNetSSLLib.labels.marks import MARKED, Labels, Places
from DualNetSSLLib.labels.work import Work, begin_otherwise


@dataclass(frozen=True)
class Moved:
    """What new bounds have come to.

    Attributes:
        box: within which the organ lies; None: there are no bounds any more.
        taken: slices from which something was taken that a model alone proposed.
        back: slices in which such a thing is back, as it lies within the bounds again.
    """

    box: Bounds | None
    taken: tuple[int, ...] = ()
    back: tuple[int, ...] = ()


def move_bounds(work: Work, axis: int, box: Bounds | None) -> Moved:
    """Let the organ lie in a box: outside all is background, and what a model alone proposes there is taken away.

    Nothing of that is verified by it: what was taken away is back once the bounds move, and one step undoes all.

    Args:
        work: on the scan.
        axis: along which slices are counted (0, 1, 2 for i, j, k).
        box: the bounds; None: take them away.

    Raises:
        InvalidRequest: somebody has painted or verified something outside.
    """
    size, canvas = work.geometry.size, work.canvas()
    bounds = None if box == Bounds.whole(size) else box
    if canvas is None:
        work.marks.bound(bounds)
        return Moved(bounds)
    label = canvas.volume().reshape(-1)
    taken = _proposed_outside(work, axis, label, bounds)
    back, proposed = _withheld_inside(work, label, bounds)
    where = np.concatenate([taken, back]).astype(np.int64)
    before, wanted = label[where], np.concatenate([np.zeros(len(taken), np.uint8), proposed])
    if len(where):
        canvas.write(where, wanted)
        begin_otherwise(work, where, wanted)
        work.marks.withhold(taken, before[: len(taken)])
    work.marks.bound(bounds, where, before, wanted)
    return Moved(bounds, slices_of(taken, axis, size), slices_of(back, axis, size))


def refuse_painted_outside(voxels: int) -> None:
    """Say so if voxels are labelled, where somebody is about to vouch for them, outside the bounds.

    Raises:
        InvalidRequest: there are some.
    """
    if voxels:
        raise InvalidRequest(
            f"{voxels} voxels are painted here outside the bounds of the organ.",
            "Erase them, or set the bounds further out: First slice and Last slice set them anew.",
        )


def _proposed_outside(work: Work, axis: int, label: Labels, bounds: Bounds | None) -> Places:
    """Return the labelled voxels outside, of which nobody but a model has spoken."""
    size, start = work.geometry.size, work.started
    where = labelled_outside(label.reshape(size[::-1]), bounds)
    known = work.marks.verified(where, label[where], None if start is None else start.reshape(-1)[where])
    if known.any():
        numbers = numbers_in_words(slices_of(where[known], axis, size))
        raise InvalidRequest(
            f"{int(known.sum())} voxels that you painted or verified lie outside these bounds (slices {numbers}).",
            "Erase them there if the organ is not there; else set the bounds further out. Nothing was changed.",
        )
    return where


def _withheld_inside(work: Work, label: Labels, bounds: Bounds | None) -> tuple[Places, Labels]:
    """Return the voxels that get back what was proposed, and that: those that nobody has spoken of since."""
    (where, proposed), start = work.marks.withheld, work.started
    if start is None or work.marks.whole:
        return where[:0], proposed[:0]
    free = ~lies_outside(where, bounds, work.geometry.size) & (label[where] == 0) & (start.reshape(-1)[where] == 0)
    free &= (work.marks.mask.reshape(-1)[where] & MARKED) == 0
    return where[free], proposed[free]


def slices_of(where: Places, axis: int, size: Index) -> tuple[int, ...]:
    """List the slices in which these voxels lie.

    Example:
        >>> slices_of(np.array([0, 5]), 2, (2, 2, 2)), slices_of(np.array([0, 5]), 1, (2, 2, 2))
        ((0, 1), (0,))
    """
    places = np.unravel_index(where.astype(np.int64), size[::-1])[2 - axis]
    return tuple(np.unique(places).tolist())


def numbers_in_words(slices: Iterable[int]) -> str:
    """Say which slices these are, counted from 1 as the views do.

    Example:
        >>> numbers_in_words([2, 6, 7, 8])
        '3, 7–9'
    """
    runs: list[list[int]] = []
    for number in sorted(index + 1 for index in slices):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
