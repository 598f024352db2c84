"""Part of section 3: a scan is labelled whole, by slices or by boxes, and its bounds are marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.keys import Keys, slice_views
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.common.words import joined
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import spoken_of, take_bounds
from DualNetSSLLib.panel.desk.editor import LabelEditor
from DualNetSSLLib.panel.review.keys import short
from DualNetSSLLib.panel.slices.bounding import Bounding
from DualNetSSLLib.panel.slices.choices import WHOLE, Choices
from DualNetSSLLib.panel.slices.clock import WorkClock
from DualNetSSLLib.panel.slices.keys import DEFAULTS, SETTING
from DualNetSSLLib.panel.slices.part import Habits, Part, predicted_alone
from DualNetSSLLib.panel.slices.views import ViewWatch
from DualNetSSLLib.panel.slices.words import (
    as_proposed_in_words,
    bounds_in_words,
    emptied_in_words,
    greeting_in_words,
    progress_in_words,
    too_soon_in_words,
    undone_in_words,
    unverified_in_words,
)


class SlicesSection:
    """Leads through slices or boxes of scan after scan."""

    def __init__(
        self, context: PanelContext, ui: Any, desk: CaseDesk, editor: LabelEditor, judge: Callable[[bool], None]
    ) -> None:
        """Build the part for the case on this desk, painted in this editor; ``judge`` frees borders of the map."""
        self._judge = judge
        self._context, self._ui, self._desk, self._editor = context, ui, desk, editor
        self.message = MessageLine(ui.slicesMessage)
        self.part: Part | None = None
        self.clock = WorkClock()
        self._habits, self._watch, self._front = Habits(), ViewWatch(), False
        self.choices = Choices(context.settings, ui, self.begin_anew, self.choose)
        self.bounding = Bounding(
            self.message, self.choices, lambda: self.keys.keys, self._working, self._too_soon, self._marked, self.update
        )
        self.keys = Keys(context.settings, SETTING, dict(self._actions()), DEFAULTS, self._places)
        self._titles = {name: str(button.text) for name, button in self._buttons().items()}
        ui.slicesKeysEdit.text = self.keys.text
        self._wiring = Wiring(*self._wires())
        self._stop = [
            desk.changed.subscribe(self._desk_changed),
            desk.painted.subscribe(self._painted),
            context.entered.subscribe(self._entered),
            context.scene_closing.subscribe(self._forget),
        ]
        desk.passed_over = self._labelled
        self.update()

    def _actions(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("next", self.next),
            ("previous", self.previous),
            ("empty", self.declare_empty),
            ("first", self.bounding.begin_here),
            ("last", self.bounding.end_here),
            ("fit", self.bounding.fit),
            ("here", self.place_box),
            ("between", self.propose),
            ("take", self.take),
            ("undo", self.undo),
            ("scan", self.finish_scan),
            ("corner", self.bounding.corner),
        )

    def _buttons(self) -> dict[str, Any]:
        ui = self._ui
        return {
            "next": ui.sliceNextButton,
            "previous": ui.slicePreviousButton,
            "empty": ui.sliceEmptyButton,
            "first": ui.sliceFirstButton,
            "last": ui.sliceLastButton,
            "fit": ui.boundsFitButton,
            "here": ui.boxHereButton,
            "between": ui.betweenButton,
            "take": ui.takeButton,
            "undo": ui.sliceUndoButton,
            "scan": ui.finishScanButton,
            "corner": ui.boundsCornerButton,
        }

    def _wires(self) -> tuple[Wire, ...]:
        ui, slots = self._ui, dict(self._actions())
        return (
            *((button, "clicked()", slots[name]) for name, button in self._buttons().items()),
            (ui.boundsNoneButton, "clicked()", self.bounding.forget),
            (ui.slicesKeysEdit, "editingFinished()", self.choose_keys),
            (ui.labelSection, "contentsCollapsed(bool)", self._folded),
            (ui.reviewSection, "contentsCollapsed(bool)", self._folded),
        )

    def _places(self) -> tuple[Any, ...]:
        """Return where the keys act: in the section, and where one looks while painting; nowhere while one reviews."""
        return () if self._reviewing() else (self._ui.labelSection, *slice_views())

    def _reviewing(self) -> bool:
        """Tell whether there are regions to walk through in the open section Review, whose keys go before these."""
        return not self._ui.reviewSection.collapsed and bool(self._ui.regionNextButton.enabled)

    @guarded
    def begin_anew(self) -> None:
        """Go through the scan on the desk in another way."""
        self._begin_anew()
        self._desk.changed()

    @guarded
    def choose(self) -> None:
        """Propose more or fewer, larger or smaller; the widgets say what comes of it."""

    @guarded
    def choose_keys(self) -> None:
        """Use other keys."""
        self.keys.choose(self._ui.slicesKeysEdit.text)
        self.message.show(self.keys.conflicts())

    # what the user does

    @guarded
    def next(self) -> None:
        """Verify what is painted here, and go on; from the last slice or box of a scan to the next scan."""
        part = self._working()
        if part is not None and not (part.unjudged and self._too_soon(part, "next")):
            said = self._proposed_here(part)
            verified = self._verify_here(part)
            self._go_on(part, verified=verified, said=said if verified else "")

    @guarded
    def previous(self) -> None:
        """Go to the slice of the plan before this one; nothing is verified by that."""
        part = self._working()
        if part is not None and part.box is None:
            part.step(self.choices.count, -1)

    @guarded
    def declare_empty(self) -> None:
        """Verify that nothing is in this slice or box, and go on."""
        part = self._working()
        if part is not None and not self._too_soon(part, "empty"):
            erased = part.declare_empty()
            self._marked()
            self._go_on(part, verified=True, said=emptied_in_words(self.keys.keys["undo"]) if erased else "")

    @guarded
    def place_box(self) -> None:
        """Propose a box where the views cross."""
        part = self._working()
        if part is not None and self.choices.boxes:
            self._box(part)

    @guarded
    def propose(self) -> None:
        """Ask for proposals between the slices that are verified."""
        part = self._working()
        if part is None or part.proposals.busy:
            return
        if part.proposals.ask(part.shown, part.work, self._proposed):
            self.message.show(_("Looking at what lies between…"), "busy")
        else:
            self.message.show(_("There is nothing between verified slices: paint and verify two that lie apart."))

    @guarded
    def take(self) -> None:
        """Take the proposal for the slice that is seen, which verifies it, and go to the next one."""
        part = self._working()
        if part is None or self._too_soon(part, "take"):
            return
        if part.seen not in part.proposals.planes:
            raise InvalidRequest(
                _("Nothing is proposed for slice {number}.").format(number=part.seen + 1),
                _("Between ({key}) proposes what lies between verified slices.").format(key=self.keys.keys["between"]),
            )
        index = part.take()
        self._marked()
        if index is None:
            self.message.show(_("No proposal is left."), "good")
        else:
            part.go_to(index)

    @guarded
    def undo(self) -> None:
        """Take back what was verified or marked last, and go there."""
        part = self.part
        step = None if part is None else part.work.undo()
        if part is None or step is None:
            self.message.show(_("There is nothing to take back. Ctrl+Z takes back strokes of the brush."))
            return
        self._marked()
        index = part.work.slice_of(step)
        if index is not None and part.box is None:
            part.go_to(index)
        self.message.show(undone_in_words(step, part.work), "good")

    @guarded
    def finish_scan(self) -> None:
        """Verify what is painted here, submit, and open the next scan; what a model alone labelled is left as it is.

        Nothing takes a submission back, so that a key that was pressed by accident must verify nothing by it: where
        what is seen is a mere proposal and the plan not done, the key is wanted twice.
        """
        part = self._working()
        if part is None:
            return
        if not (part.proposed_here or (part.unjudged and part.only_just_came(part.seen))):
            self._verify_here(part)
        elif self._left(part) and part.asked != part.here():
            part.asked = part.here()
            self.message.show(unverified_in_words(self.keys.keys))
            return
        self._next_scan()

    # the way through a scan

    def _working(self) -> Part | None:
        """Return the part to act on; from the first act on, only parts of this scan count as verified."""
        part = self.part
        if part is not None:
            if part.count_parts():
                self._desk.changed()
            self._tick()
        return part

    def _verify_here(self, part: Part) -> bool:
        """Vouch for what is painted in this slice or box, and tell whether there was anything new to vouch for.

        Raises:
            InvalidRequest: something is painted outside the bounds.
        """
        here = part.here()
        if here is None:
            return False
        part.work.refuse_contradictions(here)
        if part.work.done(here):
            return False
        part.verify(here)
        self._marked()
        return True

    def _too_soon(self, part: Part, action: str) -> bool:
        """Tell whether nobody can have looked at what an action speaks of, and say so: it has only just come."""
        soon = part.only_just_came(part.seen)
        if soon:
            self.message.show(too_soon_in_words(part, self.keys.keys[action]))
        return soon

    def _proposed_here(self, part: Part) -> str:
        """Say that what is going to be verified is what a model proposes, as it stands; empty: somebody painted."""
        return as_proposed_in_words(part, self.keys.keys["undo"]) if part.proposed_here else ""

    def _go_on(self, part: Part, *, verified: bool, said: str = "") -> None:
        """Go to the next slice or box; where none is left, say so, or go on to the next scan.

        Args:
            part: the one that is gone through.
            verified: whether something was just now.
            said: what to say of that.
        """
        left = self._left(part)
        if left == 0 and not verified:
            self._next_scan()
        elif left == 0:
            text = _("All of this scan's plan is verified. {key} submits it and opens the next scan.")
            self.message.show(joined(said, text.format(key=self.keys.keys["next"])), "good")
        elif self.choices.boxes:
            self._next_box(part, said)
        else:
            self._next_slice(part, verified, said)

    def _next_slice(self, part: Part, verified: bool, said: str) -> None:
        if not verified and part.seen in part.work.plan(self.choices.count) and not part.work.slice_done(part.seen):
            self._say_unpainted(part.seen + 1)
        else:
            self.message.show(said, "good")
        index = part.next_slice(self.choices.count, part.seen)
        if index is not None:
            part.go_to(index)

    def _next_box(self, part: Part, said: str) -> None:
        """After a box that is verified comes another one, which the annotator puts on the organ."""
        keys = self.keys.keys
        if part.box is not None and not part.work.done(part.box):
            text = _("Nothing is painted in the box: {key} says that it is empty.")
            self.message.show(text.format(key=keys["empty"]))
        else:
            text = _("Move the views to the next place, then {key}.")
            self.message.show(joined(said, text.format(key=keys["here"])), "good")

    def _say_unpainted(self, number: int) -> None:
        text = _("Nothing is painted in slice {number}: {key} there says that it is empty.")
        self.message.show(text.format(number=number, key=self.keys.keys["empty"]))

    def _left(self, part: Part) -> int:
        """Count what is left of the plan of this scan."""
        if self.choices.boxes:
            return max(0, self.choices.count - part.work.boxes_done())
        return sum(not part.work.slice_done(index) for index in part.work.plan(self.choices.count))

    def _box(self, part: Part) -> None:
        part.place_box(self.choices.voxels)
        self._limit_painting()
        self.message.clear()

    def _limit_painting(self) -> None:
        """Let the brush act within the box alone; nothing is touched while there is none and was none."""
        part = self.part
        if part is not None and not part.limits_painting:
            with self._desk.work.arranging():
                part.limit_painting(self._editor.node)

    def _next_scan(self) -> None:
        """Submit by the button, which opens the next scan; or just open it where there is nothing to submit."""
        button = self._ui.submitButton if self._desk.modified else self._ui.nextCaseButton
        if not button.enabled:
            text = _("The label is being written just now: press {key} once more.")
            self.message.show(text.format(key=self.keys.keys["scan"]), "busy")
            return
        self.clock.stop()
        button.click()

    def _labelled(self, after: str) -> list[str]:
        """Return the scans that have a label, as long as others have none: a few slices of each teach more."""
        labelled = [case.case for case in self._context.state.cases if case.label is not None]
        others = {case.case for case in self._context.state.cases} - {after, *labelled}
        return labelled if others and self.choices.mode != WHOLE else []

    def _marked(self) -> None:
        """Something was verified, or is no more."""
        if self.part is not None:
            self.part.look(self._front)
        self._desk.work.marked()

    @guarded
    def _proposed(self) -> None:
        """Proposals have come: go to the first of them, unless the views show another module's work by now."""
        part = self.part
        if part is not None and part.proposals.planes:
            text = _("{count} slices are proposed, in outlines: {key} takes the one that is seen, nothing else counts.")
            self.message.show(text.format(count=len(part.proposals.planes), key=self.keys.keys["take"]), "good")
            if self._front:
                part.go_to(min(part.proposals.planes))

    def _failed(self, error: Exception) -> None:
        self.message.error(error)
        self.update()

    # what happens

    @guarded
    def _desk_changed(self) -> None:
        """Another case begins another part; a label that was begun anew has no box yet that limits the brush.

        So does a prediction that came while nobody had touched the scan yet: its slices are there to be corrected now.
        """
        shown = self._desk.shown
        if self.part is None or self.part.shown is not shown or (predicted_alone(shown) and not self._desk.modified):
            self._begin_anew()
        else:
            self._limit_painting()

    def _begin_anew(self) -> None:
        """Lead through the case on the desk as it is to be labelled now."""
        self._forget()
        self.message.clear()
        shown = self._desk.shown
        if shown is None or self.choices.mode == WHOLE or self._desk.opening:
            return
        if predicted_alone(shown) and not self._desk.modified:
            self._desk.work.begin_with_prediction(worth_keeping=False)  # which changes the desk: this is called again
            self._editor.present(shown)
            return
        part = self.part = Part(self._context, shown, self.choices.plane, self._habits, self._failed)
        canvas = shown.canvas()
        if canvas is not None and shown.marks.mask.any() and not self._desk.modified and not shown.whole:
            # not the server's label: another one may wait in the outbox, or have been submitted just now
            take_bounds(shown, canvas.volume())
        if not self._desk.modified and part.presume_parts():
            self._desk.changed()
        part.look(self._front)
        self._watch.start(self._tick)
        self._judge(bool(shown.model))
        part.arrive(self.choices.count, self.choices.boxes, self.choices.voxels)
        self._limit_painting()
        self._tick()
        whole, predicted = shown.whole and spoken_of(shown), bool(shown.model)
        self.message.show(*greeting_in_words(part.work, whole, predicted, self.choices.boxes, self.keys.keys))

    def _forget(self) -> None:
        """Lead through nothing: what was put on the views goes."""
        if self.part is not None:
            self.part.box = None
            if self._desk.shown is self.part.shown:
                self._limit_painting()
                if not self._desk.modified:
                    self.part.take_presumption_back()
            self.part.close()
            self._judge(False)
        self.part = None
        self._watch.stop()
        self.clock.stop()

    @guarded
    def _painted(self) -> None:
        if self.part is not None:
            if self.part.count_parts():
                self._desk.changed()
            self.part.sight.looked()
            self._tick()
            if self.part.box is None and self.part.work.contradictions(self.part.work.slice_box(self.part.seen)):
                self.message.show(_("You paint outside the bounds of the organ: one of the two is wrong."), "bad")

    def _tick(self) -> None:
        """Somebody works on this scan: has acted, painted, or moved a view."""
        if self.part is not None and self._front:
            self.clock.tick(self._scan(self.part))

    def _scan(self, part: Part) -> tuple[str, str]:
        return part.shown.dataset.id, part.shown.name

    @guarded
    def _entered(self, front: bool) -> None:
        self._front = front
        if self.part is not None:
            self.part.look(front)
        if not front:
            self.clock.stop()

    @guarded
    def _folded(self) -> None:
        """Sections were opened or closed; keys act for one that is open."""

    def update(self) -> None:
        """Bring the widgets up to date."""
        ui, part, boxes = self._ui, self.part, self.choices.boxes
        ui.slicesFrame.visible = part is not None
        ui.slicesGroup.visible = self.choices.mode != WHOLE
        for widget in (ui.boxVoxelsLabel, ui.boxVoxelsSpin, ui.boxHereButton):
            widget.visible = boxes
        for widget in (ui.slicesPlaneLabel, ui.slicesPlaneCombo, ui.slicePreviousButton):
            widget.visible = not boxes
        for widget in (ui.betweenButton, ui.takeButton):
            widget.visible = not boxes
        for name, button in self._buttons().items():
            button.text = f"{self._titles[name]} ({short(self.keys.keys[name])})"
        self.keys.enable(self._front and part is not None and not ui.labelSection.collapsed)
        if part is not None:
            self._update_part(part)

    def _update_part(self, part: Part) -> None:
        ui, work = self._ui, part.work
        ui.sliceUndoButton.enabled = bool(part.shown.marks.history)
        ui.takeButton.enabled = bool(part.proposals.planes)
        ui.boundsNoneButton.enabled = work.bounds is not None
        ui.finishScanButton.enabled = bool(ui.submitButton.enabled)
        ui.boundsLabel.text = bounds_in_words(work)
        done = self.choices.count - self._left(part) if self.choices.boxes else len(self._done_slices(part))
        of = self.choices.count if self.choices.boxes else len(work.plan(self.choices.count))
        ui.slicesProgress.text = progress_in_words(
            done, of, self.choices.boxes, part.share, self.clock, self._scan(part)
        )

    def _done_slices(self, part: Part) -> list[int]:
        return [index for index in part.work.plan(self.choices.count) if part.work.slice_done(index)]

    def close(self) -> None:
        """Let go of everything."""
        for stop in self._stop:
            stop()
        self._desk.passed_over = lambda _after: ()
        self._forget()
        self.keys.close()
        self.choices.close()
        self._wiring.close()
