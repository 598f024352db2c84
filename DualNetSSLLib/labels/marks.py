"""What an annotator vouches for while reviewing, step by step, and back: numbers only, no Slicer.

A voxel counts as verified if it is marked here, or if its label differs from the one that the work began with. Marks
are kept as a mask of the whole scan; a step remembers the voxels it touched and nothing else.

The mask tells two reasons apart: a person vouched for the voxel itself, or it lies outside the bounds of the organ and
so is background. When the bounds move, that is why nothing else is lost and nothing stays behind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.labels.bounds import Bounds, Part, bounds_told, box_of

Labels = npt.NDArray[np.uint8]
Places = npt.NDArray[Any]
"""Flat indices of voxels, C order of ``[k, j, i]``, any integer type."""
EVERYWHERE = slice(None)
NOWHERE: Places = np.zeros(0, np.uint32)
UNLABELLED: Labels = np.zeros(0, np.uint8)

OPEN, PARTLY, ACCEPTED, EDITED = "open", "partly", "accepted", "edited"
ACCEPT, PAINT, RESTORE, WHOLE, BOUNDS, STROKE = "accept", "paint", "restore", "whole", "bounds", "stroke"
MARKED, OUTSIDE = 1, 2
"""Bits of a mask: somebody vouched for the voxel; it lies outside the bounds."""
HISTORY_BYTES = 128 << 20
"""Memory for steps that can be taken back; the oldest are forgotten first."""


class Canvas(Protocol):
    """A label volume whose voxels are read and written by their flat indices."""

    def read(self, where: Places) -> Labels:
        """Return the labels there, uint8, one for each index."""

    def write(self, where: Places, values: Labels) -> None:
        """Put these labels there."""


class ArrayCanvas:
    """A label volume that is an array.

    Example:
        >>> canvas = ArrayCanvas(np.zeros((2, 2, 2), np.uint8))
        >>> canvas.write(np.array([0, 7]), np.array([3, 4], np.uint8)); canvas.read(np.array([7, 6])).tolist()
        [4, 0]
    """

    def __init__(self, voxels: Labels) -> None:
        """Read and write this contiguous array ``[k, j, i]``."""
        self.voxels = voxels

    def read(self, where: Places) -> Labels:
        """Return the labels there."""
        values: Labels = self.voxels.reshape(-1)[where]
        return values

    def write(self, where: Places, values: Labels) -> None:
        """Put these labels there."""
        self.voxels.reshape(-1)[where] = values

    def volume(self) -> Labels:
        """Return the array."""
        return self.voxels


@dataclass(frozen=True)
class Step:
    """Something done that can be taken back.

    Attributes:
        what: `ACCEPT`, `PAINT`, `RESTORE`, `WHOLE`, `BOUNDS`, `STROKE`, or what the caller calls it.
        where: the voxels that were touched.
        values: their labels before; None if the step left the labels alone.
        marked: which of them were marked before, packed into bits; None if the step left the marks alone.
        whole: whether the whole scan was vouched for before.
        bounds: the bounds before, of a step that moved them.
        left: the labels as the step has left them, of one that wrote labels by itself: what is painted since stays.
    """

    what: str
    where: Places
    values: Labels | None
    marked: npt.NDArray[np.uint8] | None
    whole: bool
    bounds: Bounds | None = None
    left: Labels | None = None

    @property
    def size(self) -> int:
        """Memory that the step takes, in bytes."""
        parts = (self.where, self.values, self.marked, self.left)
        return sum(part.nbytes for part in parts if part is not None)

    def changes(self, canvas: Canvas) -> tuple[Places, Labels]:
        """Return which labels come back with the step, and which they are: none where somebody has painted since."""
        if self.values is None:
            return self.where[:0], np.zeros(0, np.uint8)
        if self.left is None:
            return self.where, self.values
        same = canvas.read(self.where) == self.left
        return self.where[same], self.values[same]


class Marks:
    """Which voxels of a scan are verified.

    Attributes:
        mask: uint8 ``[k, j, i]``, 0 where a voxel is not marked, else bits of `MARKED` and `OUTSIDE`; written in place.
        whole: whether the whole scan is vouched for, marked or not.
        withheld: voxels that bounds have taken a proposal from since the work began, and what was proposed there.

    Example:
        >>> marks, label = Marks(np.zeros((1, 1, 4), np.uint8)), ArrayCanvas(np.zeros((1, 1, 4), np.uint8))
        >>> marks.restore(label, np.array([2, 3]), np.array([5, 5], np.uint8)); marks.accept(np.array([0]))
        >>> label.voxels.tolist(), marks.mask.tolist()
        ([[[0, 0, 5, 5]]], [[[1, 0, 1, 1]]])
        >>> [marks.undo(label).what for _ in range(2)], marks.undo(label)
        (['accept', 'restore'], None)
        >>> label.voxels.any() or marks.mask.any()
        np.False_
    """

    def __init__(self, mask: Labels, *, whole: bool = False, history_bytes: int = HISTORY_BYTES) -> None:
        """Begin with what was verified before.

        Args:
            mask: contiguous and writable.
            whole: whether the whole scan is vouched for.
            history_bytes: memory for what can be taken back.
        """
        self.mask, self.whole = mask, whole
        self._flat = mask.reshape(-1)
        self._steps: deque[Step] = deque()
        self._limit = history_bytes
        self._bounds: Bounds | None = None
        self._bounds_read = False
        self.withheld: tuple[Places, Labels] = NOWHERE, UNLABELLED

    @property
    def history(self) -> tuple[Step, ...]:
        """What can be taken back, the last step at the end."""
        return tuple(self._steps)

    def verified(self, where: Places | slice, label: Labels, start: Labels | None) -> npt.NDArray[np.bool_]:
        """Tell which of these voxels are verified: a person painted them, erased there, or vouches for what is there.

        Args:
            where: the voxels.
            label: their labels now.
            start: their labels when the work began; None: none was labelled.
        """
        if self.whole:
            return np.ones(label.shape, bool)
        result: npt.NDArray[np.bool_] = (self._flat[where] != 0) | (label != (0 if start is None else start))
        return result

    def verified_volume(self, label: Labels, start: npt.NDArray[Any] | None) -> npt.NDArray[np.bool_]:
        """Tell the same of every voxel of the scan, ``[k, j, i]``."""
        begun = None if start is None else start.reshape(-1)
        return self.verified(EVERYWHERE, label.reshape(-1), begun).reshape(label.shape)

    @property
    def bounds(self) -> Bounds | None:
        """The box outside which all is marked as background; None: no bounds are known."""
        if not self._bounds_read:
            self._bounds_read = True
            self._bounds = bounds_in(self.mask)
        return self._bounds

    def outside(self, where: Places) -> npt.NDArray[np.bool_]:
        """Tell which of these voxels lie outside the bounds."""
        return outside_of(self._flat[where])

    def accept(self, where: Places, what: str = ACCEPT) -> None:
        """Vouch for these voxels as they are labelled now; ``what`` is what undoing it is called."""
        self._remember(Step(what, _small(where, self.mask.size), None, self._bits(where), self.whole))
        self._flat[where] |= MARKED

    def take_edit(self, where: Places, before: Labels, left: Labels | None = None) -> None:
        """Vouch for these voxels as they were painted; taking back once leaves the paint, twice takes that as well.

        Args:
            where: the voxels.
            before: their labels before somebody painted.
            left: their labels now; None: what is painted from now on is taken back with them.
        """
        self._remember(Step(PAINT, _small(where, self.mask.size), before.copy(), None, self.whole, left=left))
        self.accept(where)

    def take_stroke(self, where: Places, before: Labels, left: Labels | None = None) -> None:
        """Remember a stroke of a brush, to be taken back alone; what it covered is vouched for by nothing but that.

        Args:
            where: the voxels whose labels it has changed.
            before: their labels before it.
            left: as for `take_edit`.
        """
        self._remember(Step(STROKE, _small(where, self.mask.size), before.copy(), None, self.whole, left=left))

    def restore(self, canvas: Canvas, where: Places, prediction: Labels, what: str = RESTORE) -> None:
        """Put the prediction in the label's place, and vouch for it; ``what`` as for `accept`."""
        before, small = canvas.read(where), _small(where, self.mask.size)
        self._remember(Step(what, small, before, self._bits(where), self.whole, left=np.array(prediction, np.uint8)))
        canvas.write(where, prediction)
        self._flat[where] |= MARKED

    def bound(
        self, bounds: Bounds | None, where: Places = NOWHERE, before: Labels = UNLABELLED, left: Labels = UNLABELLED
    ) -> None:
        """Vouch for all outside these bounds as background, and no more for what was outside those before.

        What lies there has to be background; whoever calls has looked.

        Args:
            bounds: the new ones; None: there are none any more.
            where: voxels whose labels were changed for that.
            before: their labels before.
            left: their labels now.
        """
        former = self.bounds
        if bounds != former or len(where):
            values = before if len(where) else None
            self._remember(Step(BOUNDS, _small(where, self.mask.size), values, None, self.whole, former, left))
            self._mark_outside(bounds)

    def withhold(self, where: Places, proposed: Labels) -> None:
        """Remember what was proposed in voxels that bounds have taken it from: it is shown again once they move."""
        places, values = self.withheld
        known, first = np.unique(np.concatenate([_small(where, self.mask.size), places]), return_index=True)
        self.withheld = known, np.concatenate([proposed, values])[first]

    def withhold_outside(self, proposed: npt.NDArray[Any]) -> Places:
        """Withhold what is proposed outside the bounds, where nobody has said more; returns the voxels.

        Args:
            proposed: label volume ``[k, j, i]``.
        """
        if self.bounds is None:
            return NOWHERE
        where = np.flatnonzero((self.mask == OUTSIDE) & (proposed != 0))
        self.withhold(where, proposed.reshape(-1)[where].astype(np.uint8))
        return where

    def clear(self) -> None:
        """Verify nothing any more: another label takes the place of the one that was vouched for."""
        if self.mask.any():  # to write zeros over zeros would take memory for them
            self.mask[:] = 0
        self._bounds, self._bounds_read = None, True

    def forget(self) -> None:
        """Take nothing back any more, and withhold nothing: the label has begun anew."""
        self._steps.clear()
        self.withheld = NOWHERE, UNLABELLED

    def take_bounds(self, label: Labels) -> None:
        """Take margins of verified background for the bounds, where a mask tells no more than what is verified.

        Nothing is verified by that or ceases to be; only from now on these voxels go with the bounds.

        Args:
            label: the label volume ``[k, j, i]`` that the mask belongs to.
        """
        found = None if self.bounds is not None else bounds_told(self.mask, label)
        if found is not None:
            self._mark_outside(found)
            for part in self._outside():
                self.mask[part] = OUTSIDE

    def _mark_outside(self, bounds: Bounds | None) -> None:
        for part in self._outside():
            self.mask[part] &= MARKED
        self._bounds, self._bounds_read = bounds, True
        for part in self._outside():
            self.mask[part] |= OUTSIDE

    def _outside(self) -> Iterator[Part]:
        """Yield the pieces of the mask outside the bounds."""
        i, j, k = self.mask.shape[::-1]
        return iter(()) if self.bounds is None else self.bounds.outside((i, j, k))

    def vouch(self, whole: bool) -> None:
        """Vouch for the whole scan, or for the marked and changed voxels alone."""
        if whole != self.whole:
            self._remember(Step(WHOLE, NOWHERE, None, None, self.whole))
            self.whole = whole

    def undo(self, canvas: Canvas) -> Step | None:
        """Take the last step back; returns it, or None if there is none."""
        if not self._steps:
            return None
        step = self._steps.pop()
        where, values = step.changes(canvas)
        if len(where):
            canvas.write(where, values)
        if step.marked is not None:
            marked = np.unpackbits(step.marked, count=len(step.where))
            self._flat[step.where] = (self._flat[step.where] & OUTSIDE) | marked
        if step.what == BOUNDS:
            self._mark_outside(step.bounds)
        self.whole = step.whole
        return step

    def _bits(self, where: Places) -> npt.NDArray[np.uint8]:
        return np.packbits((self._flat[where] & MARKED) != 0)

    def _remember(self, step: Step) -> None:
        self._steps.append(step)
        while sum(known.size for known in self._steps) > self._limit:
            self._steps.popleft()


