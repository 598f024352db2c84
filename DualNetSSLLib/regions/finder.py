"""Finds the regions of a map again and again as the threshold moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from DualNetSSLLib.regions.grid import Cells, PrefixSums, gather_cells
from DualNetSSLLib.regions.partition import cut
from DualNetSSLLib.regions.ranking import Regions, RegionSums, VerifiedSums
from DualNetSSLLib.regions.uncertain_voxels import EXACT, FLOOR, Array, UncertainVoxels

THRESHOLD = 0.3
SMALLEST_REACH_MM = 5.0
LARGEST_REACH_MM = 15.0
_SMALLEST_SHARE = 0.01


@dataclass(frozen=True)
class Query:
    """Which regions are wanted.

    Attributes:
        threshold: a voxel belongs to a region if its value is greater; at least `uncertain_voxels.FLOOR`.
        reach_mm: how far a region reaches from its middle; None: by the size of the organs, see `reach_of`.
        minimum_mm3: smaller regions are joined to others or left out; None: a hundredth of a ball of that reach.
        limit: at most so many.
    """

    threshold: float = THRESHOLD
    reach_mm: float | None = None
    minimum_mm3: float | None = None
    limit: int | None = None


def reach_of(organ_mm3: float) -> float:
    """Return how far a region should reach, in mm: half the edge of a cube as large as an organ, 5 to 15 mm.

    A person then sees a region in one look, and its slices are few, whatever the size of the organ.

    Example:
        >>> [round(reach_of(volume), 6) for volume in (8000.0, 0.0, 1e9)]
        [10.0, 5.0, 15.0]
    """
    return min(LARGEST_REACH_MM, max(SMALLEST_REACH_MM, float(np.cbrt(organ_mm3)) / 2))


class Finder:
    """Finds regions again and again as the threshold moves."""

    def __init__(self, doubt: UncertainVoxels, reach_mm: float | None = None) -> None:
        """Sort the doubtful voxels into cells, once; the reach is that of all regions that will be found."""
        self.cells: Cells = gather_cells(doubt, reach_of(doubt.organ_mm3) if reach_mm is None else reach_mm)
        self.voxel_mm3 = doubt.voxel_mm3

    def find(self, query: Query, marks: VerifiedSums | None = None) -> Regions:
        """Find the regions; what is verified promises no gain."""
        cells = self.cells
        ends = cells.above(max(FLOOR, query.threshold))
        voxels = ends - cells.starts[:-1]
        errors = cells.errors.between(cells.starts[:-1], ends)
        number = cut(cells, voxels, errors, self._fewest(query))
        return RegionSums(cells, ends, number, marks, self.voxel_mm3).ranked(query.limit)

    def marks(self, verified: Array) -> VerifiedSums:
        """Look up which doubtful voxels a mask ``[k, j, i]`` verifies.

        Raises:
            ValueError: it has another size.
        """
        if verified.shape != self.cells.geometry.size[::-1]:
            raise ValueError(f"a mask of shape {verified.shape} for a map of size {self.cells.geometry.size}")
        known = verified.reshape(-1)[self.cells.flat] > 0
        errors = np.diff(self.cells.errors.sums)
        return VerifiedSums(PrefixSums.of(known), PrefixSums.of(np.where(known, errors, np.uint32(0))))

    def expected_mm3(self, marks: VerifiedSums | None = None) -> float:
        """Return the volume that is expected to be wrong and not verified, whatever the threshold."""
        starts, ends = self.cells.starts[:-1], self.cells.starts[1:]
        total = self.cells.errors.between(starts, ends).sum(dtype=np.int64)
        done = 0 if marks is None else marks.errors.between(starts, ends).sum(dtype=np.int64)
        return float(total - done) * self.voxel_mm3 / EXACT

    def _fewest(self, query: Query) -> int:
        ball = _SMALLEST_SHARE * 4 / 3 * math.pi * self.cells.reach_mm**3
        minimum = ball if query.minimum_mm3 is None else query.minimum_mm3
        return max(1, math.ceil(minimum / self.voxel_mm3))
