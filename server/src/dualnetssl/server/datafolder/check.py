"""Looking through a data folder without changing anything: is every file what it should be, and is any missing?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType

from dualnetssl.contract.errors import NotFound, UnusableDataFolder
from dualnetssl.server.audit import verify
from dualnetssl.server.datafolder.admission import look_at, readable, reading, refuse_doubt
from dualnetssl.server.datafolder.copying import digest_of
from dualnetssl.server.datafolder.mark import Mark
from dualnetssl.server.settings import Settings, open_to_others
from dualnetssl.server.store import Stamp, naming_columns

_WORDS = MappingProxyType(
    {
        "revisions": "'case ' || name || ' of ' || dataset || ', revision ' || revision",
        "drafts": "'the draft of case ' || name || ' of ' || dataset || ' by ' || annotator",
        "predictions": "'the prediction of case ' || name || ' by ' || model",
        "models": "'model ' || id",
    }
)
"""What a row of a table is called."""


@dataclass(frozen=True)
class Finding:
    """Something that a person should know.

    Attributes:
        wrong: whether something is to be done about it.
        text: what it is.
    """

    wrong: bool
    text: str


def look_through(chosen: Settings) -> Iterator[Finding]:
    """Check store, blobs, job folders, audit and rights, and yield what is found.

    Raises:
        NotFound: there is no store and nothing that it could belong to.
        UnusableDataFolder: the store cannot be read at all.
    """
    doubts = list(_doubts(chosen))
    yield from doubts
    if look_at(chosen.store_path).version == 0:
        if doubts:
            return
        raise NotFound("a data folder without a store", "the data folder of a server", "Correct --data-folder.")
    with readable(chosen.data_folder), closing(reading(chosen.store_path)) as store:
        yield from _pages(store)
        named = named_files(store)
        yield from _blobs(chosen, named)
        yield from _jobs(chosen, store)
        yield from _leftovers(store)
        yield from _audit(chosen, store)
    yield from _rest(chosen)


def adopt(chosen: Settings) -> Stamp:
    """Declare that the store is the one that the blobs belong to.

    Raises:
        NotFound: there is no store that could be declared so.
        UnusableDataFolder: the store is damaged.
    """
    stamp = look_at(chosen.store_path).stamp
    if stamp is None:
        raise NotFound(
            "a data folder whose store cannot be adopted (missing, empty, or of an earlier version)",
            "a store of this version",
            "Put the store back, or restore a backup into a new folder.",
        )
    Mark.beside(chosen.blobs_root).claim(stamp)
    return stamp


def _doubts(chosen: Settings) -> Iterator[Finding]:
    try:
        refuse_doubt(chosen)
    except UnusableDataFolder as error:
        yield Finding(True, f"{error.received}. {error.remedy}")


def _pages(store: sqlite3.Connection) -> Iterator[Finding]:
    for row in store.execute("PRAGMA integrity_check(10)"):
        if row[0] != "ok":
            yield Finding(True, f"store.sqlite is damaged: {row[0]}")
    if store.execute("PRAGMA foreign_key_check").fetchone() is not None:
        yield Finding(True, "store.sqlite has rows that belong to nothing")


def named_files(store: sqlite3.Connection) -> dict[str, str]:
    """Return what names each blob, in words."""
    named: dict[str, str] = {}
    for table, column in naming_columns(store):
        query = f"SELECT {column}, {_WORDS[table]} FROM {table} WHERE {column} <> ''"  # noqa: S608 - constants
        for digest, text in store.execute(query):
            named.setdefault(digest, f"the {column} of {text}")
    return named


def _blobs(chosen: Settings, named: dict[str, str]) -> Iterator[Finding]:
    present: dict[str, Path] = {}
    for path in sorted(chosen.blobs_root.glob("[0-9a-f][0-9a-f]/*")):
        if path.name[:2] == path.parent.name and digest_of(path) == path.name:
            present[path.name] = path
        else:
            yield Finding(True, f"the file {path.name} is damaged ({named.get(path.name, 'nothing names it')})")
            present[path.name] = path
    for digest in sorted(named.keys() - present.keys()):
        yield Finding(True, f"the file {digest} is missing ({named[digest]})")
    unnamed = present.keys() - named.keys()
    if unnamed:
        yield Finding(
            False, f"{len(unnamed)} files that nothing names (yet); a day after their upload they go to trash"
        )


def _jobs(chosen: Settings, store: sqlite3.Connection) -> Iterator[Finding]:
    states = {row["id"]: row["state"] for row in store.execute("SELECT id, state FROM jobs")}
    folders = {path.name for path in chosen.jobs_root.glob("*")}
    for job in sorted(folders - states.keys()):
        yield Finding(True, f"the folder jobs/{job} belongs to no job that the store knows")
    for job in sorted(states.keys() - folders):
        if states[job] in ("pending", "running"):
            yield Finding(True, f"the folder of the running job {job} is missing")
        elif states[job] in ("failed", "succeeded"):
            yield Finding(False, f"the folder of job {job}, with its history, is missing")


def _leftovers(store: sqlite3.Connection) -> Iterator[Finding]:
    if store.execute("SELECT 1 FROM sqlite_master WHERE name = 'leftovers'").fetchone() is None:
        yield Finding(
            False, "the tables are of an earlier version; the server brings them up to date at its next start"
        )
        return
    for row in store.execute("SELECT * FROM leftovers WHERE urgent ORDER BY since"):
        since = datetime.fromtimestamp(row["since"], timezone.utc).isoformat(" ", "minutes")
        yield Finding(True, f"{row['kind']} {row['name']} was to be erased on {since} and could not be removed yet")
    query = (
        "SELECT count(DISTINCT dataset || ' ' || name) FROM revisions r WHERE NOT EXISTS"
        " (SELECT 1 FROM cases c WHERE c.dataset = r.dataset AND c.name = r.name)"
    )
    taken_out = store.execute(query).fetchone()[0]
    if taken_out:
        yield Finding(False, f"{taken_out} cases that an earlier version took out without erasing; delete them again")


def _audit(chosen: Settings, store: sqlite3.Connection) -> Iterator[Finding]:
    """Follow the record of who did what to the end that the store has noted."""
    if store.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit_anchor'").fetchone() is None:
        return
    for _ in range(2):  # a line may have been read while it was written
        anchor = store.execute("SELECT lines, hash FROM audit_anchor").fetchone()
        _, found = verify(chosen.audit_root, None if anchor is None else (anchor["lines"], anchor["hash"]))
        wrong = [finding for finding in found if not finding.accepted]
        if not wrong:
            break
    for finding in wrong[:1]:
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        text = f"the audit is not as it was written: {finding.file}, line {finding.line}, {finding.what}{more}"
        yield Finding(True, f"{text}; 'dualnetssl audit verify' tells all")
    if len(found) > len(wrong):
        yield Finding(False, f"{len(found) - len(wrong)} gaps or changes of the audit that were accepted")


def _rest(chosen: Settings) -> Iterator[Finding]:
    parts = list(chosen.blobs_root.glob("parts/*"))
    if parts:
        yield Finding(False, f"{len(parts)} uploads that are not complete")
    kept = list(chosen.trash_root.glob("*/*/*"))
    if kept:
        size = sum(path.stat().st_size for path in kept)
        yield Finding(False, f"{len(kept)} files ({size} bytes) in the trash")
    others = open_to_others(chosen.data_folder)
    if others:
        yield Finding(
            True, f"{len(others)} files that other users can read or enter; a start of the server closes them"
        )
