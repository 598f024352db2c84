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

from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import Case, Revision
from DualNetSSLLib.labels.merge_labels import Work, compare, merge
from DualNetSSLLib.scans.cache import Cache
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import ComparedWork, MergedWork
from DualNetSSLLib.tasks.user_folders import private_folder

STALE_SECONDS = 24 * 3600.0


def merge_revisions(
    task: Task, dataset: str, case: str, label_file: str, base_revision: int, verified_file: str | None = None
) -> MergedWork:
    """Put my label and the one that the server has into one, to be looked at, and submitted as the next revision.

    Voxels that both verified with different labels are labelled as mine and not verified: `find_contested` finds them.

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
        works = _works(task, client, theirs, label_file, base_revision, verified_file)
    label, verified = merge(*works)
    compared = _compared(theirs, *works)
    return MergedWork(compared=compared, label_file=keep_array(task, label), verified_file=keep_array(task, verified))


def _works(
    task: Task, client: Client, theirs: Case, label_file: str, base_revision: int, verified_file: str | None
) -> tuple[Work, Work, Work | None]:
    """Return my work, theirs, and what I began with, if it is another revision of the same scan."""
    revisions = client.revisions(theirs.dataset, theirs.case)
    began = next((one for one in revisions if (one.revision, one.image) == (base_revision, theirs.image)), None)
    mask = None if verified_file is None else map_label(Path(verified_file), theirs)
    mine = Work(map_label(Path(label_file), theirs), mask)
    return mine, fetch_work(task, client, theirs), None if began is None else fetch_work(task, client, began)


def fetch_work(task: Task, client: Client, content: Case | Revision) -> Work:
    """Return what a revision, or the newest one of a case, holds."""
    cache = Cache(task.desk.folder / "cache")
    label, verified = (
        None if digest is None else np.load(cache.volume(client, digest, cancel=task.cancel).file, mmap_mode="r")
        for digest in (content.label, content.verified)
    )
    return Work(label, verified)


def map_label(file: Path, case: Case) -> npt.NDArray[Any]:
    """Map a label or a mask into memory, read only.

    Raises:
        UnusableVolume: it does not fit the scan that the server has.
        LocalFileError: it cannot be read.
    """
    with local_file(file):
        voxels: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    if voxels.shape != case.geometry.size[::-1]:
        raise UnusableVolume(
            f"{file.name} has the shape {voxels.shape} [k, j, i]; the scan {case.case} on the server has "
            f"{case.geometry.size[::-1]}.",
            "The scan was replaced since: open the case again.",
        )
    return voxels


def _compared(theirs: Case, mine: Work, other: Work, began: Work | None) -> ComparedWork:
    met = compare(mine, other, began)
    return ComparedWork(
        theirs=theirs,
        agreed=met.agreed,
        mine=met.mine,
        theirs_alone=met.theirs,
        conflict=len(met.conflict),
    )


def keep_array(task: Task, array: npt.NDArray[Any]) -> str:
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
