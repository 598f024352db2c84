"""Erasing: what is removed from the tables, and the files that are to be removed from the disk because of it.

Triggers note every file that a row stops to name (see migrations), so that a file is known to be a case's even after
the draft or the prediction that named it was replaced. An erasure makes those of its case urgent; a file is taken off
the list when it is gone from the disk, or when another row names it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dualnetssl.contract.errors import Conflict, NotFound, RevisionConflict
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.identifiers import anything
from dualnetssl.server.store.named import PREDICTED, named_digests

_AT_A_TIME = 200
"""Files that are removed while nobody can write."""

_ORDERED = (
    "dataset = ?1 AND (json_extract(request, '$.cases') IS NULL"
    " OR EXISTS (SELECT 1 FROM json_each(request, '$.cases') WHERE value = ?2))"
)
"""Jobs whose order includes a case: no other has anything of it in its folder."""
_COUNTED = ("cases", "revisions", "drafts", "predictions", "jobs", "models")


@dataclass(frozen=True)
class Leftover:
    """Something that no row names any more and that may still be on the disk.

    Attributes:
        kind: ``blob``, ``job`` (its folder) or ``copy`` (what the folder of a job holds of a case).
        name: digest or job.
        dataset: where it belonged.
        of_case: the case, or the empty text.
        since: seconds since 1970.
        urgent: whether somebody ordered that it be erased.
    """

    kind: str
    name: str
    dataset: str
    of_case: str
    since: float
    urgent: bool


Record = dict[str, list[dict[str, Any]]]
"""The rows that an order removes, by table."""


def _forget(record: Record) -> None:
    """Keep nothing of what is erased."""


@dataclass(frozen=True)
class Erased:
    """What an order removed from the tables.

    Attributes:
        rows: how many of each kind: cases, revisions, drafts, predictions, jobs, models.
        leftovers: what is to be removed from the disk.
        shared: digests of files that stay, because other cases use the same bytes.
    """

    rows: dict[str, int]
    leftovers: tuple[Leftover, ...]
    shared: tuple[str, ...]


class Erasures:
    """Orders to erase, and the list of what is still to be removed."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def case(
        self,
        dataset: str,
        case: str,
        expected_revision: int,
        keep: Callable[[Record], None] = _forget,
        uses: Callable[[str], bool] = anything,
    ) -> Erased:
        """Erase a case with every revision, draft, prediction and serving of it.

        Args:
            dataset: its data set.
            case: its name.
            expected_revision: the revision that the order was given for.
            keep: given the rows before they are gone; if it raises, nothing is.
            uses: whether a job works on the case, of those whose order includes it; what was ordered for the whole
                data set works on the cases that were there when its worker began.

        Raises:
            NotFound: the data set has no such case.
            RevisionConflict: the case is at another revision than expected.
            Conflict: a job that uses it has not ended.
        """
        with self._database.transaction() as connection:
            _check_case(connection, dataset, case, expected_revision)
            _refuse_if_used(
                connection,
                _ORDERED,
                (dataset, case),
                "a case",
                uses,
            )
            tables = ("cases", "revisions", "drafts", "predictions")
            keep(_rows(connection, tables, "dataset = ? AND name = ?", (dataset, case)))
            return _erase_case(connection, dataset, case)

    def dataset(self, dataset: str, keep: Callable[[Record], None] = _forget) -> Erased:
        """Erase a data set with all that belongs to it.

        Args:
            dataset: its identifier.
            keep: given the rows before they are gone; if it raises, nothing is.

        Raises:
            NotFound: there is none of that identifier.
            Conflict: a job of it has not ended.
        """
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM datasets WHERE id = ?", (dataset,)).fetchone() is None:
                raise NotFound(
                    f"data set {dataset!r}", "a data set of this server", "List the data sets to see which exist."
                )
            _refuse_if_used(connection, "dataset = ?", (dataset,), "a data set")
            keep(
                _rows(connection, ("datasets",), "id = ?", (dataset,))
                | _rows(connection, _COUNTED, "dataset = ?", (dataset,))
            )
            before = _counts(connection)
            connection.execute("DELETE FROM datasets WHERE id = ?", (dataset,))
            return _erased(connection, before, "dataset = ?", (dataset,))

    def model(self, model: str, keep: Callable[[Record], None] = _forget) -> Erased:
        """Erase a model and its predictions.

        Args:
            model: its identifier.
            keep: given the rows before they are gone; if it raises, nothing is.

        Raises:
            NotFound: there is none of that identifier.
            Conflict: a job that uses it has not ended.
        """
        with self._database.transaction() as connection:
            row = connection.execute("SELECT dataset, bundle FROM models WHERE id = ?", (model,)).fetchone()
            if row is None:
                raise NotFound(f"model {model!r}", "a model of this server", "List the models to see which exist.")
            _refuse_if_used(connection, "json_extract(request, '$.model') = ?", (model,), "a model")
            query = f"SELECT digest FROM ({_PREDICTED}) WHERE digest <> ''"  # noqa: S608 - constants
            files = {found["digest"] for found in connection.execute(query, (model,))} | {row["bundle"]}
            keep(
                _rows(connection, ("models",), "id = ?", (model,))
                | _rows(connection, ("predictions",), "model = ?", (model,))
            )
            before = _counts(connection)
            connection.execute("DELETE FROM models WHERE id = ?", (model,))
            places = ", ".join("?" * len(files))
            return _erased(connection, before, f"dataset = ? AND name IN ({places})", (row["dataset"], *files))

    def leftovers(self) -> list[Leftover]:
        """Read all that may still be on the disk, oldest first."""
        rows = self._database.rows("SELECT * FROM leftovers ORDER BY since, rowid")
        return [_leftover(row) for row in rows]

    def settle(self, leftovers: Sequence[Leftover], remove: Callable[[Leftover], bool]) -> list[Leftover]:
        """Take off the list what is gone from the disk or named again.

        No row can begin to name a file while it is removed.

        Args:
            leftovers: some of the list.
            remove: removes one from the disk; returns whether it is gone.

        Returns:
            What stays on the list.
        """
        left = []
        for first in range(0, len(leftovers), _AT_A_TIME):
            left += self._settle(leftovers[first : first + _AT_A_TIME], remove)
        return left

    def _settle(self, leftovers: Sequence[Leftover], remove: Callable[[Leftover], bool]) -> list[Leftover]:
        with self._database.transaction() as connection:
            named = _named(connection)
            left = [one for one in leftovers if (one.kind, one.name) not in named and not remove(one)]
            connection.executemany(
                "DELETE FROM leftovers WHERE (kind, name, dataset, of_case) = (?, ?, ?, ?)",
                [(one.kind, one.name, one.dataset, one.of_case) for one in leftovers if one not in left],
            )
        return left


