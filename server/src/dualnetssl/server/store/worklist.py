"""The worklist: which case to look at next, and what was served to whom. SQLite ranks: there may be ten thousand."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.schema import CaseState, NextRequest, WorklistEntry, WorklistOrder
from dualnetssl.server.store.database import Database

RESERVED_SECONDS = 3600.0
"""Time for which a case that was served to one annotator is kept from the others."""

Asked = Mapping[str, Any]
_RANKS: Mapping[WorklistOrder, str] = MappingProxyType(
    {
        WorklistOrder.BENEFIT: "benefit_ml IS NULL AS rank, -ifnull(benefit_ml, 0) AS place",
        WorklistOrder.UNCERTAINTY: "score IS NULL AS rank, -ifnull(score, 0) AS place",
        WorklistOrder.FOREGROUND_RANDOM: "NOT foreground AS rank, chance(:seed, name) AS place",
        WorklistOrder.NAME: "0 AS rank, 0 AS place",
    }
)
"""What the cases of a list are sorted by, before their names; what an order cannot rank comes last."""

_LIST = (
    "WITH candidates AS (SELECT c.name AS name, r.updated AS updated, r.label IS NOT NULL AS labelled,"
    " r.verified IS NOT NULL AS verified, n.model AS model,"
    # what was verified after the prediction was ordered is in the revision's figure alone
    " CASE WHEN r.label IS NOT NULL AND r.verified IS NOT NULL AND r.judged_by = n.model THEN r.benefit_ml"
    " ELSE n.expected_error_ml END AS benefit_ml, n.mean_uncertainty AS score, n.predicted_dice AS predicted_dice,"
    " coalesce(n.foreground, 0) AS foreground"
    " FROM cases c JOIN revisions r USING (dataset, name, revision) LEFT JOIN newest n USING (dataset, name)"
    " WHERE c.dataset = :dataset AND r.verified_fraction < 1),"
    " list AS (SELECT *, {ranks} FROM candidates)"
)
"""Of the cases that are not wholly verified, what an entry says and what sorts them."""

_PAGE = "SELECT * FROM list WHERE (rank, place, name) > (:rank, :place, :name) ORDER BY rank, place, name LIMIT :limit"
_BEFORE_ALL: Asked = MappingProxyType({"rank": -1, "place": 0, "name": ""})
_PLACE = "SELECT rank, place, name FROM list WHERE name = :name"

_NEXT = (
    "SELECT list.*, mine.name IS NOT NULL AND mine.model IS list.model AS served,"
    " EXISTS (SELECT 1 FROM servings s WHERE s.dataset = :dataset AND s.name = list.name AND s.annotator <> :annotator"
    " AND :now - s.time < :reserved_seconds AND list.updated <= s.time) AS reserved"
    " FROM list LEFT JOIN servings mine"
    " ON mine.dataset = :dataset AND mine.name = list.name AND mine.annotator = :annotator"
    " WHERE list.name NOT IN (SELECT value FROM json_each(:skip))"
    " ORDER BY reserved, iif(served, mine.time, 0), served, rank, place, list.name LIMIT 1"
)
"""The first that was not served yet, else the one whose serving is the longest ago.

Served counts for as long as no newer model has spoken. A case that another annotator was served lately, and has not
changed since, is left to them while others remain.
"""


class Worklist:
    """Queries on cases that are not wholly verified, and on servings."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def entries(
        self,
        dataset: str,
        order: WorklistOrder = WorklistOrder.BENEFIT,
        annotator: str = "",
        *,
        after: str = "",
        limit: int = -1,
    ) -> list[WorklistEntry]:
        """List the cases that are not wholly verified, in this order; what it cannot rank comes last.

        Args:
            dataset: its id.
            order: what comes first.
            annotator: for whom; the random order is another for each.
            after: only those that come after this case; empty: from the first on.
            limit: no more than so many; all if negative.

        Raises:
            Conflict: the case to come after is not in the list, or no longer.
        """
        asked = {"dataset": dataset, "seed": dataset + annotator, "limit": limit}
        with self._database.snapshot() as connection:
            place = _place(connection, order, asked, after) if after else _BEFORE_ALL
            return [_entry(row) for row in connection.execute(_of(order, _PAGE), {**asked, **place})]

    def serve(self, dataset: str, request: NextRequest, now: float | None = None) -> WorklistEntry | None:
        """Choose the next case for an annotator and remember that it was served; None if none is left."""
        now = time.time() if now is None else now
        asked = {
            "dataset": dataset,
            "annotator": request.annotator,
            "seed": dataset + request.annotator,
            "skip": json.dumps(request.skip),
            "now": now,
            "reserved_seconds": RESERVED_SECONDS,
        }
        with self._database.transaction() as connection:
            row = connection.execute(_of(request.order, _NEXT), asked).fetchone()
            if row is None:
                return None
            served = (dataset, row["name"], request.annotator, row["model"], now)
            connection.execute("INSERT OR REPLACE INTO servings VALUES (?, ?, ?, ?, ?)", served)
        return _entry(row)


def _of(order: WorklistOrder, query: str) -> str:
    return f"{_LIST.format(ranks=_RANKS[order])} {query}"


def _place(connection: sqlite3.Connection, order: WorklistOrder, asked: Asked, case: str) -> Asked:
    row = connection.execute(_of(order, _PLACE), {**asked, "name": case}).fetchone()
    if row is None:
        raise _left(case)
    return dict(row)


def _entry(row: sqlite3.Row) -> WorklistEntry:
    figures: dict[str, Any] = {key: row[key] for key in ("model", "benefit_ml", "score", "predicted_dice")}
    return WorklistEntry(case=row["name"], state=_state(row), **figures)


def _state(row: sqlite3.Row) -> CaseState:
    if not row["labelled"]:
        return CaseState.NEW if row["model"] is None else CaseState.PREDICTED
    return CaseState.IN_REVIEW if row["verified"] else CaseState.LABELLED


def _left(case: str) -> Conflict:
    return Conflict(
        f"a page of the worklist after case {case!r}, which is not in it",
        "a case that the worklist has now",
        "Ask for the first page again: a case leaves the worklist when it is verified or erased.",
    )
