"""Three planes through a place of a scan, each on pixels of one size in mm.

Arrays are ``[k, j, i]`` with i to the left, j to the back, k upwards. Axial and coronal planes are radiological (the
patient's right on the left), the sagittal one looks from the left with the front on the left; all have the head up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Floats = npt.NDArray[np.floating[Any]]
Triple = tuple[int, int, int]
Range = tuple[float, float]

NAMES = ("axial", "coronal", "sagittal")
_LEAST_MARGIN_MM, _MARGIN = 12.0, 0.25
_BLOCK_MM, _NEAR_BLOCKS = 6.0, 1
_FAR = 0.5
"""What doubt far from all foreground counts for. With two blocks, corners of air 20 mm from an organ were near."""


@dataclass(frozen=True)
class View:
    """Where the planes lie and how they are cut.

    Attributes:
        size: of the scan in voxels (k, j, i).
        spacing: of its voxels in mm (k, j, i).
        place: voxel that all three planes go through (k, j, i).
        box: what is shown along each axis: first and last border in mm from the scan's own first border.
        edge: pixels of the longest side.
    """

    size: Triple
    spacing: tuple[float, float, float]
    place: Triple
    box: tuple[Range, Range, Range]
    edge: int

    @property
    def pixel_mm(self) -> float:
        """Size of a pixel."""
        return max(high - low for low, high in self.box) / self.edge

    def pixels(self, axis: int) -> int:
        """Number of pixels along an axis (0=k, 1=j, 2=i)."""
        low, high = self.box[axis]
        return max(1, round((high - low) / self.pixel_mm))

    def shapes(self) -> list[tuple[int, int]]:
        """Rows and columns of the three planes."""
        return [(self.pixels(rows), self.pixels(columns)) for _, rows, columns in _PLANES]

    def at(self) -> list[tuple[float, float]]:
        """Row and column of the place in each plane, in pixels."""
        return [(self._pixel(rows), self._pixel(columns)) for _, rows, columns in _PLANES]

    def _pixel(self, axis: int) -> float:
        low, high = self.box[axis]
        along = (self.place[axis] + 0.5) * self.spacing[axis]
        share = (along - low) / (high - low)
        return self.pixels(axis) * ((1 - share) if axis == 0 else share)

    def cut(self, volume: npt.NDArray[Any]) -> list[Floats]:
        """Return the planes of a volume ``[k, j, i]`` that covers the same extent, on whatever grid of its own."""
        return [self.lay(number, self.slice(number, volume)) for number in range(len(NAMES))]

    def slice(self, number: int, volume: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the voxels of a volume that a plane lies in, rows and columns as its axes have them."""
        through = _PLANES[number][0]
        at = int((self.place[through] + 0.5) / self.size[through] * volume.shape[through])
        taken: npt.NDArray[Any] = np.take(volume, min(at, volume.shape[through] - 1), axis=through)
        return taken

    def lay(self, number: int, voxels: npt.NDArray[Any], finer: int = 1) -> Floats:
        """Return what `slice` has taken on the plane's pixels, or on pixels that are ``finer`` times smaller.

        A pixel is the mean of what it covers, or lies between voxels that are larger than it.
        """
        _, rows, columns = _PLANES[number]
        down, across = (
            self._weights(axis, along, finer) for axis, along in zip((rows, columns), voxels.shape, strict=True)
        )
        laid: Floats = down @ voxels.astype(np.float32) @ across.T
        return laid[::-1] if rows == 0 else laid

    def _weights(self, axis: int, voxels: int, finer: int) -> Floats:
        extent = self.size[axis] * self.spacing[axis]
        low, high = (border / extent * voxels for border in self.box[axis])
        return weights(low, high, self.pixels(axis) * finer, voxels)


_PLANES = ((0, 1, 2), (1, 0, 2), (2, 0, 1))
"""For each plane the axis that it lies across, and the axes of its rows and columns."""


