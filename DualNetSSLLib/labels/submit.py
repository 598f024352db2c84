"""Sends what waits in the outbox: once, in order, and never over what somebody else has submitted meanwhile."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import (
    DiskFull,
    DualNetSSLError,
    InternalError,
    NotFound,
    RevisionConflict,
    ServerProblem,
    Unauthorized,
)
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import Case, CasePut, Geometry, Revision
from DualNetSSLLib.client.volumes import label_for_upload, volume_from_array
from DualNetSSLLib.labels.outbox import CONFLICT, REFUSED, SENDING, WAITING, Entry, Outbox
from DualNetSSLLib.tasks.call import Desk, Server, Task
from DualNetSSLLib.tasks.lock import locked

POSTMAN_SECONDS = 10.0


def outbox_of(desk: Desk, server: Server) -> Outbox:
    """Return the outbox for a server."""
    return Outbox(desk.folder / "outbox", server.name)


def submit(
    task: Task,
    dataset: str,
    case: str,
    label_file: str,
    base_revision: int,
    verified_file: str | None = None,
    annotator: str | None = None,
    model: str | None = None,
) -> Case:
    """Keep a label in the outbox, then send it; returns the case with its new revision.

    The first progress says that the label is safe: the files given are not needed any more. Whatever fails after that,
    the label stays in the outbox and goes out by itself once the server is back, unless there is a conflict.

    Args:
        task: the call.
        dataset: id of the data set.
        case: name of the case.
        label_file: ``.npy`` file with the label ``[k, j, i]``, uint8.
        base_revision: revision of the case that the label was made from.
        verified_file: the mask of verified voxels likewise; None: the whole label counts.
        annotator: who made it.
        model: id of the model whose prediction it began with.

    Raises:
        RevisionConflict: somebody changed the case meanwhile; both labels are kept, and `resolve` decides.
        ServerProblem: the server does not take the label, and says why.
        TransportError: the server cannot be reached now.
    """
    box = outbox_of(task.desk, task.server)
    with task.desk.shield():
        mask = Path(verified_file) if verified_file else None
        entry = box.put(dataset, case, Path(label_file), mask, base_revision, annotator, model)
    task.say(f"{case} is kept on this computer until the server has it.")
    with task.client() as client:
        return Sender(box, client, task.cancel).send(entry)


def outbox(task: Task) -> list[Entry]:
    """List the labels that the server does not have yet."""
    return outbox_of(task.desk, task.server).entries()


def resolve(task: Task, entry: str, keep: str) -> Case | None:
    """Decide about a label that is in conflict or was refused.

    Args:
        task: the call.
        entry: id of the label's entry.
        keep: ``mine`` sends it as the next revision after the one that the server has, which stays among the case's
            revisions; ``theirs`` removes it from the outbox.

    Raises:
        NotFound: the outbox has no such entry.
    """
    box = outbox_of(task.desk, task.server)
    found = box.find(entry)
    if found is None:
        raise NotFound("This label is not in the outbox any more.", "The server has it, or it was removed.")
    if keep == "theirs":
        box.remove(found)
        return None
    with task.client() as client:
        newest = client.case(found.dataset, found.case).revision
        return Sender(box, client, task.cancel).send(box.mark(found, WAITING, base_revision=newest))


def upload_labels(
    client: Client, files: Mapping[str, Path], geometry: Geometry, scratch: Path, cancel: CancelToken
) -> dict[str, str]:
    """Send ``.npy`` files of labels or masks ``[k, j, i]`` on this grid; returns their digests by the same names.

    A mask called ``verified`` may have the bits of `DualNetSSLLib.labels.marks`; it is sent as 0 and 1.

    Raises:
        LocalFileError: a file cannot be read.
        UnusableVolume: a file holds no label of this size.
    """
    digests = {}
    for name, file in files.items():
        with local_file(file):
            voxels = np.load(file, allow_pickle=False)
        if name == "verified":
            voxels = (voxels != 0).astype(np.uint8)
        packed = label_for_upload(volume_from_array(voxels, geometry), scratch / f"{name}.nrrd")
        digests[name] = client.upload(packed, cancel=cancel)
    return digests


class Sender:
    """Sends entries of one outbox through one client."""

    def __init__(self, box: Outbox, client: Client, cancel: CancelToken) -> None:
        """Send from ``box`` to ``client``'s server until ``cancel`` is cancelled."""
        self._box, self._client, self._cancel = box, client, cancel

    def send(self, entry: Entry) -> Case:
        """Send an entry, and before it what was submitted before for the same case; returns the case.

        Raises:
            RevisionConflict: somebody else changed the case meanwhile.
            ServerProblem: the server refuses the label.
            TransportError: the server cannot be reached; the entry waits.
        """
        with locked(self._box.lock_file(entry.dataset), self._cancel):
            for earlier in self._box.entries(entry.dataset):
                if earlier.case == entry.case and earlier.id < entry.id and earlier.state in (WAITING, SENDING):
                    self._send(earlier)
            now = self._box.find(entry.id)
            return self._send(now) if now else self._client.case(entry.dataset, entry.case)

    def send_all(self) -> None:
        """Send every entry that waits; what is in conflict or refused is passed over and stays.

        Raises:
            TransportError: the server cannot be reached.
        """
        for entry in self._box.entries():
            if entry.state in (WAITING, SENDING):
                try:
                    self.send(entry)
                except ServerProblem as error:
                    if not _final(error):
                        raise

    def _send(self, entry: Entry) -> Case:
        """Send one entry and note what became of it."""
        entry = self._box.mark(entry, SENDING)
        try:
            case, revision = self._deliver(entry)
        except RevisionConflict as error:
            self._box.mark(entry, CONFLICT, error.cause)
            raise
        except DualNetSSLError as error:
            self._box.mark(entry, REFUSED if _final(error) else WAITING, str(error))
            raise
        self._acknowledged(entry, revision)
        return case

    def _deliver(self, entry: Entry) -> tuple[Case, int]:
        """Bring a label to the server, unless it is there already; returns the case and the label's revision."""
        case = self._client.case(entry.dataset, entry.case)
        with tempfile.TemporaryDirectory(prefix="dualnetssl-") as scratch:
            content = self._upload(entry, case, Path(scratch))
        known = self._known(entry, content)
        if known is not None:
            return case, known.revision
        if case.revision != entry.base_revision:
            raise _conflict(entry, case)
        try:
            case = self._client.put_case(entry.dataset, entry.case, content, revision=entry.base_revision)
        except RevisionConflict:
            raise _conflict(entry, self._client.case(entry.dataset, entry.case)) from None
        return case, case.revision

    def _upload(self, entry: Entry, case: Case, scratch: Path) -> CasePut:
        given = {"label": entry.label_file, "verified": entry.verified_file}
        files = {name: Path(file) for name, file in given.items() if file is not None}
        digests = upload_labels(self._client, files, case.geometry, scratch, self._cancel)
        same = (digests.get("label"), digests.get("verified")) == (case.label, case.verified)
        annotator = entry.annotator or (case.annotator if same else None)  # never another's name for new work
        return CasePut(image=case.image, annotator=annotator, model=entry.model, **digests)

    def _known(self, entry: Entry, content: CasePut) -> Revision | None:
        """Return the revision that this entry has become, if its sending was only never acknowledged."""
        for revision in self._client.revisions(entry.dataset, entry.case):
            same = (revision.label, revision.verified) == (content.label, content.verified)
            if revision.revision > entry.base_revision and same:
                return revision
        return None

    def _acknowledged(self, entry: Entry, revision: int) -> None:
        """Let later labels of the same hand follow on this one, then forget it."""
        for later in self._box.entries(entry.dataset):
            if later.case == entry.case and later.id > entry.id and later.base_revision == entry.base_revision:
                self._box.mark(later, WAITING, base_revision=revision)
        self._box.remove(entry)


