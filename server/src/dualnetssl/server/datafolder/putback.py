"""What lies in the trash, and putting it back: files first, then the rows that name them, then out of the trash."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from dualnetssl.contract.errors import InvalidRequest, NotFound, UnusableDataFolder
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.datafolder.admission import look_at, readable, reading
from dualnetssl.server.datafolder.check import named_files
from dualnetssl.server.datafolder.copying import digest_of
from dualnetssl.server.datafolder.upkeep import GARBAGE_DAYS
from dualnetssl.server.settings import Settings, usable_folder
from dualnetssl.server.store import Store
from dualnetssl.server.store.erasures import Record
from dualnetssl.server.store.putback import files_of
from dualnetssl.server.trash import GARBAGE, Trash

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ORDER = re.compile(r"erased-[0-9]+\.json")
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
        files = [path for path in Trash(chosen.trash_root).files() if path.is_file()]
        orders = {path: _record(path) for path in files if _ORDER.fullmatch(path.name)}
        ordered = {digest for record in orders.values() if record is not None for digest in files_of(record)}
        single = [path for path in files if path not in orders and path.name not in ordered]
        named = _named(chosen)
        kept = [Kept(path, _order_words(record) + _files_here(record, chosen)) for path, record in orders.items()]
        kept += [Kept(path, _file_words(path, named)) for path in single]
    return sorted(kept, key=lambda one: (one.day, one.name), reverse=True)


def put_back(chosen: Settings, store: Store, blobs: Blobs, name: str) -> Returned:
    """Put one thing back out of the trash of a data folder that no server uses; nothing is overwritten.

    Args:
        chosen: the folder.
        store: its store.
        blobs: its files.
        name: of the thing, or the beginning of it that no other has.

    Raises:
        NotFound: there is nothing of that name, the store no longer knows what it belongs to, or a file is gone.
        Conflict: there is something of its name again.
        InvalidRequest: the name is that of several, or of a part of an upload.
        UnusableDataFolder: a file in the trash is not what it was.
        DiskFull: there is no room for its files.
    """
    with usable_folder():
        path = _found(chosen, name)
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
    record = _record(path) if _ORDER.fullmatch(path.name) else None
    return bool(record and record.get("datasets"))


def _found(chosen: Settings, name: str) -> Path:
    paths = [path for path in Trash(chosen.trash_root).files() if name and path.name.startswith(name)]
    names = {path.name for path in paths}
    if len(names) == 1 or name in names:
        return max(path for path in paths if path.name == name or len(names) == 1)
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
    if digest_of(path) != path.name:
        raise UnusableDataFolder(
            f"the file {path.name} in the trash, whose bytes are not what they were",
            "bytes as they were thrown away",
            "Use a backup of the time before. Nothing was changed.",
        )
    blobs.import_file(path)


def _record(path: Path) -> Record | None:
    try:
        record = json.loads(path.read_bytes())
    except ValueError:
        return None
    rows = isinstance(record, dict) and all(isinstance(table, list) for table in record.values())
    return record if rows and all(isinstance(row, dict) for table in record.values() for row in table) else None


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
        return f"data set {row.get('name')!r} ({row.get('id')})"
    if record.get("revisions"):
        row = record["revisions"][0]
        return f"case {row.get('name')!r} of {row.get('dataset')}"
    row = next(iter(record.get("models", [])), {})
    return f"model {row.get('id')} of {row.get('dataset')}"


def _file_words(path: Path, named: Mapping[str, str]) -> str:
    size = f"{path.stat().st_size} bytes"
    if not _DIGEST.fullmatch(path.name):
        return f"a part of an upload that nobody went on with, {size}; it cannot be put back"
    if path.name in named:
        return f"{named[path.name]}, {size}: it is missed, put it back"
    if path.parent.parent.name == GARBAGE:
        until = date.fromisoformat(path.parent.name) + timedelta(days=GARBAGE_DAYS)
        return f"a file that nothing names, {size}; kept until {until}"
    return f"a file that was erased and that no order names, {size}"
