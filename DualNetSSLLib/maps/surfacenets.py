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


def mean_around(values: Array, cubes: Array) -> Array:
    """Return the mean value ``[k, j, i]`` of the eight voxels of each cube; outside is what is nearest inside."""
    padded = np.pad(values, 1, mode="edge")
    around = [padded[tuple((cubes + 1 + corner).T)] for corner in CORNERS]
    mean: Array = np.add.reduce(around, axis=0, dtype=np.float64) / len(CORNERS)
    return mean


def evened(values: Array, faces: Array) -> Array:
    """Let values, shape (n,), go towards the mean of those they are joined to: the stairs of a mask must not show."""
    column: Array = values.astype(np.float64)[:, None]
    for _round in range(ROUNDS // 2):
        column = np.add(column, _mean_of_joined(column, faces)) / 2
    flat: Array = column[:, 0]
    return flat


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
    """Return for each cube whether it has voxels inside and outside."""
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
    points = middles.astype(np.float64)
    for _round in range(ROUNDS):
        points = np.clip((points + _mean_of_joined(points, faces)) / 2, middles - HALF, middles + HALF)
    return points


def _mean_of_joined(vectors: Array, faces: Array) -> Array:
    """Return for each point the mean vector of those that share an edge with it."""
    total, count = np.zeros_like(vectors), np.zeros(len(vectors))
    for corner, other in itertools.permutations(range(4), 2):
        if (corner - other) % 2:
            total += _gathered(faces[:, corner], vectors[faces[:, other]], len(vectors))
            count += np.bincount(faces[:, corner], minlength=len(vectors))
    mean: Array = total / count[:, None]
    return mean


def _gathered(targets: Array, vectors: Array, count: int) -> Array:
    """Add up vectors by the point that they belong to."""
    return np.column_stack([np.bincount(targets, column, minlength=count) for column in vectors.T])
