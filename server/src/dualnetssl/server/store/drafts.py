"""Drafts: labels that were begun and not submitted, one for each annotator of a case."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

from dualnetssl.contract.errors import NotFound, RevisionConflict
from dualnetssl.contract.schema import Draft, DraftPut
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.identifiers import anything, require_files

_FIELDS = 'name AS "case", annotator, generation, base_revision, model, label, verified, updated'
_KEY = "dataset = ? AND name = ? AND annotator = ?"


class Drafts:
    """Queries on drafts.

    The row of a draft that was deleted stays, without volumes: its number goes on, so that a computer which still has
    an old draft never takes a later one for its own.
    """

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def put(
        self,
        dataset: str,
        case: str,
        annotator: str,
        content: DraftPut,
        expected: int | None,
        present: Callable[[str], bool] = anything,
    ) -> Draft:
        """Store a draft in place of the annotator's last one.

        Args:
            dataset: an existing data set.
            case: pseudonym of an existing case.
            annotator: whose work it is; may be empty.
            content: digests of label and verified mask, and what they began with.
            expected: generation that the change was made to; None for a draft that must not exist yet.
            present: whether a file is still here; no file is erased while this is asked.

        Raises:
            NotFound: the case or a file was erased since it was looked at.
            RevisionConflict: the draft is at another generation, because the same annotator worked elsewhere.
        """
        key, began_with = (dataset, case, annotator), (content.base_revision, content.model)
        with self._database.transaction() as connection:
            _check_generation(connection, key, expected)
            _require_case(connection, dataset, case)
            require_files(present, content.label, content.verified)
            connection.execute(
                "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*key, _last(connection, key) + 1, *began_with, content.label, content.verified, time.time()),
            )
            query = f"SELECT {_FIELDS} FROM drafts WHERE {_KEY}"  # noqa: S608 - constants
            stored = connection.execute(query, key).fetchone()
        return Draft.model_validate(dict(stored))

    def get(self, dataset: str, case: str, annotator: str) -> Draft:
        """Read one draft.

        Raises:
            NotFound: the annotator has none of this case.
        """
        row = self._database.row(
            f"SELECT {_FIELDS} FROM drafts WHERE {_KEY} AND label <> ''",  # noqa: S608 - constants
            (dataset, case, annotator),
        )
        if row is None:
            raise _unknown(case, annotator)
        return Draft.model_validate(dict(row))

    def find(self, dataset: str, case: str) -> list[Draft]:
        """Read the drafts of a case, the newest first."""
        rows = self._database.rows(
            f"SELECT {_FIELDS} FROM drafts WHERE dataset = ? AND name = ? AND label <> ''"  # noqa: S608 - constants
            " ORDER BY updated DESC",
            (dataset, case),
        )
        return [Draft.model_validate(dict(row)) for row in rows]

    def delete(self, dataset: str, case: str, annotator: str, expected: int) -> None:
        """Forget a draft.

        Raises:
            NotFound: the annotator has none of this case.
            RevisionConflict: it is at another generation.
        """
        key = (dataset, case, annotator)
        with self._database.transaction() as connection:
            if _generation(connection, key) is None:
                raise _unknown(case, annotator)
            _check_generation(connection, key, expected)
            connection.execute(f"UPDATE drafts SET label = '', verified = '' WHERE {_KEY}", key)  # noqa: S608 - constant


def _require_case(connection: sqlite3.Connection, dataset: str, case: str) -> None:
    query = "SELECT 1 FROM cases WHERE dataset = ? AND name = ?"
    if connection.execute(query, (dataset, case)).fetchone() is None:
        raise NotFound(f"case {case!r}", "a case of this data set", "List the cases to see which exist.")


def _generation(connection: sqlite3.Connection, key: tuple[str, str, str]) -> int | None:
    query = f"SELECT generation FROM drafts WHERE {_KEY} AND label <> ''"  # noqa: S608 - constant
    row = connection.execute(query, key).fetchone()
    return None if row is None else int(row["generation"])


def _last(connection: sqlite3.Connection, key: tuple[str, str, str]) -> int:
    """Return the generation that was given last, to whatever draft there ever was; 0 if there was none."""
    row = connection.execute(f"SELECT generation FROM drafts WHERE {_KEY}", key).fetchone()  # noqa: S608 - constant
    if row is None:  # of a case that was erased, too: numbers go on
        row = connection.execute("SELECT number FROM floors WHERE dataset = ?", key[:1]).fetchone()
    return 0 if row is None else int(row[0])


def _check_generation(connection: sqlite3.Connection, key: tuple[str, str, str], expected: int | None) -> None:
    present = _generation(connection, key)
    if present == expected:
        return
    if present is None:
        raise RevisionConflict(
            f"a change to generation {expected} of a draft that is not there",
            "a change of a draft that is there, or a new draft",
            "It was submitted, thrown away or erased: list the drafts of the case. To keep it as a new one, send it "
            "with the header 'If-None-Match: *' in place of If-Match.",
        )
    raise RevisionConflict(
        "a new draft" if expected is None else f"a change to generation {expected} of a draft",
        f"a change to the present generation, {present}",
        "The same annotator worked on this case elsewhere: read the draft again and choose between the two.",
    )


def _unknown(case: str, annotator: str) -> NotFound:
    return NotFound(
        f"the draft of case {case!r} by {annotator!r}", "a draft that is there", "List the drafts of the case."
    )
