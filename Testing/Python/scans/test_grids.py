"""A volume whose axes were turned round comes back voxel for voxel; another grid is told apart."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from panelserver import GEOMETRY

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.scans.grids import on_grid

VOXELS = np.random.default_rng(0).integers(0, 255, GEOMETRY.size[::-1], np.uint8)
TURNS = [(order, signs) for order in itertools.permutations(range(3)) for signs in itertools.product((1, -1), repeat=3)]


def turned(order, signs):
    """The same voxels with their axes in this order, some of them backwards."""
    axes = np.reshape(GEOMETRY.direction, (3, 3))
    origin, size, spacing = np.array(GEOMETRY.origin), np.array(GEOMETRY.size), np.array(GEOMETRY.spacing)
    voxels = VOXELS.transpose(2, 1, 0).transpose(order)
    for axis, (came_from, sign) in enumerate(zip(order, signs, strict=True)):
        if sign < 0:
            voxels = np.flip(voxels, axis)
            origin = origin + axes[:, came_from] * spacing[came_from] * (size[came_from] - 1)
    directions = axes[:, order] * signs
    geometry = Geometry(
        size=tuple(size[list(order)].tolist()),
        spacing=tuple(spacing[list(order)].tolist()),
        origin=tuple(origin.tolist()),
        direction=tuple(directions.reshape(-1).tolist()),
    )
    return voxels.transpose(2, 1, 0), geometry


@pytest.mark.parametrize(("order", "signs"), TURNS)
def test_whatever_way_round_the_axes_are_the_voxels_are_the_same(order, signs):
    voxels, geometry = turned(order, signs)
    np.testing.assert_array_equal(on_grid(voxels, geometry, GEOMETRY), VOXELS)
    np.testing.assert_array_equal(on_grid(VOXELS, GEOMETRY, geometry), voxels)


@pytest.mark.parametrize(
    "other",
    [
        replace(GEOMETRY, origin=(-10.0, 5.0, 0.55)),
        replace(GEOMETRY, spacing=(1.0, 1.25, 2.01)),
        replace(GEOMETRY, size=(24, 16, 20)),
        replace(GEOMETRY, direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)),
    ],
)
def test_other_voxels_are_told_apart(other):
    assert on_grid(VOXELS, GEOMETRY, other) is None


def test_what_a_file_rounds_away_does_not_matter():
    rounded = replace(GEOMETRY, origin=tuple(value + 1e-4 for value in GEOMETRY.origin))
    np.testing.assert_array_equal(on_grid(VOXELS, rounded, GEOMETRY), VOXELS)


def test_voxels_of_another_size_are_refused():
    with pytest.raises(ValueError, match="of size"):
        on_grid(VOXELS[1:], GEOMETRY, GEOMETRY)
