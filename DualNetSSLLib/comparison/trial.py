"""Each labelled scan tests the last model that had not learnt from it: how good the models are, round by round."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.records import Case, Model, Prediction
from DualNetSSLLib.comparison.compare_labels import overlaps
from DualNetSSLLib.comparison.compare_models import Lessons, Volumes, Voxels
from DualNetSSLLib.comparison.mixed_dice import mixed_dice
from DualNetSSLLib.regions.finder import THRESHOLD, Finder, Query
from DualNetSSLLib.regions.uncertain_voxels import gather_uncertain
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.rounds import TriedModels, TriedScan

MOST_UNTOUCHED = 20
"""Two models are compared on so many scans without a label at most: each brings two volumes from the server."""


def try_models(task: Task, dataset: str, threshold: float = THRESHOLD) -> TriedModels:
    """Let every labelled scan test the last model that predicted it and had not learnt from it.

    Progress counts scans, its text is the name of the one that comes next.

    Args:
        task: this call.
        dataset: of the scans.
        threshold: a voxel belongs to a region if its uncertainty is greater.
    """
    with task.client() as client:
        values = [label.value for label in client.dataset(dataset).labels]
        models = sorted(client.models(dataset), key=lambda model: model.created)
        cases = client.cases(dataset)
        labelled = sorted((case for case in cases if case.label is not None), key=lambda case: case.updated)
        untouched = [case for case in cases if case.label is None][:MOST_UNTOUCHED] if len(models) > 1 else []
        lessons = {model.id: Lessons.of(client, models, model.id) for model in models}
        volumes, tried = Volumes(task, client), []
        total = len(labelled) + len(untouched)
        for number, case in enumerate(labelled):
            task.say(case.case, number, total)
            said = _of_a_stranger(client, case, models, lessons)
            if said is not None:
                tried.append(_tried(volumes, case, said, _taught(models, said.model), values, threshold))
        agreements = []
        for number, case in enumerate(untouched):
            task.say(case.case, len(labelled) + number, total)
            agreements += _agreement(volumes, client, case, models[-2:], values)
    task.say("", total, total)
    return TriedModels(
        scans=tuple(tried),
        taught=_taught(models, models[-1].id) if models else 0,
        agreement=_mean(agreements),
        untouched=len(agreements),
    )


def _of_a_stranger(
    client: Client, case: Case, models: Sequence[Model], lessons: Mapping[str, Lessons]
) -> Prediction | None:
    """Return what the newest model said of a scan that it had not learnt from; None if every model had."""
    said = {prediction.model: prediction for prediction in client.predictions(case.dataset, case.case)}
    newest_first = (model.id for model in reversed(models) if model.id in said)
    return next((said[model] for model in newest_first if not lessons[model].includes(client, case)), None)


def _taught(models: Sequence[Model], model: str) -> int:
    metrics: Mapping[str, Any] = next((known.metrics for known in models if known.id == model), {})
    cases = metrics.get("training_cases")
    return len(cases) if cases is not None else int(metrics.get("labelled_cases") or 0)


def _tried(
    volumes: Volumes, case: Case, said: Prediction, taught: int, values: Sequence[int], threshold: float
) -> TriedScan:
    segmentation, truth = volumes(said.segmentation), volumes(case.label or "")
    verified = None if case.verified is None else volumes(case.verified)
    doubt = gather_uncertain(volumes(said.uncertainty), segmentation, case.geometry, classes=len(values) + 1)
    regions, as_predicted = looked_at(Finder(doubt), threshold, segmentation, truth, verified)
    whole = 1.0 if verified is None else float(np.count_nonzero(verified)) / math.prod(case.geometry.size)
    return TriedScan(
        case=case.case,
        model=said.model,
        taught=taught,
        labelled=case.updated,
        dice=_mean(list(mixed_dice(segmentation, truth, verified, doubt, values).values())),
        measured=whole,
        regions=regions,
        as_predicted=as_predicted,
    )


def looked_at(
    finder: Finder, threshold: float, segmentation: Voxels, truth: Voxels, verified: Voxels | None
) -> tuple[int, int]:
    """Count the regions whose every voxel is verified, and those of them in which nothing had to be changed.

    Args:
        finder: of the regions of the segmentation.
        threshold: at which they are found.
        segmentation: label values ``[k, j, i]``.
        truth: label volume of the same shape.
        verified: mask of the same shape; None: everything is verified.
    """
    found = finder.find(Query(threshold))
    regions = as_predicted = 0
    for one in found.regions:
        where = found.voxels[one.start : one.start + one.voxels]
        if verified is None or bool((verified.reshape(-1)[where] != 0).all()):
            regions += 1
            as_predicted += bool((segmentation.reshape(-1)[where] == truth.reshape(-1)[where]).all())
    return regions, as_predicted


def _agreement(
    volumes: Volumes, client: Client, case: Case, models: Sequence[Model], values: Sequence[int]
) -> list[float]:
    """Return the mean Dice of two models' segmentations of a scan; nothing if one has not predicted it."""
    said = {prediction.model: prediction for prediction in client.predictions(case.dataset, case.case)}
    if any(model.id not in said for model in models):
        return []
    before, after = (volumes(said[model.id].segmentation) for model in models)
    found = _mean([overlap.dice for overlap in overlaps(after, before, None, values).values()])
    return [] if found is None else [found]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