def weights(low: float, high: float, pixels: int, voxels: int) -> Floats:
    """Return how much of each voxel is in each pixel, float32 ``[pixels, voxels]``; rows sum to 1.

    Args:
        low: border of the first pixel, in voxels from the first voxel's border.
        high: border of the last pixel.
        pixels: number of pixels.
        voxels: number of voxels; beyond the ends their outermost ones go on.

    Example:
        >>> weights(0, 4, 2, 4).tolist()
        [[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]]
    """
    step = (high - low) / pixels
    middles = low + step * (np.arange(pixels) + 0.5)
    half = max(step, 1.0) / 2
    borders = np.clip(np.stack([middles - half, middles + half]), 0.5 - half, voxels - 0.5 + half)
    edges = np.arange(voxels + 1, dtype=np.float64)
    edges[0], edges[-1] = -np.inf, np.inf  # the outermost voxels go on
    overlap = np.minimum(borders[1][:, None], edges[None, 1:]) - np.maximum(borders[0][:, None], edges[None, :-1])
    shares = np.clip(overlap, 0, None)
    found: Floats = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


def most_uncertain(uncertainty: Floats, foreground: npt.NDArray[np.bool_], spacing: Sequence[float]) -> Triple:
    """Return the voxel (k, j, i) in the middle of the block of some 6 mm that is most uncertain in the mean.

    Only doubt in blocks with foreground and in those that touch them counts whole. Farther away it counts half, as much
    of it is air: a border in doubt goes before it, and an organ that was missed altogether still before a border that
    is nearly sure.

    Args:
        uncertainty: ``[k, j, i]`` in [0, 1].
        foreground: whether a voxel was predicted to be of any class, of the same shape; none at all will do.
        spacing: of the voxels in mm (k, j, i).

    Example:
        >>> doubt = np.zeros((6, 12, 12))
        >>> doubt[1, 7:11, 6:12] = 1
        >>> most_uncertain(doubt, doubt > 1, (1, 1, 1))
        (3, 9, 9)
    """
    edges = [max(1, round(_BLOCK_MM / step)) for step in spacing]
    means, filled = _block_means(uncertainty, edges), _by_blocks(foreground, edges, np.logical_or)
    near = ndimage.binary_dilation(filled, np.ones((3, 3, 3), bool), iterations=_NEAR_BLOCKS)
    block = np.unravel_index(int(np.where(near, means, means * _FAR).argmax()), means.shape)
    at = [int(index) * edge + edge // 2 for index, edge in zip(block, edges, strict=True)]
    k, j, i = (min(index, size - 1) for index, size in zip(at, uncertainty.shape, strict=True))
    return k, j, i


def _block_means(volume: Floats, edges: Sequence[int]) -> Floats:
    means: Floats = _by_blocks(volume.astype(np.float32, copy=False), edges, np.add)
    for axis, (size, edge) in enumerate(zip(volume.shape, edges, strict=True)):
        counts = np.minimum(edge, size - np.arange(0, size, edge)).astype(np.float32)
        means /= counts.reshape([-1 if other == axis else 1 for other in range(3)])
    return means


def _by_blocks(volume: npt.NDArray[Any], edges: Sequence[int], join: np.ufunc) -> npt.NDArray[Any]:
    """Join the voxels of each block; numpy's `reduceat` goes through a volume at a third of the speed."""
    for axis, edge in enumerate(edges):
        along = np.moveaxis(volume, axis, 0)
        joined = along[::edge].copy()
        for offset in range(1, edge):
            part = along[offset::edge]
            join(joined[: len(part)], part, out=joined[: len(part)])
        volume = np.moveaxis(joined, 0, axis)
    return volume


def view_through(
    place: Triple, foreground: npt.NDArray[np.bool_], spacing: tuple[float, float, float], edge: int
) -> View:
    """Return planes through a place that show all foreground with what surrounds it, or the whole scan without any."""
    size: Triple = (foreground.shape[0], foreground.shape[1], foreground.shape[2])
    k, j, i = (
        _shown(np.flatnonzero(foreground.any(axis=others)), place[axis], size[axis], spacing[axis])
        for axis, others in enumerate(((1, 2), (0, 2), (0, 1)))
    )
    return View(size, spacing, place, (k, j, i), edge)


def _shown(filled: npt.NDArray[np.intp], place: int, voxels: int, spacing: float) -> Range:
    if not len(filled):
        return 0.0, voxels * spacing
    first, last = min(int(filled[0]), place), max(int(filled[-1]), place)
    margin = max(_LEAST_MARGIN_MM, _MARGIN * (last + 1 - first) * spacing)
    return max(0.0, first * spacing - margin), min(voxels * spacing, (last + 1) * spacing + margin)
