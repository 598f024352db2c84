"""Cases: what a scan is made of now, and every revision it had."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from dualnetssl.contract.errors import NotFound, RevisionConflict
from dualnetssl.contract.schema import Case, CasePut, CaseState, Geometry, Revision
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.identifiers import anything, require_files
from dualnetssl.server.store.outlines import Outline, outlines_of

_SELECT = (
    "SELECT r.*, EXISTS (SELECT 1 FROM predictions p WHERE p.dataset = c.dataset AND p.name = c.name) AS predicted"
    " FROM cases c JOIN revisions r ON (r.dataset, r.name, r.revision) = (c.dataset, c.name, c.revision)"
)


@dataclass(frozen=True)
class CheckedCase:
    """The content of a case after its volumes were inspected.

    Attributes:
        content: digests and annotator.
        geometry: grid of the image.
        verified_fraction: share of voxels that teach, 0 to 1.
        benefit_ml: volume that a prediction expects to be wrong and that is not verified; None without a prediction.
        judged_by: model of that prediction.
        channels: values of each voxel of the image.
    """

    content: CasePut
    geometry: Geometry
    verified_fraction: float
    benefit_ml: float | None = None
    judged_by: str | None = None
    channels: int = 1


class Cases:
    """Queries on cases."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def put(
        self,
        dataset: str,
        case: str,
        checked: CheckedCase,
        expected_revision: int | None,
        present: Callable[[str], bool] = anything,
    ) -> Case:
        """Store a new revision of a case; predictions of another image are dropped.

        Args:
            dataset: an existing data set.
            case: pseudonym of the scan.
            checked: its new content.
            expected_revision: the revision that the change was made to; None for a case that must not exist yet.
            present: whether a file is still here; no file is erased while this is asked.

        Raises:
            NotFound: there is no such data set, or a file was erased since it was looked at.
            RevisionConflict: the case is at another revision than expected.
        """
        with self._database.transaction() as connection:
            _require_dataset(connection, dataset)
            _check_revision(connection, dataset, case, expected_revision)
            require_files(present, checked.content.image, checked.content.label, checked.content.verified)
            _insert_revision(connection, dataset, case, checked)
            stored = connection.execute(f"{_SELECT} WHERE c.dataset = ? AND c.name = ?", (dataset, case)).fetchone()
        return _case(stored)

    def get(self, dataset: str, case: str) -> Case:
        """Read one case.

        Raises:
            NotFound: the data set has no such case.
        """
        row = self._database.row(f"{_SELECT} WHERE c.dataset = ? AND c.name = ?", (dataset, case))
        if row is None:
            raise _unknown(case)
        return _case(row)

    def find(
        self,
        dataset: str,
        connection: sqlite3.Connection | None = None,
        *,
        after: str = "",
        limit: int = -1,
    ) -> list[Case]:
        """Read cases of a data set by name.

        Args:
            dataset: its id.
            connection: reads them as its transaction sees them.
            after: only those whose names come after this one.
            limit: no more than so many; all if negative.
        """
        rows = self._database.rows if connection is None else lambda *query: connection.execute(*query).fetchall()
        query = f"{_SELECT} WHERE c.dataset = ? AND c.name > ? ORDER BY c.name LIMIT ?"
        return [_case(row) for row in rows(query, (dataset, after, limit))]

    def outlines(self, dataset: str, names: Sequence[str] | None = None) -> list[Outline]:
        """Read, by name, what a job needs to know of cases.

        Args:
            dataset: its id.
            names: of these cases alone, of which the data set need not have all; None: of all.
        """
        return [Outline(*row) for row in self._database.rows(*outlines_of(dataset, names))]

    def judge(self, dataset: str, case: str, revision: int, benefit_ml: float, model: str) -> None:
        """Store the volume of a revision that a prediction expects to be wrong and nobody has verified."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE revisions SET benefit_ml = ?, judged_by = ? WHERE dataset = ? AND name = ? AND revision = ?",
                (benefit_ml, model, dataset, case, revision),
            )

    def revisions(self, dataset: str, case: str) -> list[Revision]:
        """Read all revisions, oldest first, also those of a case that an earlier version took out without erasing it.

        Raises:
            NotFound: the data set never had such a case.
        """
        rows = self._database.rows(
            "SELECT revision, image, label, verified, annotator, model, updated FROM revisions"
            " WHERE dataset = ? AND name = ? ORDER BY revision",
            (dataset, case),
        )
        if not rows:
            raise _unknown(case)
        return [Revision.model_validate(dict(row)) for row in rows]


def _require_dataset(connection: sqlite3.Connection, dataset: str) -> None:
    if connection.execute("SELECT 1 FROM datasets WHERE id = ?", (dataset,)).fetchone() is None:
        raise NotFound(f"data set {dataset!r}", "a data set of this server", "List the data sets to see which exist.")


def _revision(connection: sqlite3.Connection, dataset: str, case: str) -> int | None:
    query = "SELECT revision FROM cases WHERE dataset = ? AND name = ?"
    row = connection.execute(query, (dataset, case)).fetchone()
    return None if row is None else int(row["revision"])


def _check_revision(connection: sqlite3.Connection, dataset: str, case: str, expected: int | None) -> None:
    present = _revision(connection, dataset, case)
    if present == expected:
        return
    if present is None:
        raise RevisionConflict(
            f"a change to revision {expected} of case {case!r}, which is not there",
            "a change of a case that is there, or a new case",
            "It was erased, or never stored: list the cases. To store it as a new one, send it with the header "
            "'If-None-Match: *' in place of If-Match.",
        )
    raise RevisionConflict(
        "a new case of a name that is taken" if expected is None else f"a change to revision {expected}",
        f"a change to {_present(connection, dataset, case, present)}",
        "Read the case again, look at what changed, and send the change with the present revision.",
    )


def _present(connection: sqlite3.Connection, dataset: str, case: str, revision: int) -> str:
    """Say which revision a case is at, and who made it when."""
    query = "SELECT annotator, updated FROM revisions WHERE dataset = ? AND name = ? AND revision = ?"
    row = connection.execute(query, (dataset, case, revision)).fetchone()
    when = datetime.fromtimestamp(row["updated"], timezone.utc).isoformat(" ", "minutes")
    return f"the present revision, {revision}, by {row['annotator'] or 'somebody'} on {when}"


def _insert_revision(connection: sqlite3.Connection, dataset: str, case: str, checked: CheckedCase) -> None:
    content = checked.content
    # numbers go on after an erasure, so that an entity tag never names two contents
    last = connection.execute(
        "SELECT coalesce((SELECT max(revision) FROM revisions WHERE dataset = ?1 AND name = ?2),"
        " (SELECT number FROM floors WHERE dataset = ?1), 0)",
        (dataset, case),
    ).fetchone()[0]
    key = (dataset, case, 1 + last)
    digests = (content.image, content.label, content.verified)
    grid, review = checked.geometry.model_dump_json(), (content.model, checked.benefit_ml, checked.judged_by)
    connection.execute(
        "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, *digests, content.annotator, grid, checked.verified_fraction, time.time(), *review, checked.channels),
    )
    connection.execute(
        "DELETE FROM predictions WHERE dataset = ? AND name = ? AND ? <> (SELECT image FROM revisions r JOIN cases c"
        " USING (dataset, name, revision) WHERE r.dataset = predictions.dataset AND r.name = predictions.name)",
        (dataset, case, content.image),
    )
    connection.execute(
        "INSERT INTO cases VALUES (?, ?, ?) ON CONFLICT (dataset, name) DO UPDATE SET revision = excluded.revision",
        key,
    )


def _case(row: sqlite3.Row) -> Case:
    fields = dict(row)
    name, predicted = fields.pop("name"), fields.pop("predicted")
    del fields["benefit_ml"], fields["judged_by"]
    geometry = json.loads(fields.pop("geometry"))
    return Case.model_validate({**fields, "case": name, "geometry": geometry, "state": _state(row, bool(predicted))})


def _state(row: sqlite3.Row, predicted: bool) -> CaseState:
    if row["label"] is None:
        return CaseState.PREDICTED if predicted else CaseState.NEW
    if row["verified"] is None:
        return CaseState.LABELLED
    return CaseState.VERIFIED if row["verified_fraction"] == 1 else CaseState.IN_REVIEW


def _unknown(case: str) -> NotFound:
    return NotFound(f"case {case!r}", "a case of this data set", "List the cases to see which exist.")
