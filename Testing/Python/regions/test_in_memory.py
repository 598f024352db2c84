"""Regions of a scan from its maps in memory, and what a value of the map means."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from DualNetSSLLib.regions.finder import Query
from DualNetSSLLib.regions.in_memory import regions
from DualNetSSLLib.regions.uncertain_voxels import expected_error
from DualNetSSLLib.scans.opinions import Opinions

SHAPE = (6, 8, 30)


def image(array, dtype=np.float32):
    made = sitk.GetImageFromArray(np.asarray(array, dtype=dtype))
    made.SetSpacing((0.5, 1.0, 2.0))
    made.SetOrigin((10.0, -20.0, 30.0))
    made.SetDirection((-1, 0, 0, 0, -1, 0, 0, 0, 1))
    return made


def two_places():
    array = np.zeros(SHAPE)
    array[1, 1, 1:3] = 0.9  # small but very uncertain
    array[3:5, 4:7, 21:25] = 0.5  # large and uncertain
    return array


def nothing(dtype=np.uint8):
    return image(np.zeros(SHAPE), dtype)


def test_regions_lie_where_the_map_says_and_in_patient_space():
    array, labels = two_places(), np.zeros(SHAPE, np.uint8)
    labels[:, :, 22:] = 7
    large, small = regions(image(array), image(labels, np.uint8), Query(minimum_mm3=0.0))
    np.testing.assert_array_equal(large.mask(), array == 0.5)
    np.testing.assert_array_equal(small.mask(), array == 0.9)
    assert large.mask()[large.box()].sum() == large.mask().sum() == 24
    assert large.found.volume_mm3 == pytest.approx(24.0)
    assert large.found.label == 7
    assert large.found.centre_lps == pytest.approx((10 - 22.5 * 0.5, -20 - 5.0, 30 + 3.5 * 2))
    assert large.found.expected_error_mm3 == pytest.approx(24 * expected_error(0.5), rel=2e-3)


def test_a_place_amid_background_is_about_the_class_that_it_is_doubted_for():
    array, labels = two_places(), np.zeros(SHAPE, np.uint8)
    labels[3:5, 4:7, 21:23] = 2
    where = np.flatnonzero(array)
    odds = np.tile(np.array([0, 40, 9], np.uint8)[None, :, None], (2, 1, len(where)))
    said = Opinions((0, 2, 7), 0.05, where, odds)
    options = {"uncertainty": image(array), "segmentation": image(labels, np.uint8), "query": Query(minimum_mm3=0.0)}
    assert [one.found.label for one in regions(**options)] == [2, 0], "without the networks' answers nobody knows"
    assert [one.found.label for one in regions(**options, opinions=said)] == [2, 7], "what was found goes first"


def test_what_is_verified_promises_nothing():
    array = two_places()
    first, second = regions(image(array), nothing(), Query(minimum_mm3=0.0), verified=array == 0.5)
    np.testing.assert_array_equal(first.mask(), array == 0.9)
    assert second.found.remaining_error_mm3 == 0


def test_without_a_wish_regions_are_those_of_the_walk():
    assert [one.found.voxels for one in regions(image(two_places()), nothing())] == [24]
    assert regions(nothing(np.float32), nothing()) == []


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_expected_error_inverts_the_entropy_of_two_classes_in_doubt(classes):
    wrong = np.array([0.0, 0.01, 0.1, 0.3, 0.5])
    sure = np.clip(wrong, 1e-12, None)
    entropy = -(sure * np.log(sure) + (1 - sure) * np.log(1 - sure)) / np.log(classes)
    np.testing.assert_allclose(expected_error(entropy, classes), wrong, atol=1e-4)
    assert expected_error(1.0, classes) == pytest.approx(1 - 1 / classes)
    assert (np.diff(expected_error(np.linspace(0, 1, 1000), classes)) > 0).all()


@pytest.mark.parametrize("value", [-0.1, 1.5, np.nan])
def test_a_map_that_is_no_uncertainty_is_refused(value):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        regions(image(np.full(SHAPE, value)), nothing())


def test_a_segmentation_of_another_size_is_refused():
    with pytest.raises(ValueError, match="size"):
        regions(image(two_places()), sitk.Image([2, 2, 2], sitk.sitkUInt8))


def test_a_slice_is_no_map():
    with pytest.raises(ValueError, match="3-D"):
        regions(sitk.Image([4, 4], sitk.sitkFloat32), sitk.Image([4, 4], sitk.sitkUInt8))
