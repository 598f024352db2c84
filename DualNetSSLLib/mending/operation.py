"""The operations that mend a region: what the networks say stays in the background process while somebody tries."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from DualNetSSLLib.client.errors import InvalidRequest, NotFound, UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.interpolation import packed, unpacked
from DualNetSSLLib.mending.answers import Answer, answer
from DualNetSSLLib.mending.answers import second_opinions as answers_for
from DualNetSSLLib.mending.fill import filled_between, grown_from_seeds
from DualNetSSLLib.mending.kinds import BETWEEN, GROWN, TOUCHED
from DualNetSSLLib.mending.site import Array, Site, flat_of_box, may_change
from DualNetSSLLib.mending.spread import spread
from DualNetSSLLib.scans.opinions import Opinions, read_opinions
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import CachedPrediction, CachedVolume, MendedRegion, RegionBox


@dataclass
class OpinionMemory:
    """The opinions that were read last: those of the case that is open."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: tuple[str, Opinions] | None = None


def second_opinions(task: Task, prediction: CachedPrediction, region: RegionBox, label: int) -> list[MendedRegion]:
    """Return other answers for a region, those that differ from its label and from each other.

    Args:
        task: this call.
        prediction: of the case, as `open_case` returned it.
        region: the region as it is labelled now.
        label: value of the class in question; 0: none.

    Raises:
        NotFound: the prediction has no opinions.
        UnusableVolume: they cannot be read.
        LocalFileError: a file cannot be read.
    """
    site = _site(task, prediction, region)
    return [_record(found) for found in answers_for(site, label)]


def spread_touch(
    task: Task, prediction: CachedPrediction, image: CachedVolume, region: RegionBox, dabs: Mapping[str, str]
) -> MendedRegion:
    """Return how a region is labelled once what was touched has spread.

    Args:
        task: this call.
        prediction: as for `second_opinions`.
        image: the scan.
        region: the region as it is labelled now.
        dabs: what was touched for each class, by its value: masks of the region's box, packed.

    Raises:
        InvalidRequest: a class that the networks do not know.
        NotFound, UnusableVolume, LocalFileError: as `second_opinions`.
    """
    site = _site(task, prediction, region)
    masks = {int(value): unpacked(text, region.shape) > 0 for value, text in dabs.items()}
    try:
        label = spread(site, _mapped(image.file)[_box(region)], masks)
    except ValueError as error:
        raise InvalidRequest(f"A touch cannot spread: {error}.", "Touch with a class that the model knows.") from error
    return _record(answer(site, TOUCHED, label))


def go_on_from_paint(
    task: Task, prediction: CachedPrediction | None, image: CachedVolume, region: RegionBox, painted: str, kind: str
) -> MendedRegion:
    """Return how a region is labelled if what somebody has painted in it is carried on.

    Args:
        task: this call.
        prediction: as for `second_opinions`; None: there is none, and nothing grows.
        image: the scan.
        region: the region as it is labelled now.
        painted: which voxels of the region's box somebody has painted, packed.
        kind: one of `DualNetSSLLib.mending.kinds.FROM_PAINT`.

    Raises:
        InvalidRequest: nothing was painted that this could go on from.
        NotFound, UnusableVolume, LocalFileError: as `second_opinions`.
    """
    paint = unpacked(painted, region.shape) > 0
    if kind == BETWEEN:
        site = _cut(region, image.geometry)
        label = filled_between(site, paint)
        if label is None:
            raise InvalidRequest(
                "There is nothing to fill: no slice of this region lies between two painted ones.",
                "Paint two slices of one view, with others between them.",
            )
        return _record(answer(site, BETWEEN, label))
    if prediction is None:
        raise NotFound("There is no prediction to take seeds from.", "Paint the region, or train a model first.")
    site = _site(task, prediction, region)
    return _record(answer(site, GROWN, grown_from_seeds(site, _mapped(image.file)[_box(region)], paint)))


def _cut(region: RegionBox, grid: Geometry) -> Site:
    """Cut a region out of its scan, with nothing that networks say of it."""
    label, inside, held = (unpacked(part, region.shape) for part in (region.label, region.inside, region.held))
    i, j, k = grid.spacing
    return Site(
        label=label,
        free=may_change(inside > 0, held, label, region.locked),
        held=held > 0,
        chances=np.zeros((2, 0, *region.shape), np.float32),
        values=(),
        spacing=(k, j, i),
        locked=region.locked,
    )


def _site(task: Task, prediction: CachedPrediction, region: RegionBox) -> Site:
    """Cut a region out of what the networks say."""
    grid, predicted = prediction.segmentation.geometry, _mapped(prediction.segmentation.file)
    box = _box(region)
    said = _opinions(task, prediction, grid)
    task.cancel.check()
    chances = said.at(flat_of_box(box, grid.size).ravel(), predicted[box].ravel())
    return replace(_cut(region, grid), chances=chances.reshape(2, -1, *region.shape), values=said.values)


def _opinions(task: Task, prediction: CachedPrediction, grid: Geometry) -> Opinions:
    """Return the opinions of a case, from memory if it is the case of the last call."""
    file = prediction.opinions_file
    if file is None:
        raise NotFound(
            "This prediction does not tell what each network says: an earlier version made it.",
            "Predict the scan again; painting, accepting and restoring work without.",
        )
    memory = task.desk.memory(OpinionMemory)
    with memory.lock:
        if memory.known is None or memory.known[0] != file:
            memory.known = None
            memory.known = file, read_opinions(Path(file), grid.size)
        return memory.known[1]


def _box(region: RegionBox) -> tuple[slice, ...]:
    lower, shape = region.lower[::-1], region.shape
    return tuple(slice(first, first + length) for first, length in zip(lower, shape, strict=True))


def _record(found: Answer) -> MendedRegion:
    gained, lost = (
        {str(value): volume for value, volume in side.items()} for side in (found.gained_mm3, found.lost_mm3)
    )
    return MendedRegion(
        kind=found.kind,
        label=packed(found.label),
        changed_mm3=found.changed_mm3,
        gained_mm3=gained,
        lost_mm3=lost,
    )


def _mapped(file: str) -> Array:
    path = Path(file)
    try:
        with local_file(path):
            voxels: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        raise UnusableVolume(f"{path.name} is damaged.", "Open the case again; it is fetched anew.") from error
    return voxels
