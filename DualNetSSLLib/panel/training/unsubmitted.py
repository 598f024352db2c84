"""Corrections that are not submitted do not teach: they are asked about before a training, and submitted if wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import qt
import slicer.util
from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.labels.outbox import SENDING, WAITING, Entry
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.desk.section import LabelSection

SUBMIT, WITHOUT, CANCEL = "submit", "without", "cancel"
TURN_MS = 200
GLANCE_SECONDS = 3.0


class Unsubmitted:
    """Knows which scans of the open data set have such corrections, and submits them one after the other."""

    def __init__(self, context: PanelContext, label: LabelSection) -> None:
        """Look at the desk and the drafts of the label section; that submits, with all checks of a submission."""
        self._context, self._desk, self._drafts, self._label = context, label.desk, label.drafts, label
        self._then: Callable[[], None] | None = None
        self._stuck: Callable[[str], None] = lambda _why: None
        self._asked: tuple[str, int] | None = None
        self._call: Call | None = None
        self._looked: tuple[float, tuple[str, str], list[str]] = (-GLANCE_SECONDS, ("", ""), [])
        self._wiring = Wiring()
        self._timer = self._wiring.timer(TURN_MS, self._turn)
        self._fallback = label.desk.comes_next

    @property
    def cases(self) -> list[str]:
        """Names of the scans with corrections that are not submitted, that on the desk first."""
        dataset = self._context.state.dataset
        names = [case.case for case in self._context.state.cases]
        drafts = [name for name in names if dataset is not None and self._drafts.find(dataset.id, name) is not None]
        self._looked = time.monotonic(), self._key(), drafts
        return self._with_desk(drafts)

    def glance(self) -> list[str]:
        """Return the same as seen some seconds ago at most: a look at every scan's folder takes time."""
        then, key, drafts = self._looked
        fresh = time.monotonic() - then < GLANCE_SECONDS and key == self._key()
        return self._with_desk(drafts) if fresh else self.cases

    def _key(self) -> tuple[str, str]:
        """Return what drafts come and go with: the data set, and the scan that is on the desk."""
        dataset, shown = self._context.state.dataset, self._desk.shown
        return "" if dataset is None else dataset.id, "" if shown is None else shown.name

    def _with_desk(self, drafts: Sequence[str]) -> list[str]:
        """Put the scan on the desk before those with drafts: what is on the desk is known without a look."""
        shown = self._desk.shown
        here = [shown.name] if shown is not None and self._desk.modified else []
        return here + [name for name in drafts if shown is None or name != shown.name]

    @property
    def busy(self) -> bool:
        """Whether they are being submitted."""
        return self._then is not None

    def submit_all(self, then: Callable[[], None], stuck: Callable[[str], None]) -> None:
        """Submit them one after the other; ``then`` is called when the server has them all.

        Args:
            then: what to go on with.
            stuck: told why that has to wait for somebody to look; nothing is called after.
        """
        self._then, self._stuck, self._asked = then, stuck, None
        self._fallback, self._desk.comes_next = self._desk.comes_next, self._comes_next
        self._timer.start()

    def stop(self) -> None:
        """Submit no more; what was submitted stays so."""
        if self.busy:
            self._desk.comes_next = self._fallback
        if self._call is not None:
            self._call.cancel()
        self._timer.stop()
        self._then = self._call = None

    def close(self) -> None:
        """End."""
        self.stop()
        self._wiring.close()

    def _comes_next(self, after: str) -> str:
        """Open the next scan with corrections after one was submitted; the last one stays open."""
        return next((name for name in self.cases if name != after), after)

    def _turn(self) -> None:
        """Do the next thing that there is to do, unless something is under way."""
        desk, cases, then = self._desk, self.cases, self._then
        if desk.busy or desk.opening or self._label.submitting.busy or then is None:
            return
        if not cases:
            if self._call is None:
                self._call = self._context.session.call("outbox", done=self._delivered, failed=self._not_delivered)
            return
        shown = desk.shown
        if shown is None or shown.name != cases[0] or not desk.modified:
            desk.open(cases[0])
        elif self._asked == (shown.name, desk.work.version):
            self.stop()
            text = _("{case} is not submitted: Label says why. Nothing is trained before you have looked.")
            self._stuck(text.format(case=shown.title))
        else:
            self._asked = (shown.name, desk.work.version)
            self._label.submit()

    def _delivered(self, entries: Sequence[Entry]) -> None:
        """Go on once no label of the data set is on its way any more; until then the outbox is asked again."""
        self._call, dataset, then = None, self._context.state.dataset, self._then
        waiting = [entry for entry in entries if entry.state in (WAITING, SENDING)]
        if then is None or self.cases or any(dataset is not None and one.dataset == dataset.id for one in waiting):
            return
        self.stop()
        then()

    def _not_delivered(self, error: DualNetSSLError) -> None:
        self._call = None
        self.stop()
        self._stuck(str(error))


def ask(count: int) -> str:
    """Ask what to do with corrections of so many scans before a training: `SUBMIT`, `WITHOUT` or `CANCEL`."""
    box: Any = qt.QMessageBox(slicer.util.mainWindow())
    box.windowTitle = _("Train")
    box.text = (
        _("1 scan has corrections that are not submitted. They teach nothing until they are.")
        if count == 1
        else _("{count} scans have corrections that are not submitted. They teach nothing until they are.").format(
            count=count
        )
    )
    submit, without = _("Submit and train"), _("Train without")
    box.setDefaultButton(box.addButton(submit, qt.QMessageBox.AcceptRole))
    box.addButton(without, qt.QMessageBox.DestructiveRole)
    box.addButton(_("Cancel"), qt.QMessageBox.RejectRole)
    box.exec_()
    clicked = box.clickedButton()
    chosen = "" if clicked is None else str(clicked.text)
    box.deleteLater()
    return {submit: SUBMIT, without: WITHOUT}.get(chosen, CANCEL)
