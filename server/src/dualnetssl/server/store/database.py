"""One SQLite file, two connections: a writer and, so that reads never wait for a commit, a reader."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.errors import Conflict, DiskFull
from dualnetssl.server.store.chance import chance
from dualnetssl.server.store.migrations import MIGRATIONS

Parameters = Sequence[str | int | float | None]


@dataclass(frozen=True)
class Stamp:
    """Which store a file is, and how far it has come.

    Attributes:
        uuid: 32 hexadecimal digits, drawn once.
        commits: transactions that it has seen since.
    """

    uuid: str
    commits: int


def _nobody(stamp: Stamp) -> None:
    """Tell nobody."""


class Database:
    """Short transactions on one file; a commit is on the disk when it returns."""

    def __init__(self, path: Path, committed: Callable[[Stamp], None] = _nobody) -> None:
        """Open the file and bring its tables up to date.

        Args:
            path: the file.
            committed: told after each commit how far the file has come; it must not raise.

        Raises:
            Conflict: the file was written by a newer server.
        """
        self._committed = committed
        self._writer, self._reader = _connect(path), _connect(path)
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    def _migrate(self) -> None:
        if _version(self._writer) == len(MIGRATIONS):  # nothing to write, for which a full disk has no room
            return
        with self._transaction() as connection:
            version = _version(connection)
            if version > len(MIGRATIONS):
                raise Conflict(
                    f"a data folder of version {version}",
                    f"version {len(MIGRATIONS)} or older",
                    "Update the server, or start it with another --data-folder.",
                )
            for statement in (line for migration in MIGRATIONS[version:] for line in migration):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    @contextmanager
    def transaction(self, *, counted: bool = True) -> Iterator[sqlite3.Connection]:
        """Hold the write lock of the file; commit at the end, or roll back if the block raises.

        Args:
            counted: whether the store is another one after it; not so for what nobody reads but its own keeper.

        Raises:
            DiskFull: there is no room for the change; nothing was changed.
        """
        with self._write_lock:
            with self._transaction() as connection:
                yield connection
                connection.execute("UPDATE identity SET commits = commits + ?", (int(counted),))
                stamp = _stamp(connection)
            self._committed(stamp)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Do the same for a caller who holds the lock."""
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            yield self._writer
            self._writer.execute("COMMIT")
        except BaseException as error:
            _roll_back(self._writer)
            if _is_full(error):
                raise no_room() from error
            raise

    def probe(self) -> None:
        """Take the write lock and give it back, which is no commit; raises if it cannot be had."""
        with self._write_lock:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.execute("ROLLBACK")

    def rows(self, query: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Run one query outside any transaction; it sees whatever was committed before."""
        with self._read_lock:
            return self._reader.execute(query, parameters).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Hold the reader, so that several queries see one and the same state."""
        with self._read_lock:
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                self._reader.execute("ROLLBACK")

    def row(self, query: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """Return the first row of a query, if there is one."""
        return next(iter(self.rows(query, parameters)), None)

    def stamp(self) -> Stamp:
        """Say which store this is, and how far it has come."""
        with self._read_lock:
            return _stamp(self._reader)

    def close(self) -> None:
        """Put everything into the one file and close both connections."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            with suppress(sqlite3.Error):  # a full disk or a damaged file: what was committed is in the log beside it
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.close()


def _stamp(connection: sqlite3.Connection) -> Stamp:
    return Stamp(*connection.execute("SELECT uuid, commits FROM identity").fetchone())


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def no_room() -> DiskFull:
    """Say that the server's disk is full."""
    return DiskFull(
        "a write for which the server's disk has no room",
        "what fits on the disk",
        "Free some space on the server, then try again: what was stored before is kept.",
    )


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("chance", 2, chance, deterministic=True)
    return connection


def _roll_back(connection: sqlite3.Connection) -> None:
    # SQLite ends the transaction by itself on some errors, a full disk among them
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _is_full(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "is full" in str(error)
