"""Regions from doubt: compact, whole, ranked, the same in whatever direction the axes run; what is verified counts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.regions.finder import Finder, Query
from DualNetSSLLib.regions.uncertain_voxels import FLOOR, expected_error, gather_uncertain


def grid(shape, spacing=(1.0, 1.0, 1.0), origin=(0.0, 0.0, 0.0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    return Geometry(size=shape[::-1], spacing=spacing, origin=origin, direction=tuple(map(float, direction)))


def scene(seed=0, shape=(24, 30, 36)):
    """Doubt along the outline of two balls of labels 3 and 9 in noise, densest in different places."""
    rng = np.random.default_rng(seed)
    labels, doubt = np.zeros(shape, np.uint8), np.zeros(shape)
    for value, centre, radius in ((3, (11, 12, 11), 7), (9, (13, 16, 26), 6)):
        away = [axis - middle for axis, middle in zip(np.indices(shape), centre, strict=True)]
        distance = np.sqrt(sum(part**2 for part in away)) - radius
        labels[distance < 0] = value
        doubt = np.maximum(doubt, np.exp(-abs(distance)) * (0.6 + 0.4 * np.sin(away[0] / 3 + away[2] / 2)))
    doubt = np.clip(doubt + 0.02 * rng.random(shape), 0, 1)
    return doubt.astype(np.float32), labels


def finder(doubt, labels, geometry=None, reach_mm=4.0, **options):
    return Finder(gather_uncertain(doubt, labels, geometry or grid(doubt.shape), **options), reach_mm)


def voxels_of(found):
    return [found.voxels[one.start : one.start + one.voxels] for one in found.regions]


def test_what_is_said_of_a_region_is_what_its_voxels_say():
    doubt, labels = scene()
    geometry = grid(doubt.shape, (0.5, 1.5, 2.0), (10, -20, 5), (0, 0, 1, -1, 0, 0, 0, -1, 0))
    found = finder(doubt, labels, geometry, classes=3).find(Query(threshold=0.3))
    assert len(found.regions) > 5
    for one, flat in zip(found.regions, voxels_of(found), strict=True):
        values = doubt.reshape(-1)[flat]
        ijk = np.stack(np.unravel_index(flat, doubt.shape)[::-1])
        assert one.volume_mm3 == pytest.approx(1.5 * len(flat))
        assert one.mean_uncertainty == pytest.approx(values.mean(), abs=1e-5)
        assert one.expected_error_mm3 == pytest.approx(1.5 * expected_error(values, 3).sum(), rel=2e-3)
        assert one.remaining_error_mm3 == one.expected_error_mm3
        centre = np.reshape(geometry.direction, (3, 3)) @ (ijk.mean(axis=1) * geometry.spacing) + geometry.origin
        assert one.centre_lps == pytest.approx(tuple(centre))
        assert one.centre_ras == pytest.approx((-centre[0], -centre[1], centre[2]))
        assert (ijk.min(axis=1) >= one.lower).all()
        assert (ijk.max(axis=1) < np.add(one.lower, one.size)).all()
        assert (ijk.min(axis=1) - one.lower <= np.ceil(2.0 / np.array(geometry.spacing))).all()
    gains = [one.expected_error_mm3 for one in found.regions]
    assert gains == sorted(gains, reverse=True)
    assert [one.rank for one in found.regions] == list(range(1, len(gains) + 1))


@pytest.mark.parametrize("threshold", [0.0, 0.1, 0.3, 0.6])
def test_regions_are_compact_do_not_overlap_and_leave_out_crumbs_alone(threshold):
    doubt, labels = scene()
    doubt[1, 1, 1:3] = 0.9
    found = finder(doubt, labels).find(Query(threshold=threshold, minimum_mm3=5.0))
    above = np.flatnonzero(doubt > max(threshold, FLOOR))
    assert len(np.unique(found.voxels)) == len(found.voxels)
    assert np.isin(found.voxels, above).all()
    assert len(found.voxels) > 0.97 * len(above)
    assert not np.isin(np.ravel_multi_index((1, 1, 1), doubt.shape), found.voxels)
    for flat in voxels_of(found):
        places = np.stack(np.unravel_index(flat, doubt.shape), axis=1)
        assert len(flat) >= 5
        assert np.linalg.norm(np.ptp(places, axis=0)) <= 2 * 1.5 * 4.0 * np.sqrt(3)


def test_a_crumb_near_a_region_joins_it():
    doubt = np.zeros((10, 10, 20), np.float32)
    doubt[4:7, 4:7, 4:7] = 0.8
    doubt[5, 5, 8] = 0.7
    doubt[5, 5, 16] = 0.7
    (found,) = finder(doubt, doubt > 0.75).find(Query(minimum_mm3=5.0)).regions
    assert found.voxels == 28


@pytest.mark.parametrize(("start", "count"), [(8, 1), (13, 2)])
def test_what_lies_closer_than_a_third_of_the_reach_hangs_together(start, count):
    doubt = np.zeros((10, 10, 20), np.float32)
    doubt[4:7, 4:7, 4:7] = doubt[4:7, 4:7, start : start + 3] = 0.8
    assert len(finder(doubt, doubt > 0, reach_mm=12.0).find(Query(minimum_mm3=5.0)).regions) == count


def turned(array, order, flips):
    return np.ascontiguousarray(np.transpose(array, order)[tuple(slice(None, None, -1 if f else 1) for f in flips)])


def turned_geometry(geometry, order, flips):
    """The same grid in space, whose array axes (k, j, i) were taken in another order and turned round."""
    cosines, spacing = np.reshape(geometry.direction, (3, 3)), np.array(geometry.spacing)
    axes = [2 - axis for axis in order][::-1]
    size = np.array(geometry.size)[axes]
    back = np.array(flips[::-1])
    step = cosines[:, axes] * spacing[axes]
    origin = np.array(geometry.origin) + step @ (back * (size - 1))
    direction = cosines[:, axes] * np.where(back, -1, 1)
    return Geometry(
        size=tuple(int(n) for n in size),
        spacing=tuple(spacing[axes].tolist()),
        origin=tuple(origin.tolist()),
        direction=tuple(direction.reshape(-1).tolist()),
    )


OBLIQUE = (0.936293, -0.275096, 0.218351, 0.289629, 0.956425, -0.036957, -0.198669, 0.097843, 0.975170)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("flips", list(itertools.product((False, True), repeat=3)))
def test_a_scan_has_the_same_regions_in_whatever_direction_its_axes_run(order, flips):
    doubt, labels = scene(seed=sum(order[:2]) + sum(flips), shape=(20, 22, 36))
    geometry = grid(doubt.shape, (0.8, 1.0, 1.7), (3, 4, 5), OBLIQUE)
    mask = (labels == 3).astype(np.uint8)
    first, query = finder(doubt, labels, geometry), Query(threshold=0.25, limit=7)
    other = finder(turned(doubt, order, flips), turned(labels, order, flips), turned_geometry(geometry, order, flips))
    found = first.find(query, first.marks(mask))
    same = other.find(query, other.marks(turned(mask, order, flips)))
    numbers = turned(np.arange(doubt.size).reshape(doubt.shape), order, flips).reshape(-1)
    for one, two, own, theirs in zip(found.regions, same.regions, voxels_of(found), voxels_of(same), strict=True):
        np.testing.assert_array_equal(np.sort(own), np.sort(numbers[theirs]))
        assert one.centre_ras == pytest.approx(two.centre_ras)
        assert (one.label, one.remaining_error_mm3) == (two.label, two.remaining_error_mm3)


def test_the_label_in_question_is_the_one_found_there_or_next_to_it():
    doubt, labels = np.zeros((12, 12, 40), np.float32), np.zeros((12, 12, 40), np.uint8)
    doubt[4:8, 4:8, 2:6] = doubt[4:8, 4:8, 14:18] = doubt[4:8, 4:8, 30:34] = 0.8
    labels[:, :, 3:5], labels[:, :, 5] = 2, 7
    labels[4:8, 4:8, 18] = 5
    found = finder(doubt, labels).find(Query()).regions
    assert {int(one.centre_lps[0]): one.label for one in found} == {3: 2, 15: 5, 31: 0}


def test_what_is_verified_promises_no_gain():
    doubt, labels = scene()
    search = finder(doubt, labels)
    before = search.find(Query())
    whole = search.expected_mm3()
    mask = np.zeros(doubt.shape, np.uint8)
    first, second = voxels_of(before)[:2]
    mask.reshape(-1)[first] = 1
    mask.reshape(-1)[second[::2]] = 255
    marks = search.marks(mask)
    after = search.find(Query(), marks)
    assert after.regions[-1].verified_voxels == after.regions[-1].voxels == len(first)
    assert after.regions[-1].remaining_error_mm3 == 0
    assert after.regions[-1].expected_error_mm3 == before.regions[0].expected_error_mm3
    (half,) = [one for one in after.regions if 0 < one.verified_voxels < one.voxels]
    assert half.verified_voxels == len(second[::2])
    assert half.remaining_error_mm3 < half.expected_error_mm3
    done = whole - search.expected_mm3(marks)
    assert done == pytest.approx(expected_error(doubt[mask > 0]).sum(), rel=2e-3)
    assert whole == pytest.approx(expected_error(doubt[doubt > FLOOR]).sum(), rel=2e-3)
    assert search.expected_mm3(search.marks(np.ones_like(mask))) == 0


def test_regions_of_disagreement_are_ranked_by_the_errors_that_the_uncertainty_expects():
    doubt = np.zeros((8, 8, 30), np.float32)
    doubt[2:6, 2:6, 2:6], doubt[2:6, 2:6, 20:24] = 0.3, 0.9
    apart = np.zeros_like(doubt)
    apart[2:6, 2:6, 2:6], apart[2:6, 2:6, 20:24] = 0.8, 0.4
    first, second = finder(apart, doubt > 1, uncertainty=doubt).find(Query()).regions
    assert (first.mean_uncertainty, second.mean_uncertainty) == pytest.approx((0.4, 0.8), abs=1e-5)
    assert first.expected_error_mm3 == pytest.approx(64 * expected_error(0.9), rel=2e-3)


@pytest.mark.parametrize("level", [0.0, 0.01, 0.5, 1.0])
def test_maps_with_nothing_and_with_nothing_but_doubt(level):
    doubt = np.full((6, 7, 8), level, np.float32)
    found = finder(doubt, doubt > 0).find(Query())
    assert len(found.voxels) == (doubt.size if level > 0.3 else 0)
    assert bool(found.regions) == (level > 0.3)


def test_the_reach_follows_the_organs():
    labels = np.zeros((40, 40, 40), np.uint8)
    labels[10:30, 10:30, 10:30] = 1
    doubt = np.where(labels, 0.5, 0).astype(np.float32)
    assert Finder(gather_uncertain(doubt, labels, grid(labels.shape))).cells.reach_mm == pytest.approx(10.0)


def test_what_cannot_be_a_map_or_mask_is_refused():
    doubt, labels = scene()
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        finder(doubt * 3, labels)
    with pytest.raises(ValueError, match="size"):
        finder(doubt, labels[1:])
    with pytest.raises(ValueError, match="shape"):
        finder(doubt, labels).marks(labels[1:])
