"""Predictions: what models said of cases."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dualnetssl.contract.schema import Prediction
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.identifiers import anything, require_files
from dualnetssl.server.store.named import PREDICTED


@dataclass(frozen=True)
class NewPrediction:
    """A prediction to be stored.

    Attributes:
        case: pseudonym of the scan.
        image: digest of the image that was predicted.
        segmentation: digest of the label volume.
        uncertainty: digest of the total uncertainty.
        disagreement: digest of the disagreement between the networks.
        summary: figures of the case.
        opinions: digest of what each network says where they doubt; None: the worker kept none.
        sheet: digest of the picture of the case; None: the worker drew none.
    """

    case: str
    image: str
    segmentation: str
    uncertainty: str
    disagreement: str
    summary: dict[str, Any]
    opinions: str | None = None
    sheet: str | None = None


class Predictions:
    """Queries on predictions."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def record(
        self, model: str, predictions: Iterable[NewPrediction], present: Callable[[str], bool] = anything
    ) -> int:
        """Store what a model said, in place of what it said before.

        A prediction of a case that is gone, that has another image by now, or of a model that is gone, is dropped.

        Args:
            model: who said it.
            predictions: what it said.
            present: whether a file is still here; no file is erased while this is asked.

        Returns:
            How many were stored.

        Raises:
            NotFound: a file was erased with something else of the same bytes; nothing is stored.
        """
        rows = [_row(model, prediction) for prediction in predictions]
        with self._database.transaction() as connection:
            for row in rows:
                require_files(present, *(row[part] for part in PREDICTED if row[part] is not None))
            return sum(_insert(connection, row) for row in rows)

    def find(self, dataset: str, case: str) -> list[Prediction]:
        """Read the predictions of a case, that of the newest model first."""
        rows = self._database.rows(
            "SELECT p.* FROM predictions p JOIN models m ON m.id = p.model WHERE p.dataset = ? AND p.name = ?"
            " ORDER BY m.created DESC, m.rowid DESC",
            (dataset, case),
        )
        return [_prediction(row) for row in rows]


def _row(model: str, new: NewPrediction) -> dict[str, Any]:
    return {**vars(new), "model": model, "created": time.time(), "summary": json.dumps(new.summary)}


def _insert(connection: sqlite3.Connection, row: dict[str, Any]) -> int:
    return connection.execute(
        "INSERT OR REPLACE INTO predictions"
        " (dataset, name, model, created, segmentation, uncertainty, disagreement, summary, opinions, sheet)"
        " SELECT c.dataset, c.name, m.id, :created, :segmentation, :uncertainty, :disagreement, :summary, :opinions,"
        " :sheet"
        " FROM models m JOIN cases c ON c.dataset = m.dataset AND c.name = :case"
        " JOIN revisions r ON (r.dataset, r.name, r.revision) = (c.dataset, c.name, c.revision) AND r.image = :image"
        " WHERE m.id = :model",
        row,
    ).rowcount


def _prediction(row: sqlite3.Row) -> Prediction:
    fields = {key: row[key] for key in ("model", "created", *PREDICTED)}
    return Prediction(case=row["name"], summary=json.loads(row["summary"]), **fields)
