"""Fetches what the desk shows: a case with what was begun on it, the case that comes next, a newer prediction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.records import Dataset, WorklistEntry
from DualNetSSLLib.labels.outbox import Entry
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.panel.common.words import size_in_words
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.server_drafts import DraftMirror
from DualNetSSLLib.tasks.reports import OpenedCase, OpenedDraft, Progress

ORDER = "caseOrder"
ORDERS = ("benefit", "foreground-random", "name", "uncertainty")
"""In which order the server serves cases, and under which name the choice is remembered."""


@dataclass(frozen=True)
class Arrival:
    """A case that has been fetched.

    Attributes:
        dataset: that it belongs to.
        opened: what the server says of it, and where its volumes lie.
        entry: the newest label of it in the outbox; None: none waits there.
        kept: what the same annotator has begun at another computer.
    """

    dataset: Dataset
    opened: OpenedCase
    entry: Entry | None
    kept: OpenedDraft | None


class CaseOpener:
    """Fetches one thing at a time; what is asked for next takes the place of what is under way."""

    def __init__(self, context: PanelContext, mirror: DraftMirror, said: Notice, changed: Notice) -> None:
        """Ask through the context's session.

        Args:
            context: what every section is given.
            mirror: the drafts on the server.
            said: told how it goes, and what went wrong.
            changed: told when something begins to be fetched, or cannot be had.
        """
        self._context, self._mirror, self._said, self._changed = context, mirror, said, changed
        self._call: Call | None = None

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""
        return self._call is not None

    def open(self, dataset: Dataset, case: str, then: Callable[[Arrival], None]) -> None:
        """Fetch a case, and what was begun on it here and elsewhere."""
        self.cancel()
        self._said(_("Opening {case}…").format(case=self._context.title(case)), "busy")
        # The outbox is asked first: a label that reaches the server in between is then in both, and not in neither.
        self._call = self._context.session.call(
            "outbox", done=lambda entries: self._fetch(dataset, case, entries, then), failed=self._failed
        )
        self._changed()

    def next(self, dataset: Dataset, skip: Sequence[str], then: Callable[[str], None]) -> None:
        """Ask which case of the worklist is most worth a label, none of ``skip``; ``then`` gets its name."""
        self.cancel()
        self._call = self._context.session.call(
            "next_case",
            dataset=dataset.id,
            annotator=self._mirror.annotator,
            order=str(self._context.settings.get(ORDER, ORDERS[0])),
            skip=list(skip),
            done=lambda entry: self._served(entry, then),
            failed=self._failed,
        )

    def newest(self, shown: ShownCase, then: Callable[[OpenedCase], None]) -> None:
        """Fetch a case that is open already, for its newest prediction."""

        def fetched(opened: OpenedCase) -> None:
            self._call = None
            then(opened)

        self._ask(shown.dataset, shown.name, fetched)

    def cancel(self) -> None:
        """Drop what is under way."""
        if self._call is not None:
            self._call.cancel()
        self._call = None

    def _ask(self, dataset: Dataset, case: str, done: Callable[[OpenedCase], None], **more: Any) -> None:
        model = self._context.state.model
        self._call = self._context.session.call(
            "open_case", dataset=dataset.id, case=case, model=model, done=done, failed=self._failed, **more
        )

    def _fetch(self, dataset: Dataset, case: str, entries: list[Entry], then: Callable[[Arrival], None]) -> None:
        mine = [entry for entry in entries if (entry.dataset, entry.case) == (dataset.id, case)]
        entry = mine[-1] if mine else None
        self._ask(
            dataset,
            case,
            lambda opened: self._fetched(dataset, opened, entry, then),
            progress=lambda progress: self._fetching(case, progress),
        )

    def _fetching(self, case: str, progress: Progress) -> None:
        title = self._context.title(case)
        text = _("Opening {case}: {done}").format(case=title, done=size_in_words(progress.done))
        if progress.total:
            text = _("{sofar} of {total}").format(sofar=text, total=size_in_words(progress.total))
        self._said(text, "busy")

    def _fetched(
        self, dataset: Dataset, opened: OpenedCase, entry: Entry | None, then: Callable[[Arrival], None]
    ) -> None:
        """Ask whether the same annotator has begun somewhere else, then hand the case over."""
        self._call = None

        def asked(kept: OpenedDraft | None) -> None:
            self._call = None
            then(Arrival(dataset, opened, entry, kept))

        self._call = self._mirror.fetch(dataset, opened, asked)

    def _served(self, entry: WorklistEntry | None, then: Callable[[str], None]) -> None:
        self._call = None
        if entry is None:
            self._said(_("Every other scan of this data set is verified."), "good")
            self._changed()
        else:
            then(entry.case)

    def _failed(self, error: DualNetSSLError) -> None:
        self._call = None
        self._said(str(error), "bad")
        self._changed()
