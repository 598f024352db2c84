"""Voxel grids in patient space, and how far two of them lie apart, in voxels: what counts for a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vector = tuple[float, float, float]
Array = npt.NDArray[Any]

SAME = 0.05
"""Voxels that lie closer than this at every corner are the same: what formats round away is less."""
NEAR = 0.5
"""From here on a voxel is nearer to a neighbour than to itself."""
_ROUNDING = 1e-6


class OnGrid(Protocol):
    """Anything that says where its voxels lie: `Grid`, or a record of the wire."""

    @property
    def size(self) -> tuple[int, int, int]: ...  # noqa: D102 - those of `Grid`
    @property
    def spacing(self) -> Vector: ...  # noqa: D102
    @property
    def origin(self) -> Vector: ...  # noqa: D102
    @property
    def direction(self) -> Sequence[float]: ...  # noqa: D102


@dataclass(frozen=True)
class Grid:
    """Where voxels lie.

    Attributes:
        size: voxels along i, j, k.
        spacing: mm along i, j, k.
        origin: of the first voxel, mm, LPS.
        direction: row-major 3x3 cosines; the columns are the axes.
    """

    size: tuple[int, int, int]
    spacing: Vector
    origin: Vector
    direction: tuple[float, ...]


def affine_of(grid: OnGrid) -> tuple[Array, Array]:
    """Return the steps along i, j and k in mm as columns, and the origin."""
    return np.reshape(grid.direction, (3, 3)) * np.array(grid.spacing), np.array(grid.origin)


def corners(size: Sequence[int]) -> Array:
    """Return the indices of the eight corners of a grid, ``[8, 3]``.

    Example:
        >>> corners((2, 3, 4)).max(axis=0).tolist()
        [1.0, 2.0, 3.0]
    """
    return np.array(list(product(*((0.0, float(length - 1)) for length in size))))


def apart(steps: Array, origin: Array, other_steps: Array, other_origin: Array, size: Sequence[int]) -> float:
    """Return how far the corners of one grid lie from those of another, in voxels along an axis, the farthest one.

    Args:
        steps: of the first grid along i, j, k as columns, mm.
        origin: of the first grid, mm.
        other_steps: of the other.
        other_origin: of the other.
        size: voxels along i, j, k, of both.
    """
    there = corners(size)
    moved = there @ (other_steps - steps).T + (other_origin - origin)
    return float(np.abs(np.linalg.solve(steps, moved.T)).max())


def displacement(first: OnGrid, second: OnGrid) -> float:
    """Return how far two grids of one size lie apart, see `apart`; infinite where they have not the same size.

    Example:
        >>> grid = Grid((2, 3, 4), (1.0, 1.0, 2.0), (0.0, 0.0, 0.0), (1, 0, 0, 0, 1, 0, 0, 0, 1))
        >>> displacement(grid, Grid((2, 3, 4), (1.0, 1.0, 2.0), (0.0, 0.0, 0.5), grid.direction))
        0.25
    """
    if tuple(first.size) != tuple(second.size):
        return float("inf")
    return apart(*affine_of(first), *affine_of(second), first.size)


def straightened(steps: Array, origin: Array, size: Sequence[int]) -> tuple[Array, Array]:
    """Return the nearest axes at right angles, as steps in mm, and the origin that keeps the centre where it is.

    What is off by rounding alone stays as it is.
    """
    spacing = np.linalg.norm(steps, axis=0)
    cosines = steps / spacing
    if np.allclose(cosines.T @ cosines, np.eye(3), rtol=0, atol=_ROUNDING):
        return steps, origin
    left, _, right = np.linalg.svd(cosines)
    straight = (left @ right) * spacing
    middle = (np.array(size, float) - 1) / 2
    return straight, origin + (steps - straight) @ middle
