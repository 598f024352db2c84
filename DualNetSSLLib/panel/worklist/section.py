"""Inside section 6: regions of all scans in one list, one key from scan to scan, and regions of one kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError, InvalidRequest
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.keys import Keys, slice_views
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.review.keys import full, short
from DualNetSSLLib.panel.review.region_finder import MOST_REGIONS
from DualNetSSLLib.panel.review.section import ReviewSection
from DualNetSSLLib.panel.review.walk import Walk
from DualNetSSLLib.panel.worklist.course import Course, only
from DualNetSSLLib.panel.worklist.kin import Kin
from DualNetSSLLib.panel.worklist.table import DealtTable
from DualNetSSLLib.panel.worklist.words import course_in_words, rows_of, too_little_in_words
from DualNetSSLLib.regions.usefulness import knows_too_little
from DualNetSSLLib.tasks.reports import FoundRegions, Progress
from DualNetSSLLib.tasks.rounds import AlikeRegions, DealtRegions

KEYS_SETTING, COUNT_SETTING = "worklistKeys", "dealtRegions"
DEFAULTS = {"next-scan": "Ctrl+N", "alike": "Ctrl+D"}
"""Letters with Shift are the review's."""
FREE_MS = 100
"""How soon it is tried again to submit."""


class WorklistSection:
    """Deals out regions of all scans, and leads through them with the walk of the review."""

    def __init__(self, context: PanelContext, ui: Any, desk: CaseDesk, review: ReviewSection) -> None:
        """Build the group for the case on this desk, whose regions this review walks through."""
        self._context, self._ui, self._desk, self._review = context, ui, desk, review
        self.message = MessageLine(ui.worklistMessage)
        self.table = DealtTable(ui.dealtTable, self.select)
        self.course: Course | None = None
        self.kin: Kin | None = None
        self._call: Call | None = None
        self._ahead: Call | None = None
        self._progress = Progress(done=0)
        self._found: tuple[ShownCase, FoundRegions] | None = None
        self._wanted: tuple[str, int | None] | None = None
        self._front, self._model = False, ""
        ui.dealSpin.value = int(context.settings.get(COUNT_SETTING, ui.dealSpin.value))
        actions: dict[str, Callable[[], None]] = {"next-scan": self.next_scan, "alike": self.answer_alike}
        where = lambda: (ui.reviewSection, *slice_views())  # noqa: E731 - asked anew each time
        self.keys = Keys(context.settings, KEYS_SETTING, actions, DEFAULTS, where, elder=review.mending.keys)
        ui.listKeysEdit.text = short(self.keys.text)
        self._titles = {button: str(button.text) for button in (ui.nextScanButton, ui.alikeButton)}
        self._wiring = Wiring(*self._wires())
        self._once_free = self._wiring.timer(FREE_MS, self.next_scan, once=True)
        review.arrange = self._arrange
        desk.comes_next = self._comes_next
        self._stop = [
            review.updated.subscribe(self._walked),
            context.entered.subscribe(self._entered),
            context.state.watch(self._models_changed, "dataset", "models", "model"),
        ]
        self.update()

    def _wires(self) -> tuple[Wire, ...]:
        ui = self._ui
        return (
            (ui.dealButton, "clicked()", self.deal_or_stop),
            (ui.nextScanButton, "clicked()", self.next_scan),
            (ui.alikeButton, "clicked()", self.answer_alike),
            (ui.listKeysEdit, "editingFinished()", self.choose_keys),
            (ui.everyRegionCheck, "toggled(bool)", self.show_every_region),
            (ui.dealSpin, "valueChanged(int)", lambda count: self._context.settings.put(COUNT_SETTING, count)),
        )

    # what the user does

    @guarded
    def deal_or_stop(self) -> None:
        """List the regions of this round; or stop looking for them."""
        if self._call is not None:
            self._cancel()
            return
        state = self._context.state
        if state.dataset is None:
            raise InvalidRequest(_("No data set is open."), _("Choose one above."))
        self.message.clear()
        self._call = self._context.session.call(
            "deal_regions",
            dataset=state.dataset.id,
            model=state.model,
            kind=self._review.finder.kind,
            threshold=float(self._ui.overlayThresholdSlider.value),
            most=MOST_REGIONS,
            limit=int(self._ui.dealSpin.value),
            number=max(1, len(state.models)),
            seed=self._context.annotator,
            progress=self._told,
            done=self._dealt,
            failed=self._failed,
        )

    @guarded
    def next_scan(self) -> None:
        """Submit what was verified here, and go to the first open region of the next scan of the list."""
        if self.course is None:
            self.deal_or_stop()
            return
        if self._desk.busy:  # a draft is being written: nothing can be submitted before it is
            self._once_free.start()
            return
        shown, key = self._desk.shown, self.keys.keys["next-scan"]
        if shown is not None and not self._desk.modified and self._review.look.too_soon(key):
            return  # nothing was done here yet: the key was meant for the scan before
        following = self.course.next_scan("" if shown is None else shown.name)
        if not following:
            self.message.show(
                _("Nothing is left in another scan of this list. Submit, train again, list anew."), "good"
            )
        elif self._desk.modified:
            self._wanted = (following, None)
            self._ui.submitButton.click()
        else:
            self._go(following)

    @guarded
    def select(self, place: int) -> None:
        """Go to this region of the list, in whatever scan."""
        course, walk = self.course, self._review.walk
        if course is None:
            return
        region = course.dealt.regions[place]
        if walk is not None and walk.shown.name == region.case:
            self._select_in(walk, place)
        else:
            self._go(region.case, place)

    @guarded
    def answer_alike(self) -> None:
        """Look for regions like the selected one; show the next of their sample; accept them all after the last."""
        walk = self._review.walk
        if self.kin is not None and self.kin.goes_on(walk, self._desk.work.version):
            if not self._review.look.too_soon(self.keys.keys["alike"]):
                self._go_on_with(self.kin)
            return
        self.kin = None
        if walk is None or walk.place is None or walk.place.theirs is not None or self._found is None:
            self.message.show(_("Go to a region first (Next)."))
            return
        found, here = self._found[1], (walk.place.found.label, walk.place.found.centre_ras)
        like = next(n for n, one in enumerate(found.regions) if (one.label, one.centre_ras) == here)
        self._context.session.call(
            "find_alike",
            regions=found.regions,
            voxels_file=found.voxels_file,
            prediction=walk.prediction,
            like=like,
            among=list(range(len(found.regions))),
            done=lambda alike: self._found_alike(walk, found, alike),
            failed=self._failed,
        )

    @guarded
    def show_every_region(self) -> None:
        """Show all regions of the scan, or the listed ones alone."""
        self._show_again()

    @guarded
    def choose_keys(self) -> None:
        """Use other keys."""
        self.keys.choose(full(self._ui.listKeysEdit.text))
        self.message.show(self.keys.conflicts())
        self.update()

    # regions of one kind

    @guarded
    def _found_alike(self, walk: Walk, found: FoundRegions, alike: AlikeRegions) -> None:
        """Put the members beside what the walk has, and show the sample."""
        if walk is not self._review.walk or self._found is None or self._found[1] is not found:
            return
        shown = self._places_shown(walk, found)
        order = [*shown, *(place for place in alike.members if place not in shown)]
        first = len(walk.places) - len(shown)  # contested regions come before
        self._review.show(only(found, order))
        walk.look()
        places = {place: first + n for n, place in enumerate(order)}
        members, sample = (tuple(places[place] for place in part) for part in (alike.members, alike.sample))
        self.kin = Kin.of(walk, AlikeRegions(members=tuple(sorted(members)), sample=sample), self._desk.work.version)
        if self.kin is None:
            self.message.show(_("No other open region here is of this kind: same class, small, both networks agree."))
        else:
            self.message.show(self.kin.in_words(self.keys.keys["alike"]), "busy")

    def _places_shown(self, walk: Walk, found: FoundRegions) -> list[int]:
        """Return the places in ``found`` of the regions that the walk has now."""
        places = {(one.label, one.centre_ras): place for place, one in enumerate(found.regions)}
        own = [place.found for place in walk.places if place.theirs is None]
        return [places[one.label, one.centre_ras] for one in own]

    def _go_on_with(self, kin: Kin) -> None:
        if not kin.seen:
            kin.at += 1
            self._review.select(kin.sample[kin.at])
            self.message.show(kin.in_words(self.keys.keys["alike"]), "busy")
            return
        kin.accept()
        self.kin = None
        self._review.accepted(kin.walk)
        self.message.show(kin.done_in_words(self._review.keys.keys["undo"]), "good")

    # going

    def _go(self, case: str, place: int | None = None) -> None:
        """Open a scan of the list, and go to this region of it, or to the first that is open."""
        self._wanted = (case, place)
        self.message.clear()
        self._desk.open(case)

    def _comes_next(self, after: str) -> str:
        """Say which scan comes after one of the list: the list's next, as long as there is one."""
        course = self.course
        following = course.next_scan(after) if course is not None and course.has(after) else ""
        if following:
            self._wanted = (following, None)
        return following

    def _select_in(self, walk: Walk, place: int) -> None:
        """Go to a region of the list in the scan that is open."""
        region = self.course.dealt.regions[place] if self.course is not None else None
        here = [(one.found.label, one.found.centre_ras) for one in walk.places]
        if region is not None and (region.label, region.centre_ras) in here:
            self._review.select(here.index((region.label, region.centre_ras)))
        else:
            self.message.show(_("The map shows other regions now: list them again."))

    def _fetch_ahead(self, case: str) -> None:
        """Bring the next scan's files to this computer while this one is looked at."""
        following = "" if self.course is None else self.course.next_scan(case)
        dataset = self._context.state.dataset
        if following and dataset is not None and self._ahead is None:
            self._ahead = self._context.session.call(
                "open_case",
                dataset=dataset.id,
                case=following,
                model=self._context.state.model,
                done=self._fetched_ahead,
                failed=self._fetched_ahead,
            )

    def _fetched_ahead(self, _answer: object) -> None:
        self._ahead = None

    # what happens

    def _told(self, progress: Progress) -> None:
        self._progress = progress
        self.update()

    @guarded
    def _dealt(self, dealt: DealtRegions) -> None:
        self._call, self.course = None, Course(dealt)
        self._show_again()

    @guarded
    def _failed(self, error: DualNetSSLError) -> None:
        self._call = None
        raise error

    def _arrange(self, shown: ShownCase, found: FoundRegions) -> tuple[FoundRegions, str]:
        """Return which regions the walk has, and why there are none if a walk is not worth it."""
        self._found, self.kin = (shown, found), None
        if self._ui.everyRegionCheck.checked:
            return found, ""
        if _not_worth_it(shown, found):
            return only(found, ()), too_little_in_words()
        places = [] if self.course is None else self.course.of_scan(shown.name, found)
        return (only(found, places) if places else found), ""

    def _show_again(self) -> None:
        """Let the walk take what it was given again: what is listed, or whether all is shown, has changed."""
        if self._found is not None and self._found[0] is self._desk.shown:
            shown, found = self._found
            arranged, why = self._arrange(shown, found)
            self._review.show(arranged, why)

    @guarded
    def _walked(self) -> None:
        """Note what is done of the list; go to the region that was wanted once its scan is here."""
        walk = self._review.walk
        if walk is None or not walk.looked or self.course is None:
            return
        standing = zip(walk.places, walk.standings, strict=True)
        self.course.note(walk.shown.name, [(place.found, one.done) for place, one in standing if place.theirs is None])
        if self._wanted is not None and self._wanted[0] == walk.shown.name and walk.places:
            place, self._wanted = self._wanted[1], None
            number = walk.next_open()
            if place is not None:
                self._select_in(walk, place)
            elif number is not None:
                self._review.select(number)
            self._fetch_ahead(walk.shown.name)

    def _models_changed(self) -> None:
        """A list is of one model; another one, or another data set, wants another list."""
        state = self._context.state
        key = " ".join([state.dataset.id if state.dataset else "", state.model or "", *(m.id for m in state.models)])
        if key != self._model:
            self._model, self.course, self._wanted = key, None, None
            self._cancel()
        self.update()

    def _entered(self, front: bool) -> None:
        self._front = front
        self.update()

    def _cancel(self) -> None:
        for call in (self._call, self._ahead):
            if call is not None:
                call.cancel()
        self._call = self._ahead = None

    def update(self) -> None:
        """Bring the widgets up to date."""
        ui, state, course, busy = self._ui, self._context.state, self.course, self._call is not None
        walk = self._review.walk
        ui.worklistGroup.visible = bool(state.models)
        opened = not ui.worklistGroup.collapsed
        ui.dealButton.text = _("Stop") if busy else _("List regions")
        ui.dealButton.enabled = bool(state.models)
        ui.dealBar.visible = opened and busy
        ui.dealBar.setRange(0, self._progress.total or 0)
        ui.dealBar.setValue(self._progress.done)
        ui.dealBar.setFormat(_("looked into %v of %m scans"))
        ui.dealtLabel.visible = opened and course is not None
        ui.dealtTable.visible = opened and course is not None and bool(course.dealt.regions)
        self._name_buttons()
        ui.nextScanButton.enabled = course is not None and not self._desk.opening and not self._desk.busy
        ui.alikeButton.visible = ui.everyRegionCheck.visible = walk is not None
        ui.alikeButton.enabled = walk is not None and bool(walk.places)
        self.keys.enable(self._front and not ui.reviewSection.collapsed and (course is not None or walk is not None))
        if course is not None and state.dataset is not None:
            ui.dealtLabel.text = course_in_words(course)
            here = None if walk is None or walk.place is None else course.place_of(walk.shown.name, walk.place.found)
            self.table.show(rows_of(course, state.dataset.labels, state.called), here)

    def _name_buttons(self) -> None:
        """Say the keys, but for those that somebody has chosen for something else in the review."""
        for button, name in ((self._ui.nextScanButton, "next-scan"), (self._ui.alikeButton, "alike")):
            key, title = self.keys.keys[name], self._titles[button]
            text = title if self.keys.taken(key) else f"{title} ({short(key)})"
            if button.text != text:
                button.text = text
                self.keys.give_way()

    def close(self) -> None:
        """Let go of everything."""
        for stop in self._stop:
            stop()
        self._cancel()
        self.keys.close()
        self.table.close()
        self._wiring.close()


def _not_worth_it(shown: ShownCase, found: FoundRegions) -> bool:
    """Tell whether the model of these regions knows too little of the scan."""
    said = shown.opened.prediction
    i, j, k = shown.geometry.size
    a, b, c = shown.geometry.spacing
    dice = None if said is None else said.prediction.summary.get("predicted_dice")
    return knows_too_little(dice, sum(one.volume_mm3 for one in found.regions), i * j * k * a * b * c)
