"""Planes show a scan where it is, whatever its grid, and the same place on all three."""

from __future__ import annotations

import numpy as np
import pytest

from dualnetssl.pictures.planes import View, most_uncertain, view_through, weights

SIZE, SPACING = (12, 20, 30), (4.0, 2.0, 1.0)


def view(place=(6, 5, 20), edge=60) -> View:
    extent = [size * step for size, step in zip(SIZE, SPACING, strict=True)]
    return View(SIZE, SPACING, place, tuple((0.0, length) for length in extent), edge)


@pytest.mark.parametrize("voxels", [4, 9, 40])
@pytest.mark.parametrize("pixels", [3, 10, 33])
def test_every_pixel_is_a_mean_and_a_ramp_stays_a_ramp(voxels, pixels):
    shares = weights(0, voxels, pixels, voxels)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (shares >= 0).all()
    ramp = shares @ (np.arange(voxels) + 0.5) / voxels
    inner = slice(pixels // 4, -(pixels // 4) or None)
    assert ramp[inner] == pytest.approx(((np.arange(pixels) + 0.5) / pixels)[inner], abs=0.51 / voxels)


def test_one_bright_voxel_is_where_the_marks_point_in_all_planes():
    volume = np.zeros(SIZE, np.float32)
    volume[6, 5, 20] = 1
    shown = view()
    for plane, (row, column), shape in zip(shown.cut(volume), shown.at(), shown.shapes(), strict=True):
        assert plane.shape == shape
        brightest = np.argwhere(plane == plane.max()).mean(axis=0) + 0.5
        assert brightest == pytest.approx((row, column), abs=0.75)


def test_the_head_is_up_and_the_left_of_the_patient_on_the_right():
    k, _, i = np.indices(SIZE).astype(np.float32)
    axial, coronal, sagittal = view().cut(i), view().cut(k), view().cut(k)
    assert axial[0][0, -1] > axial[0][0, 0]
    assert coronal[1][0, 0] > coronal[1][-1, 0]
    assert sagittal[2][0, 0] > sagittal[2][-1, 0]


def test_another_grid_of_the_same_extent_gives_the_same_picture():
    fine = np.add.outer(np.add.outer(np.arange(24), np.arange(40)), np.arange(60)).astype(np.float32)
    coarse = fine.reshape(12, 2, 20, 2, 30, 2).mean(axis=(1, 3, 5))
    for one, other in zip(view().cut(fine), view().cut(coarse), strict=True):
        assert np.abs(one - other).max() <= 2


def test_what_is_shown_has_all_foreground_and_the_place_and_not_all_of_a_large_scan():
    foreground = np.zeros((40, 200, 200), bool)
    foreground[10:20, 50:60, 50:60] = True
    shown = view_through((12, 90, 55), foreground, (1.0, 1.0, 1.0), 96)
    (_, (front, back), (right, left)) = shown.box
    assert front < 50 < 91 < back < 150
    assert 30 < right < 50 < 60 < left < 80
    assert view_through((12, 90, 55), foreground[:, :1] & False, (1.0, 1.0, 1.0), 96).box[0] == (0.0, 40.0)


@pytest.mark.parametrize("size", [(1, 1, 1), (1, 7, 5), (2, 3, 100)])
def test_thin_scans_have_a_most_uncertain_place_inside(size):
    doubt = np.random.default_rng(0).random(size)
    place = most_uncertain(doubt, doubt > 0.5, (5.0, 0.5, 0.5))
    assert all(0 <= at < edge for at, edge in zip(place, size, strict=True))


@pytest.mark.parametrize(
    ("air", "border", "goes_first"), [(0.9, 0.6, "border"), (0.9, 0.3, "air"), (0.5, 0.3, "border")]
)
def test_doubt_around_what_is_predicted_goes_before_doubt_in_a_corner_of_air(air, border, goes_first):
    doubt, organ = np.zeros((60, 60, 60), np.float32), np.zeros((60, 60, 60), bool)
    organ[24:36, 24:36, 24:36] = True
    doubt[:6, :6, :6] = air
    doubt[36:42, 24:36, 24:36] = border
    places = {"border": (39, 27, 27), "air": (3, 3, 3)}
    assert most_uncertain(doubt, organ, (1.0, 1.0, 1.0)) == places[goes_first]
    assert most_uncertain(doubt, organ & False, (1.0, 1.0, 1.0)) == places["air"]


def test_a_corner_of_air_two_blocks_from_an_organ_is_no_border_of_it():
    doubt, organ = np.zeros((24, 24, 24), np.float32), np.zeros((24, 24, 24), bool)
    organ[12:, 12:, 12:] = True
    doubt[:6, :6, :6] = 0.7
    doubt[6:12, 12:18, 12:18] = 0.6
    assert most_uncertain(doubt, organ, (1.0, 1.0, 1.0)) == (9, 15, 15)
