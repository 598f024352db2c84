"""The operation that finds the regions of every predicted scan and deals out those that come next."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from DualNetSSLLib.client.records import Case
from DualNetSSLLib.regions.dealing import Candidate, by_scan, deal
from DualNetSSLLib.regions.finder import THRESHOLD, Finder, Query
from DualNetSSLLib.regions.operation import finder_of
from DualNetSSLLib.regions.ranking import VerifiedSums
from DualNetSSLLib.regions.uncertain_voxels import FLOOR
from DualNetSSLLib.regions.usefulness import knows_too_little
from DualNetSSLLib.scans.cache import Cache
from DualNetSSLLib.scans.open_case import fetch_predictions
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import CachedPrediction, FoundRegion
from DualNetSSLLib.tasks.rounds import DealtRegion, DealtRegions

DEALT = 40
"""So many regions are dealt unless another number is asked for: some twenty minutes of a person."""


@dataclass(frozen=True)
class ScanRegions:
    """The regions of one scan.

    Attributes:
        regions: by what is left to gain, the largest first.
        places: index of a voxel of each, which tells it from the others.
        useful: whether a walk through them is worth a person's time.
    """

    regions: tuple[FoundRegion, ...]
    places: tuple[int, ...]
    useful: bool


@dataclass
class AllScansMemory:
    """The regions of the scans of the last list, by what they were found from."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: dict[tuple[object, ...], ScanRegions] = field(default_factory=dict)


def deal_regions(
    task: Task,
    dataset: str,
    model: str | None = None,
    *,
    kind: str = "uncertainty",
    threshold: float = THRESHOLD,
    most: int = 50,
    limit: int = DEALT,
    number: int = 1,
    seed: str = "",
) -> DealtRegions:
    """Deal out regions of every scan that a model has predicted and nobody has verified as a whole.

    The first call takes as long as `find_regions` for every scan; the next ones for what has changed. Progress counts
    scans, its text is the name of the one that comes next.

    Args:
        task: this call.
        dataset: of the scans.
        model: whose maps to take; None: for each scan the newest.
        kind: of the map, as `find_regions` has it.
        threshold: as `find_regions` has it.
        most: regions of a scan that take part at most, those with the largest gain.
        limit: regions that are dealt at most.
        number: of the round, from 1; chance plays the smaller a part the later it is.
        seed: whose chance it is: the annotator's.
    """
    with task.client() as client:
        cases = [case for case in client.cases(dataset) if case.label is None or case.verified is not None]
    said = {one.prediction.case: one for one in fetch_predictions(task, dataset, model, [case.case for case in cases])}
    present = {case.case: case for case in cases if case.case in said}
    memory, found = task.desk.memory(AllScansMemory), {}
    for place, (name, case) in enumerate(present.items()):
        task.say(name, place, len(present))
        found[name] = _regions_of(task, memory, case, said[name], kind, threshold, most)
    with memory.lock:
        memory.known = {key: scan for key, scan in memory.known.items() if any(scan is one for one in found.values())}
    task.say("", len(present), len(present))
    useful = {name: scan for name, scan in found.items() if scan.useful}
    candidates = list(_candidates(useful))
    dealt = deal(candidates, number, limit, seed)
    return DealtRegions(
        regions=tuple(_told(useful[name], one) for name, ones in by_scan(dealt).items() for one in ones),
        number=number,
        threshold=max(FLOOR, threshold),
        kind=kind,
        left=sum(one.gain > 0 for one in candidates) - len(dealt),
        looked_at=len(present),
        too_little=tuple(name for name, scan in found.items() if not scan.useful),
        unpredicted=len(cases) - len(present),
    )


def _regions_of(
    task: Task, memory: AllScansMemory, case: Case, said: CachedPrediction, kind: str, threshold: float, most: int
) -> ScanRegions:
    """Return the regions of a scan, from memory if they were found from the same before."""
    digests = (said.segmentation.digest, said.uncertainty.digest, said.disagreement.digest)
    key = (case.case, digests, case.verified, kind, threshold, most)
    with memory.lock:
        if key not in memory.known:
            memory.known[key] = _found(task, case, said, kind, Query(threshold, limit=most))
        return memory.known[key]


def _found(task: Task, case: Case, said: CachedPrediction, kind: str, query: Query) -> ScanRegions:
    finder = finder_of(said, kind)
    found = finder.find(query, None if case.verified is None else _marks(task, finder, case.verified))
    regions = found.regions
    places = tuple(int(found.voxels[one.start : one.start + one.voxels].min()) for one in regions)
    scan_mm3 = math.prod(said.uncertainty.geometry.size) * finder.voxel_mm3
    dice = said.prediction.summary.get("predicted_dice")
    too_little = knows_too_little(dice, sum(one.volume_mm3 for one in regions), scan_mm3)
    return ScanRegions(regions, places, not too_little)


def _marks(task: Task, finder: Finder, digest: str) -> VerifiedSums:
    with task.client() as client:
        file = Cache(task.desk.folder / "cache").volume(client, digest, cancel=task.cancel).file
    return finder.marks(np.load(file, mmap_mode="r"))


def _candidates(scans: Mapping[str, ScanRegions]) -> Iterator[Candidate]:
    for name, scan in scans.items():
        for region, place in zip(scan.regions, scan.places, strict=True):
            yield Candidate(name, place, region.label, region.remaining_error_mm3)


def _told(scan: ScanRegions, one: Candidate) -> DealtRegion:
    region = scan.regions[scan.places.index(one.place)]
    return DealtRegion(
        case=one.case,
        label=region.label,
        volume_mm3=region.volume_mm3,
        mean_uncertainty=region.mean_uncertainty,
        remaining_error_mm3=region.remaining_error_mm3,
        centre_ras=region.centre_ras,
    )
