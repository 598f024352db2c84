"""The trash: what is taken out of use lies under a date for some days before it is gone for good."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

GARBAGE = "garbage"
"""Files that nobody named."""
ERASED = "erased"
"""Files that somebody ordered to be erased, where the server was told to keep these for some days."""


@dataclass(frozen=True)
class Trash:
    """A folder ``REASON/YYYY-MM-DD`` of files for each day on which something was thrown away.

    Attributes:
        root: the folder; made when it is needed.
    """

    root: Path

    def take(self, path: Path, reason: str = GARBAGE, today: date | None = None) -> None:
        """Move a file here; one of the same name that came on the same day is replaced.

        Raises:
            OSError: it cannot be moved; it is where it was.
        """
        folder = self.root / reason / (today or date.today()).isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(path)
        shutil.move(path, folder / path.name)  # the blobs may lie on another disk

    def keep(self, name: str, data: bytes, reason: str = ERASED, today: date | None = None) -> None:
        """Write a file here, on the disk when this returns.

        Raises:
            OSError: it cannot be written.
        """
        folder = self.root / reason / (today or date.today()).isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def holds(self, name: str) -> bool:
        """Whether a file of this name is here."""
        return next(self.root.glob(f"*/*/{name}"), None) is not None

    def forget(self, name: str) -> None:
        """Remove a file for good.

        Raises:
            OSError: it cannot be removed.
        """
        for path in self.root.glob(f"{GARBAGE}/*/{name}"):
            path.unlink(missing_ok=True)

    def empty(self, reason: str, days: int, today: date | None = None) -> int:
        """Remove for good what came more than so many days ago; return how many files that were."""
        oldest = (today or date.today()) - timedelta(days=days)
        removed = 0
        for day, folder in self._days(reason):
            if day < oldest:
                removed += sum(1 for _ in folder.iterdir())
                shutil.rmtree(folder)
        return removed

    def files(self) -> list[Path]:
        """List the files that are here."""
        return sorted(self.root.glob("*/*/*"))

    def _days(self, reason: str) -> Iterator[tuple[date, Path]]:
        for folder in self.root.glob(f"{reason}/*"):
            try:
                yield date.fromisoformat(folder.name), folder
            except ValueError:  # not ours
                continue
