"""Labels that were begun and not submitted: kept on disk, so that neither another case nor a crash loses them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Container
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.tasks.user_folders import private_folder, user_folder

NOTE = "draft.json"
SENDING = "sending"
"""Beginning of the names of files that are being handed to the outbox: a new draft leaves them alone."""


@dataclass(frozen=True)
class Draft:
    """A label that was begun.

    Attributes:
        file: name of the ``.npy`` file with the label volume, uint8 ``[k, j, i]``.
        revision: of the case, when the work began.
        model: id of the model whose prediction the work began with; empty: it began with the case's label, or nothing.
        whole: whether the whole scan is vouched for, or the changed voxels alone.
        saved: when it was written, in seconds since 1970.
        verified: name of the ``.npy`` file with the mask of what is verified or was changed; empty in a draft of an
            earlier version, where changed voxels are found by comparison with what the work began with.
        generation: of the same draft on the server, as far as it was sent there; 0: it was not.
    """

    file: str
    revision: int
    model: str
    whole: bool
    saved: float
    verified: str = ""
    generation: int = 0


class Drafts:
    """The drafts of all cases, one folder for each.

    A draft's file gets a new name each time, as the one before may be in use as the voxels of a segmentation.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Keep them in ``folder``; by default in the user's own."""
        self._root = folder or user_folder() / "drafts"

    def folder(self, dataset: str, case: str) -> Path:
        """Return a case's folder; its name tells cases apart that differ in capitals only."""
        return self._root / dataset / f"{case}-{hashlib.sha256(case.encode()).hexdigest()[:8]}"

    def new_file(self, dataset: str, case: str, name: str = "label") -> Path:
        """Return a path that is free, in a folder that is there.

        Raises:
            LocalFileError: the folder cannot be made.
        """
        folder = self.folder(dataset, case)
        with local_file(folder):
            private_folder(folder)
        return folder / f"{name}-{time.time_ns()}.npy"

    def find(self, dataset: str, case: str) -> Draft | None:
        """Return a case's draft, if there is one that is complete."""
        folder = self.folder(dataset, case)
        try:
            draft = Draft(**json.loads((folder / NOTE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return draft if all((folder / name).is_file() for name in _files(draft)) else None

    def keep(self, dataset: str, case: str, draft: Draft) -> None:
        """Make a file that was written completely the draft of its case, in place of the one before.

        Raises:
            LocalFileError: the disk is full, or may not be written on.
        """
        folder = self.folder(dataset, case)
        self._write(folder, draft)
        self._clear(folder, {NOTE, *_files(draft)}, SENDING)

    def note_generation(self, dataset: str, case: str, generation: int) -> None:
        """Note that the server has a case's draft under this generation, if there is a draft.

        Raises:
            LocalFileError: the disk is full, or may not be written on.
        """
        draft = self.find(dataset, case)
        if draft is not None:
            self._write(self.folder(dataset, case), replace(draft, generation=generation))

    @staticmethod
    def _write(folder: Path, draft: Draft) -> None:
        note = folder / f"{NOTE}.part"
        with local_file(note):
            note.write_text(json.dumps(asdict(draft)), encoding="utf-8")
            os.replace(note, folder / NOTE)

    def discard(self, dataset: str, case: str) -> None:
        """Forget a case's draft."""
        folder = self.folder(dataset, case)
        with contextlib.suppress(OSError):
            (folder / NOTE).unlink()
        self._clear(folder)

    def set_aside(self, dataset: str, case: str) -> Path | None:
        """Put a case's draft where it does not come back by itself; returns its file, or None if there is no draft.

        Raises:
            LocalFileError: the file cannot be moved.
        """
        draft, folder = self.find(dataset, case), self.folder(dataset, case)
        if draft is None:
            return None
        aside = folder / "aside"
        with local_file(aside):
            private_folder(aside)
            (folder / NOTE).unlink()
            for name in _files(draft):
                os.replace(folder / name, aside / name)
        return aside / draft.file

    @staticmethod
    def _clear(folder: Path, kept: Container[str] = (), kept_beginning: str = NOTE) -> None:
        """Remove what is no longer needed; on Windows a file in use stays until the next time."""
        for path in folder.glob("*"):
            if path.is_file() and path.name not in kept and not path.name.startswith(kept_beginning):
                with contextlib.suppress(OSError):
                    path.unlink()


def _files(draft: Draft) -> tuple[str, ...]:
    return tuple(name for name in (draft.file, draft.verified) if name)
