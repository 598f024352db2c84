"""Which voxels lie near anything that was predicted: doubt farther away is mostly of air, and seldom an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.regions.patient_axes import patient_axes

Array = npt.NDArray[Any]
BLOCK_MM = 6.0
"""A voxel is near if its block, of about this edge, touches one in which something was predicted."""


def near_prediction(segmentation: Array, geometry: Geometry, flat: Array) -> Array:
    """Tell of voxels whether they lie near anything that was predicted; all do where nothing was.

    Blocks are counted along the patient's axes: it is the same in whatever direction a scan's own axes run.

    Args:
        segmentation: label values ``[k, j, i]``.
        geometry: its grid.
        flat: the voxels' indices in C order.

    Example:
        >>> segmentation = np.zeros((1, 1, 40), np.uint8)
        >>> segmentation[0, 0, 3] = 1
        >>> along = (1, 0, 0, 0, 1, 0, 0, 0, 1)
        >>> line = Geometry(size=(40, 1, 1), spacing=(1, 1, 1), origin=(0, 0, 0), direction=along)
        >>> near_prediction(segmentation, line, np.array([0, 11, 12, 39])).tolist()
        [True, True, False, False]
    """
    against = {axis for axis, turned in patient_axes(geometry.direction) if turned}
    turned = [2 - axis in against for axis in range(3)]
    edges = [max(1, round(BLOCK_MM / step)) for step in reversed(geometry.spacing)]
    filled = _blocks(segmentation[tuple(slice(None, None, -1 if back else 1) for back in turned)], edges) != 0
    if not filled.any():
        return np.ones(len(flat), np.bool_)
    places = np.unravel_index(flat, segmentation.shape)
    onward = [size - 1 - at if back else at for at, size, back in zip(places, segmentation.shape, turned, strict=True)]
    found: Array = _with_neighbours(filled)[tuple(at // edge for at, edge in zip(onward, edges, strict=True))]
    return found


def _blocks(segmentation: Array, edges: Sequence[int]) -> Array:
    """Return the largest value of each block; numpy's `reduceat` takes many times as long."""
    for axis, edge in enumerate(edges):
        along = np.moveaxis(segmentation, axis, 0)
        largest = along[::edge].copy()
        for offset in range(1, edge):
            part = along[offset::edge]
            np.maximum(largest[: len(part)], part, out=largest[: len(part)])
        segmentation = np.moveaxis(largest, 0, axis)
    return segmentation


def _with_neighbours(filled: Array) -> Array:
    near = filled
    for axis in range(filled.ndim):
        along = np.moveaxis(near.copy(), axis, 0)
        before = np.moveaxis(near, axis, 0)
        along[1:] |= before[:-1]
        along[:-1] |= before[1:]
        near = np.moveaxis(along, 0, axis)
    return near
