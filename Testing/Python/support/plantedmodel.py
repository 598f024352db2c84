"""Puts a model with its predictions into a running server, without any training: for measurements and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dualnetssl.contract.schema import JobCreate, JobState, LabelDefinition
from dualnetssl.server.store import NewPrediction, Store


@dataclass(frozen=True)
class Planted:
    """What a model is to have said of a case: three volumes in the scan's own geometry, figures, opinions, a sheet."""

    case: str
    segmentation: Path
    uncertainty: Path
    disagreement: Path
    summary: dict[str, Any] = field(default_factory=dict)
    opinions: Path | None = None
    sheet: Path | None = None


def plant(data_folder, client, dataset, said, metrics=None, parent=None):
    """Record a finished training with these predictions; returns the model's id.

    Args:
        data_folder: of the server.
        client: of the same server; it sends the volumes.
        dataset: record of the data set.
        said: one `Planted` a case.
        metrics: what the training is to have measured.
        parent: id of the model that it is to have gone on from.
    """
    store = Store(Path(data_folder) / "store.sqlite")
    try:
        job, _ = store.jobs.create(JobCreate(kind="train", dataset=dataset.id, model=parent))
        if not store.jobs.transition(job.id, [JobState.QUEUED], JobState.SUCCEEDED):
            raise RuntimeError("the server was quicker and has begun to train")
        labels = tuple(LabelDefinition.model_validate(label.to_json()) for label in dataset.labels)
        bundle = client.upload(said[0].segmentation)
        model = store.models.record(job.id, labels, metrics or {}, bundle).id
        store.predictions.record(model, [_uploaded(client, dataset, one) for one in said])
    finally:
        store.close()
    return model


def _uploaded(client, dataset, one):
    files = {name: client.upload(getattr(one, name)) for name in ("segmentation", "uncertainty", "disagreement")}
    image = client.case(dataset.id, one.case).image
    more = {name: path and client.upload(path) for name, path in (("opinions", one.opinions), ("sheet", one.sheet))}
    return NewPrediction(case=one.case, image=image, summary=one.summary, **files, **more)
