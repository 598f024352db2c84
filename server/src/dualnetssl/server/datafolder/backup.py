"""Backing a data folder up while its server runs.

The store is copied as it was at one moment, then the blobs that it names, which never change, then what jobs need to go
on, then all else that lies in the folder (token, audit); the manifest comes last.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path

from dualnetssl.contract.errors import DiskFull, InvalidRequest, NotFound
from dualnetssl.server.datafolder.admission import found_no_room, look_at, readable, reading, refuse_doubt
from dualnetssl.server.datafolder.copying import copy, digest_of, existing, is_about, link_or_copy
from dualnetssl.server.datafolder.manifest import Manifest, write
from dualnetssl.server.settings import Settings, usable_folder
from dualnetssl.server.store import named_digests
from dualnetssl.version import VERSION

_OF_ITS_OWN = ("blobs", "jobs", "prepared", "trash", "restore.unfinished", "store.sqlite", "server.log")
_DONE = frozenset({"job.json", "result.json", "events.jsonl"})
"""What is needed of a job that succeeded: its model and its predictions are blobs."""
_ORDER = ("result.json", "result.next.json", "checkpoint.pt", "checkpoint.prev.pt")
"""Copied first: an outcome that is there speaks of files that are whole, and a history may be ahead of a checkpoint."""
_SNAPSHOTS = 3


def back_up(chosen: Settings, target: Path) -> Manifest:
    """Write a backup into a new or empty folder.

    Raises:
        InvalidRequest: the folder has something in it already, lies in the data folder, or cannot be written to.
        NotFound: there is nothing to back up.
        UnusableDataFolder: the data folder is damaged, or its parts do not belong together.
        DiskFull: there is no room; what was written has no manifest.
    """
    _check_target(chosen, target)
    if look_at(chosen.store_path).version == 0:
        raise NotFound("a data folder without a store", "the data folder of a server", "Correct --data-folder.")
    refuse_doubt(chosen)
    with usable_folder(), readable(chosen.data_folder), _written_to(target):
        _make(target)
        files, missing = _store_and_blobs(chosen, target)
        files |= _jobs(chosen, target) | _all_else(chosen, target)
        blobs = {Path(name).name: digest for name, digest in files.items() if name.startswith("blobs/")}
        manifest = Manifest(
            made=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            server=VERSION,
            files=dict(sorted(files.items())),
            missing=tuple(sorted(missing)),
            damaged=tuple(sorted(name for name, digest in blobs.items() if name != digest)),
        )
        write(target, manifest)
    return manifest


def _make(target: Path) -> None:
    """Make the folder of the backup, and see that it can be written to before anything else is done."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=target):
        pass


@contextmanager
def _written_to(target: Path) -> Iterator[None]:
    """Say that it is the folder of the backup that is at fault, or its disk: nothing is written to that of the server.

    Raises:
        DiskFull: there is no room on it.
        InvalidRequest: it cannot be read or written.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if not found_no_room(error, existing(target)):
            if is_about(error, target):
                raise _unwritable(error) from error
            raise
        raise DiskFull(
            "a backup for which its disk has no room",
            "a disk with room for all that the server keeps",
            "Remove what was written of this backup, then free some space there or choose a folder on another disk: "
            "the server's data was not touched.",
        ) from error


def _unwritable(error: OSError | sqlite3.Error) -> InvalidRequest:
    return InvalidRequest(
        f"a folder for the backup that cannot be read and written ({getattr(error, 'strerror', None) or error})",
        "a new or an empty folder that you may write to",
        "Choose another folder, or correct the owner, the rights or the disk of this one: the server's data was not "
        "touched.",
    )


def _check_target(chosen: Settings, target: Path) -> None:
    if chosen.data_folder.resolve() in (target.resolve(), *target.resolve().parents):
        raise InvalidRequest("a backup inside the data folder", "a folder elsewhere", "Choose another folder.")
    with _written_to(target):
        if target.exists() and any(target.iterdir()):
            raise InvalidRequest(
                "a folder for the backup that has something in it already",
                "a new or an empty folder",
                "Choose another one, for instance with the date in its name.",
            )


def _store_and_blobs(chosen: Settings, target: Path) -> tuple[dict[str, str], set[str]]:
    """Copy the store and what it names; anew if something was erased meanwhile."""
    files: dict[str, str] = {}
    missing: set[str] = set()
    for _ in range(_SNAPSHOTS):
        names = _snapshot(chosen.store_path, target / "store.sqlite")
        missing = set()
        for digest in names:
            path = f"blobs/{digest[:2]}/{digest}"
            try:
                files[path] = files.get(path) or link_or_copy(chosen.blobs_root / digest[:2] / digest, target / path)
            except FileNotFoundError:
                missing.add(digest)
        if not missing:
            break
    kept = {path: digest for path, digest in files.items() if Path(path).name in names}
    for path in files.keys() - kept.keys():
        (target / path).unlink()
    return {**kept, "store.sqlite": digest_of(target / "store.sqlite")}, missing


def _snapshot(store: Path, target: Path) -> list[str]:
    """Copy the store as it is at one moment, and return the digests that it names."""
    target.unlink(missing_ok=True)
    with closing(reading(store)) as source, closing(sqlite3.connect(target)) as copied:
        source.backup(copied)
        copied.execute("PRAGMA journal_mode = DELETE")
        return sorted(named_digests(copied))


def _jobs(chosen: Settings, target: Path) -> dict[str, str]:
    with closing(reading(target / "store.sqlite")) as store:
        states = {row["id"]: row["state"] for row in store.execute("SELECT id, state FROM jobs")}
    files: dict[str, str] = {}
    for job, state in states.items():
        folder = chosen.jobs_root / job
        wanted = [path for path in folder.rglob("*") if _needed(path, folder, state)]
        for path in sorted(wanted, key=_place):
            files |= _copied(chosen, path, target)
    return files


def _needed(path: Path, folder: Path, state: str) -> bool:
    if path.suffix == ".part" or path.name in ("worker.lock", "worker.pid") or not path.is_file():
        return False
    return state != "succeeded" or (path.parent == folder and path.name in _DONE)


def _place(path: Path) -> tuple[int, bool, str]:
    first = _ORDER.index(path.name) if path.name in _ORDER else len(_ORDER)
    return first, path.name == "events.jsonl", str(path)


def _all_else(chosen: Settings, target: Path) -> dict[str, str]:
    files: dict[str, str] = {}
    for path in sorted(chosen.data_folder.rglob("*")):
        top = path.relative_to(chosen.data_folder).parts[0]
        own = (
            top in _OF_ITS_OWN or top.startswith(("store.sqlite-", "server.log.")) or path.suffix in (".lock", ".part")
        )
        if not own and path.is_file() and not path.is_symlink():
            files |= _copied(chosen, path, target)
    return files


def _copied(chosen: Settings, path: Path, target: Path) -> dict[str, str]:
    name = path.relative_to(chosen.data_folder).as_posix()
    try:
        return {name: copy(path, target / name)}
    except FileNotFoundError:  # gone since it was listed
        return {}
