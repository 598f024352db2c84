"""How the cases of a data set are named: after files, or by number while this computer alone knows what they are."""

from __future__ import annotations

import json
import uuid
from collections.abc import Container
from pathlib import Path

from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import NotFound, UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import Case
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.user_folders import plain_name, private_folder, server_folder


class Naming:
    """Names cases as their scans are called here."""

    def __init__(self, client: Client, dataset: str, names: CalledHere) -> None:
        """Name cases of this data set, and keep in ``names`` what those are called whose names had to be changed."""
        self.client, self.dataset, self._names = client, dataset, names

    def find(self, called: str, digest: str) -> tuple[str, Case | None]:
        """Return the name for a scan, and its case if it is there already.

        Args:
            called: what the scan is called here.
            digest: SHA-256 of the scan's file as it is sent.

        Raises:
            UnusableVolume: another scan has this name.
        """
        try:
            present = self.client.case(self.dataset, called)
        except NotFound:
            return called, None
        if present.image != digest:
            raise UnusableVolume(f"Another scan of the data set is called {called}.", "Rename the file.")
        return called, present

    def added(self, case: str, called: str) -> None:
        """Take note that the scan is in the data set, and what its file is called."""
        if case != called:
            self._names.note(case, called)


class Numbering:
    """Names cases by number; a scan that is there is known by its voxels, what it is called stays on this computer."""

    def __init__(self, client: Client, dataset: str, names: CalledHere) -> None:
        """Name cases of this data set, and keep in ``names`` what they are called here."""
        self.client, self.dataset, self._names = client, dataset, names
        cases = client.cases(dataset)
        self._by_image = {case.image: case for case in cases}
        self._taken = {case.case for case in cases}

    def find(self, called: str, digest: str) -> tuple[str, Case | None]:
        """Return the name for a scan, and its case if it is there already; see `Naming.find`."""
        present = self._by_image.get(digest)
        return (free_number(self._taken), None) if present is None else (present.case, present)

    def added(self, case: str, called: str) -> None:
        """Take note that the scan is in the data set."""
        self._taken.add(case)
        if case != called:
            self._names.note(case, called)


class CalledHere:
    """What the cases of a data set are called on this computer: a file that is sent nowhere."""

    def __init__(self, task: Task, dataset: str) -> None:
        """Keep it in the user's own folder."""
        self._file = server_folder(task.desk.folder / "names", task.server.name) / f"{plain_name(dataset)}.json"

    def all(self) -> dict[str, str]:
        """Return what each case is called here, as far as that is known."""
        try:
            known: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return known

    def note(self, case: str, called: str) -> None:
        """Keep what a case is called here.

        Raises:
            LocalFileError: the disk is full, or may not be written on.
        """
        known = self.all()
        if known.get(case) == called:
            return
        with local_file(self._file):
            part = private_folder(self._file.parent) / f"{self._file.name}.{uuid.uuid4().hex[:8]}"
            _replace(self._file, part, json.dumps({**known, case: called}))


def case_names(task: Task, dataset: str) -> dict[str, str]:
    """Return what the cases of a data set are called on this computer, by the names that the server knows."""
    return CalledHere(task, dataset).all()


def free_number(taken: Container[str]) -> str:
    """Return the first number that is not taken.

    Example:
        >>> free_number(()), free_number({"case-001", "case-002", "case-4"})
        ('case-001', 'case-003')
    """
    number = 1
    while (name := f"case-{number:03d}") in taken:
        number += 1
    return name


def _replace(file: Path, part: Path, text: str) -> None:
    """Write a file as a whole, or not at all."""
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
