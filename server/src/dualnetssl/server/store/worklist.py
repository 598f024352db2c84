"""The worklist: which case to look at next, and what was served to whom."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dualnetssl.contract.schema import Case, CaseState, NextRequest, WorklistEntry, WorklistOrder
from dualnetssl.server.store.cases import Cases
from dualnetssl.server.store.database import Database

RESERVED_SECONDS = 3600.0
"""Time for which a case that was served to one annotator is kept from the others."""


@dataclass(frozen=True)
class Candidate:
    """A case that is not wholly verified.

    Attributes:
        entry: what the worklist says of it.
        foreground: whether its newest prediction has any.
        updated: when its content changed last, in seconds since 1970.
    """

    entry: WorklistEntry
    foreground: bool
    updated: float


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


def ranked(candidates: Sequence[Candidate], order: WorklistOrder, seed: str) -> list[Candidate]:
    """Sort candidates; what cannot be ranked for want of a prediction comes last.

    Args:
        candidates: cases that are not wholly verified.
        order: what comes first.
        seed: for the random order; the same seed gives the same order.
    """
    keys: Mapping[WorklistOrder, Callable[[Candidate], tuple[Any, ...]]] = MappingProxyType(
        {
            WorklistOrder.BENEFIT: lambda one: _largest(one.entry.benefit_ml),
            WorklistOrder.UNCERTAINTY: lambda one: _largest(one.entry.score),
            WorklistOrder.FOREGROUND_RANDOM: lambda one: (not one.foreground, _chance(seed, one.entry.case)),
            WorklistOrder.NAME: lambda one: (),
        }
    )
    return sorted(candidates, key=lambda one: (*keys[order](one), one.entry.case))


def _largest(value: float | None) -> tuple[bool, float]:
    return value is None, -(value or 0.0)


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
        case, last = candidate.entry.case, mine.get(candidate.entry.case)
        reserved = case in theirs and candidate.updated <= theirs[case].time
        served = last is not None and last.model == candidate.entry.model
        return reserved, last.time if last is not None and served else 0.0, served

    return min(candidates, key=place).entry if candidates else None


class Worklist:
    """Queries on cases that are not wholly verified, and on servings."""

    def __init__(self, database: Database, cases: Cases) -> None:
        """Work on an open database."""
        self._database, self._cases = database, cases

    def entries(
        self, dataset: str, order: WorklistOrder = WorklistOrder.BENEFIT, annotator: str = ""
    ) -> list[WorklistEntry]:
        """List the cases that are not wholly verified, in this order."""
        with self._database.snapshot() as connection:
            return [one.entry for one in ranked(self._candidates(dataset, connection), order, dataset + annotator)]

    def serve(self, dataset: str, request: NextRequest, now: float | None = None) -> WorklistEntry | None:
        """Choose the next case for an annotator and remember that it was served; None if none is left."""
        now = time.time() if now is None else now
        with self._database.transaction() as connection:
            candidates = ranked(self._candidates(dataset, connection), request.order, dataset + request.annotator)
            left = [one for one in candidates if one.entry.case not in request.skip]
            entry = choose(left, _servings(connection, dataset), request.annotator, now)
            if entry is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO servings VALUES (?, ?, ?, ?, ?)",
                    (dataset, entry.case, request.annotator, entry.model, now),
                )
        return entry

    def _candidates(self, dataset: str, connection: sqlite3.Connection) -> list[Candidate]:
        newest, judged = _newest_predictions(connection, dataset), _judged(connection, dataset)
        open_cases = [case for case in self._cases.find(dataset, connection) if case.verified_fraction < 1]
        return [_candidate(case, newest.get(case.case), judged[case.case]) for case in open_cases]


def _newest_predictions(connection: sqlite3.Connection, dataset: str) -> dict[str, sqlite3.Row]:
    rows = connection.execute(
        "SELECT p.name, p.model, p.summary FROM predictions p JOIN models m ON m.id = p.model"
        " WHERE p.dataset = ? ORDER BY m.created, m.rowid",
        (dataset,),
    )
    return {row["name"]: row for row in rows}


def _judged(connection: sqlite3.Connection, dataset: str) -> dict[str, sqlite3.Row]:
    """Return what was known of each case's remaining error when its content last changed."""
    rows = connection.execute(
        "SELECT r.name, r.benefit_ml, r.judged_by FROM revisions r JOIN cases c USING (dataset, name, revision)"
        " WHERE r.dataset = ?",
        (dataset,),
    )
    return {row["name"]: row for row in rows}


def _servings(connection: sqlite3.Connection, dataset: str) -> list[Serving]:
    query = "SELECT name, annotator, model, time FROM servings WHERE dataset = ?"
    return [Serving(*row) for row in connection.execute(query, (dataset,)).fetchall()]


def _candidate(case: Case, prediction: sqlite3.Row | None, judged: sqlite3.Row) -> Candidate:
    summary: dict[str, Any] = json.loads(prediction["summary"]) if prediction else {}
    model = prediction["model"] if prediction else None
    # what was verified after the prediction was ordered is in the revision's figure alone
    known = model is not None and judged["judged_by"] == model and case.state is CaseState.IN_REVIEW
    entry = WorklistEntry(
        case=case.case,
        state=case.state,
        benefit_ml=judged["benefit_ml"] if known else summary.get("expected_error_ml"),
        score=summary.get("mean_uncertainty"),
        predicted_dice=summary.get("predicted_dice"),
        model=model,
    )
    return Candidate(entry, any(volume > 0 for volume in summary.get("volume_ml", {}).values()), case.updated)
