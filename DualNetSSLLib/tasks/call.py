"""What an operation is given: the server that is connected, a way to tell how far it is, and a way to be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from DualNetSSLLib.client.answers import Answers
from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import NotConnected
from DualNetSSLLib.client.files import Progress as Bytes
from DualNetSSLLib.client.records import Record
from DualNetSSLLib.client.transport import Backoff, Timeouts
from DualNetSSLLib.tasks.reports import Progress

Memory = TypeVar("Memory")

TELL_SECONDS = 0.1
"""Progress is told no more often than this."""


@dataclass(frozen=True)
class Server:
    """Where the server is and what opens it.

    Attributes:
        address: as it is used.
        token: that it accepts.
        fingerprint: SHA-256 of the only certificate to accept; None: one that is vouched for as usual.
        identity: what it is known by in the outbox; the address, or for a server of this computer its data folder.
    """

    address: str
    token: str = field(repr=False)
    fingerprint: str | None = None
    identity: str = ""

    def client(
        self, *, timeouts: Timeouts | None = None, backoff: Backoff | None = None, answers: Answers | None = None
    ) -> Client:
        """Return a client of its own for one thread."""
        return Client(
            self.address,
            self.token,
            timeouts=timeouts,
            backoff=backoff,
            certificate_fingerprint=self.fingerprint,
            answers=answers,
        )

    @property
    def name(self) -> str:
        """What the server is known by in the outbox."""
        return self.identity or self.address


@dataclass
class Desk:
    """What all operations of one background process share.

    Attributes:
        folder: where outbox and cache are kept.
        server: the one that is connected.
        closing: set when the panel is gone.
        at_end: what to do before the process ends, by name.
    """

    folder: Path
    server: Server | None = None
    closing: threading.Event = field(default_factory=threading.Event)
    at_end: dict[str, Callable[[], None]] = field(default_factory=dict)
    _memories: dict[type, Any] = field(default_factory=dict)
    _answered: tuple[Server | None, Answers] = field(default_factory=lambda: (None, Answers()))
    _unsafe: int = 0
    _safe: threading.Condition = field(default_factory=threading.Condition)

    def memory(self, kind: type[Memory]) -> Memory:
        """Return the one object of a class that the process keeps, made on its first use."""
        found: Memory = self._memories.get(kind) or self._memories.setdefault(kind, kind())
        return found

    def answers(self, server: Server) -> Answers:
        """Return what this server has answered so far; what another one or another account was told is forgotten."""
        known, answers = self._answered
        if known != server:
            answers = Answers()
            self._answered = (server, answers)
        return answers

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Let the process not end before the block has."""
        with self._safe:
            self._unsafe += 1
        try:
            yield
        finally:
            with self._safe:
                self._unsafe -= 1
                self._safe.notify_all()

    def wait_until_safe(self, seconds: float) -> bool:
        """Wait until no shielded block runs, at most so long, and tell whether that is so."""
        with self._safe:
            return self._safe.wait_for(lambda: self._unsafe == 0, seconds)


class Task:
    """One call of an operation."""

    def __init__(self, desk: Desk, tell: Callable[[Record], None]) -> None:
        """Work at ``desk`` and give what is to be told to ``tell``."""
        self.desk = desk
        self.cancel = CancelToken()
        self.tell = tell
        self._told = 0.0

    @property
    def server(self) -> Server:
        """The server that is connected.

        Raises:
            NotConnected: there is none.
        """
        if self.desk.server is None:
            raise NotConnected
        return self.desk.server

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Lend a client of the server that is connected."""
        server = self.server
        with server.client(answers=self.desk.answers(server)) as client:
            yield client

    def say(self, text: str, done: int = 0, total: int | None = None) -> None:
        """Tell how far the work is; what comes too quickly after the last is left out, but never the end.

        Raises:
            Cancelled: the call was cancelled.
        """
        self.cancel.check()
        now = time.monotonic()
        if now - self._told >= TELL_SECONDS or done == total:
            self._told = now
            self.tell(Progress(done=done, total=total, text=text))

    def bytes_of(self, text: str) -> Bytes:
        """Return a function that tells the bytes done of something."""
        return lambda done, total: self.say(text, done, total)
