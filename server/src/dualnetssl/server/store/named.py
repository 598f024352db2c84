"""Which columns of which tables name files, and all that they name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from dualnetssl.contract import seals

PREDICTED = seals.PREDICTED
"""Of a prediction; the last two may be NULL."""
FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "revisions": ("image", "label", "verified"),
        "drafts": ("label", "verified"),
        "models": ("bundle",),
        "predictions": PREDICTED,
    }
)
"""Columns that name files, by table."""


def naming_columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield table and column of each, of those that a store has: one of an earlier version lacks some."""
    for table, columns in FILES.items():
        present = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        yield from ((table, column) for column in columns if column in present)


def named_digests(connection: sqlite3.Connection) -> set[str]:
    """Return the digests of all blobs that a row names."""
    parts = [
        f"SELECT {column} AS digest FROM {table}"  # noqa: S608 - constants
        for table, column in naming_columns(connection)
    ]
    query = f"SELECT digest FROM ({' UNION '.join(parts)}) WHERE digest <> ''"  # noqa: S608 - constants
    return {row[0] for row in connection.execute(query)} if parts else set()
