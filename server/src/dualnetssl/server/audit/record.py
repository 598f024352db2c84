"""Appending to the record.

Every append takes a lock between processes and looks whether the file still ends where it was left, because commands
write to the record while a server does. A line that lost its end in a crash is kept; the line after it says so.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock

from dualnetssl.contract.errors import AuditFailed, DiskFull, ProblemError
from dualnetssl.server.audit.chain import LONGEST, NAME, REPAIR, START, TROUBLE, decode, digest, encode, files, reason

FILE_BYTES = 64 << 20
"""Size at which a new file is begun; full ones stay."""
FLUSH_SECONDS = 1.0
"""Reads are on the disk after this time and one more line; a write takes them with it."""
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Anchors(Protocol):
    """Where the end of the record is noted outside of it."""

    def read(self) -> tuple[int, str] | None:
        """Return the number of lines and the hash of the last one."""

    def keep(self, lines: int, digest: str) -> None:
        """Keep them."""


@dataclass
class _End:
    """Where the record ends: lines so far, hash of the last, and bytes of the file that it is in."""

    lines: int
    hash: str
    size: int


@dataclass
class Audit:
    """The record in a folder.

    Attributes:
        folder: its folder.
        anchors: where its end is noted.
        file_bytes: size at which a new file is begun.
        short: whether lines were missing at its end when it was written to.
        failed: why it could not be written the last time; empty if it could.
    """

    folder: Path
    anchors: Anchors
    file_bytes: int = FILE_BYTES
    short: bool = False
    failed: str = ""
    _end: _End | None = None
    _flushed: float = 0.0
    _waiting: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def append(self, fields: Mapping[str, Any], *, flush: bool) -> None:
        """Add one line.

        Args:
            fields: what it says; number, time and chain are added.
            flush: return only when it is on the disk.

        Raises:
            DiskFull: there is no room for it.
            AuditFailed: it cannot be written.
        """
        self.append_seen(lambda: fields, flush=flush)

    def append_seen(self, look: Callable[[], Mapping[str, Any]], *, flush: bool) -> None:
        """Add one line that says what was seen while nobody else could write.

        Args:
            look: returns what the line says; everything that comes before the line is written by then.
            flush: return only when it is on the disk.

        Raises:
            DiskFull: there is no room for it.
            AuditFailed: it cannot be written.
        """
        with self._told(), self.held():
            self._append(look, flush)

    def probe(self) -> None:
        """Find out whether it could be written, without writing.

        Raises:
            OSError: it could not.
        """
        if self.folder.exists() and not os.access(self.folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if os.path.lexists(self.folder / NAME):
            os.close(os.open(self.folder / NAME, _FLAGS & ~os.O_CREAT))

    def settle(self) -> None:
        """Put on the disk what was written since, and note its end, if that was left for later.

        Raises:
            DiskFull: there is no room for it.
            AuditFailed: it cannot be written.
        """
        if not self._waiting:
            return
        with self._told(), self.held():
            self._flush()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Make of all that goes wrong an error for a user, and keep in mind that it did."""
        try:
            yield
        except ProblemError as error:
            self.failed = error.title
            raise
        except TROUBLE as error:  # a lock that is not to be had in time is one, too
            self.failed = reason(error)
            raise _failed(error) from error
        self.failed = ""

    def _flush(self) -> None:
        with open(self.folder / NAME, "rb+") as file:
            os.fsync(file.fileno())
            if self._end is not None and self._end.size == os.fstat(file.fileno()).st_size:
                self._keep_end(self._end)
        self._waiting, self._flushed = False, time.monotonic()

    def _keep_end(self, end: _End) -> None:
        try:
            self.anchors.keep(end.lines, end.hash)
        except DiskFull as error:  # what was asked for may be a read: it is the entry that has no room
            raise _no_room() from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from writing.

        Raises:
            Timeout: somebody else held it all the time.
        """
        with self._lock:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            with FileLock(self.folder / "audit.lock", timeout=10, mode=0o600):
                yield

    def _append(self, look: Callable[[], Mapping[str, Any]], flush: bool) -> None:
        self._rotate()
        file = os.open(self.folder / NAME, _FLAGS, 0o600)
        try:
            end = self._find_end(file)
            self._write(file, end, look())
            self._end = end
            if flush or time.monotonic() - self._flushed > FLUSH_SECONDS:
                os.fsync(file)
                self._keep_end(end)
                self._waiting, self._flushed = False, time.monotonic()
            else:
                self._waiting = True
        except BaseException:
            self._end = None  # look anew: part of a line may be there
            raise
        finally:
            os.close(file)

    def _rotate(self) -> None:
        path = self.folder / NAME
        if not path.exists() or path.stat().st_size < self.file_bytes:
            return
        with path.open("rb") as file:
            first = decode(file.readline(LONGEST + 2).removesuffix(b"\n"))
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":  # a line lost its end: the line that says so belongs into the same file
                return
        number = first["n"] if first else time.time_ns()
        while os.path.lexists(full := self.folder / f"audit-{number:020d}.jsonl"):
            number += 1  # a first line that was changed must not let a file be written over
        path.rename(full)
        self._end = None

    def _find_end(self, file: int) -> _End:
        size = os.fstat(file).st_size
        if self._end is not None and self._end.size == size:
            return self._end
        lines, last, torn = _tail(self.folder)
        anchor = max(filter(None, (self.anchors.read(), self._known())), default=(0, START))
        if lines < anchor[0]:
            self.short = True
            logging.getLogger(__name__).error("the audit ends after line %d, but had %d", lines, anchor[0])
        # what is missing or changed at the end shows for good: the chain goes on from what was there
        end = _End(*max(anchor, (lines, last), key=lambda known: known[0]), size)
        if torn:
            os.write(file, b"\n")
            end.size += 1
            self._write(file, end, {"what": REPAIR, "torn": digest(torn)})
        return end

    def _known(self) -> tuple[int, str] | None:
        return None if self._end is None else (self._end.lines, self._end.hash)

    def _write(self, file: int, end: _End, fields: Mapping[str, Any]) -> None:
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        line = encode({"n": end.lines + 1, "prev": end.hash, "time": now, **fields})
        if len(line) > LONGEST:
            raise OSError(errno.EMSGSIZE, f"an entry of more than {LONGEST} bytes")
        if os.write(file, line + b"\n") != len(line) + 1:
            raise OSError(errno.ENOSPC, "the line was written in part")
        end.lines, end.hash, end.size = end.lines + 1, digest(line), end.size + len(line) + 1


def _tail(folder: Path) -> tuple[int, str, bytes]:
    """Return number and hash of the last whole line, and what follows it."""
    torn = b""
    for path in reversed(files(folder)):
        content = path.read_bytes()
        *whole, rest = content.split(b"\n")
        torn = torn or (rest if path.name == NAME else b"")
        for line in reversed(whole):
            found = decode(line)
            if found is not None:
                return found["n"], digest(line), torn
    return 0, START, torn


def _failed(error: BaseException) -> DiskFull | AuditFailed:
    if getattr(error, "errno", None) in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return _no_room()
    return AuditFailed(
        f"a request that must be entered in the audit, which cannot be written ({_why(error)})",
        "requests that can be entered in the audit",
        "Let who runs the server see to it that 'audit' in its data is a folder, 'audit.jsonl' in it a file, and both"
        " are writable ('dualnetssl audit verify' says more), then try again.",
    )


def _why(error: BaseException) -> str:
    return "it is locked" if isinstance(error, TimeoutError) else reason(error)


def _no_room() -> DiskFull:
    return DiskFull(
        "a request that must be entered in the audit, for which the server's disk has no room",
        "requests that can be entered in the audit",
        "Free some space on the server, then try again.",
    )
