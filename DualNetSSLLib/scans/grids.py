"""The same voxels in another order of their axes: Slicer turns the axes of a left-handed scan round as it reads one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.records import Geometry

Array = npt.NDArray[Any]

TOLERANCE = 0.05
"""How far voxels may lie from each other to be the same, in voxels."""


def on_grid(voxels: Array, geometry: Geometry, wanted: Geometry) -> Array | None:
    """Put the axes of a volume in the order and direction of another grid that has the same voxels.

    Args:
        voxels: ``[k, j, i]`` on the grid ``geometry``.
        geometry: of the voxels.
        wanted: the other grid.

    Returns:
        The volume on the wanted grid, a view where possible; None if that has other voxels.

    Raises:
        ValueError: the voxels do not have the size of their geometry.

    Example:
        >>> common = {"size": (2, 1, 3), "spacing": (1, 1, 2)}
        >>> ahead = Geometry(**common, origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
        >>> turned = Geometry(**common, origin=(0, 0, 4), direction=(1, 0, 0, 0, 1, 0, 0, 0, -1))
        >>> on_grid(np.arange(6).reshape(3, 1, 2), turned, ahead).tolist()
        [[[4, 5]], [[2, 3]], [[0, 1]]]
    """
    if voxels.shape != geometry.size[::-1]:
        raise ValueError(f"voxels of shape {voxels.shape} [k, j, i] with a geometry of size {geometry.size} (i, j, k)")
    axes, _ = _axes(wanted)
    turn = np.linalg.solve(axes, _axes(geometry)[0])
    source = np.abs(turn).argmax(axis=1)
    if sorted(source.tolist()) != [0, 1, 2] or tuple(np.array(geometry.size)[source]) != wanted.size:
        return None
    signs = np.sign(turn[range(3), source])
    turned = voxels.transpose([2 - source[axis] for axis in (2, 1, 0)])
    turned = turned[tuple(slice(None, None, int(signs[axis])) for axis in (2, 1, 0))]
    exact = np.zeros((3, 3))
    exact[range(3), source] = signs
    return turned if _same_corners(geometry, wanted, exact, signs) else None


def _axes(geometry: Geometry) -> tuple[Array, Array]:
    """Return the steps along i, j and k in mm as columns, and the origin."""
    return np.reshape(geometry.direction, (3, 3)) * np.array(geometry.spacing), np.array(geometry.origin)


def _same_corners(geometry: Geometry, wanted: Geometry, turn: Array, signs: Array) -> bool:
    """Tell whether both grids have their corners at the same places."""
    corners = np.stack(np.meshgrid(*((0, length - 1) for length in geometry.size)), axis=-1).reshape(-1, 3)
    start = np.where(signs < 0, np.array(wanted.size) - 1, 0)
    (axes, origin), (wanted_axes, wanted_origin) = _axes(geometry), _axes(wanted)
    there = corners @ axes.T + origin
    here = (corners @ turn.T + start) @ wanted_axes.T + wanted_origin
    return bool((np.abs(there - here) <= TOLERANCE * min(wanted.spacing)).all())
