"""What lies in the trash, and putting it back: files first, then the rows that name them, then out of the trash."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from dualnetssl.contract.errors import InvalidRequest, NotFound, UnusableDataFolder
from dualnetssl.server.blobs import CHUNK, Blobs
from dualnetssl.server.datafolder.admission import look_at, readable, reading
from dualnetssl.server.datafolder.check import named_files
from dualnetssl.server.datafolder.upkeep import GARBAGE_DAYS
from dualnetssl.server.settings import Settings, usable_folder
from dualnetssl.server.store import Store
from dualnetssl.server.store.erasures import Record
from dualnetssl.server.store.putback import FILES, files_of
from dualnetssl.server.trash import GARBAGE, Trash

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ORDER = re.compile(r"erased-[0-9]+\.json")
_LEAST = 8
"""Characters of a beginning that stands for a whole name: more than the ``erased-`` that all orders share."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_LINK = "a link or something else that is no file; it cannot be put back"
_UNREADABLE = "something that cannot be read; it cannot be put back"
_COUNTED = ("cases", "revisions", "drafts", "predictions", "jobs", "models")


@dataclass(frozen=True)
class Kept:
    """One thing in the trash.

    Attributes:
        path: its file.
        words: what it is.
    """

    path: Path
    words: str

    @property
    def name(self) -> str:
        """By which it is put back."""
        return self.path.name

    @property
    def day(self) -> str:
        """On which it was thrown away."""
        return self.path.parent.name


@dataclass(frozen=True)
class Returned:
    """What was put back.

    Attributes:
        words: what it was.
        rows: how many rows of each kind.
        files: how many files.
        left: what could not be put back, in words.
    """

    words: str
    rows: Mapping[str, int]
    files: int
    left: tuple[str, ...]


def in_trash(chosen: Settings) -> list[Kept]:
    """List what can be put back, the newest first: orders to erase with all their files, and single files.

    Raises:
        UnusableDataFolder: the folder or its store cannot be read.
    """
    with usable_folder(), readable(chosen.data_folder):
        lying = Trash(chosen.trash_root).files()
        files = [path for path in lying if _is_plain_file(path)]
        orders = {path: _record(path) for path in files if _ORDER.fullmatch(path.name)}
        ordered = {digest for record in orders.values() if record is not None for digest in files_of(record)}
        single = [path for path in files if path not in orders and path.name not in ordered]
        named = _named(chosen)
        kept = [Kept(path, _order_words(record) + _files_here(record, chosen)) for path, record in orders.items()]
        kept += [Kept(path, _said(path, named)) for path in single]
        kept += [Kept(path, _LINK) for path in lying if path not in files]
    return sorted(kept, key=lambda one: (one.day, one.name), reverse=True)


def put_back(chosen: Settings, store: Store, blobs: Blobs, name: str) -> Returned:
    """Put one thing back out of the trash of a data folder that no server uses; nothing is overwritten.

    Args:
        chosen: the folder.
        store: its store.
        blobs: its files.
        name: of the thing, or a beginning of 8 characters or more that no other has.

    Raises:
        NotFound: there is nothing of that name, the store no longer knows what it belongs to, or a file is gone.
        Conflict: there is something of its name again.
        InvalidRequest: the name is that of several, too short a beginning, or that of a link or of a part of an upload.
        UnusableDataFolder: a file in the trash is not what it was.
        DiskFull: there is no room for its files.
    """
    with usable_folder():
        path = _found(chosen, name)
        if not _is_plain_file(path):
            raise InvalidRequest(
                f"{path.name!a:.80}, {_LINK}", "files that the server put there", "Look at it yourself."
            )
        if _ORDER.fullmatch(path.name):
            return _put_order_back(chosen, store, blobs, path)
        if not _DIGEST.fullmatch(path.name):
            raise InvalidRequest(
                f"a part of an upload, {path.name:.80}", "whole files and orders to erase", "Upload the file again."
            )
        words = _file_words(path, _named(chosen))
        _import(blobs, path)
        path.unlink()
        return Returned(words, {}, 1, ())


def is_dataset(chosen: Settings, name: str) -> bool:
    """Whether something in the trash is a data set, which has to be back before what belongs to it."""
    path = _found(chosen, name)
    record = _record(path) if _ORDER.fullmatch(path.name) and _is_plain_file(path) else None
    return bool(record and record.get("datasets"))


def _found(chosen: Settings, name: str) -> Path:
    paths = [path for path in Trash(chosen.trash_root).files() if name and path.name.startswith(name)]
    names = {path.name for path in paths}
    whole = name if name in names else next(iter(names), "")
    if names and (name == whole or (len(names) == 1 and len(name) >= _LEAST)):
        return max(path for path in paths if path.name == whole)
    if len(names) == 1:
        allowed = f"a whole name, or a beginning of {_LEAST} characters or more that no other name has"
        raise InvalidRequest(f"the short beginning {name!a:.80}", allowed, "Give more of it.")
    if names:
        received = f"{name!r:.80}, with which {len(names)} names begin"
        raise InvalidRequest(received, "the beginning of one name", "Give more of it.")
    raise NotFound(f"{name!r:.80} in the trash", "a name that the trash has", "See 'dualnetssl trash list'.")