_PREDICTED = " UNION ".join(
    f"SELECT {column} AS digest FROM predictions WHERE model = ?1"  # noqa: S608 - constants
    for column in PREDICTED
)


def _rows(connection: sqlite3.Connection, tables: Sequence[str], where: str, values: tuple[str, ...]) -> Record:
    return {
        table: [dict(row) for row in connection.execute(f"SELECT * FROM {table} WHERE {where}", values)]  # noqa: S608 - constants
        for table in tables
    }


def _check_case(connection: sqlite3.Connection, dataset: str, case: str, expected: int) -> None:
    # earlier versions took cases out and kept their revisions: these can be erased, too
    row = connection.execute(
        "SELECT coalesce((SELECT revision FROM cases WHERE dataset = ?1 AND name = ?2),"
        " (SELECT max(revision) FROM revisions WHERE dataset = ?1 AND name = ?2))",
        (dataset, case),
    ).fetchone()
    if row[0] is None:
        raise NotFound(f"case {case!r}", "a case of this data set", "List the cases to see which exist.")
    if row[0] != expected:
        raise RevisionConflict(
            f"the order to erase revision {expected} of a case",
            f"the present revision, {row[0]}",
            "Read the case again, look at what changed, and order it with the present revision.",
        )


def _refuse_if_used(
    connection: sqlite3.Connection,
    where: str,
    values: tuple[str, ...],
    what: str,
    uses: Callable[[str], bool] = anything,
) -> None:
    query = f"SELECT id FROM jobs WHERE state IN ('queued', 'pending', 'running') AND {where}"  # noqa: S608 - constants
    user = next((row["id"] for row in connection.execute(query, values).fetchall() if uses(row["id"])), None)
    if user is not None:
        raise Conflict(
            f"the order to delete {what} that job {user} uses",
            f"{what} that no queued, pending or running job uses",
            "Cancel the job or wait for its end, then delete it.",
        )


def _erase_case(connection: sqlite3.Connection, dataset: str, case: str) -> Erased:
    before = _counts(connection)
    connection.execute(
        "INSERT OR REPLACE INTO floors SELECT ?1, max(coalesce((SELECT number FROM floors WHERE dataset = ?1), 0),"
        " (SELECT max(revision) FROM revisions WHERE dataset = ?1 AND name = ?2),"
        " coalesce((SELECT max(generation) FROM drafts WHERE dataset = ?1 AND name = ?2), 0))",
        (dataset, case),
    )
    connection.execute(
        "INSERT OR IGNORE INTO leftovers SELECT 'copy', id, dataset, ?2, strftime('%s', 'now'), 1"  # noqa: S608 - constant
        f" FROM jobs WHERE {_ORDERED}",
        (dataset, case),
    )
    for table in ("predictions", "cases", "revisions", "drafts", "servings"):
        connection.execute(f"DELETE FROM {table} WHERE dataset = ? AND name = ?", (dataset, case))  # noqa: S608 - constant
    return _erased(connection, before, "dataset = ? AND of_case = ?", (dataset, case))


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - constant
        for table in _COUNTED
    }


def _erased(connection: sqlite3.Connection, before: dict[str, int], where: str, values: tuple[str, ...]) -> Erased:
    connection.execute(f"UPDATE leftovers SET urgent = 1 WHERE {where}", values)  # noqa: S608 - constants
    rows = connection.execute(f"SELECT * FROM leftovers WHERE {where}", values).fetchall()  # noqa: S608 - constants
    found = [_leftover(row) for row in rows]
    shared = {one.name for one in found} & {name for _, name in _named(connection)}
    after = _counts(connection)
    return Erased({table: before[table] - after[table] for table in _COUNTED}, tuple(found), tuple(sorted(shared)))


def _named(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return the files that rows name, as kind and name."""
    return {("blob", digest) for digest in named_digests(connection)}


def _leftover(row: sqlite3.Row) -> Leftover:
    return Leftover(row["kind"], row["name"], row["dataset"], row["of_case"], row["since"], bool(row["urgent"]))
