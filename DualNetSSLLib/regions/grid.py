"""Doubtful voxels gathered into the cells of a coarse grid, so that a threshold moves without a look at every voxel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.regions.patient_axes import patient_axes
from DualNetSSLLib.regions.uncertain_voxels import EXACT, Array, UncertainVoxels

STRETCH = 1.5
"""A place takes in what is left of a small neighbour up to this many times its reach."""
# A third of a reach: fine enough that a place is round, coarse enough that a threshold moves in milliseconds.
_CELLS_PER_REACH = 3
# A million cells are 4 MB in each of the arrays that the partition holds; a larger scan gets coarser cells.
_MOST_CELLS = 1e6
# Along an axis; so that the sum of a cell's errors stays within 32 bits, see `partition._density`.
_MOST_VOXELS = 40


@dataclass(frozen=True)
class PrefixSums:
    """Sums over the voxels before each, modulo 2^32: a difference is exact as long as what it sums up is smaller."""

    sums: Array

    @classmethod
    def of(cls, values: Array) -> PrefixSums:
        """Sum up whole numbers that are not negative."""
        sums = np.zeros(len(values) + 1, np.uint32)
        np.cumsum(values, dtype=np.uint32, out=sums[1:])
        return cls(sums)

    def between(self, starts: Array, ends: Array) -> Array:
        """Return the sums from each start up to its end.

        Example:
            >>> PrefixSums.of(np.array([3, 1, 4, 1, 5])).between(np.array([0, 3]), np.array([2, 5])).tolist()
            [4, 6]
        """
        return self.sums[ends] - self.sums[starts]


@dataclass(frozen=True)
class Cells:
    """Doubtful voxels, cell by cell, the most doubtful of each cell first; the grid has a rim of empty cells.

    The axes of the grid are the patient's: a scan has the same cells in whatever direction its own axes run.

    Attributes:
        geometry: the grid of the map.
        shape: cells along (S, P, L), with a rim as wide as a place can reach.
        edges: of a cell, mm, in that order.
        reach_mm: how far a place reaches from its middle.
        places: flat index in the grid of each cell that holds a voxel.
        starts: number of its first voxel, and behind the last cell that of all voxels.
        flat: of each voxel, its index into the map ``[k, j, i]`` in C order.
        values: of each voxel, the map's.
        labels: of each voxel, the label that the doubt is about.
        errors: running sums of the expected errors, in units of 1 / `EXACT`.
        doubts: of the map's values, in the same units.
        indices: of the voxel indices i, j, k.
        lower: smallest (i, j, k) in each cell.
        upper: largest.
    """

    geometry: Geometry
    shape: tuple[int, int, int]
    edges: tuple[float, float, float]
    reach_mm: float
    places: Array
    starts: Array
    flat: Array
    values: Array
    labels: Array
    errors: PrefixSums
    doubts: PrefixSums
    indices: tuple[PrefixSums, PrefixSums, PrefixSums]
    lower: Array
    upper: Array

    def above(self, threshold: float) -> Array:
        """Return where the voxels above a threshold end in each cell, by halving."""
        low, high = self.starts[:-1].copy(), self.starts[1:].copy()
        for _ in range(int((high - low).max(initial=0)).bit_length()):
            middle = (low + high) >> 1
            open_ = low < high
            greater = open_ & (self.values[np.minimum(middle, len(self.values) - 1)] > threshold)
            low = np.where(greater, middle + 1, low)
            high = np.where(open_ & ~greater, middle, high)
        return low


def gather_cells(doubt: UncertainVoxels, reach_mm: float) -> Cells:
    """Lay a grid over the doubtful voxels, so fine that a place is several cells wide if there are not too many."""
    spacing, indices = doubt.geometry.spacing, doubt.indices()
    finest = (math.prod(doubt.geometry.size) * doubt.voxel_mm3 / _MOST_CELLS) ** (1 / 3)
    reach_mm = max(reach_mm, 2 * finest, max(spacing))
    wanted = max(finest, reach_mm / _CELLS_PER_REACH)
    shape, edges, cell, stride = [1, 1, 1], [1.0, 1.0, 1.0], np.zeros(len(doubt.flat), np.int64), 1
    for patient, (axis, against) in enumerate(patient_axes(doubt.geometry.direction)):
        factor = min(_MOST_VOXELS, max(1, math.floor(wanted / spacing[axis])))
        edge = factor * spacing[axis]
        steps, count = _steps(indices[axis], factor, against, math.ceil(STRETCH * reach_mm / edge))
        cell += steps * stride
        shape[2 - patient], edges[2 - patient] = count, edge
        stride *= count
    order = np.argsort(_keys(cell, doubt.values))
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    by_cell = [index[order] for index in indices]
    return Cells(
        geometry=doubt.geometry,
        shape=(shape[0], shape[1], shape[2]),
        edges=(edges[0], edges[1], edges[2]),
        reach_mm=reach_mm,
        places=cell[order][starts],
        starts=np.append(starts, len(order)),
        flat=doubt.flat[order],
        values=doubt.values[order],
        labels=doubt.labels[order],
        errors=PrefixSums.of(doubt.errors[order] * EXACT),
        doubts=PrefixSums.of(np.rint(doubt.values[order] * EXACT)),
        indices=(PrefixSums.of(by_cell[0]), PrefixSums.of(by_cell[1]), PrefixSums.of(by_cell[2])),
        lower=_by_cell(np.minimum, by_cell, starts),
        upper=_by_cell(np.maximum, by_cell, starts),
    )


def _steps(index: Array, factor: int, against: bool, rim: int) -> tuple[Array, int]:
    """Return the step along a patient axis for each voxel, and how many steps there are."""
    if not index.size:
        return index, 1 + 2 * rim
    low, high = int(index.min()), int(index.max())
    return (high - index if against else index - low) // factor + rim, (high - low) // factor + 1 + 2 * rim


def _keys(cell: Array, values: Array) -> Array:
    """Return numbers that sort by cell, and in it by falling value: floats above 0 sort like their own bits."""
    # the bits of positive IEEE floats rise with their values, so one sort of integers does for both keys
    return cell << 32 | (0xFFFFFFFF - values.view(np.uint32).astype(np.int64))


def _by_cell(extreme: np.ufunc, indices: list[Array], starts: Array) -> Array:
    if not len(starts):
        return np.zeros((0, 3), np.int64)
    return np.stack([extreme.reduceat(index, starts) for index in indices], axis=1)
