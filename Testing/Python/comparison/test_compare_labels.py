"""Two label volumes: overlap over what was verified, what changed where, and what is kept of it in the cache."""

from __future__ import annotations

import numpy as np
import pytest
from panelserver import GEOMETRY

from DualNetSSLLib.client.errors import LocalFileError
from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.comparison.compare_labels import (
    GAINED,
    LOST,
    RELABELLED,
    SLAB_VOXELS,
    box_geometry,
    changes,
    counted,
    overlaps,
    paired_dice,
)
from DualNetSSLLib.scans.cache import Cache

SHAPE = GEOMETRY.size[::-1]


@pytest.fixture
def pair():
    """Two random label volumes with the values 2 and 7, and a random mask."""
    rng = np.random.default_rng(3)
    before, after = (rng.choice(np.array([0, 2, 7], np.uint8), SHAPE) for _ in range(2))
    return before, after, rng.integers(0, 2, SHAPE).astype(np.uint8)


@pytest.fixture(params=[SLAB_VOXELS, 1, 999])
def slab(request, monkeypatch):
    """Slabs of any size give the same counts."""
    monkeypatch.setattr("DualNetSSLLib.comparison.compare_labels.SLAB_VOXELS", request.param)


@pytest.mark.parametrize("masked", [True, False])
def test_overlap_counts_verified_voxels_alone(pair, slab, masked):
    truth, found, mask = pair
    inside = mask != 0 if masked else np.ones(SHAPE, bool)
    for value, overlap in overlaps(found, truth, mask if masked else None, (2, 7)).items():
        true, said = (truth == value)[inside], (found == value)[inside]
        assert (overlap.truth, overlap.segmented, overlap.common) == (true.sum(), said.sum(), (true & said).sum())
        assert overlap.dice == pytest.approx(2 * (true & said).sum() / (true.sum() + said.sum()))


def test_voxels_of_every_value_are_counted(pair, slab):
    before = pair[0]
    assert {value: count for value, count in enumerate(counted(before)) if count} == {
        value: (before == value).sum() for value in (0, 2, 7)
    }


def test_a_change_is_of_one_kind_and_lies_where_it_happened():
    rng = np.random.default_rng(5)
    before = rng.choice(np.array([0, 2, 7], np.uint8), SHAPE)
    after = before.copy()
    after[3:6, 4:9, 5:8] = rng.choice(np.array([0, 2, 7], np.uint8), (3, 5, 3))
    after[3, 4, 5], after[5, 8, 7] = 9, 9
    found = changes(before, after)
    assert found.lower == (5, 4, 3)
    assert found.kinds.shape == (3, 5, 3)
    whole = np.zeros(SHAPE, np.uint8)
    whole[3:6, 4:9, 5:8] = found.kinds
    np.testing.assert_array_equal(whole == GAINED, (before == 0) & (after != 0))
    np.testing.assert_array_equal(whole == LOST, (before != 0) & (after == 0))
    np.testing.assert_array_equal(whole == RELABELLED, (before != 0) & (after != 0) & (before != after))


def test_nothing_changed_is_one_voxel_of_nothing(pair):
    found = changes(pair[0], pair[0])
    assert found.kinds.tolist() == [[[0]]]


def test_a_box_lies_in_space_where_its_voxels_lie():
    lower, size = (3, 2, 1), (4, 5, 6)
    whole = volume_from_array(np.zeros(SHAPE, np.uint8), GEOMETRY)
    part = volume_from_array(np.zeros(size[::-1], np.uint8), box_geometry(GEOMETRY, lower, size))
    for voxel in ((0, 0, 0), (3, 4, 5)):
        there = whole.TransformIndexToPhysicalPoint([low + step for low, step in zip(lower, voxel, strict=True)])
        assert part.TransformIndexToPhysicalPoint(voxel) == pytest.approx(there)


def test_dice_before_and_after_are_over_the_same_scans():
    assert paired_dice([(None, None)]) is None
    assert paired_dice([(0.2, 0.4), (0.6, 1.0), (None, None)]) == pytest.approx((0.4, 0.7))


def test_what_was_made_once_is_found_again(tmp_path):
    cache, made = Cache(tmp_path / "cache"), []

    def make():
        made.append(1)
        return np.arange(24, dtype=np.uint8).reshape(2, 3, 4)[:, ::-1], GEOMETRY

    first = cache.derived("a", make)
    assert cache.derived("a", make) == first
    assert len(made) == 1
    assert cache.derived("b", make).file != first.file
    np.testing.assert_array_equal(np.load(first.file), make()[0])
    assert first.geometry == GEOMETRY


def test_a_cache_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(LocalFileError):
        Cache(tmp_path / "cache").derived("a", lambda: (np.zeros((1, 1, 1), np.uint8), GEOMETRY))
