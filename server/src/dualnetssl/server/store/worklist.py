"""The worklist: which case to look at next, and what was served to whom."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from dualnetssl.contract.schema import CaseState, NextRequest, WorklistEntry, WorklistOrder
from dualnetssl.server.store.database import Database

RESERVED_SECONDS = 3600.0
"""Time for which a case that was served to one annotator is kept from the others."""


class Candidate(NamedTuple):
    """A case that is not wholly verified, as a row that is light enough for ten thousand of them.

    Attributes:
        case: the case.
        updated: when its content changed last, in seconds since 1970.
        labelled: whether it has a label.
        verified: whether part of the label is verified.
        model: whose prediction is the newest; None without a prediction.
        benefit_ml: volume that is expected to be wrong and is not verified.
        score: mean uncertainty of the newest prediction.
        predicted_dice: that the newest prediction expects of itself.
        foreground: whether the newest prediction has any; only known for the order that asks for it.
    """

    case: str
    updated: float
    labelled: bool
    verified: bool
    model: str | None
    benefit_ml: float | None
    score: float | None
    predicted_dice: float | None
    foreground: bool

    @property
    def state(self) -> CaseState:
        """How far the case has come."""
        if not self.labelled:
            return CaseState.NEW if self.model is None else CaseState.PREDICTED
        return CaseState.IN_REVIEW if self.verified else CaseState.LABELLED

    @property
    def entry(self) -> WorklistEntry:
        """What the worklist says of it."""
        figures = {"benefit_ml": self.benefit_ml, "score": self.score, "predicted_dice": self.predicted_dice}
        return WorklistEntry(case=self.case, state=self.state, model=self.model, **figures)


@dataclass(frozen=True)
class Serving:
    """That a case was served.

    Attributes:
        case: the case.
        annotator: to whom.
        model: whose prediction was the newest then, if there was one.
        time: when, in seconds since 1970.
    """

    case: str
    annotator: str
    model: str | None
    time: float


def shuffled(candidates: Iterable[Candidate], seed: str) -> list[Candidate]:
    """Order candidates by chance, those with predicted foreground first; the same seed gives the same order."""
    return sorted(candidates, key=lambda one: (not one.foreground, _chance(seed, one.case), one.case))


def _chance(seed: str, case: str) -> str:
    return hashlib.sha256(json.dumps([seed, case]).encode()).hexdigest()


def choose(
    candidates: Sequence[Candidate], servings: Collection[Serving], annotator: str, now: float
) -> WorklistEntry | None:
    """Return the case to serve: the first that was not served yet, else the one whose serving is the longest ago.

    Served counts for as long as no newer model has spoken. A case that another annotator was served within the last
    hour, and has not changed since, is left to them while others remain.

    Args:
        candidates: in the order wanted.
        servings: the last one of each case to each annotator.
        annotator: who asks.
        now: seconds since 1970.
    """
    mine = {one.case: one for one in servings if one.annotator == annotator}
    theirs = {one.case: one for one in servings if one.annotator != annotator and now - one.time < RESERVED_SECONDS}

    def place(candidate: Candidate) -> tuple[bool, float, bool]:
        case, last = candidate.case, mine.get(candidate.case)
        reserved = case in theirs and candidate.updated <= theirs[case].time
        served = last is not None and last.model == candidate.model
        return reserved, last.time if last is not None and served else 0.0, served

    return min(candidates, key=place).entry if candidates else None


class Worklist:
    """Queries on cases that are not wholly verified, and on servings."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def candidates(
        self, dataset: str, order: WorklistOrder = WorklistOrder.BENEFIT, annotator: str = ""
    ) -> list[Candidate]:
        """List the cases that are not wholly verified, in this order; what it cannot rank comes last.

        Args:
            dataset: its id.
            order: what comes first.
            annotator: for whom; the random order is another for each.
        """
        with self._database.snapshot() as connection:
            return _candidates(connection, dataset, order, annotator)

    def entries(
        self, dataset: str, order: WorklistOrder = WorklistOrder.BENEFIT, annotator: str = ""
    ) -> list[WorklistEntry]:
        """Say of each of the `candidates` what the worklist says."""
        return [one.entry for one in self.candidates(dataset, order, annotator)]

    def serve(self, dataset: str, request: NextRequest, now: float | None = None) -> WorklistEntry | None:
        """Choose the next case for an annotator and remember that it was served; None if none is left."""
        now = time.time() if now is None else now
        with self._database.transaction() as connection:
            candidates = _candidates(connection, dataset, request.order, request.annotator)
            left = [one for one in candidates if one.case not in request.skip]
            entry = choose(left, _servings(connection, dataset), request.annotator, now)
            if entry is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO servings VALUES (?, ?, ?, ?, ?)",
                    (dataset, entry.case, request.annotator, entry.model, now),
                )
        return entry


_NEWEST = (
    "WITH ages AS (SELECT id, row_number() OVER (ORDER BY created, rowid) AS age FROM models),"
    # figures that are no JSON, such as NaN, must not take the whole list away: the case is ranked without them
    " newest AS (SELECT p.name, p.model, iif(json_valid(p.summary), p.summary, '{}') AS summary, max(ages.age)"
    " FROM predictions p JOIN ages ON ages.id = p.model WHERE p.dataset = ?1 GROUP BY p.name)"
)
"""Of each case the prediction by the newest model: of a group SQLite gives the row that has the maximum."""

_FOREGROUND = "EXISTS (SELECT 1 FROM json_each(n.summary, '$.volume_ml') AS volume WHERE volume.value > 0)"
_CANDIDATES = (
    "{newest} SELECT c.name AS name, r.updated, r.label IS NOT NULL, r.verified IS NOT NULL, n.model,"
    # what was verified after the prediction was ordered is in the revision's figure alone
    " CASE WHEN r.label IS NOT NULL AND r.verified IS NOT NULL AND r.judged_by = n.model THEN r.benefit_ml"
    " ELSE json_extract(n.summary, '$.expected_error_ml') END AS benefit,"
    " json_extract(n.summary, '$.mean_uncertainty') AS score, json_extract(n.summary, '$.predicted_dice'),"
    " {foreground} FROM cases c JOIN revisions r USING (dataset, name, revision) LEFT JOIN newest n USING (name)"
    " WHERE c.dataset = ?1 AND r.verified_fraction < 1 ORDER BY {order}"
)
_QUERIES: Mapping[WorklistOrder, str] = MappingProxyType(
    {
        order: _CANDIDATES.format(newest=_NEWEST, foreground=foreground, order=by)
        for order, foreground, by in (
            (WorklistOrder.BENEFIT, "0", "benefit IS NULL, benefit DESC, name"),
            (WorklistOrder.UNCERTAINTY, "0", "score IS NULL, score DESC, name"),
            (WorklistOrder.FOREGROUND_RANDOM, _FOREGROUND, "name"),
            (WorklistOrder.NAME, "0", "name"),
        )
    }
)


def _candidates(connection: sqlite3.Connection, dataset: str, order: WorklistOrder, annotator: str) -> list[Candidate]:
    found = map(Candidate._make, connection.execute(_QUERIES[order], (dataset,)))
    return shuffled(found, dataset + annotator) if order is WorklistOrder.FOREGROUND_RANDOM else list(found)


def _servings(connection: sqlite3.Connection, dataset: str) -> list[Serving]:
    query = "SELECT name, annotator, model, time FROM servings WHERE dataset = ?"
    return [Serving(*row) for row in connection.execute(query, (dataset,)).fetchall()]
