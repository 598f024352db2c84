"""The scan that is labelled in parts, with what Slicer shows of it: slices, boxes, the rim, proposals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import DualNetSSLError, InvalidRequest
from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.bounding import Moved
from DualNetSSLLib.labels.bounds import Bounds, box_of
from DualNetSSLLib.labels.corners import Corners
from DualNetSSLLib.labels.marks import WHOLE
from DualNetSSLLib.labels.slice_plan import box_at, next_open, usual_plane
from DualNetSSLLib.labels.slice_work import BOX, SLICE, SliceWork
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.sight import Sight
from DualNetSSLLib.panel.common.slice_nodes import Point
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped, spoken_of
from DualNetSSLLib.panel.review.view.outline import Outline
from DualNetSSLLib.panel.review.view.spotlight import Box, allow_painting, has_area
from DualNetSSLLib.panel.slices.proposal import Proposals
from DualNetSSLLib.panel.slices.rim import Rim
from DualNetSSLLib.panel.slices.views import crossing, pointed_at, show_middle, show_slice, slice_seen

USUAL = "usual"
"""The plane that fits the scan; the others are those of `DualNetSSLLib.labels.slice_plan.PLANES`."""


class Habits:
    """Where organs lay in the scans before, as shares of their length, so that the next one is looked for there."""

    def __init__(self) -> None:
        """Begin without any."""
        self._shares: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    def note(self, bounds: Bounds | None, geometry: Geometry) -> None:
        """Remember the bounds of a scan."""
        if bounds is not None:
            low = tuple(place / size for place, size in zip(bounds.lower, geometry.size, strict=True))
            high = tuple((place + 1) / size for place, size in zip(bounds.upper, geometry.size, strict=True))
            self._shares = low, high

    def expect(self, geometry: Geometry) -> Bounds | None:
        """Return where the organ would lie in a scan if it lay as in the one before."""
        if self._shares is None:
            return None
        low, high = self._shares
        i, j, k = (int(share * size) for share, size in zip(low, geometry.size, strict=True))
        x, y, z = (max(1, round(share * size)) - 1 for share, size in zip(high, geometry.size, strict=True))
        return Bounds((min(i, x), min(j, y), min(k, z)), (x, y, z))


def predicted_alone(shown: ShownCase) -> bool:
    """Tell whether a model has spoken of this scan and nobody else has."""
    return shown.opened.prediction is not None and not shown.model and not spoken_of(shown)


class Part:
    """One scan on the desk, labelled by slices or by boxes.

    Attributes:
        shown: the case.
        work: what is verified of it.
        box: the box that is proposed, or painted in; None while it is labelled by slices.
        limited: the box that the brush is limited to.
        current: the slice that the annotator was sent to.
        corners: of a box around the organ, as far as they were pointed at.
        ends: which ends of the organ are marked, ``first`` and ``last``.
        asked: the slice or box of which was said that it is a mere proposal, before the next scan is opened.
        sight: when the slice or box that was proposed last came into sight.
        whole: whether somebody vouches for the whole scan, though it is gone through in parts.
        share: of the scan's voxels that is verified, as far as `look` has seen.
        proposals: for what lies between slices.
    """

    def __init__(
        self,
        context: PanelContext,
        shown: ShownCase,
        plane: str,
        habits: Habits,
        failed: Callable[[DualNetSSLError], None],
    ) -> None:
        """Look at a case; nothing is changed by that."""
        self.shown, self._habits, self.sight = shown, habits, Sight()
        self.work = SliceWork(shown, usual_plane(shown.geometry) if plane == USUAL else plane, self._likely)
        self.box: Bounds | None = None
        self.limited: Bounds | None = None
        self.current: int | None = None
        self.corners, self._cornered = Corners(), self.work.bounds
        self.ends: set[str] = set()
        self.asked: Bounds | None = None
        self.share, self.whole = 0.0, False
        self._presumed = False
        self.proposals = Proposals(context, failed)
        self.rim, self._outline = Rim(), Outline()

    def _likely(self) -> Bounds | None:
        """Return where a model has anything, or where the organ lay in the scan before."""
        prediction = self.shown.opened.prediction
        found = None if prediction is None else box_of(mapped(prediction.segmentation.file))
        return found or self._habits.expect(self.shown.geometry)

    def look(self, front: bool) -> None:
        """See what is verified, and show it while the panel is in front: in other modules the views are theirs."""
        self.share = self.work.share()
        self.rim.show(self.shown if front else None)
        if self.box is not None:
            self._frame(self.box) if front else self._outline.clear(self.shown)

    def count_parts(self) -> bool:
        """Vouch for what was gone through alone, unless somebody vouches for the whole scan; tell if that is new."""
        shown, history, self._presumed = self.shown, self.shown.marks.history, False
        if history and history[-1].what == WHOLE:
            self.whole = shown.whole
        if not shown.whole or self.whole or spoken_of(shown):
            return False
        shown.marks.whole = False
        shown.note_marks()
        return True

    def presume_parts(self) -> bool:
        """Count parts alone before the first act: of a scan that nobody has touched nothing is verified yet."""
        self._presumed = self.count_parts()
        return self._presumed

    def take_presumption_back(self) -> None:
        """Let a scan that nobody has touched meanwhile be one that is labelled as a whole, as it was found."""
        if self._presumed:
            self.shown.marks.whole, self._presumed = True, False
            self.shown.note_marks()

    def close(self) -> None:
        """Take everything off the views that was put there."""
        self._habits.note(self.work.bounds or self.box, self.shown.geometry)
        self.proposals.clear()
        self.rim.clear()
        self._outline.clear(self.shown)

    # where one is

    @property
    def seen(self) -> int:
        """The slice that its view shows."""
        return slice_seen(self.shown.geometry, self.work.axis)

    def here(self) -> Bounds | None:
        """Return what going on verifies: the box, or the slice that is seen or was to be painted; None: no paint.

        A slice that is not seen is never verified for what a model says of it: somebody has painted there.
        """
        if self.box is not None:
            return self.box if self.work.painted(self.box) else None
        seen = self.work.slice_box(self.seen)
        if self.work.painted(seen):
            return seen
        current = None if self.current is None else self.work.slice_box(self.current)
        painted = current is not None and (self.work.vouched(current) or self.work.touched(current))
        return current if painted else None

    @property
    def proposed_here(self) -> bool:
        """Whether what going on verifies is what a model proposes, as it stands: nobody has painted or verified it."""
        here = self.here()
        return here is not None and self.work.proposed(here)

    @property
    def unjudged(self) -> bool:
        """Whether going on verifies something that is labelled by a model alone, whatever was painted beside it."""
        here = self.here()
        return here is not None and not self.work.done(here) and self.work.painted(here) > self.work.vouched(here)

    def only_just_came(self, seen: int) -> bool:
        """Tell whether this slice, or the box, was brought before the eyes so recently that nobody has judged it."""
        return (self.box is not None or seen == self.current) and self.sight.fresh

    # going

    def go_to(self, index: int) -> None:
        """Bring a slice before the eyes."""
        self.current = index
        show_slice(self.shown, self.work.axis, index)
        self.sight.came()

    def arrive(self, count: int, boxes: bool, voxels: int) -> None:
        """Begin where there is something to do: the first slice of the plan that is open, or a box on the organ."""
        bounds, axis = self.work.bounds, self.work.axis
        if bounds is not None:
            self.ends = {"first"} if bounds.lower[axis] > 0 else set()
            self.ends |= {"last"} if bounds.upper[axis] < self.work.slices - 1 else set()
        show_middle(self.shown, self.work.expected)
        if boxes:
            box = self.work.expected
            self.place_box(voxels, (np.array(box.lower) + np.array(box.upper)) / 2 + 0.5)
        else:
            self.box = None
            self._outline.clear(self.shown)
            index = self.next_slice(count, -1)
            self.go_to(self.work.plan(count)[0] if index is None else index)

    def next_slice(self, count: int, here: int) -> int | None:
        """Return the next slice of the plan that is not verified."""
        return next_open(self.work.plan(count), self.work.slice_done, here)

    def step(self, count: int, by: int) -> None:
        """Go to the slice of the plan before or after the one that is seen."""
        plan, seen = self.work.plan(count), self.seen
        beyond = [index for index in plan if (index > seen if by > 0 else index < seen)]
        if beyond:
            self.go_to(beyond[0] if by > 0 else beyond[-1])

    def place_box(self, voxels: int, centre: Point | None = None) -> Bounds:
        """Propose a box around a place, or where the views cross; a slice that was proposed is none any more."""
        place = crossing(self.shown.geometry) + 0.5 if centre is None else centre
        self.box = box_at(place.tolist(), (voxels,) * 3, self.work.size)
        self._frame(self.box)
        show_middle(self.shown, self.box)
        self.sight.came()
        return self.box

    def _frame(self, box: Bounds) -> None:
        self._outline.show(self.shown, Box(box.lower, np.ones(box.size[::-1], np.uint8)))

    @property
    def limits_painting(self) -> bool:
        """Whether the brush acts as the box wants it to."""
        return self.box == self.limited and (self.box is None or has_area(self.shown))

    def limit_painting(self, editor_node: object) -> None:
        """Let the brush act within the box alone, or everywhere while there is none."""
        box = self.limited = self.box
        inside = None if box is None else Box(box.lower, np.ones(box.size[::-1], np.uint8))
        allow_painting(self.shown, editor_node, inside)

    # doing

    def verify(self, box: Bounds) -> None:
        """Vouch for a slice or a box as it is."""
        self.work.verify(box, SLICE if self.box is None else BOX)

    def declare_empty(self) -> bool:
        """Vouch that nothing is in the slice that is seen, or in the box; tells whether a proposal was erased."""
        if self.box is None:
            return bool(self.work.declare_empty(self.work.slice_box(self.seen)))
        erased = self.work.declare_empty(self.box)
        self.work.boxes += [] if self.box in self.work.boxes else [self.box]
        return bool(erased)

    def corner(self) -> Moved | None:
        """Take the place under the mouse for a corner of the box in which the organ lies.

        Returns:
            What came of the box once the opposite corner is known; None after the first of the two.

        Raises:
            InvalidRequest: the mouse is in no slice view, or somebody painted or verified something outside the box.
        """
        place = pointed_at(self.shown.geometry)
        if place is None:
            raise InvalidRequest(
                _("The mouse is in no slice view."),
                _("Point at a corner of a box around the organ in a slice view, and press the key there."),
            )
        if self.work.bounds != self._cornered:  # set in another way since: rectangles of before say nothing any more
            self.corners = Corners(self.corners.first)
        known = self.work.bounds or Bounds.whole(self.work.size)
        corners = self.corners.add(place[0], place[1].tolist(), self.work.size)
        box = corners.box(known) if corners.first is None else None
        moved = None if box is None else self.work.bound(box)
        self.corners, self._cornered = corners, self.work.bounds
        return moved

    def take(self) -> int | None:
        """Take the proposal for the slice that is seen; returns the next slice that is proposed, None if none is."""
        index = self.seen
        self.work.take(index, self.proposals.planes[index])
        self.proposals.taken(self.work, index)
        left = sorted(self.proposals.planes)
        return next((number for number in left if number > index), left[0] if left else None)
