"""The book of results: one JSON object a line, written at once, only ever appended to; the newest of a kind counts."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = ("protocol", "way", "minutes", "preset", "seed", "fields")
"""What a result is of; two lines that agree in it are two tries at the same."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Book:
    """Results in a file."""

    path: Path

    def rows(self) -> list[Row]:
        """Return the results, the newest of each kind, in the order in which each kind came first.

        A line that a power cut left unfinished counts for nothing.
        """
        found: dict[str, Row] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else ():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue
            found[key_of(row)] = row
        return list(found.values())

    def find(self, wanted: Mapping[str, Any]) -> Row | None:
        """Return the newest result of a kind, None if there is none."""
        return next((row for row in self.rows() if key_of(row) == key_of(wanted)), None)

    def add(self, row: Row) -> None:
        """Append a result; it is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.exists() and not self.path.read_bytes().endswith(b"\n") and self.path.stat().st_size > 0
        with self.path.open("a", encoding="utf-8") as file:
            file.write(("\n" if unfinished else "") + json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())


def key_of(row: Mapping[str, Any]) -> str:
    """Return what a result is of, as text."""
    return json.dumps([row[part] for part in KEY], sort_keys=True)
