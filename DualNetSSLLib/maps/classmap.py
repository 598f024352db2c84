"""The map of one label alone: the doubt where a model predicts it, and directly beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.scans.cache import Cache
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import CachedPrediction, CachedVolume

KINDS = ("uncertainty", "disagreement")

Array = npt.NDArray[Any]


def class_map(task: Task, prediction: CachedPrediction, label: int, kind: str = "uncertainty") -> CachedVolume:
    """Return the map of one label, making it if it is not in the cache; nothing is asked of the server.

    Args:
        task: this call.
        prediction: as `open_case` returned it.
        label: fixed value of the label, 1 to 254.
        kind: of the map, ``uncertainty`` or ``disagreement``.

    Raises:
        InvalidRequest: there is no such map.
        LocalFileError: a file cannot be read or written.
    """
    source = map_of(prediction, kind)
    key = f"map of label {label} (1): {source.digest} {prediction.segmentation.digest}"

    def make() -> tuple[Array, Any]:
        segmentation, values = opened(prediction.segmentation), opened(source)
        task.cancel.check()
        return only_about(values, segmentation, label), source.geometry

    return Cache(task.desk.folder / "cache").derived(key, make)


def map_of(prediction: CachedPrediction, kind: str) -> CachedVolume:
    """Return the map of a kind.

    Raises:
        InvalidRequest: there is none.
    """
    if kind not in KINDS:
        raise InvalidRequest(f"There is no map {kind!r}.", f"Choose from {', '.join(KINDS)}.")
    return prediction.uncertainty if kind == "uncertainty" else prediction.disagreement


def opened(volume: CachedVolume) -> Array:
    """Map a volume of the cache into memory, to be read.

    Raises:
        LocalFileError: it cannot be read.
    """
    with local_file(Path(volume.file)):
        voxels: Array = np.load(volume.file, mmap_mode="r")
    return voxels


def only_about(values: Array, segmentation: Array, label: int) -> Array:
    """Return a map that is zero but for the voxels with this label, and those that share a face with one.

    Args:
        values: the map ``[k, j, i]``.
        segmentation: label values, of the same shape.
        label: fixed value of the label.

    Example:
        >>> only_about(np.ones((1, 1, 5)), np.array([[[0, 0, 7, 0, 0]]]), 7)
        array([[[0., 1., 1., 1., 0.]]])
    """
    result = np.zeros(values.shape, values.dtype)
    box = box_around(segmentation == label)
    if box is not None:
        result[box] = np.where(with_neighbours(segmentation[box] == label), values[box], 0)
    return result


def box_around(mask: Array, margin: int = 1) -> tuple[slice, ...] | None:
    """Return the smallest box that holds a mask and ``margin`` voxels around it; None if the mask is empty."""
    sides = [np.flatnonzero(mask.any(axis=tuple(set(range(mask.ndim)) - {axis}))) for axis in range(mask.ndim)]
    if not sides[0].size:
        return None
    return tuple(
        slice(max(0, int(side[0]) - margin), min(size, int(side[-1]) + 1 + margin))
        for side, size in zip(sides, mask.shape, strict=True)
    )


def with_neighbours(mask: Array) -> Array:
    """Return a mask with all voxels that share a face with one of it."""
    grown = mask.copy()
    for axis in range(mask.ndim):
        here, there = [slice(None)] * mask.ndim, [slice(None)] * mask.ndim
        here[axis], there[axis] = slice(1, None), slice(None, -1)
        grown[tuple(here)] |= mask[tuple(there)]
        grown[tuple(there)] |= mask[tuple(here)]
    return grown