def bounds_in(mask: Labels) -> Bounds | None:
    """Read the bounds off a mask; None if it has none.

    Example:
        >>> bounds_in(np.array([2, 0, 3, 3], np.uint8).reshape(4, 1, 1))
        Bounds(lower=(0, 0, 1), upper=(0, 0, 1))
    """
    return box_of(mask < OUTSIDE) if mask.size and mask.max() >= OUTSIDE else None


def outside_of(mask: Labels) -> npt.NDArray[np.bool_]:
    """Return which voxels of a mask, or of a piece of one, lie outside the bounds and have to be background."""
    result: npt.NDArray[np.bool_] = (mask & OUTSIDE) != 0
    return result


def _small(where: Places, voxels: int) -> Places:
    """Return a copy in the smallest type that holds every index."""
    return where.astype(np.uint32 if voxels <= np.iinfo(np.uint32).max else np.int64)


def state_of(verified: npt.NDArray[np.bool_], label: Labels, prediction: Labels) -> str:
    """Say how a region stands: `OPEN`, `PARTLY`, `ACCEPTED` or `EDITED`.

    Args:
        verified: which of its voxels are.
        label: their labels.
        prediction: what the model says of them.

    Example:
        >>> one = np.array([1, 1], np.uint8)
        >>> state_of(np.array([True, False]), one, one), state_of(np.array([True, True]), one, 2 * one)
        ('partly', 'edited')
    """
    if not verified.any():
        return OPEN
    if not verified.all():
        return PARTLY
    return ACCEPTED if np.array_equal(label, prediction) else EDITED


@dataclass(frozen=True)
class Standing:
    """How a region stands.

    Attributes:
        state: as `state_of` says.
        share: of its voxels that are verified, 0 to 1.
    """

    state: str
    share: float

    @property
    def done(self) -> bool:
        """Whether every voxel is verified."""
        return self.state in (ACCEPTED, EDITED)


@dataclass(frozen=True)
class Progress:
    """How far the review is: regions done, all regions, and the share of the expected error that is verified."""

    done: int
    regions: int
    share: float


def progress_of(standings: Sequence[Standing], errors: Sequence[float], total: float) -> Progress:
    """Sum up the regions.

    Args:
        standings: of the regions.
        errors: their expected error volumes, any unit.
        total: expected error volume of the scan, same unit.

    Example:
        >>> progress_of([Standing(ACCEPTED, 1.0), Standing(PARTLY, 0.5)], [6.0, 2.0], 10.0)
        Progress(done=1, regions=2, share=0.7)
    """
    reviewed = sum(error * standing.share for error, standing in zip(errors, standings, strict=True))
    share = reviewed / total if total > 0 else 1.0
    return Progress(sum(standing.done for standing in standings), len(standings), min(1.0, share))
