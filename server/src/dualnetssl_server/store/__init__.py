"""What the server remembers: data sets, cases with every revision, jobs, models and predictions, in one SQLite file."""

from __future__ import annotations

from pathlib import Path

from dualnetssl_server.store.accounts import Accounts
from dualnetssl_server.store.anchor import Anchor
from dualnetssl_server.store.cases import Cases
from dualnetssl_server.store.database import Database
from dualnetssl_server.store.datasets import Datasets
from dualnetssl_server.store.drafts import Drafts
from dualnetssl_server.store.jobs import Jobs
from dualnetssl_server.store.models import Models
from dualnetssl_server.store.predictions import NewPrediction, Predictions
from dualnetssl_server.store.worklist import Worklist

__all__ = ["NewPrediction", "Store"]


class Store:
    """The tables of one server, each with one named method per query; safe to share between threads.

    Attributes:
        datasets: data sets and their label sets.
        cases: scans and their revisions.
        drafts: labels that were begun and not submitted.
        worklist: which case to look at next, and what was served to whom.
        jobs: orders and their states.
        models: what training made.
        predictions: what models said of cases.
        accounts: who may enter, and with which tokens.
        anchor: how far the audit had come.
    """

    def __init__(self, path: Path) -> None:
        """Open the database, making or updating it as needed.

        Raises:
            Conflict: the file was written by a newer server.
        """
        self._database = Database(path)
        self.datasets = Datasets(self._database)
        self.cases = Cases(self._database)
        self.drafts = Drafts(self._database)
        self.worklist = Worklist(self._database, self.cases)
        self.jobs = Jobs(self._database)
        self.models = Models(self._database)
        self.predictions = Predictions(self._database)
        self.accounts = Accounts(self._database)
        self.anchor = Anchor(self._database)

    def referenced_digests(self) -> set[str]:
        """Return the digests of all blobs that something here names; the others are garbage."""
        rows = self._database.rows(
            "SELECT image AS digest FROM revisions UNION SELECT label FROM revisions"
            " UNION SELECT verified FROM revisions UNION SELECT label FROM drafts UNION SELECT verified FROM drafts"
            " UNION SELECT bundle FROM models UNION SELECT segmentation FROM predictions"
            " UNION SELECT uncertainty FROM predictions UNION SELECT disagreement FROM predictions"
        )
        return {row["digest"] for row in rows if row["digest"] is not None}

    def close(self) -> None:
        """Close the database."""
        self._database.close()
