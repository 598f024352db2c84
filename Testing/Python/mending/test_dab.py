"""What a brush covers: as wide as it says in mm, in the slice alone or as a ball, with nothing left out on the way."""

from __future__ import annotations

import numpy as np
import pytest

from DualNetSSLLib.mending.dab import covered

SHAPE = (9, 20, 20)


def test_a_disc_stays_in_its_slice_and_is_round_in_mm():
    mask = covered(SHAPE, ((4, 10, 10), (4, 10, 10)), 3.0, (2.0, 1.0, 0.5), (1.0, 0.0, 0.0))
    assert np.flatnonzero(mask.any(axis=(1, 2))).tolist() == [4]
    assert np.flatnonzero(mask[4, :, 10]).tolist() == list(range(7, 14))
    assert np.flatnonzero(mask[4, 10]).tolist() == list(range(4, 17))


def test_a_ball_goes_through_slices_and_thick_ones_are_few():
    mask = covered(SHAPE, ((4, 10, 10), (4, 10, 10)), 3.0, (2.0, 1.0, 1.0))
    assert np.flatnonzero(mask.any(axis=(1, 2))).tolist() == [3, 4, 5]
    np.testing.assert_array_equal(mask, mask[:, ::-1][:, np.r_[19, 0:19]])


def test_a_fast_stroke_leaves_no_gap():
    mask = covered(SHAPE, ((4, 3, 2), (4, 15, 17)), 1.0, (1, 1, 1), (1.0, 0.0, 0.0))
    steps = np.linspace((4, 3, 2), (4, 15, 17), 200).round().astype(int)
    assert mask[tuple(steps.T)].all()


def test_the_smallest_brush_covers_the_voxel_in_its_middle():
    mask = covered(SHAPE, ((4.4, 10.4, 9.6), (4.4, 10.4, 9.6)), 0.1, (2, 2, 2), (1.0, 0.0, 0.0))
    assert np.argwhere(mask).tolist() == [[4, 10, 10]]


def test_outside_the_box_nothing_is_covered():
    assert not covered(SHAPE, ((-9, 40, 3), (-9, 50, 3)), 2.0, (1, 1, 1)).any()


@pytest.mark.parametrize("tilt", [0.1, 0.4])
def test_in_an_oblique_slice_only_voxels_that_it_runs_through(tilt):
    normal = np.array((np.cos(tilt), np.sin(tilt), 0.0))
    mask = covered((20, 20, 20), ((10, 10, 10), (10, 10, 10)), 4.0, (1, 1, 1), normal)
    depth = np.abs((np.argwhere(mask) - 10) @ normal)
    assert depth.max() <= np.abs(normal).sum() / 2 + 1e-6
    assert mask.sum() > 20
