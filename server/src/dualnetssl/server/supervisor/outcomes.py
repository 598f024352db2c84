"""From what a worker left in its directory to what the server remembers.

Every step may be done twice with the same effect as once, so a crash at any place is repaired by beginning again.
"""

from __future__ import annotations

import json
import logging
import math
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dualnetssl.contract.errors import ProblemError
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import Job, JobCreate, JobKind
from dualnetssl.contract.seals import read_seals
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.inspection import inspect_case
from dualnetssl.server.store import NewPrediction, Store
from dualnetssl.server.store.named import PREDICTED
from dualnetssl.server.store.outlines import Outline
from dualnetssl.server.supervisor.orders import image_digest

_EPOCH = (1980, 1, 1, 0, 0, 0)


def take_in(store: Store, blobs: Blobs, job: Job, directory: JobDirectory, result: JobResult) -> None:
    """Store the model or the predictions that a job made, and queue the prediction that follows a training.

    Raises:
        DiskFull: there is no room; the job directory still has everything.
    """
    if result.model:
        model = _record_model(store, blobs, job, directory, result)
        if job.predict_after:
            follow_up = JobCreate(kind=JobKind.PREDICT, dataset=job.dataset, model=model)
            store.jobs.create(follow_up, f"predict-after {model}")
    if result.predictions and job.model is not None:
        _record_predictions(store, blobs, job.model, directory)


def _record_model(store: Store, blobs: Blobs, job: Job, directory: JobDirectory, result: JobResult) -> str:
    archive = directory.path / "model.zip"
    pack(directory.model_path, archive)
    digest = blobs.import_file(archive)
    archive.unlink()
    return store.models.record(job.id, directory.read_spec().labels, result.metrics, digest).id


def pack(folder: Path, archive: Path) -> None:
    """Zip a folder so that equal files give equal bytes, whenever it is done."""
    with zipfile.ZipFile(archive, "w") as bundle:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            with path.open("rb") as source, bundle.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)


def _record_predictions(store: Store, blobs: Blobs, model: str, directory: JobDirectory) -> None:
    table = json.loads((directory.predictions_path / "predictions.json").read_bytes())
    ordered = {case.case: case for case in directory.read_spec().cases}
    images = {case: image_digest(order) for case, order in ordered.items()}
    rows = _new_predictions(blobs, directory.predictions_path, images, table["cases"])
    store.predictions.record(model, rows, blobs.has)
    dataset = store.models.get(model).dataset
    for case in store.cases.outlines(dataset, tuple(ordered)):
        if case.verified is not None and case.verified != _mask_digest(ordered[case.case]):
            _judge(store, blobs, model, dataset, case)


def _mask_digest(ordered: JobCase) -> str | None:
    return None if ordered.verified is None else Path(ordered.verified).name


def _judge(store: Store, blobs: Blobs, model: str, dataset: str, case: Outline) -> None:
    """Count again what is left to find in a case of which more was verified while the worker predicted it."""
    newest = next(iter(store.predictions.find(dataset, case.case)), None)
    if newest is None or newest.model != model:
        return
    files = [blobs.path(digest) for digest in (case.image, case.label, case.verified, newest.uncertainty) if digest]
    values = [label.value for label in store.datasets.get(dataset).labels]
    try:
        facts = inspect_case(*files, allowed_values=values, max_voxels=math.prod(case.geometry.size))
    except ProblemError:
        # what the worker counted stands, which is too much; a ranking is no reason to lose its predictions
        logging.getLogger(__name__).exception("what is left to find in a case could not be counted")
        return
    if facts.benefit_ml is not None:
        store.cases.judge(dataset, case.case, case.revision, facts.benefit_ml, model)


def _new_predictions(
    blobs: Blobs, folder: Path, images: Mapping[str, str], rows: Sequence[dict[str, Any]]
) -> list[NewPrediction]:
    """Take in the files of all rows at once; a worker of an earlier version keeps no opinions, or draws no sheet."""
    seals = read_seals(folder)
    parts = [(row["case"], part, row[part]) for row in rows for part in PREDICTED if part in row]
    digests = blobs.import_files((folder / name, seals.get(name)) for _, _, name in parts)
    volumes: dict[str, dict[str, str]] = {row["case"]: {} for row in rows}
    for (case, part, _), digest in zip(parts, digests, strict=True):
        volumes[case][part] = digest
    return [
        NewPrediction(case=row["case"], image=images[row["case"]], summary=row["summary"], **volumes[row["case"]])
        for row in rows
    ]
