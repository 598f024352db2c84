"""Labels on their way to the server: on disk until it has acknowledged them, whatever dies in between.

::

    OUTBOX/SERVER/DATASET/ENTRY/   entry.json  label.npy  verified.npy
    OUTBOX/SERVER/DATASET/.lock    held by the one process that is sending

An entry appears and goes by one rename, so none is ever half there. The server takes the same content once only:
before sending, and after any doubt, the case's revisions tell whether it has it already.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from DualNetSSLLib.client.files import hash_file, local_file
from DualNetSSLLib.client.records import Record
from DualNetSSLLib.tasks.user_folders import plain_name, private_folder, server_folder

WAITING, SENDING, CONFLICT, REFUSED = "waiting", "sending", "conflict", "refused"
NOTE, LABEL, VERIFIED = "entry.json", "label.npy", "verified.npy"
BEGUN, GONE = ".begun-", ".gone-"


@dataclass(frozen=True, kw_only=True)
class Entry(Record):
    """A label that the server does not have yet.

    Attributes:
        id: its place in the order of submission.
        dataset: id of the data set.
        case: name of the case.
        base_revision: the revision of the case that the label was made from.
        annotator: who made it.
        digest: SHA-256 of the label's file and, if there is one, of the mask's, joined by a plus.
        created: when it was submitted, in seconds since 1970.
        state: ``waiting``; ``sending``; ``conflict``: somebody changed the case meanwhile, and the user has to decide;
            ``refused``: the server does not take it, ``reason`` says why.
        reason: what the server said last; empty if nothing was wrong.
        label_file: path of the ``.npy`` file with the label ``[k, j, i]``.
        verified_file: path of the mask; None if the whole label counts.
        model: id of the model whose prediction the label began with; None if it began with none.
    """

    id: str
    dataset: str
    case: str
    base_revision: int
    annotator: str | None
    digest: str
    created: float
    state: str = WAITING
    reason: str = ""
    label_file: str = ""
    verified_file: str | None = None
    model: str | None = None


class Outbox:
    """The entries for one server. Several processes may use the folder at the same time."""

    def __init__(self, root: Path, server: str) -> None:
        """Keep the entries below ``root``; ``server`` is what the server is known by."""
        self.folder = server_folder(root, server)

    def put(
        self,
        dataset: str,
        case: str,
        label_file: Path,
        verified_file: Path | None,
        base_revision: int,
        annotator: str | None = None,
        model: str | None = None,
    ) -> Entry:
        """Copy a label into the outbox; when this returns, it outlives a loss of power.

        The same label for the same revision is kept once, however often it is submitted.

        Raises:
            LocalFileError: a file cannot be read, or the disk is full.
        """
        digest = "+".join(hash_file(path) for path in (label_file, verified_file) if path is not None)
        for known in self.entries(dataset):
            if (known.case, known.base_revision, known.digest) == (case, base_revision, digest):
                return known if known.state in (WAITING, SENDING) else self.mark(known, WAITING)
        entry = Entry(
            id=f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}",
            dataset=dataset,
            case=case,
            base_revision=base_revision,
            annotator=annotator,
            digest=digest,
            created=time.time(),
            model=model,
        )
        home = self._dataset(dataset)
        with local_file(home):
            private_folder(home)
            begun = Path(tempfile.mkdtemp(prefix=BEGUN, dir=home))
        with local_file(label_file):
            _copy(label_file, begun / LABEL)
            if verified_file is not None:
                _copy(verified_file, begun / VERIFIED)
            _write(begun / NOTE, entry)
            begun.replace(home / entry.id)
            _flush(home)
        return self._filled(entry)

    def entries(self, dataset: str | None = None) -> list[Entry]:
        """List what the server does not have yet, of one data set or of all, in the order of submission."""
        homes = [self._dataset(dataset)] if dataset else [home for home in _folders(self.folder)]
        found = [self._read(folder) for home in homes for folder in _folders(home)]
        return sorted((entry for entry in found if entry is not None), key=lambda entry: entry.id)

    def find(self, entry_id: str) -> Entry | None:
        """Return an entry as it is now; None if the server has it."""
        return next((entry for entry in self.entries() if entry.id == entry_id), None)

    def mark(self, entry: Entry, state: str, reason: str = "", base_revision: int | None = None) -> Entry:
        """Note how an entry stands."""
        base = entry.base_revision if base_revision is None else base_revision
        changed = dataclasses.replace(entry, state=state, reason=reason, base_revision=base)
        note = self._place(entry) / NOTE
        with local_file(note):
            _write(note, changed)
        return changed

    def remove(self, entry: Entry) -> None:
        """Forget an entry: the server has it, or the user does not want it."""
        place = self._place(entry)
        gone = place.with_name(f"{GONE}{entry.id}")
        with local_file(place):
            place.replace(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def clean(self) -> None:
        """Remove what a death has left of entries that never were, or are no more."""
        for home in _folders(self.folder):
            for left in home.glob(f"{GONE}*"):
                shutil.rmtree(left, ignore_errors=True)
            for left in home.glob(f"{BEGUN}*"):
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - left.stat().st_mtime > 3600:
                        shutil.rmtree(left, ignore_errors=True)

    def lock_file(self, dataset: str) -> Path:
        """Return the file whose lock is held by who sends."""
        with local_file(self.folder):
            return private_folder(self._dataset(dataset)) / ".lock"

    def _dataset(self, dataset: str) -> Path:
        return self.folder / plain_name(dataset)

    def _place(self, entry: Entry) -> Path:
        return self._dataset(entry.dataset) / entry.id

    def _read(self, folder: Path) -> Entry | None:
        """Return the entry of a folder; None if it has just gone."""
        try:
            return self._filled(Entry.from_json(json.loads((folder / NOTE).read_text(encoding="utf-8"))))
        except FileNotFoundError:
            return None

    def _filled(self, entry: Entry) -> Entry:
        place = self._place(entry)
        mask = place / VERIFIED
        return dataclasses.replace(
            entry, label_file=str(place / LABEL), verified_file=str(mask) if mask.exists() else None
        )


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    _flush(target)


def _write(path: Path, entry: Entry) -> None:
    """Replace a note as a whole."""
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
    part.write_text(
        json.dumps(dataclasses.replace(entry, label_file="", verified_file=None).to_json()), encoding="utf-8"
    )
    _flush(part)
    part.replace(path)


def _flush(path: Path) -> None:
    """Have what was written on the disk itself; Windows does that for folders by itself."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