def _final(error: DualNetSSLError) -> bool:
    """Tell whether the server would say the same again tomorrow."""
    return isinstance(error, ServerProblem) and not isinstance(error, DiskFull | Unauthorized | InternalError)


def _conflict(entry: Entry, case: Case) -> RevisionConflict:
    who = case.annotator or "Somebody"
    return RevisionConflict(
        f"{who} submitted revision {case.revision} of {case.case} since you began with revision {entry.base_revision}.",
        "Both labels are kept: compare them, then send yours as the next revision or drop it.",
        status=412,
    )


class Postman:
    """Tries again and again to send what waits, until the desk is closed."""

    def __init__(self, desk: Desk, seconds: float = POSTMAN_SECONDS) -> None:
        """Look every so many seconds."""
        self._desk, self._seconds = desk, seconds
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def _run(self) -> None:
        while not self._desk.closing.wait(self._seconds):
            server = self._desk.server
            if server is not None:
                self._round(server)

    def _round(self, server: Server) -> None:
        box = outbox_of(self._desk, server)
        try:
            box.clean()
            if any(entry.state in (WAITING, SENDING) for entry in box.entries()):
                with server.client() as client:
                    Sender(box, client, CancelToken()).send_all()
        except (DualNetSSLError, OSError):
            return  # the entries say why; the next round tries again
