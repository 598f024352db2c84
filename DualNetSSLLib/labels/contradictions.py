"""The places where a label contradicts what somebody else has verified, one by one, for somebody to decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.merge_labels import Work, undecided
from DualNetSSLLib.labels.merge_with_server import fetch_work, keep_array, map_label
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import FoundRegion, FoundRegions

Array = npt.NDArray[Any]

CONTESTED = "contested"
"""The kind of such regions, in place of a map's."""


def find_contested(
    task: Task, dataset: str, case: str, label_file: str, verified_file: str | None = None
) -> FoundRegions:
    """Find what the server's newest revision verifies and this label has otherwise, not verified.

    Args:
        task: the call.
        dataset: id of the data set.
        case: name of the case.
        label_file: ``.npy`` file with the label ``[k, j, i]``.
        verified_file: its mask of verified voxels likewise; None: the whole label counts, so nothing is left open.

    Returns:
        Connected regions, the largest first; uncertainty and expected error are 0, the label is the one in the file.

    Raises:
        NotFound: the case is gone.
        UnusableVolume: the label does not fit the scan that the server has.
    """
    with task.client() as client:
        found = client.case(dataset, case)
        mask = None if verified_file is None else map_label(Path(verified_file), found)
        mine = Work(map_label(Path(label_file), found), mask)
        theirs = fetch_work(task, client, found)
    parts = connected(undecided(mine, theirs), found.geometry)
    starts = np.cumsum([0, *(len(part) for part in parts)]).tolist()
    regions = tuple(
        _region(rank, part, start, mine.label, found.geometry)
        for rank, (part, start) in enumerate(zip(parts, starts, strict=False), 1)
    )
    return FoundRegions(
        regions=regions,
        voxels_file=keep_array(task, np.concatenate([np.zeros(0, np.int64), *parts])),
        threshold=0.0,
        expected_error_mm3=0.0,
        remaining_error_mm3=0.0,
        model="",
        kind=CONTESTED,
    )


def connected(where: Array, geometry: Geometry) -> list[Array]:
    """Sort voxels into groups that touch, by corners too; the largest group first.

    Args:
        where: flat indices (C order of ``[k, j, i]``).
        geometry: of the scan.

    Example:
        >>> grid = Geometry(size=(4, 1, 2), spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
        >>> [part.tolist() for part in connected(np.array([0, 3, 6]), grid)]
        [[3, 6], [0]]
    """
    if not len(where):
        return []
    places = np.stack(np.unravel_index(where, geometry.size[::-1]), axis=1)
    inside = tuple((places - places.min(axis=0)).T)
    box = np.zeros(np.ptp(places, axis=0) + 1, np.uint8)
    box[inside] = 1
    numbered = sitk.RelabelComponent(sitk.ConnectedComponent(sitk.GetImageFromArray(box), True))
    number = sitk.GetArrayViewFromImage(numbered)[inside]
    return [where[number == one] for one in range(1, int(number.max()) + 1)]


def _region(rank: int, where: Array, start: int, label: Array | None, geometry: Geometry) -> FoundRegion:
    """Measure a region as `FoundRegion` has it."""
    indices = np.stack(np.unravel_index(where, geometry.size[::-1])[::-1], axis=1)
    lower, upper = indices.min(axis=0), indices.max(axis=0)
    values = np.zeros(1, np.uint8) if label is None else label.reshape(-1)[where]
    turned = np.reshape(geometry.direction, (3, 3)) * np.array(geometry.spacing)
    lps = turned @ indices.mean(axis=0) + np.array(geometry.origin)
    return FoundRegion(
        rank=rank,
        label=int(np.bincount(values).argmax()),
        volume_mm3=float(len(where) * np.prod(geometry.spacing)),
        mean_uncertainty=0.0,
        expected_error_mm3=0.0,
        remaining_error_mm3=0.0,
        verified_voxels=0,
        centre_ras=tuple((lps * (-1, -1, 1)).tolist()),
        centre_lps=tuple(lps.tolist()),
        lower=tuple(lower.tolist()),
        size=tuple((upper - lower + 1).tolist()),
        start=start,
        voxels=len(where),
    )
