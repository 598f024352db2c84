"""Whether a store belongs to the blobs beside it. Where that is in doubt nothing is opened, let alone deleted."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.errors import DiskFull, ProblemError, UnusableDataFolder
from dualnetssl.server.datafolder.mark import Mark
from dualnetssl.server.settings import Settings
from dualnetssl.server.store import Stamp, named_digests
from dualnetssl.server.store.migrations import MIGRATIONS

UNFINISHED = "restore.unfinished"
"""A file that lies in a data folder for as long as a backup is being restored into it."""

_SCARCE = 1 << 20
"""Free bytes below which a disk counts as full."""

_RESTORE = (
    "Put back the store.sqlite that belongs to these files, with its store.sqlite-wal if there is one; or restore a "
    "backup into a new folder with 'dualnetssl restore BACKUP --data-folder NEW'; or begin anew with another "
    "--data-folder."
)
_ADOPT = (
    " If you are sure that this store is the one to go on with, 'dualnetssl check --adopt' makes it so: "
    "files that it does not name then go to the trash, not at once."
)
_ALLOWED = "the store that these files were kept with, whole and not older than they are"


@dataclass(frozen=True)
class Seen:
    """What a store says of itself before anything is done to it.

    Attributes:
        version: of its tables; 0 if it has none.
        stamp: None before version 3.
        names: how many blobs it names.
    """

    version: int
    stamp: Stamp | None
    names: int


def refuse_doubt(chosen: Settings) -> Seen:
    """Look at the store and at the mark beside the blobs, and return what the store says of itself.

    Raises:
        UnusableDataFolder: they do not belong together, one of them is missing, or the store is damaged.
    """
    mark = Mark.beside(chosen.blobs_root).read()  # before the store, which may be ahead of it but never behind
    if (chosen.data_folder / UNFINISHED).exists():
        raise UnusableDataFolder(
            "a data folder into which a backup was restored in part only",
            "a whole one",
            "Run 'dualnetssl restore BACKUP' into this folder again; it begins anew.",
        )
    seen = look_at(chosen.store_path)
    reason = _doubt(seen, mark, blobs=any(chosen.blobs_root.glob("[0-9a-f][0-9a-f]/*")))
    if reason is not None:
        raise UnusableDataFolder(reason, _ALLOWED, _RESTORE + (_ADOPT if seen.stamp else ""))
    return seen


def check_before_use(chosen: Settings) -> None:
    """Look before a command opens the store of a folder, also while a server uses it: nothing is made or changed.

    Raises:
        UnusableDataFolder: there is no store, it is in doubt, or of another version of this program.
    """
    path = chosen.store_path
    if not path.exists() and not path.with_name(path.name + "-wal").exists() and not chosen.blobs_root.exists():
        raise UnusableDataFolder(
            f"the folder {chosen.data_folder}, in which no server has kept anything",
            "the data folder of a server that was started at least once",
            "Correct --data-folder, or start the server first.",
        )
    with readable(chosen.data_folder):
        _refuse_other_version(refuse_doubt(chosen).version)


def _refuse_other_version(version: int) -> None:
    """Refuse what opening would bring up to date: only the start of a server does that, under its lock and whole."""
    if version != len(MIGRATIONS):
        older = (
            "Back the folder up ('dualnetssl backup'), then start the server once, which brings the tables up to date."
        )
        raise UnusableDataFolder(
            f"a store whose tables are of version {version}",
            f"version {len(MIGRATIONS)}",
            older if version < len(MIGRATIONS) else "Use the version of this program that the server has.",
        )


def _doubt(seen: Seen, mark: Stamp | None, *, blobs: bool) -> str | None:
    """Say what speaks against going on, if anything does."""
    if seen.version == 0:
        return "files of scans and labels without the store that knows them (missing or empty)" if blobs else None
    if not blobs and seen.names:
        return "a store whose scans and labels are all missing (a disk that is not mounted?)"
    if not blobs:
        return None
    if seen.stamp is None:
        return "a store that is older than the files of scans and labels" if mark else None
    if mark is None:
        # right after the tables were brought up to date, the mark is not there yet
        return "files of scans and labels without the mark of their store" if seen.stamp.commits else None
    if seen.stamp.uuid != mark.uuid:
        return "the store of another server beside these files of scans and labels"
    behind = mark.commits - seen.stamp.commits
    return f"a store that is older, by {behind} changes, than the files of scans and labels" if behind > 0 else None


def look_at(path: Path) -> Seen:
    """Read what a store says of itself, and look through its pages.

    Raises:
        UnusableDataFolder: it is damaged or cannot be opened.
    """
    log = path.with_name(path.name + "-wal")
    if not path.is_file() or path.stat().st_size == 0:
        if log.exists() and log.stat().st_size:  # SQLite would throw it away
            raise damaged("store.sqlite is missing or empty, and store.sqlite-wal is there")
        if path.is_dir():
            raise damaged("a folder in its place")
        return Seen(0, None, 0)
    with readable(path.parent), closing(reading(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        fault = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if fault != "ok":
            raise damaged("its pages do not fit together")
        has = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        stamp = connection.execute("SELECT uuid, commits FROM identity").fetchone() if "identity" in has else None
        names = len(named_digests(connection))
    return Seen(version if has else 0, None if stamp is None else Stamp(*stamp), names)


def reading(path: Path) -> sqlite3.Connection:
    """Open a store to read it; nothing in its folder is changed.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    # without its log nobody else has it open, and SQLite need not make one
    choice = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?{choice}", uri=True, timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Say in words why a store in a folder cannot be read.

    Raises:
        UnusableDataFolder: it is damaged or cannot be opened.
        DiskFull: there is no room to open it.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _unreadable(error, folder) from error


def found_no_room(error: OSError | sqlite3.Error, folder: Path) -> bool:
    """Whether it was for want of room on the disk of a folder that something could not be read or written."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    # without room for its index, the log cannot be opened, which SQLite calls a fault of the disk
    return "is full" in str(error) or ("I/O error" in str(error) and shutil.disk_usage(folder).free < _SCARCE)


def _unreadable(error: sqlite3.Error, folder: Path) -> ProblemError:
    if found_no_room(error, folder):
        return DiskFull(
            "a store that cannot be opened for want of room",
            "a disk with some space left",
            "Free some space, then start again: nothing was changed.",
        )
    return damaged(str(error))


def damaged(how: str) -> UnusableDataFolder:
    """Return the error of a store that cannot be read."""
    return UnusableDataFolder(f"a store.sqlite that cannot be used ({how})", "a whole store.sqlite", _RESTORE)
