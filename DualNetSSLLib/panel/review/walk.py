"""The regions of the open case, how each stands, and what the annotator does to them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import InvalidRequest, UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.labels.bounding import refuse_painted_outside
from DualNetSSLLib.labels.marks import (
    ACCEPTED,
    BOUNDS,
    EDITED,
    OPEN,
    Labels,
    Places,
    Progress,
    Standing,
    Step,
    progress_of,
    state_of,
)
from DualNetSSLLib.labels.work import take_back
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped, spoken_of
from DualNetSSLLib.tasks.reports import FoundRegion, FoundRegions

__all__ = ["ACCEPTED", "EDITED", "OPEN", "OPINION", "TOUCH", "Place", "Walk", "places_of", "undone_in_words"]

OPINION, TOUCH = "opinion", "touch"
"""What a step is called that took another answer, or a touch that had spread."""


@dataclass(frozen=True)
class Place:
    """A region, and the flat indices of its voxels.

    Attributes:
        found: how large it is and where.
        where: its voxels.
        theirs: how somebody else has labelled and verified them, against the label here; None: nobody has.
    """

    found: FoundRegion
    where: Places
    theirs: Labels | None = None

    @property
    def rank(self) -> str:
        """Its number in words, with a ! where two people contradict each other."""
        return str(self.found.rank) if self.theirs is None else f"!{self.found.rank}"


def places_of(found: FoundRegions) -> tuple[Place, ...]:
    """Read the voxels of regions that were found.

    Raises:
        UnusableVolume: the file is damaged.
        LocalFileError: the file cannot be read.
    """
    path = Path(found.voxels_file)
    try:
        with local_file(path):
            voxels = np.load(path)
    except ValueError as error:
        said = _("{name} is damaged.").format(name=path.name)
        raise UnusableVolume(said, _("Move the threshold: the regions are found anew.")) from error
    return tuple(Place(region, voxels[region.start : region.start + region.voxels]) for region in found.regions)


class Walk:
    """Goes through the regions of one case; all it does ends in the case's marks and label.

    Attributes:
        shown: the case.
        places: its regions: first where two people contradict each other, then by what a look is worth.
        current: which of them is selected; None: none is.
        standings: how they stand, as far as `look` has seen.
        prediction: that the regions are of.
    """

    def __init__(self, shown: ShownCase) -> None:
        """Begin without regions."""
        self.shown = shown
        self.places: tuple[Place, ...] = ()
        self._contested: tuple[Place, ...] = ()
        self.current: int | None = None
        self.standings: tuple[Standing, ...] = ()
        self._total_mm3 = 0.0
        self._before: Labels | None = None
        self._steps = 0
        self._entered: tuple[Place, Labels] | None = None
        prediction = self.prediction = shown.opened.prediction
        self._prediction = None if prediction is None else mapped(prediction.segmentation.file).reshape(-1)

    @property
    def place(self) -> Place | None:
        """The region that is selected."""
        return None if self.current is None else self.places[self.current]

    @property
    def begun(self) -> bool:
        """Whether there is a label to review; else it begins with the prediction."""
        return bool(self.shown.model) or spoken_of(self.shown)

    def take(self, found: FoundRegions) -> None:
        """Go on with regions that were found anew; the one that was selected stays so if it is still there.

        How they stand is not known before `look` or `looking`.
        """
        self._total_mm3 = found.expected_error_mm3
        self._take((*self._contested, *places_of(found)))

    def take_contested(self, found: FoundRegions) -> None:
        """Let the regions where somebody else has verified another label come first, in place of those before."""
        label = self.shown.opened.label
        theirs = None if label is None else mapped(label.file).reshape(-1)
        others = tuple(place for place in self.places if place.theirs is None)
        self._contested = tuple(
            replace(place, theirs=np.asarray(theirs[place.where], np.uint8))
            for place in places_of(found)
            if theirs is not None
        )
        self._take((*self._contested, *others))

    def _take(self, places: tuple[Place, ...]) -> None:
        was, self.places = self.place, places
        self.current = None if was is None else self._same(was)
        self.standings = ()

    def _same(self, was: Place) -> int | None:
        """Return the region that has most of another one's voxels."""
        shared = [_shared(place.where, was.where) for place in self.places]
        most = max(shared, default=0)
        return shared.index(most) if most else None

    def look(self) -> None:
        """See how every region stands; it is told by the label and the marks alone."""
        for _step in self.looking():
            pass

    def looking(self) -> Generator[None, None, None]:
        """See how every region stands, one for each `next`, as many and large regions take some time."""
        places, seen = self.places, []
        for place in places:
            canvas = self.shown.canvas()
            if canvas is None:
                return
            seen.append(self._standing(canvas, place))
            yield
        if places is self.places:
            self.standings = tuple(seen)

    def look_here(self) -> None:
        """See how the selected region stands; what is done to one region leaves the others as they are."""
        canvas, place = self.shown.canvas(), self.place
        if canvas is None or place is None or self.current is None or not self.looked:
            return
        here = self._standing(canvas, place)
        self.standings = (*self.standings[: self.current], here, *self.standings[self.current + 1 :])

    @property
    def looked(self) -> bool:
        """Whether it is known how every region stands."""
        return len(self.standings) == len(self.places)

    def _standing(self, canvas: Any, place: Place) -> Standing:
        label = canvas.read(place.where)
        verified = self.verified(place.where, label)
        return Standing(state_of(verified, label, self.original(place)), float(verified.mean()))

    def verified(self, where: Places, label: Labels) -> Any:
        """Tell which of these voxels are verified; none is while there is neither a label nor a stroke."""
        start = self.shown.started
        if not self.begun and self.shown.marks.whole:
            return label != 0
        return self.shown.marks.verified(where, label, None if start is None else start.reshape(-1)[where])

    def original(self, place: Place) -> Labels:
        """Return what a region is put back to: what somebody else has verified, or else what the model says.

        What a model says outside the bounds of the organ is none of that: whoever marked them knows better.
        """
        if place.theirs is not None:
            return place.theirs
        said: Labels = np.where(self.shown.marks.outside(place.where), 0, self.predicted(place.where)).astype(np.uint8)
        return said

    def predicted(self, where: Places) -> Labels:
        """Return what the model says of these voxels."""
        if self._prediction is None:
            return np.zeros(len(where), np.uint8)
        values: Labels = self._prediction[where]
        return values

    def progress(self) -> Progress:
        """Say how far the review is."""
        return progress_of(self.standings, [place.found.expected_error_mm3 for place in self.places], self._total_mm3)

    def left_mm3(self) -> float:
        """Return the volume that is expected to be wrong and that nobody has verified, in mm³."""
        return self._total_mm3 * (1 - self.progress().share)

    # going

    def select(self, number: int) -> Place:
        """Select a region; how its label is now is where its painting begins."""
        self.current = number
        place, canvas = self.places[number], self.shown.canvas()
        self._before = None if canvas is None else canvas.read(place.where)
        self._steps = len(self.shown.marks.history)
        if self._entered is None or self._entered[0] is not place:  # a stroke that is taken back is no new visit
            self._entered = None if self._before is None else (place, self._before.copy())
        return place

    def step(self, by: int) -> int | None:
        """Return the region ``by`` places further on, round the corner; None if there is none."""
        if not self.places:
            return None
        if self.current is None:
            return 0 if by > 0 else len(self.places) - 1
        return (self.current + by) % len(self.places)

    def next_open(self) -> int | None:
        """Return the first region after the selected one that is not done yet, round the corner."""
        if not self.looked:
            self.look()
        count = len(self.places)
        first = 0 if self.current is None else self.current + 1
        return next((n % count for n in range(first, first + count) if not self.standings[n % count].done), None)

    # doing

    @property
    def painted(self) -> Any:
        """Which voxels of the selected region have another label than when it was selected, in the order of places."""
        place, canvas = self.place, self.shown.canvas()
        if place is None or canvas is None or self._entered is None or self._entered[0] is not place:
            return np.zeros(0 if place is None else len(place.where), bool)
        return canvas.read(place.where) != self._entered[1]

    def take_stroke(self, before: Labels) -> bool:
        """Remember a stroke in the selected region, to be taken back alone; tells whether it has changed anything.

        Args:
            before: the region's labels before the stroke.
        """
        place, canvas = self.place, self.shown.canvas()
        if place is None or canvas is None:
            return False
        now = canvas.read(place.where)
        changed = now != before
        if changed.any():
            self.shown.marks.take_stroke(place.where[changed], before[changed], now[changed])
            if self._before is not None:
                self._before[changed] = now[changed]
        return bool(changed.any())

    def contradictions(self, where: Places, label: Labels) -> int:
        """Count which of these voxels would be labelled by this although they lie outside the bounds of the organ."""
        return int(np.count_nonzero(label[self.shown.marks.outside(where)]))

    @property
    def paints_outside(self) -> bool:
        """Whether something is painted in the selected region outside the bounds of the organ."""
        place, canvas = self.place, self.shown.canvas()
        return (
            place is not None and canvas is not None and self.contradictions(place.where, canvas.read(place.where)) > 0
        )

    def accept(self) -> None:
        """Vouch for the selected region as it is; what was painted since it was selected can be taken back as well.

        Raises:
            InvalidRequest: something is painted in it outside the bounds of the organ.
        """
        place, canvas = self.place, self.shown.canvas()
        if place is None or canvas is None:
            return
        now = canvas.read(place.where)
        refuse_painted_outside(self.contradictions(place.where, now))
        before = self._before_paint(place)
        if before is not None and not np.array_equal(now, before):
            self.shown.marks.take_edit(place.where, before, now)
        else:
            self.shown.marks.accept(place.where)

    def _before_paint(self, place: Place) -> Labels | None:
        """Return the region's labels when it was selected, with what steps since have made of them: those undo it."""
        before = None if self._before is None else self._before.copy()
        for step in self.shown.marks.history[self._steps :]:
            if before is not None and step.left is not None and step.values is not None:
                _here, mine, theirs = np.intersect1d(place.where, step.where, return_indices=True)
                before[mine] = step.left[theirs]
        return before

    def restore(self) -> int:
        """Put the prediction, or the other's label, back into the selected region, and vouch for it.

        Returns:
            How many voxels the model labels outside the bounds of the organ: those are background.

        Raises:
            InvalidRequest: the other has labelled something there.
        """
        place, canvas = self.place, self.shown.canvas()
        if place is None or canvas is None:
            return 0
        original = self.original(place)
        refuse_theirs_outside(self.contradictions(place.where, original))
        self.shown.marks.restore(canvas, place.where, original)
        return 0 if place.theirs is not None else self.contradictions(place.where, self.predicted(place.where))

    def of(self, shown: ShownCase) -> bool:
        """Tell whether it is through this case and the prediction that the case has."""
        return self.shown is shown and self.prediction is shown.opened.prediction

    def undo(self) -> Step | None:
        """Take back what was done last, and go to the region where that was; returns the step."""
        step = take_back(self.shown)
        if step is not None and len(step.where) and step.what != BOUNDS:
            here = [n for n, place in enumerate(self.places) if (place.where == step.where[0]).any()]
            self.current = here[0] if here else self.current
        return step


