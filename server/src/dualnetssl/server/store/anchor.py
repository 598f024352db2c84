"""How far the audit had come, kept apart from it, so that what is cut off its end is missed."""

from __future__ import annotations

from dualnetssl.server.store.database import Database


class Anchor:
    """The number of lines of the audit and the hash of the last one."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def read(self) -> tuple[int, str] | None:
        """Return lines and hash as they were last kept; None if there is no audit yet."""
        row = self._database.row("SELECT lines, hash FROM audit_anchor")
        return None if row is None else (row["lines"], row["hash"])

    def keep(self, lines: int, digest: str) -> None:
        """Keep lines and hash; never go back.

        It is no change of the store: each read of a case would else outdate every list that clients have.
        """
        with self._database.transaction(counted=False) as connection:
            connection.execute(
                "INSERT INTO audit_anchor VALUES (1, ?1, ?2) ON CONFLICT (one)"
                " DO UPDATE SET lines = ?1, hash = ?2 WHERE lines < ?1",
                (lines, digest),
            )
