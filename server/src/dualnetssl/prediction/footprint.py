"""What predicting a scan takes of the machine's memory, beside the program and the networks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from dualnetssl import volumes
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.errors import ProblemError
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import Geometry
from dualnetssl.contract.words import size_in_words
from dualnetssl.prediction.opinions import MOST_BYTES
from dualnetssl.scans.preparation import grid_size, probe_image

_FLOAT = 4
_READING = 16
_MAPS = 9
_WRITING = 17
# of each class in two bytes: the slabs and the whole, then the whole, its turned copy and what it is packed into
_KEEPING = 4
_WRITING_KEPT = 6
_SLAB_BYTES = 2**22 * _FLOAT
_SLABS = 8
# odds of twice as many voxels as are kept at last, and of each its place and its doubt; then a copy of what is kept
_OPINIONS = 2 + 1
_PLACE_AND_DOUBT = 12
_WINDOW_VOLUMES = 12
_SHARE = 0.8
_MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True)
class Footprint:
    """Bytes that predicting one scan takes.

    Attributes:
        alone: if it is the only scan at hand.
        overlapped: with the next one being read and the last one being written.
    """

    alone: int
    overlapped: int


def footprint(geometry: Geometry, card: ModelCard, probabilities: bool = False) -> Footprint:
    """Estimate from a scan's canonical geometry, with the probability of each class kept or not.

    Reading holds the file's voxels, the turned and the normalised volume; predicting the prepared scan, a layer of
    windows, a few slabs, three maps and opinions; writing the maps, the opinions and a copy of one in the scan's own
    orientation.
    """
    classes, width = len(card.labels) + 1, card.config.width
    patch, prepared = card.recipe.patch, grid_size(geometry, card.recipe.spacing)
    own, voxels, channels = math.prod(geometry.size), math.prod(prepared), card.recipe.channels
    layer = _layer(prepared, patch, 2 * classes + 1)
    work = _FLOAT * channels * voxels + layer + _SLABS * 2 * classes * _SLAB_BYTES
    opinions = _OPINIONS * min(MOST_BYTES, 2 * classes * own) * (2 * classes + _PLACE_AND_DOUBT) // (2 * classes)
    work += _MAPS * own + _WINDOW_VOLUMES * _FLOAT * width * math.prod(patch) + opinions
    reading, writing = channels * (_READING * own + _FLOAT * voxels), _WRITING * own + opinions
    if probabilities:
        work, writing = work + _KEEPING * classes * own, writing + _WRITING_KEPT * classes * own
    return Footprint(max(reading, work, writing), reading + work + writing)


def _layer(prepared: Sequence[int], patch: Sequence[int], channels: int) -> int:
    in_plane = [max(size, edge) for size, edge in zip(prepared[1:], patch[1:], strict=True)]
    return _FLOAT * channels * patch[0] * math.prod(in_plane)


def largest(cases: Iterable[JobCase], card: ModelCard, probabilities: bool = False) -> Footprint:
    """Return the footprint of the scan that takes most; a file whose header cannot be read is left for its turn."""
    found = Footprint(0, 0)
    for case in cases:
        try:
            geometry = volumes.canonical_geometry(probe_image(case.image).geometry)
        except ProblemError:
            continue
        found = max(found, footprint(geometry, card, probabilities), key=lambda one: one.overlapped)
    return found


@dataclass(frozen=True)
class Budget:
    """How scans are gone through: whether they overlap, and what there is to say about it (None: nothing).

    Attributes:
        overlapped: whether the next scan is read, and the last one written, while one is predicted.
        estimate: bytes that this is expected to take.
        allowed: bytes that it may take; None where the system does not tell.
        warning: what to tell the user.
    """

    overlapped: bool
    estimate: int
    allowed: int | None
    warning: str | None = None


def plan(need: Footprint, free: int | None, asked_gb: float | None) -> Budget:
    """Decide how to stay within memory: within what was asked for, or four fifths of what is free.

    What does not fit at all is tried one scan at a time: an estimate is no proof.

    Example:
        >>> plan(Footprint(10, 25), 100, None).overlapped, plan(Footprint(10, 25), 25, None).overlapped
        (True, False)
    """
    allowed = round(asked_gb * 1e9) if asked_gb is not None else None if free is None else round(_SHARE * free)
    if allowed is None or need.overlapped <= allowed:
        return Budget(True, need.overlapped, allowed)
    if need.alone <= allowed:
        return Budget(False, need.alone, allowed, f"{_needs(need.overlapped, allowed)}, so scans are done one by one")
    return Budget(False, need.alone, allowed, f"{_needs(need.alone, allowed)}, even with one scan at a time")


def _needs(wanted: int, allowed: int) -> str:
    return f"predicting takes about {size_in_words(wanted)} and may take {size_in_words(allowed)}"


def free_bytes(device: torch.device) -> int | None:
    """Return the bytes that a device has to give; None where the system does not tell."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        lines = dict(line.split(":", 1) for line in _MEMINFO.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
