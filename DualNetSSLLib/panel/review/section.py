"""Section 6: from one uncertain region to the next, and only what is verified counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from slicer.i18n import tr as _

from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.keys import Keys, slice_views
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.panel.common.steps import Steps
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.common.words import joined
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.editor import LabelEditor
from DualNetSSLLib.panel.desk.opening import ORDER, ORDERS
from DualNetSSLLib.panel.overlay.section import OverlaySection
from DualNetSSLLib.panel.review.buttons import TURNS, ReviewButtons
from DualNetSSLLib.panel.review.contradictions import ContestFinder
from DualNetSSLLib.panel.review.first_look import FirstLook
from DualNetSSLLib.panel.review.keys import DEFAULTS, FORMER, SETTING, full, short
from DualNetSSLLib.panel.review.region_finder import RegionFinder
from DualNetSSLLib.panel.review.region_table import RegionTable
from DualNetSSLLib.panel.review.tools.limit import PaintingLimit
from DualNetSSLLib.panel.review.tools.mending import Mending
from DualNetSSLLib.panel.review.tools.toolbox import Toolbox
from DualNetSSLLib.panel.review.view.spotlight import Box
from DualNetSSLLib.panel.review.view.stage import Stage, unseen_in_words
from DualNetSSLLib.panel.review.walk import Place, Walk, undone_in_words
from DualNetSSLLib.panel.review.words import hint_in_words, outside_in_words, progress_in_words
from DualNetSSLLib.tasks.reports import FoundRegions

Arrange = Callable[[ShownCase, FoundRegions], tuple[FoundRegions, str]]


class ReviewSection:
    """Leads through the regions of the case that is open.

    Attributes:
        walk: through its regions; None: no case with regions is open.
        look: whether anybody can have looked at the selected one.
        arrange: returns which of the regions that were found the walk has, and why it has none; all, unless set.
        updated: told whenever the walk may have changed.
    """

    def __init__(
        self, context: PanelContext, ui: Any, desk: CaseDesk, editor: LabelEditor, overlay: OverlaySection
    ) -> None:
        """Build the section for the case on this desk, painted in this editor, with this map over it."""
        self._context, self._ui, self._desk, self._editor = context, ui, desk, editor
        self.message = MessageLine(ui.reviewMessage, stays=True)
        self.look = FirstLook(self.message)
        self.table = RegionTable(ui.regionTable, self.select)
        self.walk: Walk | None = None
        self.arrange: Arrange = lambda _shown, found: (found, "")
        self.updated = Notice()
        self._withheld = ""
        self._front = False
        self._looking: Steps | None = None
        self.finder = RegionFinder(context, ui, self._found, self._not_found)
        self._contests = ContestFinder(context, self._found_contested, self._not_found)
        actions = dict(self._actions())
        self.keys = Keys(context.settings, SETTING, actions, DEFAULTS, self._places, FORMER, repeating=TURNS[:2])
        self.stage = Stage(ui, overlay, lambda: self.keys.keys["map"])
        slices = self.stage.slices
        self.mending = Mending(
            context, ui, self.message, self.keys, self._reviewing, self.look, self._done, self.update, slices
        )
        self.toolbox = Toolbox(
            context, ui, self.message, editor, self.mending, self._reviewing, self._stroked, self.update
        )
        self.buttons = ReviewButtons(ui)
        self.limit = PaintingLimit(context, ui, desk, editor)
        ui.reviewKeysEdit.text = short(self.keys.text)
        for text in (_("largest expected benefit"), _("by chance, not empty"), _("by name"), _("least certain")):
            ui.orderCombo.addItem(text)
        order = context.settings.get(ORDER, ORDERS[0])
        ui.orderCombo.currentIndex = ORDERS.index(order) if order in ORDERS else 0
        self._wiring = Wiring(*self._wires())
        self._stop = [
            desk.changed.subscribe(self._desk_changed),
            desk.painted.subscribe(self._painted),
            desk.said.subscribe(self.message.show),
            context.entered.subscribe(self._entered),
            context.scene_closing.subscribe(self._forget),
        ]
        self.finder.looked = self._look
        self.update()

    def _actions(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("next", self.next),
            ("previous", self.previous),
            ("accept", self.accept),
            ("edit", self.edit),
            ("restore", self.restore),
            ("map", self.press_map),
            ("undo", self.undo),
            ("erase", self.erase),
            ("class", self.next_class),
            ("next-slice", self.next_slice),
            ("previous-slice", self.previous_slice),
        )

    def _places(self) -> tuple[Any, ...]:
        """Return where the keys act: in this section, and where one looks while reviewing."""
        return (self._ui.reviewSection, *slice_views())

    def _tell_of_keys(self) -> None:
        """Say which keys Slicer has a use for, if somebody chose such."""
        self.message.show(" ".join(filter(None, (self.keys.conflicts(), self.mending.keys.conflicts()))))

    def _wires(self) -> tuple[Wire, ...]:
        ui, slots = self._ui, dict(self._actions()) | {"map": self.toggle_map}
        return (
            *((button, "clicked()", slots[name]) for name, button in self.buttons.named.items()),
            (ui.wholeVerifiedButton, "clicked()", self.verify_whole),
            (ui.reviewLimitCheck, "toggled(bool)", self.limit_painting),
            (ui.reviewKeysEdit, "editingFinished()", self.choose_keys),
            (ui.orderCombo, "activated(int)", self.choose_order),
            (ui.reviewNextCaseButton, "clicked()", self.next_case),
            (ui.reviewSubmitButton, "clicked()", ui.submitButton.click),
            (ui.reviewSection, "contentsCollapsed(bool)", self._folded),
        )

    # what the user does

    @guarded
    def next(self) -> None:
        """Go to the next region."""
        self._go(1)

    @guarded
    def previous(self) -> None:
        """Go to the region before."""
        self._go(-1)

    @guarded
    def select(self, number: int) -> None:
        """Go to this region."""
        self._select(number)

    @guarded
    def accept(self) -> None:
        """Vouch for the region as it is, or as the preview shows it, and go to the next open one."""
        walk = self._reviewing()
        if walk is not None and not self.too_soon("accept") and not self.mending.take():
            walk.accept()
            self._done(walk)

    @guarded
    def restore(self) -> None:
        """Put the prediction back into the region, vouch for it, and go on."""
        walk = self._reviewing()
        if walk is not None and not self.too_soon("restore"):
            self._done(walk, outside_in_words(walk.restore()))

    @guarded
    def edit(self) -> None:
        """Take the brush; accept afterwards."""
        if not self.mending.unseen(self.keys.keys["edit"]):
            self.toolbox.paint()
            self._say_how_to_paint()

    @guarded
    def erase(self) -> None:
        """Take the eraser; accept afterwards."""
        if not self.mending.unseen(self.keys.keys["erase"]):
            self.toolbox.erase()
            self._say_how_to_paint()

    @guarded
    def next_class(self) -> None:
        """Paint with the next class."""
        self.toolbox.following()

    @guarded
    def next_slice(self) -> None:
        """Show the next slice of the region."""
        self.stage.slices.step(1)

    @guarded
    def previous_slice(self) -> None:
        """Show the slice of the region before."""
        self.stage.slices.step(-1)

    @guarded
    def toggle_map(self) -> None:
        """Keep the map of uncertainty in the views, or hide it."""
        self.stage.toggle_map()

    @guarded
    def press_map(self) -> None:
        """Show the map while its key is held; a short press keeps it, or hides it."""
        self.stage.press_map()

    @guarded
    def undo(self) -> None:
        """Take the preview away; or take back what was verified last, with the label that it changed."""
        if self.mending.drop():
            return
        step = None if self.walk is None else self.walk.undo()
        if self.walk is None or step is None:
            self.message.show(_("There is nothing to take back. Ctrl+Z takes back strokes of the brush."))
            return
        self._desk.work.marked()
        self.walk.look_here()
        self.message.show(undone_in_words(step, self.walk), "good")
        if self.walk.current is not None:
            self._select(self.walk.current)

    @guarded
    def verify_whole(self) -> None:
        """Vouch for the whole scan as it is labelled now."""
        if self.walk is None:
            return
        self._begin(self.walk)
        self._desk.work.vouch(True)
        self._look()
        self.message.show(_("The whole scan counts as verified. Submit it, or take that back."), "good")

    @guarded
    def limit_painting(self) -> None:
        """Let the brush act in the region alone, or everywhere."""
        self.limit.remember()
        self.limit.set(self.walk)

    @guarded
    def choose_keys(self) -> None:
        """Use other keys."""
        self.keys.choose(full(self._ui.reviewKeysEdit.text))
        self.mending.keys.give_way()
        self._tell_of_keys()

    @guarded
    def choose_order(self) -> None:
        """Serve the cases in another order."""
        self._context.settings.put(ORDER, ORDERS[max(0, self._ui.orderCombo.currentIndex)])

    @guarded
    def next_case(self) -> None:
        """Open the next case in the order that was chosen."""
        self._desk.next_case(after="" if self._desk.shown is None else self._desk.shown.name)

    # the walk

    def _go(self, by: int) -> None:
        number = None if self.walk is None else self.walk.step(by)
        if number is not None:
            self._select(number)

    def _select(self, number: int) -> None:
        """Bring a region before the eyes, its class under the brush."""
        walk = self.walk
        if walk is None or not 0 <= number < len(walk.places):
            return
        self._begin(walk)
        place = walk.select(number)
        self._enter(walk, place, self.stage.enter(walk.shown, place))

    def _enter(self, walk: Walk, place: Place, came: Box | None) -> None:
        """Let answers and tools be those of a region that is selected; ``came``: of one that has just come, cut out."""
        if came is not None:
            self.limit.set(walk, came)
        self.mending.enter(walk)
        self.toolbox.enter(walk, place.found.label)
        self.update()
        if came is not None:
            self.look.at_region(place.rank)

    def _stroked(self) -> None:
        """A stroke has changed the label."""
        walk = self.walk
        self._desk.work.marked()
        if walk is not None:
            walk.look_here()
        self.mending.painted()
        if walk is not None and walk.paints_outside:
            self.message.show(_("You paint outside the bounds of the organ: one of the two is wrong."), "bad")
        self.update()

    def too_soon(self, action: str) -> bool:
        """Tell whether nobody can have looked at what an action decides on, and say so: it has only just come."""
        return self.look.too_soon(self.keys.keys[action])

    @guarded
    def _painted(self) -> None:
        """Somebody has painted, and so has looked; or something was verified, which bounds may have moved with."""
        self.finder.look_later()
        self.look.looked()
        walk = self.walk
        if walk is not None and walk.place is not None and self.mending.outdated:
            self._enter(walk, walk.place, None)

    def _say_how_to_paint(self) -> None:
        if self.toolbox.brush.taken:
            key = short(self.keys.keys["accept"])
            self.message.show(_("Paint, then accept what you painted ({key}).").format(key=key))

    def _reviewing(self) -> Walk | None:
        """Return the walk if a region is selected; else select the first one, to be looked at before anything else."""
        walk = self.walk
        if walk is None or walk.place is None:
            self._go(1)
            return None
        return walk

    def begin_walk(self) -> bool | None:
        """Go to the first region of the case that is open; tells whether there is one, None as long as that is open."""
        walk = self.walk
        if walk is None or self.finder.busy or not walk.looked:
            return None
        if walk.places and walk.place is None:
            self._go(1)
        return bool(walk.places)

    def accepted(self, walk: Walk) -> None:
        """Regions of the walk were verified together: go on as after one."""
        walk.look()
        self._done(walk)

    def _done(self, walk: Walk, said: str = "") -> None:
        """A region is verified: go to the next one that is not; say that, and what of it was not looked at."""
        self._editor.rest()
        self.toolbox.rest()
        said = joined(said, "" if walk.place is None else unseen_in_words(self.stage, walk.place))
        self._desk.work.marked()
        walk.look_here()
        number = walk.next_open()
        if number is None:
            self.mending.enter(walk)
            every = _("Every region is verified. Submit, or lower the threshold of the map.")
            self.message.show(joined(every, said), "good")
        else:
            self._select(number)
            self.message.show(said)

    def _begin(self, walk: Walk) -> None:
        """Let a case that has a prediction alone begin with that, with nothing verified."""
        if walk.begun or not walk.shown.whole:
            return
        if self._desk.modified:
            walk.shown.marks.whole = False
        else:
            self._desk.work.begin_with_prediction(worth_keeping=False)
            self._editor.present(walk.shown)
        self._look()

    # what happens

    def _found(self, found: FoundRegions) -> None:
        walk, shown = self.walk, self._desk.shown
        if walk is None or shown is not walk.shown:
            return
        self.show(*self.arrange(shown, found))

    def show(self, found: FoundRegions, withheld: str = "") -> None:
        """Walk through these regions from now on; ``withheld`` says why there are none."""
        walk, self._withheld = self.walk, withheld
        if walk is None:
            return
        self._renew(walk, lambda: walk.take(found))

    def _found_contested(self, shown: ShownCase, found: FoundRegions) -> None:
        """Put what two people contradict each other in before the other regions."""
        walk = self.walk
        if walk is not None and walk.shown is shown:
            self._renew(walk, lambda: walk.take_contested(found))

    def _renew(self, walk: Walk, take: Callable[[], None]) -> None:
        """Let a walk take other regions; the selected one is shown as it is then, before anybody decides on it."""
        before = walk.place
        take()
        if walk.current is None:
            self.stage.leave()
            self.limit.set(walk)
            self.mending.leave()
            self.toolbox.leave()
        else:
            place = walk.select(walk.current)
            same = before is not None and np.array_equal(before.where, place.where)
            self._enter(walk, place, None if same else self.stage.draw(walk.shown, place))
        self._look()

    def _not_found(self, error: Exception) -> None:
        self.message.error(error)
        self.update()

    def _look(self) -> None:
        """See how the regions stand, a little at a time."""
        self._stop_looking()
        if self.walk is not None:
            self._looking = Steps(self.walk.looking(), lambda _result: self.update(), self._not_found)

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking = None

    @guarded
    def _desk_changed(self) -> None:
        """Another case, or another prediction of it, begins another walk."""
        shown = self._desk.shown
        if shown is None or (shown.opened.prediction is None and shown.unsettled is None):
            self._forget()
            return
        if self.walk is None or not self.walk.of(shown):
            self._forget()
            self.walk = Walk(shown)
            self._tell_of_keys()
            self._contests.forget()
            self.finder.find(shown)
        else:
            self.limit.renew(self.walk)
        self._contests.find(shown)

    def _forget(self) -> None:
        self.finder.forget()
        self._contests.forget()
        self._stop_looking()
        self.stage.leave()
        self.stage.slices.forget()
        self.mending.leave()
        self.toolbox.leave()
        self.walk = None

    @guarded
    def _entered(self, front: bool) -> None:
        self._front = front
        self.update()

    @guarded
    def _folded(self) -> None:
        self.finder.awake = not self._ui.reviewSection.collapsed
        if self.walk is not None and self.walk.place is not None:
            self.limit.set(self.walk)
        self.update()

    def update(self) -> None:
        """Bring the widgets up to date."""
        ui, walk = self._ui, self.walk
        self.finder.awake = not ui.reviewSection.collapsed
        ready = self._front and walk is not None and bool(walk.places) and not ui.reviewSection.collapsed
        self.keys.enable(ready)
        self.mending.enable(ready)
        self.toolbox.enable(ready)
        self.stage.light(ready and walk is not None and walk.place is not None)
        self.buttons.show(walk, self.keys.keys)
        ui.regionTable.visible = walk is not None and bool(walk.places)
        ui.reviewFrame.visible = walk is not None
        ui.reviewNextCaseButton.enabled = self._ui.nextCaseButton.enabled
        ui.reviewSubmitButton.enabled = self._desk.shown is not None and self._ui.submitButton.enabled
        ui.reviewProgress.text = "" if walk is None else progress_in_words(walk)
        talking = bool(self.message.text)
        ui.reviewHint.text = hint_in_words(
            self._desk.shown, walk, looking=self.finder.busy, withheld=self._withheld, talking=talking
        )
        ui.reviewHint.visible = bool(ui.reviewHint.text)
        if walk is not None:
            self.table.show(walk)
        self.updated()

    def close(self) -> None:
        """Let go of everything."""
        for stop in self._stop:
            stop()
        self._forget()
        self.finder.close()
        self.toolbox.close()
        self.mending.close()
        self.stage.close()
        self.keys.close()
        self.table.close()
        self._wiring.close()
