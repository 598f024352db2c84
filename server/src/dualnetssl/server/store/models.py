"""Models: what training made."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

from dualnetssl.contract.errors import NotFound
from dualnetssl.contract.schema import LabelDefinition, Model
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.identifiers import new_id


class Models:
    """Queries on models."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def record(self, job: str, labels: tuple[LabelDefinition, ...], metrics: dict[str, Any], bundle: str) -> Model:
        """Store the model of a training and name it in its job; the same bundle of the same job is stored once.

        Args:
            job: the train job; data set and parent model are its own.
            labels: classes of the model.
            metrics: what its training measured.
            bundle: digest of the zipped bundle.

        Raises:
            NotFound: there is no such job.
        """
        texts = (json.dumps([label.model_dump() for label in labels]), json.dumps(metrics))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO models SELECT ?, dataset, id, ?, ?, ?, ?, json_extract(request, '$.model') FROM jobs"
                " WHERE id = ? ON CONFLICT (job, bundle) DO NOTHING",
                (new_id("model"), time.time(), *texts, bundle, job),
            )
            query = "SELECT * FROM models WHERE job = ? AND bundle = ?"
            row = connection.execute(query, (job, bundle)).fetchone()
            if row is None:
                raise NotFound(f"job {job!r}", "a job of this server", "List the jobs to see which exist.")
            connection.execute("UPDATE jobs SET result_model = ? WHERE id = ?", (row["id"], job))
        return _model(row)

    def get(self, model: str) -> Model:
        """Read one model.

        Raises:
            NotFound: there is none of that identifier.
        """
        row = self._database.row("SELECT * FROM models WHERE id = ?", (model,))
        if row is None:
            raise _unknown(model)
        return _model(row)

    def find(self, dataset: str | None = None) -> list[Model]:
        """Read the models of one data set or of all, newest first."""
        query = "SELECT * FROM models WHERE ?1 IS NULL OR dataset = ?1 ORDER BY created DESC, rowid DESC"
        return [_model(row) for row in self._database.rows(query, (dataset,))]

    def has_bundle(self, digest: str) -> bool:
        """Tell whether a blob is the bundle of a model."""
        return self._database.row("SELECT 1 FROM models WHERE bundle = ?", (digest,)) is not None


def _model(row: sqlite3.Row) -> Model:
    texts = {key: json.loads(row[key]) for key in ("labels", "metrics")}
    return Model.model_validate({**dict(row), **texts})


def _unknown(model: str) -> NotFound:
    return NotFound(f"model {model!r}", "a model of this server", "List the models to see which exist.")
