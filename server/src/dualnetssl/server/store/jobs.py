"""Jobs: orders, and the only way their state changes (compare and set)."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection

from dualnetssl.contract.errors import Conflict, NotFound
from dualnetssl.contract.schema import Job, JobCreate, JobState, Problem
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.identifiers import new_id


class Jobs:
    """Queries on jobs."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def create(self, request: JobCreate, idempotency_key: str | None = None) -> tuple[Job, bool]:
        """Queue a job, once per key.

        Args:
            request: the order; its data set exists.
            idempotency_key: word under which the same order may be repeated without a second job.

        Returns:
            The job, and whether it is new.

        Raises:
            NotFound: there is no such data set.
            Conflict: the key was used for another order.
        """
        order, now, job = request.model_dump_json(), time.time(), new_id("job")
        row = (job, request.dataset, order, idempotency_key, JobState.QUEUED.value, 0, now, now, None, None)
        with self._database.transaction() as connection:
            earlier = _by_key(connection, idempotency_key)
            if earlier is None:
                _insert(connection, row)
            stored = earlier or connection.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        return _same(stored, order), earlier is None

    def get(self, job: str) -> Job:
        """Read one job.

        Raises:
            NotFound: there is none of that identifier.
        """
        row = self._database.row("SELECT * FROM jobs WHERE id = ?", (job,))
        if row is None:
            raise NotFound(f"job {job!r}", "a job of this server", "List the jobs to see which exist.")
        return _job(row)

    def find(self, *, dataset: str | None = None, states: Collection[JobState] = tuple(JobState)) -> list[Job]:
        """Read the jobs in these states, of one data set or of all, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM jobs WHERE (?1 IS NULL OR dataset = ?1) AND state IN (SELECT value FROM json_each(?2))"
            " ORDER BY created, rowid",
            (dataset, _json(states)),
        )
        return [_job(row) for row in rows]

    def tally(self) -> dict[JobState, int]:
        """Count the jobs in each state; a state that none is in is left out."""
        rows = self._database.rows("SELECT state, count(*) FROM jobs GROUP BY state")
        return {JobState(state): count for state, count in rows}

    def transition(
        self,
        job: str,
        from_states: Collection[JobState],
        to_state: JobState,
        *,
        attempt: int | None = None,
        problem: Problem | None = None,
        result_model: str | None = None,
    ) -> Job | None:
        """Change the state of a job if it is in one of the states given.

        Args:
            job: identifier.
            from_states: states in which the change is allowed.
            to_state: the new state.
            attempt: new count of attempts; unchanged if absent.
            problem: why the job is in its new state; an earlier problem is forgotten either way.
            result_model: model that the job made; unchanged if absent.

        Returns:
            The job as this change made it; None if it was in another state and nothing was changed.
        """
        reason = problem.model_dump_json() if problem else None
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE jobs SET state = ?, updated = ?, attempt = coalesce(?, attempt), problem = ?,"
                " result_model = coalesce(?, result_model)"
                " WHERE id = ? AND state IN (SELECT value FROM json_each(?))",
                (to_state.value, time.time(), attempt, reason, result_model, job, _json(from_states)),
            )
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        return _job(row) if changed.rowcount == 1 else None


def _json(states: Collection[JobState]) -> str:
    return json.dumps([state.value for state in states])


def _by_key(connection: sqlite3.Connection, key: str | None) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM jobs WHERE idempotency_key = ?", (key,)).fetchone()
    return row


def _insert(connection: sqlite3.Connection, row: tuple[str | int | float | None, ...]) -> None:
    try:
        connection.execute("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    except sqlite3.IntegrityError as error:
        raise NotFound(
            f"data set {row[1]!r}", "a data set of this server", "List the data sets to see which exist."
        ) from error


def _same(row: sqlite3.Row, order: str) -> Job:
    if row["request"] == order:
        return _job(row)
    raise Conflict(
        f"another order under the Idempotency-Key of job {row['id']}",
        "the same order again, or a new key",
        "Use a new Idempotency-Key for a new order.",
    )


def _job(row: sqlite3.Row) -> Job:
    fields = {key: row[key] for key in ("id", "state", "attempt", "created", "updated", "result_model")}
    problem = json.loads(row["problem"]) if row["problem"] else None
    return Job.model_validate({**json.loads(row["request"]), **fields, "problem": problem})
