"""The module's own test: the whole loop on sample scans as a user does it, on a server of its own."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import qt
import slicer

from DualNetSSLLib.panel.common.settings import PREFIX, PanelSettings
from DualNetSSLLib.panel.training.section import TEACHING
from DualNetSSLLib.scans.phantoms import LABELS, make_phantom

SCANS, SCALE, WIDTH, STEPS = 4, 4.0, 2, 4
"""As small as everything still happens: a segmentation is not what this is about."""
SETUP_SECONDS, START_SECONDS, STEP_SECONDS = 3600.0, 180.0, 600.0
LOST_SECONDS = 60.0
"""A server that has not answered for so long has died: nobody starts this one again."""
FOLDER = "DUALNETSSL_PANEL"
PAUSE = 0.02

Say = Callable[[str], None]


def run_loop(widget: Any, say: Say) -> None:
    """Start a server, label a sample scan, train, review one region, submit, and train again.

    The panel gets folders of its own meanwhile; afterwards it is as it was, with the user's settings.

    Args:
        widget: the module's Python widget.
        say: told of every step.

    Raises:
        AssertionError: a step did not come to its end; it says what the panel said.
    """
    environment = server_environment(widget)
    scratch = tempfile.TemporaryDirectory(prefix="dualnetssl-test-", ignore_cleanup_errors=True)
    with scratch as folder, apart(widget, Path(folder), environment):
        loop = Loop(widget, say)
        try:
            loop.start_server(START_SECONDS if environment else SETUP_SECONDS)
            loop.add_scans()
            loop.label_one()
            loop.train(models=1)
            loop.review_one_region()
            loop.train(models=2)
        finally:
            loop.stop_server()


def server_environment(widget: Any) -> str | None:
    """Return the server's Python environment on this computer if it was set up before; None: the test sets one up."""
    chosen = PanelSettings().get("environment", None)
    own = Path(str(widget.ui.serverFolderButton.directory), "environment")
    return str(chosen or own) if chosen or (own / "pyvenv.cfg").is_file() else None


@contextlib.contextmanager
def apart(widget: Any, folder: Path, environment: str | None) -> Iterator[None]:
    """Give the panel folders and settings of its own, and the user's back afterwards.

    Args:
        widget: the module's Python widget.
        folder: where everything goes.
        environment: the server's Python environment; None: one is made in the folder.
    """
    settings, before = qt.QSettings(), os.environ.get(FOLDER)
    kept = {name: settings.value(name) for name in settings.allKeys() if name.startswith(PREFIX)}
    widget.cleanup()
    try:
        os.environ[FOLDER] = str(folder / "panel")
        PanelSettings().put("serverFolder", str(folder / "server"))
        PanelSettings().put("environment", environment)
        widget.build()
        yield
    finally:
        widget.cleanup()
        settings.remove(PREFIX.rstrip("/"))
        for name, value in kept.items():
            settings.setValue(name, value)
        os.environ.pop(FOLDER, None)
        if before is not None:
            os.environ[FOLDER] = before
        widget.build()


