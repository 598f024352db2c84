"""Putting back the rows that an order to erase kept, so far as the store still knows what they belong to."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from dualnetssl.contract.errors import Conflict, InvalidRequest, NotFound
from dualnetssl.server.store import named
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.erasures import Record

FILES = tuple(dict.fromkeys(column for columns in named.FILES.values() for column in columns))
"""Columns that name files."""
_ORDER = ("datasets", "jobs", "models", "revisions", "cases", "drafts", "predictions")
"""Of inserting: each after those that it refers to."""
_SAME_IMAGE = (
    "SELECT 1 FROM cases c JOIN revisions r USING (dataset, name, revision) WHERE dataset = ?1 AND name = ?2"
    " AND NOT EXISTS (SELECT 1 FROM predictions p WHERE (p.dataset, p.name, p.model) = (?1, ?2, ?3))"
    " AND r.image = (SELECT image FROM revisions WHERE dataset = ?1 AND name = ?2 AND updated <= ?4"
    " ORDER BY revision DESC LIMIT 1)"
)
"""Finds a case that has no prediction of a model, and the image that it had at some time."""
_KEYS = {"datasets": ("id",), "jobs": ("id",), "models": ("id",), "revisions": ("dataset", "name")}
"""What must not be there yet; other rows come and go with these."""
_WORDS = {"datasets": "data set", "jobs": "job", "models": "model", "revisions": "case"}


@dataclass(frozen=True)
class Fitting:
    """What of a record can be put back.

    Attributes:
        rows: those that can.
        left: what cannot, in words.
    """

    rows: Record
    left: tuple[str, ...]


def files_of(record: Record) -> set[str]:
    """Return the digests of all files that rows name."""
    rows = [row for table in record.values() for row in table]
    return {row[column] for row in rows for column in FILES if row.get(column) and column in row}


class PutBacks:
    """Rows that come back."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def fitting(self, record: Record) -> Fitting:
        """Find what of a record the store can take.

        Args:
            record: the rows that an order removed, by table.

        Raises:
            InvalidRequest: a table or column that this version does not have.
            NotFound: what the rows belong to is no longer known.
            Conflict: there is something of the same name again, which is not overwritten.
        """
        with self._database.snapshot() as connection:
            return _fitting(connection, record)

    def put_back(self, record: Record) -> dict[str, int]:
        """Insert the rows that `fitting` found; return how many of each table.

        Raises:
            InvalidRequest, NotFound, Conflict: as `fitting`; nothing was changed.
        """
        with self._database.transaction() as connection:
            rows = _fitting(connection, record).rows
            for table in _ORDER:
                for row in rows.get(table, []):
                    _insert(connection, table, row)
            _raise_floors(connection, rows)
        return {table: len(found) for table, found in rows.items() if found}


def _fitting(connection: sqlite3.Connection, record: Record) -> Fitting:
    _check_form(connection, record)
    _check_new(connection, record)
    _check_parents(connection, record)
    models = _ids(connection, "models") | {row["id"] for row in record.get("models", [])}
    taken = [row for row in record.get("predictions", []) if _has_place(connection, record, row, models)]
    lost = len(record.get("predictions", [])) - len(taken)
    left = (f"{lost} predictions, whose model or case the store no longer knows",) if lost else ()
    rows = {**record, "predictions": taken} if "predictions" in record else record
    return Fitting({**rows, "jobs": [_without_taken_key(connection, row) for row in rows.get("jobs", [])]}, left)


def _check_form(connection: sqlite3.Connection, record: Record) -> None:
    for table, rows in record.items():
        columns = connection.execute("SELECT * FROM pragma_table_info(?)", (table,)).fetchall()
        known = {column["name"] for column in columns}
        needed = {column["name"] for column in columns if column["notnull"] or column["pk"]}
        if table not in _ORDER or not all(needed <= row.keys() <= known and _is_plain(row) for row in rows):
            raise InvalidRequest(
                f"rows of {table!r:.40} that are none of this version of the server",
                "rows that a server of this or an earlier version erased",
                "Put them back with the version that erased them.",
            )


def _is_plain(row: dict[str, Any]) -> bool:
    return all(value is None or isinstance(value, str | int | float) for value in row.values())


def _check_new(connection: sqlite3.Connection, record: Record) -> None:
    for table, columns in _KEYS.items():
        where = " AND ".join(f"{column} = ?" for column in columns)
        for row in record.get(table, []):
            query = f"SELECT 1 FROM {table} WHERE {where}"  # noqa: S608 - constants
            if connection.execute(query, [row[column] for column in columns]).fetchone():
                raise Conflict(
                    f"the {_WORDS[table]} {row[columns[-1]]!r:.80}, which is there again",
                    "what the server does not have: nothing is overwritten",
                    "Keep the present one; or erase it first, then put the other back.",
                )


def _check_parents(connection: sqlite3.Connection, record: Record) -> None:
    datasets = _ids(connection, "datasets") | {row["id"] for row in record.get("datasets", [])}
    jobs = _ids(connection, "jobs") | {row["id"] for row in record.get("jobs", [])}
    rows = [row for table in ("jobs", "models", "revisions") for row in record.get(table, [])]
    lost = [f"data set {row['dataset']!r:.80}" for row in rows if row["dataset"] not in datasets]
    lost += [f"job {row['job']!r:.80}" for row in record.get("models", []) if row["job"] not in jobs]
    if lost:
        raise NotFound(
            f"what belongs to the {lost[0]}, which the store no longer knows",
            "what belongs to something that the store knows",
            "Put that back first, if 'dualnetssl trash list' still has it.",
        )


def _has_place(connection: sqlite3.Connection, record: Record, row: dict[str, Any], models: set[str]) -> bool:
    key = (row["dataset"], row["name"])
    if row["model"] not in models:
        return False
    if any((case["dataset"], case["name"]) == key for case in record.get("cases", [])):
        return True
    return connection.execute(_SAME_IMAGE, (*key, row["model"], row["created"])).fetchone() is not None


def _ids(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row["id"] for row in connection.execute(f"SELECT id FROM {table}")}  # noqa: S608 - constants


def _without_taken_key(connection: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
    """Drop an idempotency key that a later order uses."""
    query = "SELECT 1 FROM jobs WHERE idempotency_key = ?"
    taken = connection.execute(query, (row.get("idempotency_key"),)).fetchone()
    return {**row, "idempotency_key": None} if taken else row


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))  # noqa: S608 - checked


def _raise_floors(connection: sqlite3.Connection, rows: Record) -> None:
    """Let no number be given twice in a data set that came back: those of what was erased in it are not known."""
    numbers = [row["revision"] for row in rows.get("revisions", [])] + [
        row["generation"] for row in rows.get("drafts", [])
    ]
    for row in rows.get("datasets", []):
        connection.execute("INSERT OR REPLACE INTO floors VALUES (?, ?)", (row["id"], max(numbers, default=0)))
