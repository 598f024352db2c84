"""Labels that were begun, kept on the server as well, so that their annotator can go on at another computer."""

from __future__ import annotations

import tempfile
from pathlib import Path

from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import NotFound, RevisionConflict
from DualNetSSLLib.client.records import Draft, DraftPut
from DualNetSSLLib.labels.submit import upload_labels
from DualNetSSLLib.scans.cache import Cache
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import OpenedDraft


def put_draft(
    task: Task,
    dataset: str,
    case: str,
    label_file: str,
    verified_file: str,
    base_revision: int,
    annotator: str = "",
    model: str | None = None,
    generation: int | None = None,
) -> Draft:
    """Keep a draft on the server; the case stays as it is, and nothing learns from it.

    Args:
        task: the call.
        dataset: id of the data set.
        case: name of the case.
        label_file: ``.npy`` file with the label ``[k, j, i]``, uint8.
        verified_file: the mask of verified voxels likewise.
        base_revision: revision of the case that the work began with.
        annotator: whose work it is.
        model: id of the model whose prediction it began with.
        generation: of the draft that this one replaces; None if there was none.

    Raises:
        RevisionConflict: the same annotator has kept another draft meanwhile, which stays as it is.
        TransportError: the server cannot be reached.
    """
    files = {"label": Path(label_file), "verified": Path(verified_file)}
    with task.client() as client, tempfile.TemporaryDirectory(prefix="dualnetssl-") as scratch:
        digests = upload_labels(client, files, client.case(dataset, case).geometry, Path(scratch), task.cancel)
        content = DraftPut(base_revision=base_revision, model=model, **digests)
        try:
            return client.put_draft(dataset, case, annotator, content, generation=generation)
        except RevisionConflict:
            present = _draft(client, dataset, case, annotator)
            if present is None or not _holds(present, content):
                raise
            return present  # it is there already: only the answer to an earlier try was lost


def drafts(task: Task, dataset: str, case: str) -> list[Draft]:
    """List the drafts of a case by all annotators, the newest first."""
    with task.client() as client:
        return client.drafts(dataset, case)


def open_draft(task: Task, dataset: str, case: str, annotator: str = "") -> OpenedDraft | None:
    """Fetch an annotator's draft of a case; None if there is none. Progress counts bytes."""
    with task.client() as client:
        draft = _draft(client, dataset, case, annotator)
        if draft is None:
            return None
        cache, progress = Cache(task.desk.folder / "cache"), task.bytes_of(case)
        label, verified = (
            cache.volume(client, digest, progress=progress, cancel=task.cancel)
            for digest in (draft.label, draft.verified)
        )
        return OpenedDraft(draft=draft, label=label, verified=verified)


def delete_draft(task: Task, dataset: str, case: str, generation: int, annotator: str = "") -> None:
    """Forget a draft, provided that this is still its generation; one that is gone already is no error.

    Raises:
        RevisionConflict: the same annotator has kept another draft meanwhile, which stays as it is.
    """
    with task.client() as client:
        if _draft(client, dataset, case, annotator) is not None:
            client.delete_draft(dataset, case, annotator, generation=generation)


def _draft(client: Client, dataset: str, case: str, annotator: str) -> Draft | None:
    try:
        return client.draft(dataset, case, annotator)
    except NotFound:
        return None


def _holds(draft: Draft, content: DraftPut) -> bool:
    return content == DraftPut(**{name: getattr(draft, name) for name in content.to_json()})
