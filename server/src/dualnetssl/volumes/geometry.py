"""Compare voxel grids, and turn volumes to the axis order closest to LPS and exactly back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.schema import Geometry
from dualnetssl.files.grid import SAME, Grid, displacement
from dualnetssl.files.placing import mismatch

Scalar = TypeVar("Scalar", bound=np.generic)


def geometry_of(grid: Grid) -> Geometry:
    """Return a grid as the record that goes over the wire."""
    return Geometry.model_validate(asdict(grid))


def same_geometry(first: Geometry, second: Geometry) -> bool:
    """Whether two volumes lie voxel on voxel, see `dualnetssl.files.grid.SAME`.

    Example:
        >>> grid = Geometry(size=(2, 3, 4), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
        >>> same_geometry(grid, grid.model_copy(update={"origin": (0.5, 0.0, 0.0)}))
        False
    """
    return displacement(first, second) < SAME


def check_same_geometry(image: Geometry, label: Geometry) -> None:
    """Refuse a label that does not lie on its image.

    Raises:
        GeometryMismatch: naming size, spacing, origin or direction with both values.
    """
    if not same_geometry(image, label):
        raise mismatch(image, label, displacement(image, label))


def to_canonical(array: NDArray[Scalar], geometry: Geometry) -> tuple[NDArray[Scalar], Geometry]:
    """Permute and flip a volume so that i runs to the left, j to the back and k upwards, as near as its grid allows.

    No voxel changes its value or its place in the patient; oblique grids stay oblique.

    Args:
        array: voxels ``[..., k, j, i]``.
        geometry: their grid.
    """
    axes, flipped = _canonical_axes(geometry)
    before = array.ndim - 3
    turned = _flip(array.transpose(*range(before), *(before + axis for axis in _array_axes(axes))), flipped)
    return np.ascontiguousarray(turned), _canonical_geometry(geometry, axes, flipped)


def canonical_geometry(geometry: Geometry) -> Geometry:
    """Return the grid that `to_canonical` would give, without any voxel."""
    return _canonical_geometry(geometry, *_canonical_axes(geometry))


def from_canonical(array: NDArray[Scalar], original: Geometry) -> NDArray[Scalar]:
    """Undo `to_canonical`.

    Args:
        array: voxels ``[k, j, i]`` on the canonical form of ``original``.
        original: the grid to return to.
    """
    axes, flipped = _canonical_axes(original)
    back = np.argsort(_array_axes(axes)).tolist()
    return np.ascontiguousarray(_flip(array, flipped).transpose(back))


def places_from_canonical(flat: NDArray[np.int64], original: Geometry) -> NDArray[np.int64]:
    """Return where voxels of the canonical form lie in the grid itself: what `from_canonical` does, for a few of them.

    Args:
        flat: indices into the canonical volume ``[k, j, i]``, C order.
        original: the grid to return to.

    Returns:
        Indices into the volume ``[k, j, i]`` of ``original``, C order, in the order of ``flat``.
    """
    axes, flipped = _canonical_axes(original)
    if axes == (0, 1, 2) and not any(flipped):
        return flat
    size = canonical_geometry(original).size[::-1]
    found = np.unravel_index(flat, size)
    turned = [
        length - 1 - index if flip else index
        for index, length, flip in zip(found, size, reversed(flipped), strict=True)
    ]
    back = np.argsort(_array_axes(axes)).tolist()
    places: NDArray[np.int64] = np.ravel_multi_index(tuple(turned[axis] for axis in back), original.size[::-1])
    return places


def _canonical_axes(geometry: Geometry) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """For each of L, P, S: the grid axis that runs closest to it, and whether it runs the other way."""
    direction, axes = np.reshape(geometry.direction, (3, 3)), geometry.closest_axes()
    return axes, tuple(bool(direction[row, column] < 0) for row, column in enumerate(axes))


def _array_axes(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(2 - axis for axis in reversed(axes))


def _flip(array: NDArray[Scalar], flipped: tuple[bool, ...]) -> NDArray[Scalar]:
    k, j, i = (slice(None, None, -1 if flip else 1) for flip in reversed(flipped))
    return array[..., k, j, i]


def _canonical_geometry(geometry: Geometry, axes: tuple[int, ...], flipped: tuple[bool, ...]) -> Geometry:
    direction = np.reshape(geometry.direction, (3, 3))
    origin = np.array(geometry.origin)
    for axis in (axis for axis, flip in zip(axes, flipped, strict=True) if flip):
        origin = origin + direction[:, axis] * geometry.spacing[axis] * (geometry.size[axis] - 1)
    signs = np.where(flipped, -1.0, 1.0)
    return Geometry(
        size=_triple(geometry.size[axis] for axis in axes),
        spacing=_triple(geometry.spacing[axis] for axis in axes),
        origin=_triple(origin.tolist()),
        direction=tuple((direction[:, list(axes)] * signs).ravel().tolist()),
    )


def _triple(values: Any) -> Any:
    return tuple(values)
