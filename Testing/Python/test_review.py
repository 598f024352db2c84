"""Regions to review: found, measured and ranked as a clinician would want them."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from DualNetSSLLib.review import expected_error, regions


def uncertainty_map(array, spacing=(1.0, 1.0, 1.0), origin=(0.0, 0.0, 0.0)):
    image = sitk.GetImageFromArray(np.asarray(array, dtype=np.float32))
    image.SetSpacing(spacing)
    image.SetOrigin(origin)
    return image


def two_places():
    array = np.zeros((6, 8, 10))
    array[1, 1, 1:3] = 0.9  # small but very uncertain
    array[3:5, 4:7, 5:9] = 0.5  # large and uncertain
    return array


def test_regions_are_measured_in_patient_space():
    image = uncertainty_map(two_places(), spacing=(0.5, 1.0, 2.0), origin=(10.0, -20.0, 30.0))
    image.SetDirection((-1, 0, 0, 0, -1, 0, 0, 0, 1))
    large, small = regions(image, threshold=0.3)
    assert large.lower == (5, 4, 3)
    assert large.size == (4, 3, 2)
    assert large.volume_mm3 == pytest.approx(24 * 1.0)
    assert large.mean_uncertainty == pytest.approx(0.5)
    assert large.centroid == pytest.approx((10 - 6.5 * 0.5, -20 - 5.0, 30 + 3.5 * 2))
    assert small.volume_mm3 == pytest.approx(2.0)
    assert small.expected_error_mm3 == pytest.approx(2.0 * expected_error(0.9), rel=1e-4)
    assert large.expected_error_mm3 > small.expected_error_mm3


def test_masks_are_the_voxels_of_each_region():
    array = two_places()
    found = regions(uncertainty_map(array))
    np.testing.assert_array_equal(found[0].mask(), array == 0.5)
    np.testing.assert_array_equal(found[1].mask(), array == 0.9)
    assert found[0].mask()[found[0].box()].all()


def test_rank_is_by_expected_error_and_not_by_size():
    array = np.zeros((4, 4, 12))
    array[0, 0, :6] = 0.31
    array[3, 3, :3] = 1.0
    first, second = regions(uncertainty_map(array))
    assert (first.size[0], second.size[0]) == (3, 6)


def test_small_regions_and_the_tail_are_left_out():
    image = uncertainty_map(two_places(), spacing=(0.5, 1.0, 2.0))
    assert len(regions(image, minimum_mm3=2.0)) == 2
    assert len(regions(image, minimum_mm3=2.1)) == 1
    assert len(regions(image, limit=1)) == 1
    assert regions(image, threshold=0.95) == []


def test_labels_in_question_come_from_the_segmentation():
    labels = np.zeros((6, 8, 10), dtype=np.uint8)
    labels[:, :, 6:] = 7
    large, small = regions(uncertainty_map(two_places()), segmentation=sitk.GetImageFromArray(labels))
    assert large.labels == (0, 7)
    assert small.labels == (0,)


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
        regions(uncertainty_map(np.full((2, 2, 2), value)))


def test_a_segmentation_of_another_size_is_refused():
    with pytest.raises(ValueError, match="size"):
        regions(uncertainty_map(two_places()), segmentation=sitk.Image([2, 2, 2], sitk.sitkUInt8))


def test_a_slice_is_no_map():
    with pytest.raises(ValueError, match="3-D"):
        regions(sitk.Image([4, 4], sitk.sitkFloat32))


def shell():
    """A doubt that covers the outline of a ball as one connected shell, densest around (k, j, i) = (10, 10, 18)."""
    k, j, i = np.indices((21, 21, 21)) - 10
    radius = np.sqrt(k**2 + j**2 + i**2)
    return np.where(abs(radius - 8) < 1, np.where((i > 4) & (abs(j) < 4), 0.9, 0.5), 0.0)


def test_a_shell_of_doubt_is_cut_into_compact_places():
    array = shell()
    image = uncertainty_map(array, spacing=(0.5, 1.0, 2.0), origin=(5.0, 6.0, 7.0))
    (whole,) = regions(image)
    places = regions(image, reach_mm=4.0)
    assert len(places) > 8
    together = np.sum([place.mask() for place in places], axis=0)
    np.testing.assert_array_equal(together, whole.mask())
    for place in places:
        voxels = np.argwhere(place.mask()) * (2.0, 1.0, 0.5)
        assert np.linalg.norm(voxels[:, None] - voxels[None], axis=-1).max() <= 8.0
    errors = [place.expected_error_mm3 for place in places]
    assert errors == sorted(errors, reverse=True)
    assert sum(errors) == pytest.approx(whole.expected_error_mm3)


def test_the_densest_place_comes_first_and_the_search_ends_with_it():
    array = shell()
    first, second = regions(uncertainty_map(array), reach_mm=3.0, limit=2)
    assert first.mean_uncertainty == pytest.approx(0.9, abs=0.15)
    assert first.centroid[0] > 15
    assert not (first.mask() & second.mask()).any()
    assert regions(uncertainty_map(np.zeros((3, 3, 3))), reach_mm=3.0) == []


def test_small_places_are_left_out_and_do_not_use_up_the_limit():
    array = np.zeros((4, 8, 30))
    array[1, 1, 1] = 1.0
    array[:2, 2:5, 10:13] = 0.6
    array[:2, 2:5, 20:23] = 0.5
    places = regions(uncertainty_map(array), reach_mm=4.0, minimum_mm3=5.0, limit=2)
    assert [place.volume_mm3 for place in places] == [18.0, 18.0]