def undone_in_words(step: Step, walk: Walk) -> str:
    """Say what was taken back."""
    texts = {
        "accept": _("Region {rank} is not verified any more."),
        "paint": _("Region {rank} is labelled as before it was painted."),
        "restore": _("Region {rank} has its label back."),
        "stroke": _("The last stroke in region {rank} is taken back."),
        OPINION: _("Region {rank} has its label back."),
        TOUCH: _("Region {rank} has its label back."),
        "whole": _("What counts as verified is as before."),
        "alike": _("The regions that were accepted together are not verified any more."),
    }
    place = walk.place
    text = texts.get(step.what, _("The last step in Label is taken back."))
    return text.format(rank="?" if place is None else place.rank)


def refuse_theirs_outside(voxels: int) -> None:
    """Say so if somebody else has labelled voxels outside the bounds of the organ: nobody can have both.

    Raises:
        InvalidRequest: there are some.
    """
    if voxels:
        raise InvalidRequest(
            _("{count} voxels of the other label lie outside the bounds of the organ.").format(count=voxels),
            _("Set the bounds further out first: First slice, Last slice or No bounds in Label. Nothing was changed."),
        )


def _shared(some: Places, others: Places) -> int:
    """Count the indices that two ascending lists share."""
    if some[-1] < others[0] or others[-1] < some[0]:
        return 0
    places = np.minimum(np.searchsorted(others, some), len(others) - 1)
    return int((others[places] == some).sum())
