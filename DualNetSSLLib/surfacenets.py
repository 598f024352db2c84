"""A closed, smooth surface around a mask, by surface nets (Gibson 1998, "Constrained elastic surface nets").

Each cube of eight neighbouring voxels that the border runs through gets one point. Each face between a voxel inside
and one outside joins the points of the four cubes around it. The points then relax towards their neighbours, but never
leave their cube: so stairs vanish and nothing else does.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

CORNERS = np.array(list(itertools.product((0, 1), repeat=3)))
ROUNDS = 8
HALF = 0.5
"""So far a point may move from the middle of its cube, in voxels."""


@dataclass(frozen=True)
class Net:
    """A surface of four-sided faces.

    Attributes:
        points: shape (n, 3), float64: places [k, j, i] in voxels, where whole numbers are the voxels' middles.
        faces: shape (m, 4), int64: points of each face, right-handed about the way out in the order [k, j, i].
        cubes: shape (n, 3), int64: first voxel of each point's cube; it can lie one voxel outside the mask's array.
    """

    points: Array
    faces: Array
    cubes: Array


def net_around(mask: Array) -> Net:
    """Return the surface around the voxels of a mask ``[k, j, i]``; of an empty one, a net without points.

    Example:
        >>> net = net_around(np.ones((1, 1, 1), bool))
        >>> len(net.points), len(net.faces)
        (8, 6)
    """
    padded = np.pad(np.asarray(mask, bool), 1)
    cubes = np.argwhere(_crossed(padded))
    number = np.full(np.array(padded.shape) - 1, -1, np.int64)
    number[tuple(cubes.T)] = np.arange(len(cubes))
    faces = np.concatenate([_faces(padded, number, axis) for axis in range(3)])
    middles = cubes - HALF
    return Net(_relaxed(middles, faces), faces, cubes - 1)


def highest_around(values: Array, cubes: Array) -> Array:
    """Return the highest value ``[k, j, i]`` of the eight voxels of each cube, where those outside count as 0."""
    padded = np.pad(values, 1)
    around = [padded[tuple((cubes + 1 + corner).T)] for corner in CORNERS]
    highest: Array = np.max(around, axis=0)
    return highest


def normals_of(points: Array, faces: Array) -> Array:
    """Return the unit vector that points out of the surface at each point, shape (n, 3), float32."""
    corners = points[faces]
    across = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    total = _gathered(faces.T.reshape(-1), np.tile(across, (4, 1)), len(points))
    length = np.linalg.norm(total, axis=1, keepdims=True)
    length[length == 0] = 1.0
    normals: Array = (total / length).astype(np.float32)
    return normals


def _crossed(padded: Array) -> Array:
    """Tell of each cube whether it has voxels of both kinds."""
    every, some = padded, padded
    for axis in range(3):
        low = tuple(slice(None, -1) if along == axis else slice(None) for along in range(3))
        high = tuple(slice(1, None) if along == axis else slice(None) for along in range(3))
        every, some = every[low] & every[high], some[low] | some[high]
    crossed: Array = some & ~every
    return crossed


def _faces(padded: Array, number: Array, axis: int) -> Array:
    """Return the faces across one axis."""
    second, third = (axis + 1) % 3, (axis + 2) % 3
    steps = np.diff(padded.view(np.int8), axis=axis)
    places = np.argwhere(steps)
    around = []
    for b, c in ((-1, -1), (0, -1), (0, 0), (-1, 0)):
        cube = places.copy()
        cube[:, second] += b
        cube[:, third] += c
        around.append(number[tuple(cube.T)])
    faces = np.stack(around, axis=1)
    inwards = steps[tuple(places.T)] > 0
    faces[inwards] = faces[inwards, ::-1]
    return faces


def _relaxed(middles: Array, faces: Array) -> Array:
    """Let points move towards the mean of those they are joined to, within their cubes."""
    ends = np.concatenate([faces[:, [corner, (corner + 1) % 4]] for corner in range(4)])
    count = np.bincount(ends[:, 0], minlength=len(middles)) + np.bincount(ends[:, 1], minlength=len(middles))
    points = middles.astype(np.float64)
    for _round in range(ROUNDS):
        total = _gathered(ends[:, 0], points[ends[:, 1]], len(points))
        total += _gathered(ends[:, 1], points[ends[:, 0]], len(points))
        points = np.clip((points + total / count[:, None]) / 2, middles - HALF, middles + HALF)
    return points


def _gathered(targets: Array, vectors: Array, count: int) -> Array:
    """Add up vectors by the point that they belong to."""
    return np.column_stack([np.bincount(targets, vectors[:, axis], minlength=count) for axis in range(3)])