def _put_order_back(chosen: Settings, store: Store, blobs: Blobs, path: Path) -> Returned:
    record = _record(path)
    if record is None:
        raise UnusableDataFolder(
            f"the order {path.name}, whose rows cannot be read", "rows as a server kept them", "Use a backup."
        )
    fitting = store.put_backs.fitting(record)
    places = {file.name: file for file in Trash(chosen.trash_root).files()}
    back = {digest: places[digest] for digest in _wanted(fitting.rows, blobs, places)}
    for file in back.values():
        _import(blobs, file)
    rows = store.put_backs.put_back(record)
    for file in (*back.values(), path):
        file.unlink()
    return Returned(_order_words(record), rows, len(back), fitting.left)


def _wanted(record: Record, blobs: Blobs, places: Mapping[str, Path]) -> list[str]:
    """Return the digests of the files that are to come out of the trash.

    Raises:
        NotFound: one is neither there nor among the blobs.
    """
    wanted = sorted(digest for digest in files_of(record) if not blobs.has(digest))
    gone = [digest for digest in wanted if digest not in places]
    if gone:
        raise NotFound(
            f"{len(gone)} of the {len(files_of(record))} files of it in the trash",
            "what the trash has all files of",
            "They are gone for good: use a backup of the time before. Nothing was changed.",
        )
    return wanted


def _import(blobs: Blobs, path: Path) -> None:
    if _digest_of(path) != path.name or blobs.import_file(path) != path.name:
        raise UnusableDataFolder(
            f"the file {path.name} in the trash, whose bytes are not what they were",
            "bytes as they were thrown away",
            "Use a backup of the time before. Nothing was changed.",
        )


def _is_plain_file(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _opened(path: Path) -> BinaryIO:
    """Open a file of the trash, and nothing that a link leads to."""
    return os.fdopen(os.open(path, _FLAGS), "rb")


def _digest_of(path: Path) -> str:
    sha = hashlib.sha256()
    with _opened(path) as file:
        while chunk := file.read(CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def _record(path: Path) -> Record | None:
    """Return the rows of an order; None where they are none, whatever is wrong with them."""
    try:
        with _opened(path) as file:
            record = json.load(file)
    except (ValueError, RecursionError, OSError):
        return None
    tables = list(record.values()) if isinstance(record, dict) else [None]
    whole = all(isinstance(table, list) and all(map(_is_row, table)) for table in tables)
    return record if whole else None


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and all(_is_digest(row[column]) for column in FILES if row.get(column) is not None)


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _named(chosen: Settings) -> dict[str, str]:
    if look_at(chosen.store_path).version == 0:
        return {}
    with closing(reading(chosen.store_path)) as store:
        return named_files(store)


def _order_words(record: Record | None) -> str:
    """Say what an order erased."""
    if record is None:
        return "an order whose rows cannot be read"
    counts = ", ".join(f"{len(record[table])} {table}" for table in _COUNTED if record.get(table))
    return f"{_subject(record)}: {counts or 'nothing in it'}"


def _files_here(record: Record | None, chosen: Settings) -> str:
    files, trash = files_of(record or {}), Trash(chosen.trash_root)
    here = [digest for digest in files if trash.holds(digest) or (chosen.blobs_root / digest[:2] / digest).is_file()]
    return f"; {len(here)} of its {len(files)} files are here" if files else ""


def _subject(record: Record) -> str:
    if record.get("datasets"):
        row = record["datasets"][0]
        return f"data set {row.get('name')!r:.240} ({_plain(row.get('id'))})"
    if record.get("revisions"):
        row = record["revisions"][0]
        return f"case {row.get('name')!r:.240} of {_plain(row.get('dataset'))}"
    row = next(iter(record.get("models", [])), {})
    return f"model {_plain(row.get('id'))} of {_plain(row.get('dataset'))}"


def _plain(value: Any) -> str:
    """Return an identifier as it may be printed, whatever it is."""
    return ascii(str(value)[:80])[1:-1]


def _said(path: Path, named: Mapping[str, str]) -> str:
    try:
        return _file_words(path, named)
    except OSError:
        return _UNREADABLE


def _file_words(path: Path, named: Mapping[str, str]) -> str:
    size = f"{path.stat().st_size} bytes"
    if not _DIGEST.fullmatch(path.name):
        return f"a part of an upload that nobody went on with, {size}; it cannot be put back"
    if path.name in named:
        return f"{named[path.name]}, {size}: it is missed, put it back"
    if path.parent.parent.name == GARBAGE:
        return f"a file that nothing names, {size}; {_until(path.parent.name)}"
    return f"a file that was erased and that no order names, {size}"


def _until(day: str) -> str:
    try:
        return f"kept until {date.fromisoformat(day) + timedelta(days=GARBAGE_DAYS)}"
    except (ValueError, OverflowError):
        return "its folder is named for no day, so it is kept until somebody removes it"
