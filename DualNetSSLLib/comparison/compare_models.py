"""Two models over the same scans: which is nearer to what was verified, what doubt is left, and what changed where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import NotFound
from DualNetSSLLib.client.records import Case, Geometry, LabelDefinition, Model, Prediction
from DualNetSSLLib.comparison.compare_labels import Overlap, box_geometry, changes, counted, overlaps, voxel_ml
from DualNetSSLLib.regions.finder import Finder, Query, reach_of
from DualNetSSLLib.regions.uncertain_voxels import gather_uncertain
from DualNetSSLLib.scans.cache import Cache
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import CachedVolume, ComparedCase, ComparedLabel, Comparison

Voxels = npt.NDArray[Any]


def compare_models(
    task: Task, dataset: str, before: str, after: str, threshold: float = 0.3, cases: Sequence[str] | None = None
) -> Comparison:
    """Compare what two models said of every case, or of these, that both have predicted.

    Progress counts cases, its text is the name of the one that comes next.

    Raises:
        NotFound: there is no such model or data set.
    """
    with task.client() as client:
        labels = client.dataset(dataset).labels
        lessons = [Lessons.of(client, client.models(dataset), model) for model in (before, after)]
        present = [case for case in client.cases(dataset) if cases is None or case.case in cases]
        found, missing = [], []
        for number, case in enumerate(present):
            task.say(case.case, number, len(present))
            pair = _pair(client, case, before, after)
            if pair is None:
                missing.append(case.case)
            else:
                learnt = [lesson.includes(client, case) for lesson in lessons]
                found.append(_compare(Volumes(task, client), case, pair, labels, threshold, learnt))
    task.say("", len(present), len(present))
    return Comparison(before=before, after=after, threshold=threshold, cases=tuple(found), missing=tuple(missing))


def find_changes(task: Task, dataset: str, case: str, before: str, after: str) -> CachedVolume | None:
    """Say where the segmentation of a case changed from one model to another; None if one has not predicted the case.

    Returns:
        A uint8 volume in the box of all changes, on its own part of the scan's grid, with the values of
        `compare_labels.GAINED` and its like.

    Raises:
        NotFound: there is no such case.
    """
    with task.client() as client:
        pair = _pair(client, client.case(dataset, case), before, after)
        if pair is None:
            return None
        old, new = (one.segmentation for one in pair)
        return Cache(task.desk.folder / "cache").derived(
            f"changes {old} {new}", lambda: _changed(Volumes(task, client), old, new)
        )


def _changed(volumes: Volumes, old: str, new: str) -> tuple[Voxels, Geometry]:
    found = changes(volumes(old), volumes(new))
    return found.kinds, box_geometry(volumes.of(new).geometry, found.lower, found.kinds.shape[::-1])


@dataclass(frozen=True)
class Lessons:
    """What a model learnt from, itself and through the models that it began from.

    Attributes:
        taught: names of the cases, as its training wrote them down; None: it did not.
        trainings: where it did not, for each training when it ended (seconds since 1970) and the cases that it was
            given (None: all of that time).
    """

    taught: frozenset[str] | None
    trainings: tuple[tuple[float, frozenset[str] | None], ...] = ()

    @classmethod
    def of(cls, client: Client, models: Sequence[Model], model: str) -> Lessons:
        """Read what a model's training wrote down, or else follow the model back to the first.

        Raises:
            NotFound: there is no such model.
        """
        known = {one.id: one for one in models}
        newest: Model | None = known.get(model) or client.model(model)
        taught = None if newest is None else newest.metrics.get("training_cases")
        if taught is not None:
            return cls(frozenset(taught))
        found: list[Model] = []
        while newest is not None and newest not in found:
            found.append(newest)
            newest = known.get(newest.parent or "")
        return cls(None, tuple((one.created, _given(client, one)) for one in found))

    def includes(self, client: Client, case: Case) -> bool:
        """Tell whether the model learnt from a label of this case.

        Where nothing is written down, a label that came while the training ran counts as learnt from.
        """
        name = case.case
        if self.taught is not None:
            return name in self.taught
        ends = [end for end, given in self.trainings if given is None or name in given]
        if not ends or case.label is None:
            return False
        history = client.revisions(case.dataset, name)
        return any(revision.label is not None and revision.updated <= max(ends) for revision in history)


def _given(client: Client, model: Model) -> frozenset[str] | None:
    """Return the cases that a training was restricted to; None: to none, or nobody knows any more."""
    try:
        cases = client.job(model.job).cases
    except NotFound:
        return None
    return None if cases is None else frozenset(cases)


def _pair(client: Client, case: Case, before: str, after: str) -> tuple[Prediction, Prediction] | None:
    said = {prediction.model: prediction for prediction in client.predictions(case.dataset, case.case)}
    return (said[before], said[after]) if before in said and after in said else None


class Volumes:
    """The voxels of volumes by their digests, mapped from the cache."""

    def __init__(self, task: Task, client: Client) -> None:
        """Fetch what is missing through this client."""
        self._task, self._client = task, client
        self._cache = Cache(task.desk.folder / "cache")

    def of(self, digest: str) -> CachedVolume:
        """Fetch a volume if it is not here."""
        self._task.cancel.check()
        return self._cache.volume(self._client, digest, cancel=self._task.cancel)

    def __call__(self, digest: str) -> Voxels:
        """Return the voxels ``[k, j, i]`` of a volume."""
        voxels: Voxels = np.load(self.of(digest).file, mmap_mode="r")
        return voxels


def _compare(
    volumes: Volumes,
    case: Case,
    pair: tuple[Prediction, Prediction],
    labels: Sequence[LabelDefinition],
    threshold: float,
    learnt: Sequence[bool],
) -> ComparedCase:
    segmentations = [volumes(prediction.segmentation) for prediction in pair]
    verified = None if case.verified is None else volumes(case.verified)
    whole = 0 if case.label is None else math.prod(case.geometry.size)
    left = _regions_left(volumes, pair, segmentations, verified, case, threshold, len(labels))
    voxel = voxel_ml(case.geometry)
    return ComparedCase(
        case=case.case,
        verified_voxels=whole if verified is None else int(np.count_nonzero(verified)),
        learnt_before=learnt[0],
        learnt_after=learnt[1],
        labels=_labels(volumes, case, segmentations, verified, labels),
        regions_before=left[0],
        regions_after=left[1],
        changed_ml=voxel * int(np.count_nonzero(segmentations[0] != segmentations[1])),
    )


def _labels(
    volumes: Volumes,
    case: Case,
    segmentations: Sequence[Voxels],
    verified: Voxels | None,
    labels: Sequence[LabelDefinition],
) -> tuple[ComparedLabel, ...]:
    voxel, counts = voxel_ml(case.geometry), [counted(segmentation) for segmentation in segmentations]
    scores: list[Mapping[int, Overlap]] = [{}, {}]
    if case.label is not None:
        truth, values = volumes(case.label), [label.value for label in labels]
        scores = [overlaps(segmentation, truth, verified, values) for segmentation in segmentations]
    return tuple(
        ComparedLabel(
            name=label.name,
            dice_before=_dice(scores[0], label.value),
            dice_after=_dice(scores[1], label.value),
            ml_before=voxel * int(counts[0][label.value]),
            ml_after=voxel * int(counts[1][label.value]),
        )
        for label in labels
    )


def _dice(scores: Mapping[int, Overlap], value: int) -> float | None:
    return scores[value].dice if value in scores else None


def _regions_left(
    volumes: Volumes,
    pair: Sequence[Prediction],
    segmentations: Sequence[Voxels],
    verified: Voxels | None,
    case: Case,
    threshold: float,
    labels: int,
) -> list[int]:
    """Count the uncertain regions of both maps in which something is not verified, cut to one size for both."""
    if case.label is not None and verified is None:
        return [0, 0]
    doubts = [
        gather_uncertain(volumes(prediction.uncertainty), segmentation, case.geometry, classes=labels + 1)
        for prediction, segmentation in zip(pair, segmentations, strict=True)
    ]
    reach_mm = reach_of(max(doubt.organ_mm3 for doubt in doubts))
    return [_open(Finder(doubt, reach_mm), threshold, verified) for doubt in doubts]


def _open(finder: Finder, threshold: float, verified: Voxels | None) -> int:
    marks = None if verified is None else finder.marks(verified)
    found = finder.find(Query(threshold), marks).regions
    return sum(region.verified_voxels < region.voxels for region in found)
