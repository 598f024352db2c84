"""What the server remembers: data sets, cases with every revision, jobs, models and predictions, in one SQLite file."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from dualnetssl.server.store.accounts import Accounts
from dualnetssl.server.store.anchor import Anchor
from dualnetssl.server.store.cases import Cases
from dualnetssl.server.store.database import Database, Stamp
from dualnetssl.server.store.datasets import Datasets
from dualnetssl.server.store.drafts import Drafts
from dualnetssl.server.store.erasures import Erased, Erasures, Leftover
from dualnetssl.server.store.jobs import Jobs
from dualnetssl.server.store.models import Models
from dualnetssl.server.store.named import named_digests, naming_columns
from dualnetssl.server.store.predictions import NewPrediction, Predictions
from dualnetssl.server.store.putback import PutBacks
from dualnetssl.server.store.worklist import Worklist

__all__ = ["Erased", "Leftover", "NewPrediction", "Stamp", "Store", "named_digests", "naming_columns"]


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
        erasures: orders to erase, and what is left on the disk of what was erased.
        put_backs: what was erased and comes back.
        accounts: who may enter, and with which tokens.
        anchor: how far the audit had come.
    """

    def __init__(self, path: Path, committed: Callable[[Stamp], None] | None = None) -> None:
        """Open the database, making or updating it as needed.

        Args:
            path: the file.
            committed: told after each commit how far the store has come; it must not raise.

        Raises:
            Conflict: the file was written by a newer server.
        """
        self._database = Database(path) if committed is None else Database(path, committed)
        self._born = secrets.token_hex(4)
        self.datasets = Datasets(self._database)
        self.cases = Cases(self._database)
        self.drafts = Drafts(self._database)
        self.worklist = Worklist(self._database)
        self.jobs = Jobs(self._database)
        self.models = Models(self._database)
        self.predictions = Predictions(self._database)
        self.erasures = Erasures(self._database)
        self.put_backs = PutBacks(self._database)
        self.accounts = Accounts(self._database)
        self.anchor = Anchor(self._database)

    def referenced_digests(self) -> set[str]:
        """Return the digests of all blobs that something here names; the others are garbage."""
        with self._database.snapshot() as connection:
            return named_digests(connection)

    def stamp(self) -> Stamp:
        """Say which store this is, and how far it has come."""
        return self._database.stamp()

    def version(self) -> str:
        """Return a tag that differs after every change of the store and after every start."""
        return f"{self._born}.{self._database.stamp().commits}"

    def probe(self) -> None:
        """Read from the store and take its write lock, changing nothing; raises if either is impossible."""
        self._database.probe()
        self._database.rows("SELECT count(*) FROM datasets")

    def close(self) -> None:
        """Close the database."""
        self._database.close()
