"""My label of a case beside the one that somebody else has submitted meanwhile: compared, and put into one."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.cache import Cache
from DualNetSSLLib.client import Client
from DualNetSSLLib.errors import NotFound, RevisionConflict, UnusableVolume
from DualNetSSLLib.files import local_file
from DualNetSSLLib.merging import OPEN, Work, compare, merge
from DualNetSSLLib.places import private_folder
from DualNetSSLLib.records import Case, Revision
from DualNetSSLLib.reports import ComparedWork, MergedWork
from DualNetSSLLib.sending import Sender, outbox_of
from DualNetSSLLib.task import Task

STALE_SECONDS = 24 * 3600.0


def compare_revisions(
    task: Task, dataset: str, case: str, label_file: str, base_revision: int, verified_file: str | None = None
) -> ComparedWork:
    """Compare my label with the one that the server has.

    Args:
        task: the call.
        dataset: id of the data set.
        case: name of the case.
        label_file: ``.npy`` file with my label ``[k, j, i]``: of a draft, or of an entry of the outbox.
        base_revision: revision of the case that it was made from.
        verified_file: its mask of verified voxels likewise; None: the whole label counts.

    Raises:
        NotFound: the case is gone.
        UnusableVolume: my label does not fit the scan that the server has.
    """
    with task.client() as client:
        theirs = client.case(dataset, case)
        return _compared(task, theirs, *_works(task, client, theirs, label_file, base_revision, verified_file))


def merge_revisions(
    task: Task,
    dataset: str,
    case: str,
    label_file: str,
    base_revision: int,
    verified_file: str | None = None,
    conflict: str = OPEN,
) -> MergedWork:
    """Put my label and the one that the server has into one, to be looked at, and submitted as the next revision.

    Args:
        task: the call.
        dataset: as for `compare_revisions`, like all but the last.
        case: name of the case.
        label_file: my label.
        base_revision: revision of the case that it was made from.
        verified_file: its mask.
        conflict: ``open`` leaves voxels unverified that both verified with different labels, and labelled as theirs;
            ``mine`` or ``theirs`` takes that annotator's word for them.

    Raises:
        NotFound: the case is gone.
        UnusableVolume: my label does not fit the scan that the server has.
    """
    with task.client() as client:
        theirs = client.case(dataset, case)
        works = _works(task, client, theirs, label_file, base_revision, verified_file)
    label, verified = merge(*works, conflict)
    compared = _compared(task, theirs, *works)
    return MergedWork(compared=compared, label_file=_kept(task, label), verified_file=_kept(task, verified))


def submit_merged(task: Task, entry: str) -> Case:
    """Submit a label of the outbox together with what somebody else has submitted meanwhile; returns the case.

    Raises:
        NotFound: the outbox has no such entry.
        RevisionConflict: both verified the same voxels with different labels; nothing is sent, nothing is changed.
        TransportError: the server cannot be reached.
    """
    box = outbox_of(task.desk, task.server)
    found = box.find(entry)
    if found is None:
        raise NotFound("This label is not in the outbox any more.", "The server has it, or it was removed.")
    mine = (found.label_file, found.base_revision, found.verified_file)
    merged = merge_revisions(task, found.dataset, found.case, *mine)
    if merged.compared.conflict:
        raise _contradiction(merged.compared)
    with task.desk.shield():
        files = (Path(merged.label_file), Path(merged.verified_file))
        revision = merged.compared.theirs.revision
        joined = box.put(found.dataset, found.case, *files, revision, found.annotator, found.model)
        if joined.id != found.id:
            box.remove(found)  # what was in it is in the other now
    with task.client() as client:
        return Sender(box, client, task.cancel).send(joined)


def _contradiction(compared: ComparedWork) -> RevisionConflict:
    who = compared.theirs.annotator or "somebody else"
    return RevisionConflict(
        f"You and {who} verified {compared.conflict} voxels of {compared.theirs.case} with different labels.",
        "Both labels are kept: look at these voxels and decide.",
        status=412,
    )


def _works(
    task: Task, client: Client, theirs: Case, label_file: str, base_revision: int, verified_file: str | None
) -> tuple[Work, Work, Work | None]:
    """Return my work, theirs, and what I began with, if it is another revision of the same scan."""
    revisions = client.revisions(theirs.dataset, theirs.case)
    began = next((one for one in revisions if (one.revision, one.image) == (base_revision, theirs.image)), None)
    mask = None if verified_file is None else _mapped(Path(verified_file), theirs)
    mine = Work(_mapped(Path(label_file), theirs), mask)
    return mine, _fetched(task, client, theirs), None if began is None else _fetched(task, client, began)


def _fetched(task: Task, client: Client, content: Case | Revision) -> Work:
    """Return what a revision holds."""
    cache = Cache(task.desk.folder / "cache")
    label, verified = (
        None if digest is None else np.load(cache.volume(client, digest, cancel=task.cancel).file, mmap_mode="r")
        for digest in (content.label, content.verified)
    )
    return Work(label, verified)


def _mapped(file: Path, case: Case) -> npt.NDArray[Any]:
    with local_file(file):
        voxels: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    if voxels.shape != case.geometry.size[::-1]:
        raise UnusableVolume(
            f"{file.name} has the shape {voxels.shape} [k, j, i]; the scan {case.case} on the server has "
            f"{case.geometry.size[::-1]}.",
            "The scan was replaced since: open the case again.",
        )
    return voxels


def _compared(task: Task, theirs: Case, mine: Work, other: Work, began: Work | None) -> ComparedWork:
    met = compare(mine, other, began)
    return ComparedWork(
        theirs=theirs,
        agreed=met.agreed,
        mine=met.mine,
        theirs_alone=met.theirs,
        conflict=len(met.conflict),
        conflict_file=_kept(task, met.conflict),
    )


def _kept(task: Task, array: npt.NDArray[Any]) -> str:
    """Write an array where the panel can map it, and throw out those of other days."""
    folder = task.desk.folder / "merged"
    file = folder / f"{os.getpid()}-{uuid.uuid4().hex[:12]}.npy"
    with local_file(file):
        _sweep(private_folder(folder))
        np.save(file, array)
    return str(file)


def _sweep(folder: Path) -> None:
    for file in folder.glob("*.npy"):
        with contextlib.suppress(OSError):  # Windows keeps a file that is mapped; it is swept up another day
            if file.stat().st_mtime < time.time() - STALE_SECONDS:
                file.unlink()
