"""Asks the server what there is, and puts the answers into the panel's state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from DualNetSSLLib.background.session import Session
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.records import Dataset
from DualNetSSLLib.panel.common.state import Notice, PanelState


class Loader:
    """Keeps `PanelState` up to date; ``failed`` is told of errors, ``loaded`` of success."""

    def __init__(self, session: Session, state: PanelState) -> None:
        """Ask through ``session``, answer into ``state``."""
        self._session, self._state = session, state
        self._pending: set[str] = set()
        self.failed = Notice()
        self.loaded = Notice()

    def open_dataset(self, dataset: Dataset | None) -> None:
        """Make a data set the open one and load all that belongs to it."""
        if dataset != self._state.dataset:
            self._state.leave_dataset()
            self._pending.clear()
            self._state.change(dataset=dataset)
        self.refresh_dataset()

    def refresh(self) -> None:
        """Load everything again: data sets, what waits in the outbox, and what belongs to the open data set."""
        self.refresh_datasets()
        self.refresh_outbox()
        self.refresh_dataset()

    def refresh_dataset(self) -> None:
        """Load cases, worklist, jobs and models of the open data set again."""
        self.refresh_cases()
        self._ask("jobs", lambda jobs: {"jobs": tuple(sorted(jobs, key=lambda job: -job.created))})
        self._ask("models", lambda models: {"models": tuple(sorted(models, key=lambda model: -model.created))})

    def refresh_cases(self) -> None:
        """Load cases and worklist again."""
        self._ask("cases", lambda cases: {"cases": tuple(sorted(cases, key=lambda case: case.case))})
        self._ask("worklist", lambda entries: {"worklist": {entry.case: entry for entry in entries}})
        self._ask("case_names", lambda names: {"names": names})

    def refresh_datasets(self) -> None:
        """Load the list of data sets again."""
        self._call("datasets", self._datasets_found)

    def refresh_outbox(self) -> None:
        """Load what waits in the outbox again: the background process may have sent it, or met a conflict."""
        self._call("outbox", lambda entries: self._state.change(outbox=tuple(entries)))

    def _datasets_found(self, found: list[Dataset]) -> None:
        """Keep the one that is open: it may have been made after the question was asked."""
        opened = self._state.dataset
        missing = opened is not None and all(dataset.id != opened.id for dataset in found)
        self._state.change(datasets=(*found, opened) if missing else tuple(found))

    def _ask(self, operation: str, changes: Callable[[Any], dict[str, Any]]) -> None:
        """Ask something about the open data set; drop the answer if another one is open by then."""
        dataset = self._state.dataset
        if dataset is None:
            return

        def done(answer: Any) -> None:
            if self._state.dataset is not None and self._state.dataset.id == dataset.id:
                self._state.change(**changes(answer))

        self._call(operation, done, dataset=dataset.id)

    def _call(self, operation: str, done: Callable[[Any], None], **arguments: Any) -> None:
        """Run an operation, unless the same is under way."""
        if operation in self._pending or self._state.connection is None:
            return

        def finished(answer: Any) -> None:
            self._pending.discard(operation)
            done(answer)
            self.loaded(operation)

        def failed(error: DualNetSSLError) -> None:
            self._pending.discard(operation)
            self.failed(error)

        self._pending.add(operation)
        self._session.call(operation, done=finished, failed=failed, **arguments)
