"""What the panel knows, without a widget: who is connected, which data set, its cases, jobs and models."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from DualNetSSLLib.client.records import Case, Dataset, Identity, Job, Model, ServerInfo, WorklistEntry
from DualNetSSLLib.labels.outbox import Entry

Unsubscribe = Callable[[], None]


def call(callback: Callable[..., None], *arguments: Any) -> None:
    """Call one of several listeners; what it raises is reported and stops neither the others nor who tells them.

    One listener's fault must not leave the panel half-way: the keys live while another module is in front, a case open
    of which half the sections know. Slicer's Python console and log get the report, as of any fault in a slot.
    """
    try:
        callback(*arguments)
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)


class Notice:
    """Calls back everybody who subscribed, in the order of subscription, whatever one of them raises.

    Example:
        >>> heard, notice = [], Notice()
        >>> stop = notice.subscribe(heard.append)
        >>> notice("first"); stop(); notice("second")
        >>> heard
        ['first']
    """

    def __init__(self) -> None:
        """Start with nobody to call."""
        self._callbacks: list[Callable[..., None]] = []

    def subscribe(self, callback: Callable[..., None]) -> Unsubscribe:
        """Call ``callback`` from now on, until the function that is returned is called."""
        entry = lambda *arguments: callback(*arguments)  # noqa: E731 - an identity of its own for each subscription
        self._callbacks.append(entry)

        def stop() -> None:
            if entry in self._callbacks:
                self._callbacks.remove(entry)

        return stop

    def __call__(self, *arguments: Any) -> None:
        """Call everybody back; who unsubscribes meanwhile is not called any more."""
        for callback in tuple(self._callbacks):
            if callback in self._callbacks:
                call(callback, *arguments)

    def __len__(self) -> int:
        return len(self._callbacks)


@dataclass(frozen=True)
class Connection:
    """A server that answered.

    Attributes:
        address: as it is used.
        info: version, limits, devices.
        local: whether it runs on this computer.
        own: whether it is the one that the panel starts and stops.
        identity: who one is there; None to a server without accounts.
    """

    address: str
    info: ServerInfo
    local: bool
    own: bool = False
    identity: Identity | None = None

    @property
    def account(self) -> str:
        """Name under which all work goes there; empty where everybody names themselves."""
        return "" if self.identity is None or self.identity.owner else self.identity.name


@dataclass
class PanelState:
    """Everything that more than one section shows; sections `watch` the fields they need.

    Attributes:
        connection: the server, or None.
        datasets: all data sets of the server.
        dataset: the one that is open.
        cases: its cases, by name.
        worklist: what there is to say of each case's prediction, by name.
        names: what cases are called on this computer, by their names.
        outbox: labels that the server does not have yet, of every data set.
        jobs: its jobs, newest first.
        models: its models, newest first.
        model: id of the model whose predictions are shown; None: the newest.
        open_case: name of the case that is open for labelling.
    """

    connection: Connection | None = None
    datasets: tuple[Dataset, ...] = ()
    dataset: Dataset | None = None
    cases: tuple[Case, ...] = ()
    worklist: Mapping[str, WorklistEntry] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    outbox: tuple[Entry, ...] = ()
    jobs: tuple[Job, ...] = ()
    models: tuple[Model, ...] = ()
    model: str | None = None
    open_case: str | None = None
    _watchers: list[tuple[frozenset[str], Callable[[], None]]] = field(default_factory=list, repr=False, compare=False)

    def watch(self, callback: Callable[[], None], *fields: str) -> Unsubscribe:
        """Call ``callback`` once after each change of any of these fields.

        Raises:
            AttributeError: there is no such field.

        Example:
            >>> state, seen = PanelState(), []
            >>> stop = state.watch(lambda: seen.append(state.open_case), "open_case", "cases")
            >>> state.change(open_case="scan-01", cases=()); state.change(open_case="scan-01")
            >>> seen
            ['scan-01']
        """
        for name in fields:
            getattr(self, name)
        entry = (frozenset(fields), callback)
        self._watchers.append(entry)
        return lambda: self._watchers.remove(entry) if entry in self._watchers else None

    def change(self, **values: Any) -> None:
        """Set fields and tell those who watch one that has really changed, whatever one of them raises.

        Raises:
            AttributeError: there is no such field.
        """
        changed = {name for name, value in values.items() if getattr(self, name) != value}
        for name in changed:
            setattr(self, name, values[name])
        for entry in tuple(self._watchers):
            if entry in self._watchers and entry[0] & changed:
                call(entry[1])

    def disconnected(self) -> None:
        """Forget all that belonged to the server."""
        self.change(connection=None, datasets=(), outbox=(), **_NO_DATASET)

    @property
    def called(self) -> Mapping[str, str]:
        """What cases are called on this computer, if the server is here and that is shown beside their names."""
        return self.names if self.connection is not None and self.connection.local else {}

    def leave_dataset(self) -> None:
        """Forget all that belonged to the data set."""
        self.change(**_NO_DATASET)

    @property
    def watcher_count(self) -> int:
        """How many callbacks there are."""
        return len(self._watchers)

    def case(self, name: str) -> Case | None:
        """Return the case of that name, if the data set has one."""
        return next((case for case in self.cases if case.case == name), None)

    def running_job(self, kind: str = "train") -> Job | None:
        """Return the newest job of a kind that is queued or running."""
        return next((job for job in self.jobs if job.kind == kind and not job.ended), None)


_NO_DATASET: Mapping[str, Any] = {
    "dataset": None,
    "cases": (),
    "worklist": {},
    "names": {},
    "jobs": (),
    "models": (),
    "model": None,
    "open_case": None,
}
