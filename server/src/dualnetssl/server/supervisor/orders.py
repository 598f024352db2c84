"""From a job as ordered to the frozen order in its directory."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path

from dualnetssl.contract.config import AS_STORED, resolve
from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobCase, JobSpec, PredictConfig
from dualnetssl.contract.schema import Job, JobKind
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.store import Store
from dualnetssl.server.store.outlines import Outline


def prepare(store: Store, blobs: Blobs, job: Job, directory: JobDirectory) -> None:
    """Freeze the order of a job in its directory; one that is there already stays as it is.

    Raises:
        NotFound: the data set, the model or a file is gone.
        InvalidDataset: no case is left to work on.
    """
    if directory.spec_path.exists():
        return
    directory.path.mkdir(parents=True, exist_ok=True)
    model = None if job.model is None else _unpack_model(store, blobs, job.model, directory)
    training = job.kind is JobKind.TRAIN
    outlines, left_out = _outlines(store, job, None if model is None else _channels_of(Path(model)))
    directory.create(
        JobSpec(
            kind=job.kind,
            labels=store.datasets.get(job.dataset).labels,
            cases=tuple(_case(blobs, case, with_label=job.kind is not JobKind.PREDICT) for case in outlines),
            model=model,
            train=resolve(job.config, AS_STORED) if training else None,
            predict=PredictConfig() if training else PredictConfig.model_validate(job.config, context=AS_STORED),
            prepared=str(blobs.prepared.resolve()),
            left_out=left_out,
        )
    )


def _outlines(store: Store, job: Job, channels: int | None) -> tuple[list[Outline], tuple[str, ...]]:
    """Return the cases that a job works on, and the names of those whose channels it does not take."""
    found = store.cases.outlines(job.dataset, job.cases)
    if job.kind is JobKind.EVALUATE:
        found = [case for case in found if case.label is not None]
    cases = _alike(found, channels) if job.cases is None else found
    if not cases:
        raise InvalidDataset(
            "a job whose cases are gone, or none of which its model takes",
            "at least one case that the job can use",
            "Order a new job for other cases.",
        )
    taken = {case.case for case in cases}
    return cases, tuple(case.case for case in found if case.case not in taken)


def _alike(cases: list[Outline], channels: int | None) -> list[Outline]:
    """Leave out the scans of a data set whose channels are not the model's, or those of most if there is no model.

    Nobody has named them, and one of them would cost all others their prediction.
    """
    wanted = channels or next((each for each, _ in Counter(case.channels for case in cases).most_common(1)), None)
    return [case for case in cases if case.channels == wanted]


def _channels_of(model: Path) -> int | None:
    """Return the channels that a model takes; None if its card does not tell."""
    try:
        return len(json.loads((model / "training.json").read_bytes())["recipe"]["windows"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _case(blobs: Blobs, case: Outline, *, with_label: bool) -> JobCase:
    wanted = (case.label if with_label else None, case.verified)
    label, verified = (None if digest is None else str(blobs.path(digest)) for digest in wanted)
    return JobCase(case=case.case, image=str(blobs.path(case.image)), label=label, verified=verified)


def _unpack_model(store: Store, blobs: Blobs, model: str, directory: JobDirectory) -> str:
    folder = directory.path / "start" / model
    with zipfile.ZipFile(blobs.path(store.models.get(model).bundle)) as bundle:
        bundle.extractall(folder)
    return str(folder.resolve())


def image_digest(case: JobCase) -> str:
    """Return the digest of a case's image: blobs are named by it."""
    return Path(case.image).name
