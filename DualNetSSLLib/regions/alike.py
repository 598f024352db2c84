"""Regions of the same kind: of one class, small, and the two networks say the same; a sample stands for the others."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.regions.finder import SMALLEST_REACH_MM
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import CachedPrediction, FoundRegion
from DualNetSSLLib.tasks.rounds import AlikeRegions

SMALL_MM3 = 4 / 3 * math.pi * SMALLEST_REACH_MM**3
"""A region no larger than this ball is seen in one look."""
AGREED = 0.05
"""Mean disagreement up to which two networks say the same: 0.4 against 0.6 is 0.03, 0.3 against 0.7 is 0.12."""
SHOWN = 3
"""So many of them are looked at before the others are answered with them."""


def find_alike(
    task: Task,
    regions: Sequence[FoundRegion],
    voxels_file: str,
    prediction: CachedPrediction,
    like: int,
    among: Collection[int],
) -> AlikeRegions:
    """Find the regions of a scan that are of the same kind as one of them.

    Args:
        task: this call.
        regions: as `find_regions` found them.
        voxels_file: with their voxels, as `find_regions` wrote it.
        prediction: that they are of.
        like: place of the one in the list.
        among: places of those that may be answered with it.

    Raises:
        UnusableVolume: a file is damaged, or gone.
        LocalFileError: a file cannot be read.
    """
    try:
        with local_file(Path(voxels_file)):
            voxels = np.load(voxels_file, mmap_mode="r")
            apart = np.load(prediction.disagreement.file, mmap_mode="r").reshape(-1)
    except ValueError as error:
        raise UnusableVolume("The regions cannot be read.", "Move the threshold: they are found anew.") from error
    task.cancel.check()
    doubts = [float(apart[voxels[one.start : one.start + one.voxels]].mean()) for one in regions]
    members = alike(regions, doubts, like, among)
    return AlikeRegions(members=members, sample=sample(regions, doubts, like, members))


def alike(
    regions: Sequence[FoundRegion], disagreements: Sequence[float], like: int, among: Collection[int]
) -> tuple[int, ...]:
    """Return the places of the regions of the same kind as one of them, itself included; none if it is of no kind.

    Args:
        regions: of one scan.
        disagreements: mean of the map of disagreement in each, 0 to 1.
        like: place of the one.
        among: places of those that may be answered with it.
    """
    kind = [
        place
        for place, (region, apart) in enumerate(zip(regions, disagreements, strict=True))
        if region.label == regions[like].label and region.volume_mm3 <= SMALL_MM3 and apart <= AGREED
    ]
    return tuple(place for place in kind if place == like or place in among) if like in kind else ()


def sample(
    regions: Sequence[FoundRegion], disagreements: Sequence[float], like: int, members: Sequence[int]
) -> tuple[int, ...]:
    """Return the members to look at first: the one itself, then those in which most could be wrong.

    These are the one on which the networks differ most, and then the largest.
    """
    others = [place for place in members if place != like]
    apart = sorted(others, key=lambda place: -disagreements[place])[:1]
    large = sorted((place for place in others if place not in apart), key=lambda place: -regions[place].volume_mm3)
    return tuple([like, *apart, *large][:SHOWN]) if members else ()
