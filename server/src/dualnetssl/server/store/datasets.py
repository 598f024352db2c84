"""Data sets and their label sets."""

from __future__ import annotations

import json
import sqlite3
import time

from dualnetssl.contract.errors import NotFound
from dualnetssl.contract.schema import Dataset, DatasetCreate, check_label_set
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.identifiers import new_id

_SELECT = "SELECT d.*, (SELECT count(*) FROM cases c WHERE c.dataset = d.id) AS case_count FROM datasets d"


class Datasets:
    """Queries on data sets."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def create(self, request: DatasetCreate) -> Dataset:
        """Store a new data set, its labels ordered by value."""
        labels = [label.model_dump() for label in check_label_set(request.labels)]
        row = (new_id("ds"), request.name, json.dumps(labels), time.time())
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO datasets VALUES (?, ?, ?, ?)", row)
            stored = connection.execute(f"{_SELECT} WHERE d.id = ?", row[:1]).fetchone()
        return _dataset(stored)

    def get(self, dataset: str) -> Dataset:
        """Read one data set.

        Raises:
            NotFound: there is none of that identifier.
        """
        row = self._database.row(f"{_SELECT} WHERE d.id = ?", (dataset,))
        if row is None:
            raise NotFound(
                f"data set {dataset!r}", "a data set of this server", "List the data sets to see which exist."
            )
        return _dataset(row)

    def find(self) -> list[Dataset]:
        """Read all data sets, oldest first."""
        return [_dataset(row) for row in self._database.rows(f"{_SELECT} ORDER BY d.created, d.rowid")]


def _dataset(row: sqlite3.Row) -> Dataset:
    return Dataset.model_validate({**dict(row), "labels": json.loads(row["labels"])})
