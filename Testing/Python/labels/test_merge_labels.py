"""Two annotators' work in one: no verified voxel is lost or invented."""

from __future__ import annotations

import numpy as np
import pytest

from DualNetSSLLib.labels import merge_labels
from DualNetSSLLib.labels.merge_labels import Work, compare, merge, undecided

SHAPE = (3, 4, 5)


def drawn(chance, *, of=None):
    """Work that leaves about half of the voxels as they were in ``of``."""
    label, mask = chance.integers(0, 3, SHAPE).astype(np.uint8), chance.integers(0, 2, SHAPE).astype(np.uint8)
    if of is not None:
        kept = chance.random(SHAPE) < 0.5
        label, mask = np.where(kept, of.label, label), np.where(kept, of.verified, mask)
    return Work(label, mask)


@pytest.fixture(params=range(20))
def works(request, monkeypatch):
    """Mine, theirs, and what both began with, which in half of the runs is not known."""
    monkeypatch.setattr(merge_labels, "_AT_ONCE", 7)
    chance = np.random.default_rng(request.param)
    began = drawn(chance)
    return drawn(chance, of=began), drawn(chance, of=began), began if request.param % 2 else None


def test_every_verified_voxel_belongs_to_one_set(works):
    found = compare(*works)
    mine, theirs = (work.verified != 0 for work in works[:2])
    assert found.agreed + found.mine + found.theirs + len(found.conflict) == np.count_nonzero(mine | theirs)
    assert found.agreed == np.count_nonzero(mine & theirs & (works[0].label == works[1].label))


def test_what_both_verified_differently_is_in_conflict(works):
    mine, theirs, began = works
    found = compare(*works)
    contested = (mine.verified & theirs.verified != 0) & (mine.label != theirs.label)
    changed = contested
    if began is not None:
        before = began.verified != 0
        changed = contested & ~(before & ((mine.label == began.label) | (theirs.label == began.label)))
    np.testing.assert_array_equal(found.conflict, np.flatnonzero(changed))
    assert found.conflict.dtype == np.int64


def test_no_verified_voxel_is_lost_or_invented(works):
    mine, theirs, _ = works
    done, contested = Work(*merge(*works)), np.zeros(SHAPE, bool)
    contested.reshape(-1)[compare(*works).conflict] = True
    anybody = (mine.verified | theirs.verified) != 0
    np.testing.assert_array_equal(done.verified != 0, anybody & ~contested)
    for voxel in zip(*np.nonzero(done.verified), strict=True):
        vouched = {int(work.label[voxel]) for work in (mine, theirs) if work.verified[voxel]}
        assert int(done.label[voxel]) in vouched
    alone = (mine.verified != 0) & (theirs.verified == 0)
    np.testing.assert_array_equal(done.label[alone], mine.label[alone])
    np.testing.assert_array_equal(done.label[~anybody], theirs.label[~anybody])
    np.testing.assert_array_equal(done.label[contested], mine.label[contested])


def test_what_is_left_open_is_found_again_until_it_is_decided(works):
    mine, theirs, _ = works
    conflict = compare(*works).conflict
    open_ones = undecided(Work(*merge(*works)), theirs)
    np.testing.assert_array_equal(open_ones, conflict)
    assert open_ones.dtype == np.int64
    assert len(undecided(mine, Work(None))) == 0


def test_merging_again_changes_nothing(works):
    mine, theirs, began = works
    done = Work(*merge(mine, theirs, began))
    again = Work(*merge(done, theirs, theirs))
    decided = np.ones(SHAPE, bool)
    decided.reshape(-1)[undecided(done, theirs)] = False
    np.testing.assert_array_equal(again.label[decided], done.label[decided])
    np.testing.assert_array_equal(again.verified[decided], done.verified[decided])
    assert len(compare(done, done).conflict) == 0


def test_a_later_correction_of_what_i_left_alone_is_no_conflict():
    one, two = np.array([1], np.uint8), np.array([2], np.uint8)
    assert len(compare(Work(one), Work(two)).conflict) == 1
    assert compare(Work(one), Work(two), Work(one)).theirs == 1
    assert merge(Work(one), Work(two), Work(one))[0].tolist() == [2]
    assert merge(Work(two), Work(one), Work(one))[0].tolist() == [2]


def test_a_label_without_a_mask_is_verified_wholly_and_no_label_not_at_all():
    label = np.array([1, 2], np.uint8)
    assert compare(Work(label), Work(None)).mine == 2
    assert merge(Work(label), Work(None))[1].tolist() == [1, 1]
    assert compare(Work(None), Work(label)).theirs == 2


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="one size"):
        compare(Work(np.zeros(2)), Work(np.zeros(3)))
