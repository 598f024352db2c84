"""Which connections may stay: a limit for each address and one for all, kept below the process's file descriptors.

A place that is wanted is taken from a connection that only waits, the oldest of the address with the most of them. So
somebody who opens connections and says nothing shuts out themselves, and nobody whose request is being answered.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

_OWN_FILES = 64
_FILES_EACH = 2
_LEAST = 8


class Connection(Protocol):
    """What the guard must know of a connection."""

    @property
    def address(self) -> str:
        """The peer's network address, without its port."""

    @property
    def waiting(self) -> bool:
        """Whether no request of it is being answered."""

    def overdue(self, now: float) -> bool:
        """Whether it has kept the server waiting for too long."""

    def drop(self) -> None:
        """Break it off."""


@dataclass
class Guard:
    """The open connections and who may join them.

    Attributes:
        most: connections in all.
        each: connections of one address.
        shared: addresses behind which many clients stand, for which ``most`` alone counts.
        dropped: connections that were broken off so far, or turned away.
    """

    most: int
    each: int
    shared: Collection[str] = ()
    dropped: int = 0
    _open: dict[Connection, None] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the open connections."""
        return len(self._open)

    def admit(self, newcomer: Connection) -> bool:
        """Let a connection in, at the cost of one that only waits if there is no place; tell whether it was let in."""
        crowd = self._crowd(newcomer.address)
        if crowd is not None:
            if not crowd:
                self.dropped += 1
                return False
            self._drop(crowd[0])
        self._open[newcomer] = None
        return True

    def release(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        self._open.pop(connection, None)

    def sweep(self, now: float) -> None:
        """Break off the connections that have kept the server waiting for too long."""
        for connection in [one for one in self._open if one.overdue(now)]:
            self._drop(connection)

    def _crowd(self, address: str) -> list[Connection] | None:
        """Return those of whom one must go, the oldest first; None if there is room."""
        same = [one for one in self._open if one.address == address]
        if address not in self.shared and len(same) >= self.each:
            return [one for one in same if one.waiting]
        if len(self._open) < self.most:
            return None
        waiting = [one for one in self._open if one.waiting]
        crowded = Counter(one.address for one in waiting).most_common(1)
        return [one for one in waiting if one.address == crowded[0][0]]

    def _drop(self, connection: Connection) -> None:
        self.dropped += 1
        self.release(connection)
        connection.drop()


def connections_for(wanted: int) -> int:
    """Return how many connections there may be, so that file descriptors remain for the server's own files.

    Args:
        wanted: what was asked for; less is given where the process may open too few files.
    """
    files = _files_allowed()
    return wanted if files is None else max(_LEAST, min(wanted, (files - _OWN_FILES) // _FILES_EACH))


def _files_allowed() -> int | None:
    if sys.platform == "win32":
        return None
    import resource  # not on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft
