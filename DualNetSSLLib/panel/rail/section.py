"""The rail: the next step above the sections, which scroll below it, and one of them open at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.common.words import joined
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.rail.steps import (
    ADD,
    AGAIN,
    BOXES,
    CHOOSE,
    CONNECT,
    CONSENT,
    CORRECT,
    LABEL,
    LEARNS,
    MORE,
    PREDICTS,
    REVIEW,
    SECTIONS,
    SLICES,
    SUBMIT,
    TRAIN,
    WAITS,
    WAYS,
    Standing,
    good_start,
    next_step,
)
from DualNetSSLLib.regions.usefulness import hopeless

NAMES = ("server", "dataset", "label", "train", "results", "review")
FIRST_LOAD = frozenset({"cases", "jobs", "models"})
"""What has to be known of a data set before its next step is."""
CASE_SECTIONS = ("label", "results", "review")
"""Sections in which something can be done with the case that is open."""
TEACHING = ("in_review", "labelled", "verified")


class RailSection:
    """Says what comes next, leads there, and closes the sections that are not needed."""

    def __init__(self, context: PanelContext, ui: Any, desk: CaseDesk, waiting: Callable[[], Sequence[str]]) -> None:
        """Lead through the sections; ``waiting`` returns the scans with corrections that are not submitted."""
        self._context, self._ui, self._desk, self._waiting = context, ui, desk, waiting
        self._unknown: set[str] = set()
        self._shown: ShownCase | None = None
        self._opened = NAMES[0]
        clicks = [(self._section(name), "clicked(bool)", self._clicked(name)) for name in NAMES]
        self._bar, self._at = ui.sectionsArea.verticalScrollBar(), 0
        self._wiring = Wiring(
            (ui.nextStepButton, "clicked()", self.go),
            (ui.labelModeCombo, "activated(int)", self._mode_chosen),
            (self._bar, "rangeChanged(int,int)", self._resized),
            *clicks,
        )
        state = context.state
        self._stop = [
            state.watch(self.update, "connection", "dataset", "cases", "jobs", "models", "open_case", "worklist"),
            state.watch(self._dataset_changed, "dataset"),
            context.loader.loaded.subscribe(self._loaded),
            context.consent_changed.subscribe(self.update),
            desk.changed.subscribe(self._desk_changed),
        ]
        self._scrolling = self._wiring.timer(0, self._scroll, once=True)
        self.update()

    @property
    def step(self) -> str:
        """The step that comes next."""
        return next_step(self._standing())

    def go(self) -> None:
        """Open the section of the next step, and there what is to be worked on."""
        step = self.step
        self.open(SECTIONS[step])
        if step in (LABEL, REVIEW, CORRECT, MORE) and self._desk.shown is None and not self._desk.opening:
            self._desk.next_case()

    def open(self, name: str) -> None:
        """Open one section, and close the others."""
        self._opened = name
        for other in NAMES:
            self._section(other).collapsed = other != name
        self._section(name).setFocus()  # the keys of a section act where the keyboard is
        self._scrolling.start()

    def _scroll(self) -> None:
        """Bring the section that was opened into sight, once it has its place: all of it, else its beginning."""
        section = self._section(self._opened)
        self._ui.sectionsArea.ensureWidgetVisible(section, 0, 0)
        self._bar.value = min(int(self._bar.value), int(section.y))
        self._at = int(self._bar.value)

    def _resized(self, *_range: object) -> None:
        """What is in a section grows while it is worked in: follow it, unless somebody has scrolled since."""
        if int(self._bar.value) in (self._at, int(self._bar.maximum)):
            self._scrolling.start()

    def _section(self, name: str) -> Any:
        return getattr(self._ui, f"{name}Section")

    def _clicked(self, name: str) -> Callable[..., None]:
        def clicked(*_arguments: object) -> None:
            if not self._section(name).collapsed:
                self.open(name)

        return clicked

    def _dataset_changed(self) -> None:
        """Another data set: what comes next in it is known once it is loaded."""
        opened = self._context.state.dataset is not None
        self._unknown = set(FIRST_LOAD) if opened else set()
        if not opened:
            for name in NAMES[2:]:
                self._section(name).collapsed = True

    def _loaded(self, operation: str) -> None:
        if operation in self._unknown:
            self._unknown.discard(operation)
            if not self._unknown:
                self.open(SECTIONS[self.step])
                self.update()

    def _desk_changed(self) -> None:
        """A case that has just been opened is looked at, labelled or reviewed: open a section for it, if none is.

        In Results it is looked at: whoever opens a case from the tables there goes on with map and changes there. And
        whoever watches a training goes on with that.
        """
        shown = self._desk.shown
        waits = all(self._section(name).collapsed for name in CASE_SECTIONS)
        watched = self.step == LEARNS and not self._section("train").collapsed
        if shown is not None and shown is not self._shown and waits and not watched:
            walks = shown.opened.prediction is not None and self.step in (REVIEW, AGAIN)
            self.open("review" if walks else "label")
        self._shown = shown
        self.update()

    def _mode_chosen(self, *_index: object) -> None:
        self.update()

    def _standing(self) -> Standing:
        state = self._context.state
        newest = max((model.created for model in state.models), default=0.0)
        teaching = [case for case in state.cases if case.state in TEACHING]
        return Standing(
            connected=state.connection is not None,
            may_send=self._context.may_send(),
            dataset=state.dataset is not None,
            scans=len(state.cases),
            labelled=len(teaching),
            since=sum(case.updated > newest for case in teaching),
            waiting=len(self._waiting()),
            models=len(state.models),
            learns=state.running_job("train") is not None,
            predicts=state.running_job("predict") is not None,
            done=bool(state.cases) and all(case.verified_fraction >= 1 for case in state.cases),
            way=WAYS[max(0, int(self._ui.labelModeCombo.currentIndex))],
            whole=sum(case.verified_fraction >= 1 for case in teaching),
            untouched=sum(case.label is None for case in state.cases),
            hopeless=hopeless([entry.predicted_dice for entry in state.worklist.values()]),
        )

    def update(self) -> None:
        """Say what comes next."""
        now = self._standing()
        step = next_step(now)
        self._ui.nextStepButton.text = step_in_words(step, now)
        self._ui.nextStepButton.toolTip = joined(
            _("Open the section for this, and what is to be worked on."), reason_in_words(step, now)
        )
        self._ui.nextStepButton.flat = step in WAITS

    def close(self) -> None:
        """Let go of everything."""
        for stop in self._stop:
            stop()
        self._wiring.close()


def step_in_words(step: str, now: Standing) -> str:
    """Say a step as what to do; of what the computer does, what is awaited."""
    words = {
        CONNECT: _("Next: start a server"),
        CONSENT: _("Next: allow scans to be sent"),
        CHOOSE: _("Next: open or make a data set"),
        ADD: _("Next: add scans"),
        LABEL: _("Next: label a scan ({count} of {wanted})").format(
            count=min(now.labelled + 1, good_start(now)), wanted=good_start(now)
        ),
        SUBMIT: _("Next: submit what you labelled"),
        TRAIN: _("Next: train"),
        LEARNS: _("Waiting for the training; label another scan meanwhile"),
        PREDICTS: _("Waiting for the predictions of all scans"),
        REVIEW: _("Next: review uncertain regions"),
        CORRECT: _("Next: correct slices of another scan"),
        MORE: _("Next: label one more scan"),
        AGAIN: _("Next: train again ({count} scans labelled since)").format(count=now.since),
    }
    return words[step]


def reason_in_words(step: str, now: Standing) -> str:
    """Say why scans are asked for: before the first training by parts, or of a model that knows too little."""
    texts = {
        SLICES: _("A few slices of eight scans teach nearly as much as four whole scans."),
        BOXES: _("A box in each of thirteen scans teaches nearly as much as four whole scans."),
    }
    if step == MORE:
        return _("This model knows too little for a walk: label one more scan, or train longer.")
    if step != LABEL or now.way not in texts:
        return ""
    return joined(texts[now.way], _("You can train earlier in the section Train."))
