"""Tells of labels that the server does not have yet, and leads to those that the user has to decide about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.labels.outbox import CONFLICT, REFUSED, Entry
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import colour_of
from DualNetSSLLib.panel.common.sentences import in_slicers_language
from DualNetSSLLib.panel.common.wiring import Wiring


class WaitingLabels:
    """A line below the table of cases, whoever found out: the panel, or the background process minutes later."""

    def __init__(self, context: PanelContext, frame: Any, label: Any, button: Any) -> None:
        """Use these widgets."""
        self._context, self._frame, self._label, self._button = context, frame, label, button
        self._wiring = Wiring((button, "clicked(bool)", self.open))
        self._stop = context.state.watch(self.update, "outbox", "dataset")
        self.update()

    def open(self, *_arguments: object) -> None:
        """Open the first case that has to be decided about."""
        entry = undecided(self._entries())
        if entry is not None:
            self._context.open_case(entry.case)

    def update(self) -> None:
        """Bring the widgets up to date."""
        entries = self._entries()
        entry = undecided(entries)
        self._frame.visible = bool(entries)
        self._button.visible = entry is not None
        self._label.text = in_words(entries, self._context.title)
        self._label.styleSheet = f"color: {colour_of('busy' if entry is None else 'bad', self._label)}"
        if entry is not None:
            self._button.text = _("Open {case}").format(case=self._context.title(entry.case))

    def _entries(self) -> list[Entry]:
        """Return what waits of the open data set."""
        state = self._context.state
        return [entry for entry in state.outbox if state.dataset is not None and entry.dataset == state.dataset.id]

    def close(self) -> None:
        """Let go of everything."""
        self._stop()
        self._wiring.close()


def undecided(entries: Iterable[Entry]) -> Entry | None:
    """Return the first label that will not go out by itself."""
    return next((entry for entry in entries if entry.state in (CONFLICT, REFUSED)), None)


def in_words(entries: list[Entry], title: Callable[[str], str] = str) -> str:
    """Say what waits, and what to do about it; ``title`` says a case as it is called here."""
    entry = undecided(entries)
    if entry is None:
        names = ", ".join(sorted({title(entry.case) for entry in entries}))
        return _("On the way to the server, kept on this computer until it has them: {names}.").format(names=names)
    reason = in_slicers_language(entry.reason).rstrip(".")
    return _("Your label of {case} is kept, but did not go out: {reason}. Open the case to decide.").format(
        case=title(entry.case), reason=reason
    )
