"""What an annotator does to the slices and boxes of one scan, step by step, and back: numbers only, no Slicer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.labels.bounding import Moved, move_bounds, refuse_painted_outside, slices_of
from DualNetSSLLib.labels.bounds import Bounds, Index, box_of
from DualNetSSLLib.labels.marks import BOUNDS, Labels, Places, Step
from DualNetSSLLib.labels.slice_plan import axis_across, box_places, expected, planned, slice_box
from DualNetSSLLib.labels.work import Work, take_back

SLICE, BOX, EMPTY, PROPOSAL = "slice", "box", "empty", "proposal"
"""Kinds of steps beside those of `DualNetSSLLib.labels.marks`."""


class SliceWork:
    """Verifies slices and boxes of one scan; all it does ends in the scan's marks and label.

    Slices are numbered from 0 along the axis of the file that goes through the plane they are painted in.

    Attributes:
        axis: that axis (0, 1, 2 for i, j, k).
        likely: where a model or an earlier scan lets the organ be expected; None: anywhere.
        boxes: boxes that were verified.
    """

    def __init__(self, work: Work, plane: str, likely: Callable[[], Bounds | None] = lambda: None) -> None:
        """Work on the slices of this plane, as in `DualNetSSLLib.labels.slice_plan`."""
        self._work = work
        self._likely, self._likely_known = likely, False
        self._likely_box: Bounds | None = None
        self.axis = axis_across(work.geometry, plane)
        self.boxes: list[Bounds] = []

    @property
    def size(self) -> Index:
        """Size of the scan (i, j, k)."""
        return self._work.geometry.size

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Spacing of its voxels along i, j, k, in mm."""
        return self._work.geometry.spacing

    @property
    def slices(self) -> int:
        """How many slices the scan has in this plane."""
        return self.size[self.axis]

    @property
    def bounds(self) -> Bounds | None:
        """Within which the organ lies, as far as that is marked."""
        return self._work.marks.bounds

    @property
    def expected(self) -> Bounds:
        """Where the organ is looked for."""
        if not self._likely_known:
            self._likely_box, self._likely_known = self._likely(), True
        return expected(self.size, self.bounds, self._likely_box)

    def plan(self, count: int) -> tuple[int, ...]:
        """Return the slices that are worth painting, evenly through the organ."""
        box = self.expected
        return planned(box.lower[self.axis], box.upper[self.axis], count)

    # how it stands

    def slice_box(self, index: int) -> Bounds:
        """Return a slice as a box that is one voxel thin."""
        return slice_box(self.axis, index, self.size)

    def places(self, box: Bounds) -> Places:
        """Return the flat indices of a box."""
        return box_places(box, self.size)

    def labels(self, box: Bounds) -> Labels:
        """Return the labels of a box, flat."""
        canvas = self._work.canvas()
        return np.zeros(0, np.uint8) if canvas is None else canvas.read(self.places(box))

    def painted(self, box: Bounds) -> int:
        """Count the labelled voxels of a box."""
        return int(np.count_nonzero(self.labels(box)))

    def touched(self, box: Bounds) -> bool:
        """Tell whether somebody has painted or erased in a box, beyond what the work began with."""
        label = self.labels(box)
        return bool(len(label)) and bool(np.any(label != self._begun(self.places(box))))

    def vouched(self, box: Bounds) -> int:
        """Count the labelled voxels of a box that somebody painted or verified; the others are what a model says."""
        places, label = self.places(box), self.labels(box)
        if not len(label):
            return 0
        return int(np.count_nonzero(self._work.marks.verified(places, label, self._begun(places)) & (label != 0)))

    def proposed(self, box: Bounds) -> bool:
        """Tell whether all that is labelled in a box is what a model says: nobody painted, erased or verified there."""
        return self.painted(box) > 0 and not self.vouched(box) and not self.touched(box)

    def _begun(self, places: Places) -> Labels:
        """Return the labels that the work began with."""
        start = self._work.started
        return np.zeros(places.shape, np.uint8) if start is None else start.reshape(-1)[places]

    def done(self, box: Bounds) -> bool:
        """Tell whether every voxel of a box is verified."""
        return self._work.marks.whole or bool(self._work.marks.mask[box.inside].all())

    def slice_done(self, index: int) -> bool:
        """Tell whether every voxel of a slice is verified."""
        return self.done(self.slice_box(index))

    def boxes_done(self) -> int:
        """Count the boxes that were verified here, and still are."""
        return sum(self.done(box) for box in self.boxes)

    def inside(self) -> range:
        """Return the slices that the bounds leave open."""
        box = self.bounds or Bounds.whole(self.size)
        return range(box.lower[self.axis], box.upper[self.axis] + 1)

    def verified_slices(self) -> list[int]:
        """List the slices within the bounds of which every voxel is verified."""
        box = self.bounds or Bounds.whole(self.size)
        kept = self._work.marks.mask[box.inside] != 0
        across = tuple(place for place in range(3) if place != 2 - self.axis)
        first = box.lower[self.axis]
        return [first + int(index) for index in np.flatnonzero(kept.all(axis=across))]

    def share(self) -> float:
        """Return the share of the scan's voxels that is marked as verified, 0 to 1."""
        mask = self._work.marks.mask
        return 1.0 if self._work.marks.whole else float(np.count_nonzero(mask)) / mask.size

    def outside(self, box: Bounds) -> bool:
        """Tell whether a box reaches beyond the bounds."""
        return self.bounds is not None and not (self.bounds.has(box.lower) and self.bounds.has(box.upper))

    # what is done

    def verify(self, box: Bounds, what: str = SLICE) -> None:
        """Vouch for a slice, or for a `BOX`, as it is labelled now.

        Raises:
            InvalidRequest: something is painted in it outside the bounds.
        """
        self.refuse_contradictions(box)
        self._work.marks.accept(self.places(box), what)
        if what == BOX and box not in self.boxes:
            self.boxes.append(box)

    def declare_empty(self, box: Bounds) -> tuple[int, ...]:
        """Vouch that nothing of any class is in a slice or box; what a model alone says of it is erased.

        Returns:
            The slices in which something was erased.

        Raises:
            InvalidRequest: somebody painted something in it, or verified it.
        """
        painted = self.vouched(box)
        if painted:
            raise InvalidRequest(
                f"{painted} voxels are painted or verified here, so this is not empty.",
                "Erase them first, or go on: what is painted is verified by going on.",
            )
        canvas, places = self._work.canvas(), self.places(box)
        erased = places[self.labels(box) != 0] if canvas is not None else places[:0]
        if canvas is not None and len(erased):
            self._work.marks.restore(canvas, places, np.zeros(places.shape, np.uint8), EMPTY)
        else:
            self._work.marks.accept(places, EMPTY)
        return slices_of(erased, self.axis, self.size)

    def begin_at(self, index: int) -> Moved:
        """Let the organ begin with this slice.

        Raises:
            InvalidRequest: somebody painted or verified something before it, or the organ ends before it.
        """
        return self.bound((self.bounds or Bounds.whole(self.size)).beginning_at(self.axis, index))

    def end_at(self, index: int) -> Moved:
        """Let the organ end with this slice.

        Raises:
            InvalidRequest: somebody painted or verified something after it, or the organ begins after it.
        """
        return self.bound((self.bounds or Bounds.whole(self.size)).ending_at(self.axis, index))

    def fit(self, margin_mm: float) -> Moved:
        """Let the organ lie in a box around what somebody painted or verified, with a margin.

        Raises:
            InvalidRequest: nothing is painted.
        """
        canvas, work = self._work.canvas(), self._work
        label = None if canvas is None else canvas.volume()
        painted = None if label is None else box_of((label != 0) & work.marks.verified_volume(label, work.started))
        if painted is None:
            raise InvalidRequest(
                "Nothing is painted that a box could be drawn around.",
                "Paint where the organ is largest first, in each direction.",
            )
        return self.bound(painted.grown(margin_mm, self._work.geometry.spacing, self.size))

    def bound(self, bounds: Bounds | None) -> Moved:
        """Let the organ lie within these bounds, as `move_bounds` does; None: take the bounds away.

        Raises:
            InvalidRequest: somebody painted or verified something outside.
        """
        return move_bounds(self._work, self.axis, bounds)

    def take(self, index: int, plane: Labels) -> None:
        """Put a proposal into a slice, and vouch for it; what a person verified or painted there stays as it is.

        Args:
            index: of the slice.
            plane: its labels, in any shape, C order of ``[k, j, i]``.

        Raises:
            InvalidRequest: the proposal has something outside the bounds, or the slice is verified already.
        """
        box, canvas = self.slice_box(index), self._work.canvas()
        if self.done(box):
            raise InvalidRequest(
                f"Slice {index + 1} is verified already.",
                "Take that back first if the proposal is better.",
            )
        if canvas is not None:
            places = self.places(box)
            self._work.marks.restore(
                canvas, places, self._within(places, plane.reshape(-1), canvas.read(places)), PROPOSAL
            )

    def _within(self, places: Places, proposed: Labels, label: Labels) -> Labels:
        """Leave a proposal out where somebody knows better: outside the bounds, and where one verified or painted."""
        work = self._work
        known = work.marks.verified(places, label, self._begun(places))
        kept = np.where(known, label, proposed)
        return np.where(work.marks.outside(places), 0, kept).astype(np.uint8)

    def undo(self) -> Step | None:
        """Take back what was done last; returns it, or None if there is nothing."""
        return take_back(self._work)

    def slice_of(self, step: Step) -> int | None:
        """Return the slice that a step was about; None if it was about more than one."""
        if not len(step.where) or step.what == BOUNDS:
            return None
        ends = np.unravel_index(np.array([step.where[0], step.where[-1]], np.int64), self.size[::-1])[2 - self.axis]
        return int(ends[0]) if ends[0] == ends[1] else None

    def contradictions(self, box: Bounds) -> int:
        """Count the voxels of a slice or box that are painted although they lie outside the bounds."""
        if not self.outside(box):
            return 0
        return int(np.count_nonzero(self.labels(box)[self._work.marks.outside(self.places(box))]))

    def refuse_contradictions(self, box: Bounds) -> None:
        """Say so if something is painted in a slice or box outside the bounds.

        Raises:
            InvalidRequest: there is.
        """
        refuse_painted_outside(self.contradictions(box))
