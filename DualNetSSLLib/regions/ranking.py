"""Measures places of doubt and ranks them by what a look at them is expected to gain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from DualNetSSLLib.regions.grid import Cells, PrefixSums
from DualNetSSLLib.regions.uncertain_voxels import EXACT, Array
from DualNetSSLLib.tasks.reports import FoundRegion


@dataclass(frozen=True)
class Regions:
    """Regions by rank, and the flat indices ``[k, j, i]`` of their voxels, one region after the other."""

    regions: tuple[FoundRegion, ...]
    voxels: Array


@dataclass(frozen=True)
class VerifiedSums:
    """Running sums over the doubtful voxels that are verified: how many, and their expected errors."""

    voxels: PrefixSums
    errors: PrefixSums


@dataclass(frozen=True)
class RegionSums:
    """What is known of the cells of each region.

    Attributes:
        cells: the cells.
        ends: where the voxels above the threshold end in each.
        number: of each cell's region, 0 for none.
        marks: what is verified.
        voxel_mm3: volume of a voxel.
    """

    cells: Cells
    ends: Array
    number: Array
    marks: VerifiedSums | None
    voxel_mm3: float

    def ranked(self, limit: int | None) -> Regions:
        """Measure the regions, the largest remaining gain first."""
        cells, marks = self.cells, self.marks
        errors = self._of(cells.errors)
        counts = np.bincount(self.number, weights=self._counts())
        nothing = np.zeros(len(errors))
        done = nothing if marks is None else self._of(marks.errors)
        known = nothing if marks is None else self._of(marks.voxels)
        # By what is left to gain, then by the whole: a place that is done does not push one that is not from its rank.
        order = 1 + np.lexsort((-errors[1:], done[1:] - errors[1:]))[:limit]
        flat, labels = self._voxels(order)
        places = self._places(order, counts)
        unit, starts = self.voxel_mm3 / EXACT, np.cumsum(counts[order]) - counts[order]
        doubts = self._of(cells.doubts)
        regions = tuple(
            FoundRegion(
                rank=rank + 1,
                label=labels[rank],
                volume_mm3=float(counts[own] * self.voxel_mm3),
                mean_uncertainty=float(doubts[own] / counts[own] / EXACT),
                expected_error_mm3=float(errors[own] * unit),
                remaining_error_mm3=float((errors[own] - done[own]) * unit),
                verified_voxels=int(known[own]),
                start=int(starts[rank]),
                voxels=int(counts[own]),
                **places[rank],
            )
            for rank, own in enumerate(order.tolist())
        )
        return Regions(regions, flat)

    def _counts(self) -> Array:
        counts: Array = self.ends - self.cells.starts[:-1]
        return counts

    def _of(self, running: PrefixSums) -> Array:
        """Sum up over the voxels of each region."""
        return np.bincount(self.number, weights=running.between(self.cells.starts[:-1], self.ends))

    def _voxels(self, order: Array) -> tuple[Array, list[int]]:
        """Return the flat indices of the regions' voxels in this order, and the label in question of each region."""
        rank = np.full(int(self.number.max(initial=0)) + 1, len(order))
        rank[order] = np.arange(len(order))
        ranks = rank[self.number]
        by_rank = np.argsort(ranks, kind="stable")[: np.count_nonzero(ranks < len(order))]
        counts = self._counts()[by_rank]
        before = np.cumsum(counts) - counts
        entries = np.arange(counts.sum()) + np.repeat(self.cells.starts[:-1][by_rank] - before, counts)
        # Rank and label in one number: labels are bytes, so one count over both gives the votes of all regions at
        # once, without a loop over them.
        region = np.repeat((ranks[by_rank] << 8).astype(np.int32), counts)
        about = np.bincount(region | self.cells.labels[entries], minlength=len(order) << 8).reshape(len(order), 256)
        # Background is never what is in question: a region is about the label that its voxels may or may not have.
        about[:, 0] = 0
        return self.cells.flat[entries], about.argmax(axis=1).tolist()

    def _places(self, order: Array, counts: Array) -> list[dict[str, Any]]:
        """Return box and centre of mass of each region in this order, as `FoundRegion` has them."""
        geometry, active = self.cells.geometry, self._counts() > 0
        lower = np.full((len(counts), 3), np.iinfo(np.int64).max)
        upper = np.zeros_like(lower)
        np.minimum.at(lower, self.number[active], self.cells.lower[active])
        np.maximum.at(upper, self.number[active], self.cells.upper[active])
        middle = np.stack([self._of(axis) for axis in self.cells.indices], axis=1)[order] / counts[order, None]
        turned = np.reshape(geometry.direction, (3, 3)) * np.array(geometry.spacing)
        lps = middle @ turned.T + np.array(geometry.origin)
        names = ("lower", "size", "centre_lps", "centre_ras")
        parts = [part.tolist() for part in (lower[order], (upper - lower + 1)[order], lps, lps * (-1, -1, 1))]
        return [dict(zip(names, map(tuple, row), strict=True)) for row in zip(*parts, strict=True)]
