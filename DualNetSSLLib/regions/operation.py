"""The operation that finds a case's regions: its doubtful voxels stay in memory while the threshold moves."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from DualNetSSLLib.client.errors import InvalidRequest, LocalFileError, NotFound, UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.regions.finder import THRESHOLD, Finder, Query
from DualNetSSLLib.regions.ranking import VerifiedSums
from DualNetSSLLib.regions.uncertain_voxels import FLOOR, Array, gather_uncertain
from DualNetSSLLib.scans.open_case import fetch_predictions
from DualNetSSLLib.scans.opinions import Opinions, read_opinions
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import CachedPrediction, FoundRegions
from DualNetSSLLib.tasks.user_folders import private_folder

KINDS = ("uncertainty", "disagreement")
KEPT = 8
"""Files of so many answers are kept."""
STALE_SECONDS = 86400.0


@dataclass
class RegionMemory:
    """The case whose regions were asked for last, and the files of the last answers."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: tuple[object, Finder] | None = None
    marks: tuple[object, VerifiedSums] | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)
    files: list[Path] = field(default_factory=list)


def find_regions(
    task: Task,
    dataset: str,
    case: str,
    model: str | None = None,
    *,
    kind: str = "uncertainty",
    threshold: float = THRESHOLD,
    reach_mm: float | None = None,
    minimum_mm3: float | None = None,
    limit: int | None = None,
    verified_file: str | None = None,
    prediction: CachedPrediction | None = None,
) -> FoundRegions:
    """Find the regions of a case that are worth a look, the largest gain to be expected first.

    The first call for a case takes seconds, the next ones some 0.1 s.

    Args:
        task: this call.
        dataset: of the case.
        case: its name.
        model: whose maps to take; None: the newest one that has predicted the case.
        kind: of the map, ``uncertainty`` or ``disagreement``. Expected errors are always those of the uncertainty.
        threshold: a voxel belongs to a region if its value is greater; below 0.02 it counts as 0.02.
        reach_mm: how far a region reaches from its middle; None: by the size of the organs, 5 to 15 mm.
        minimum_mm3: smaller regions are joined to others or left out; None: by the reach.
        limit: return at most so many.
        verified_file: path of a ``.npy`` mask ``[k, j, i]`` of the scan's size, not 0 where an annotator vouches.
        prediction: as `open_case` returned it: then nothing is asked of the server.

    Raises:
        NotFound: no model has predicted the case.
        InvalidRequest: there is no such map.
        UnusableVolume: the mask has another size than the scan.
        LocalFileError: a file cannot be read or written.
    """
    if kind not in KINDS:
        raise InvalidRequest(f"There is no map {kind!r}.", f"Choose from {', '.join(KINDS)}.")
    said = prediction or _fetched(task, dataset, case, model)
    memory = task.desk.memory(RegionMemory)
    with memory.lock:
        finder = _finder(memory, said, kind, reach_mm)
        marks = None if verified_file is None else _marks(memory, finder, Path(verified_file))
        task.cancel.check()
        found = finder.find(Query(threshold, reach_mm, minimum_mm3, limit), marks)
        file = _keep(memory, task.desk.folder / "regions", found.voxels)
    return FoundRegions(
        regions=found.regions,
        voxels_file=str(file),
        threshold=max(FLOOR, threshold),
        expected_error_mm3=finder.expected_mm3(),
        remaining_error_mm3=finder.expected_mm3(marks),
        model=said.prediction.model,
        kind=kind,
    )


def _fetched(task: Task, dataset: str, case: str, model: str | None) -> CachedPrediction:
    found = fetch_predictions(task, dataset, model, [case])
    if not found:
        raise NotFound(f"No model has predicted the case {case!r}.", "Predict it, then look for its regions.")
    return found[0]


def _finder(memory: RegionMemory, said: CachedPrediction, kind: str, reach_mm: float | None) -> Finder:
    """Return what finds the regions of a case, from memory if it is the case of the last call."""
    key = (said.uncertainty.digest, said.disagreement.digest, said.segmentation.digest, kind, reach_mm)
    if memory.known is None or memory.known[0] != key:
        memory.known = memory.marks = None
        memory.known = key, finder_of(said, kind, reach_mm)
    return memory.known[1]


def finder_of(said: CachedPrediction, kind: str = "uncertainty", reach_mm: float | None = None) -> Finder:
    """Go through the maps of a prediction, so that its regions can be found; takes seconds for a large scan."""
    total, segmentation = _mapped(said.uncertainty.file), _mapped(said.segmentation.file)
    doubt = gather_uncertain(
        total if kind == "uncertainty" else _mapped(said.disagreement.file),
        segmentation,
        said.uncertainty.geometry,
        classes=_classes(said.prediction.summary, segmentation),
        uncertainty=None if kind == "uncertainty" else total,
        opinions=_opinions(said),
    )
    return Finder(doubt, reach_mm)


def _opinions(said: CachedPrediction) -> Opinions | None:
    """Return what the networks say, where that can be read: whoever asks for their answers is told why not."""
    if said.opinions_file is not None:
        with contextlib.suppress(UnusableVolume, LocalFileError):
            return read_opinions(Path(said.opinions_file), said.uncertainty.geometry.size)
    return None


def _classes(summary: Mapping[str, Any], segmentation: Array) -> int:
    """Return the number of classes with the background, for which the map was scaled."""
    volumes = summary.get("volume_ml")
    return 1 + len(volumes) if volumes else 1 + max(1, int(segmentation.max(initial=0)))


def _marks(memory: RegionMemory, finder: Finder, file: Path) -> VerifiedSums:
    """Return what a mask verifies, from memory if the file is as it was."""
    with local_file(file):
        status = file.stat()
        key = (str(file), status.st_mtime_ns, status.st_size)
        if memory.marks is None or memory.marks[0] != key:
            try:
                memory.marks = key, finder.marks(_mapped(str(file)))
            except ValueError as error:
                raise UnusableVolume(
                    f"The verified mask {file.name} does not fit: {error}.", "Open the case again, which makes it anew."
                ) from error
    return memory.marks[1]


def _mapped(file: str) -> Array:
    voxels: Array = np.load(file, mmap_mode="r", allow_pickle=False)
    return voxels


def _keep(memory: RegionMemory, folder: Path, voxels: Array) -> Path:
    """Write the voxels of an answer, and throw out those of old ones."""
    file = folder / f"{os.getpid()}-{next(memory.numbers)}.npy"
    with local_file(file):
        if not memory.files:
            _sweep(private_folder(folder))
        np.save(file, voxels.astype(np.int64, copy=False))
    memory.files.append(file)
    while len(memory.files) > KEPT:
        with contextlib.suppress(OSError):  # Windows keeps a file that is mapped; it is swept up another day
            memory.files.pop(0).unlink()
    return file


def _sweep(folder: Path) -> None:
    """Throw out what background processes of other days left."""
    for file in folder.glob("*.npy"):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < time.time() - STALE_SECONDS:
                file.unlink()