class Loop:
    """The steps of the work, by the panel's own buttons."""

    def __init__(self, widget: Any, say: Say) -> None:
        """Work with this widget's panel."""
        self._ui, self._say, self._panel = widget.ui, say, widget.panel
        self._context, self._state = widget.panel.context, widget.panel.context.state
        if not widget.parent.isEntered:
            widget.panel.enter()

    def start_server(self, seconds: float) -> None:
        """Start a server on this computer."""
        self._say("Starting a server; if none was set up on this computer, its packages are downloaded first")
        server = self._section("ServerSection")
        self._click(self._ui.startLocalButton)
        self._wait(lambda: self._state.connection is not None or not server.connecting, "starting the server", seconds)
        if self._state.connection is None:
            raise AssertionError(f"The server did not start. The panel says: {self._said()}")

    def add_scans(self) -> None:
        """Load the sample scans, and put them into a data set."""
        from DualNetSSLLib.panel.dataset.phantom_loader import load_phantoms

        ui = self._ui
        self._say("Adding the sample scans")
        nodes = load_phantoms(SCANS, SCALE)
        ui.datasetNameEdit.text = "Self-test"
        ui.labelSetTable.item(0, 0).setText(LABELS[0].name)
        self._click(ui.createDatasetButton)
        self._wait(lambda: self._state.dataset is not None, "making the data set")
        self._section("DatasetSection").adding.volumes(self._state.dataset, nodes)
        self._wait(lambda: len(self._state.cases) == SCANS, "adding the scans")

    def label_one(self) -> None:
        """Paint the liver of the scan that is open, and submit it."""
        self._say("Labelling a scan")
        self._wait(self._opened, "opening a scan")
        shown = self._desk.shown
        number = int(re.findall(r"\d+", shown.name)[-1])
        truth = (make_phantom(0, number, SCALE).label == LABELS[0].value).astype(np.uint8)
        node, volume = shown.node("label"), shown.node("image")
        segment = node.GetSegmentation().GetSegmentIdBySegmentName(LABELS[0].name)
        slicer.util.updateSegmentBinaryLabelmapFromArray(truth, node, segment, volume)
        self._submit(self._ui.submitButton, shown.name)

    def train(self, models: int) -> None:
        """Train as short as can be, and wait for the model and its predictions of all scans."""
        ui, state = self._ui, self._state
        self._say("Training" if models == 1 else "Training again")
        ui.presetCombo.currentIndex, ui.widthSpin.value, ui.stepsSpin.value = 0, WIDTH, STEPS
        self._click(ui.trainButton)
        self._wait(lambda: len(state.models) == models, "training")
        done = self._section("ResultsSection").fetching
        newest = max(state.models, key=lambda model: model.created).id
        self._wait(lambda: done.model == newest and len(done.predictions) == SCANS, "predicting")

    def review_one_region(self) -> None:
        """Go to the first uncertain region of a scan without a label, vouch for it, and submit."""
        self._say("Reviewing a region")
        review, ui = self._section("ReviewSection"), self._ui
        ui.overlayThresholdSlider.value = 0.0
        ui.reviewSection.collapsed = False  # regions are looked for while it is open
        ui.everyRegionCheck.checked = True  # a model of so few steps knows too little for a walk
        case = next(case.case for case in self._state.cases if case.state not in TEACHING)
        self._context.open_case(case)
        self._wait(lambda: self._opened() and self._desk.shown.name == case, "opening the scan")
        self._wait(
            lambda: review.walk is not None and bool(review.walk.places) and review.walk.looked, "finding regions"
        )
        ui.regionNextButton.click()
        self._wait(lambda: review.walk.place is not None, "going to the region")
        self._wait(lambda: not review.look.sight.fresh, "looking at it")
        ui.regionAcceptButton.click()
        self._wait(lambda: review.walk.looked and review.walk.standings[0].done, "accepting")
        self._submit(ui.reviewSubmitButton, case)

    def stop_server(self) -> None:
        """Stop the server that was made for the test."""
        ended: list[Any] = []
        folder = str(self._ui.serverFolderButton.directory)
        self._context.session.call("stop_local", folder=folder, done=ended.append, failed=ended.append)
        with contextlib.suppress(AssertionError):
            self._wait(lambda: bool(ended), "stopping the server", START_SECONDS)

    @property
    def _desk(self) -> Any:
        return self._section("LabelSection").desk

    def _section(self, name: str) -> Any:
        return next(section for section in self._panel.sections if type(section).__name__ == name)

    def _opened(self) -> bool:
        return self._desk.shown is not None and not self._desk.opening

    def _submit(self, button: Any, case: str) -> None:
        self._click(button)

        def arrived() -> bool:
            return any(one.case == case and one.state in TEACHING for one in self._state.cases)

        self._wait(arrived, "submitting the label")

    def _click(self, button: Any) -> None:
        """Press a button as soon as it can be pressed."""
        self._wait(lambda: bool(button.enabled), f"making {button.name} ready")
        button.click()

    def _wait(self, until: Callable[[], bool], what: str, seconds: float = STEP_SECONDS) -> None:
        """Let Slicer go on until something is so."""
        began = heard = time.monotonic()
        while not until():
            now = time.monotonic()
            heard = heard if self._section("ServerSection").lost else now
            if now > began + seconds or now > heard + LOST_SECONDS:
                raise AssertionError(f"{what} was not done after {now - began:.0f} s. The panel says: {self._said()}")
            slicer.app.processEvents()
            time.sleep(PAUSE)

    def _said(self) -> str:
        lines = [section.message.text for section in self._panel.sections if getattr(section, "message", None)]
        lines += [str(self._ui.trainHint.text), str(self._ui.trainStateLabel.text)]
        return " | ".join(line for line in lines if line) or "nothing"
