"""The tour: one click goes from nothing to the first uncertain region, on sample scans and a server of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.rail.steps import ADD, CHOOSE, CONNECT, LABEL, LEARNS, PREDICTS, REVIEW, TRAIN

SETTING = "toured"
LOOK_MS, PATIENCE_MS = 400, 15_000
"""How often the tour looks how far it is, and how long nothing may happen: of a model that is made the panel hears a
little after the end of its training."""
STEPS, WIDTH, PATCH = 200, 8, (32, 32, 48)
"""Of the first model; the patch in voxels (k, j, i), a third of what the scans would get by themselves. It knows enough
for a walk through its regions (Dice 0.84 of scans that it has not seen), after 155 s of one processor core."""
ORDER = (CONNECT, CHOOSE, ADD, LABEL, TRAIN, LEARNS, PREDICTS, REVIEW)
"""Steps of the rail that the tour leads through; at any other one it ends."""


class Tour:
    """Presses the buttons that a newcomer would press, one after the other, and waits for what they begin.

    Attributes:
        running: whether it is under way.
    """

    def __init__(
        self,
        context: PanelContext,
        ui: Any,
        step: Callable[[], str],
        go: Callable[[], None],
        leave: Callable[[], None],
        adding: Callable[[], bool],
        extra: dict[str, Any],
        first_region: Callable[[], bool | None],
    ) -> None:
        """Wait to be started.

        Args:
            context: what every section is given.
            ui: the panel's widgets.
            step: returns the step that comes next.
            go: opens the section of that step, and there what is to be worked on.
            leave: puts the case away that is open.
            adding: tells whether scans are being added.
            extra: fields of the training's configuration that have no widget, to be filled while a training is ordered.
            first_region: goes to the first region of the case that is open; tells whether there is one, None while that
                is not known yet.
        """
        self._context, self._ui, self._step, self._go, self._leave = context, ui, step, go, leave
        self._adding, self._extra, self._first_region = adding, extra, first_region
        self._pressed: set[str] = set()
        self._idle = 0
        self._former: tuple[int, int] | None = None
        self.running = False
        self._wiring = Wiring((ui.tourButton, "clicked()", self.start_or_stop))
        self._timer = self._wiring.timer(LOOK_MS, self._look)
        self._stop = context.state.watch(self.update, "connection", "dataset")
        self.update()

    def start_or_stop(self) -> None:
        """Begin, or leave the rest to the user."""
        if self.running:
            self._end(_("The tour is over. What it has begun goes on; the button above leads on."))
            return
        self.running, self._pressed = True, set()
        self._timer.start()
        self._look()

    def _look(self) -> None:
        """Do the next thing that there is to do, unless something is under way."""
        step = self._step()
        if step not in ORDER:
            self._end(_("The tour ends here; the button above leads on."))
            return
        self._say(told(ADD if self._adding() else step))  # three labels come before the other scans
        acts: dict[str, Callable[[], None]] = {
            CONNECT: self._connect,
            CHOOSE: self._add,
            ADD: self._add,
            LABEL: self._labelled,
            TRAIN: self._train,
            LEARNS: self._meanwhile,
            REVIEW: self._review,
        }
        acts.get(step, lambda: None)()
        self.update()

    def _press(self, step: str, button: Any) -> None:
        """Press a button once; where it can be pressed again and nothing comes of it, somebody has to look."""
        if not button.enabled:
            self._idle = 0
        elif step not in self._pressed:
            self._pressed.add(step)
            self._idle = 0
            self._go()
            button.click()
        else:
            self._idle += 1
        if self._idle * LOOK_MS > PATIENCE_MS:
            self._end(_("The tour waits for you: something went wrong, and is said below."))

    def _connect(self) -> None:
        self._press(CONNECT, self._ui.startLocalButton)

    def _add(self) -> None:
        if not self._adding():
            self._press(ADD, self._ui.addSampleButton)

    def _labelled(self) -> None:
        """Three of the sample scans bring a label: they are on their way."""
        if not self._adding():
            self._end(_("The tour ends here: this data set needs labels first."))

    def _train(self) -> None:
        ui = self._ui
        if self._adding():
            return
        if self._former is None:
            self._former = int(ui.stepsSpin.value), int(ui.widthSpin.value)
            ui.stepsSpin.value, ui.widthSpin.value = STEPS, WIDTH
            self._extra["patch"] = PATCH
        self._press(TRAIN, ui.trainButton)

    def _meanwhile(self) -> None:
        """Show a scan that is learnt from: the training takes minutes, and the views would be empty."""
        taught = next((case.case for case in self._context.state.cases if case.state == "labelled"), None)
        if LEARNS not in self._pressed and taught is not None:
            self._pressed.add(LEARNS)
            self._context.open_case(taught)

    def _review(self) -> None:
        if REVIEW not in self._pressed:
            self._pressed.add(REVIEW)
            self._leave()
            self._go()
            return
        there = self._first_region()
        if there is None:
            return
        self._context.settings.put(SETTING, True)
        if not there:
            self._end(_("The tour ends here: nothing is worth a look in this scan. The section below says why."))
        else:
            self._end(
                _(
                    "The first uncertain region. Is the thin line, the label, right inside the light one? "
                    "D accepts it; J and K show what either network says, the same key again takes that."
                )
            )

    def _end(self, said: str) -> None:
        """Stop, and give back the size of training that was chosen before."""
        self.running = False
        self._timer.stop()
        if self._former is not None:
            self._ui.stepsSpin.value, self._ui.widthSpin.value = self._former
            self._extra.clear()
        self._former = None
        self._say(said)
        self.update()

    def _say(self, text: str) -> None:
        self._ui.tourLabel.text = text
        self._ui.tourLabel.visible = bool(text)

    def update(self) -> None:
        """Offer the tour to whoever has never seen it and has begun nothing; never on somebody else's server."""
        state, button = self._context.state, self._ui.tourButton
        fresh = state.dataset is None and (state.connection is None or state.connection.local)
        button.visible = self.running or (fresh and not self._context.settings.get(SETTING, False))
        button.text = _("Stop the tour") if self.running else _("Show me: sample scans, a first model, one region")
        self._ui.tourLabel.visible = bool(self._ui.tourLabel.text)
        self._ui.nextStepButton.visible = not self.running  # the tour presses it

    def close(self) -> None:
        """End, whatever is under way."""
        self._stop()
        self._wiring.close()


def told(step: str) -> str:
    """Say what the tour is at."""
    words = {
        CONNECT: _("Tour, 1 of 5: a server starts on this computer. The first time that takes some minutes."),
        CHOOSE: _("Tour, 2 of 5: sample scans are made, three of them with a label."),
        ADD: _("Tour, 2 of 5: sample scans are made, three of them with a label."),
        LABEL: _("Tour, 2 of 5: sample scans are made, three of them with a label."),
        TRAIN: _("Tour, 3 of 5: the first model is trained. That takes some minutes."),
        LEARNS: _(
            "Tour, 3 of 5: the first model is trained. That takes some minutes. "
            "In the views: one of the scans that it learns from, with its label."
        ),
        PREDICTS: _("Tour, 4 of 5: the model segments every scan."),
        REVIEW: _("Tour, 5 of 5: a scan opens at the place that is worth a look most."),
    }
    return words[step]
