"""Second opinions of a region."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mendingsites import VALUES, errors, made

from DualNetSSLLib.mending import answers
from DualNetSSLLib.mending.answers import second_opinions
from DualNetSSLLib.mending.kinds import ALL, FIRST, KINDS, LARGER, RUNNER_UP, SECOND, SMALLER
from DualNetSSLLib.mending.site import Site


def sited(label, first, second, spacing=(1.0, 1.0, 1.0), locked=()):
    """A row of voxels, of which the outer two are not in the region, and what the networks say, classes 0 and 4."""
    label = np.array(label, np.uint8).reshape(1, 1, -1)
    chances = np.array([[1 - np.array(each), np.array(each)] for each in (first, second)], np.float32)
    free = np.ones(label.shape, bool)
    free[..., [0, -1]] = False
    return Site(label, free, ~free, chances.reshape(2, 2, *label.shape), (0, 4), spacing, locked)


def labels(site, value=4):
    return {answer.kind: answer.label.ravel().tolist() for answer in second_opinions(site, value)}


def test_each_kind_of_answer():
    site = sited([4, 4, 0, 0, 0, 0], [0.9, 0.9, 0.8, 0.2, 0.2, 0.1], [0.9, 0.4, 0.1, 0.1, 0.3, 0.2])
    assert labels(site) == {
        FIRST: [4, 4, 4, 0, 0, 0],
        SECOND: [4, 0, 0, 0, 0, 0],
        RUNNER_UP: [4, 0, 4, 4, 4, 0],
        ALL: [4, 4, 4, 4, 4, 0],
    }, "nothing is what the second says, larger what the first says, smaller what the second says"


def test_larger_and_smaller_by_one_voxel_where_there_is_background():
    site = sited([0, 0, 0, 4, 4, 4, 0, 0, 0], [0.4] * 9, [0.4] * 9)
    assert labels(site)[LARGER] == [0, 0, 4, 4, 4, 4, 4, 0, 0]
    assert labels(site)[SMALLER] == [0, 0, 0, 0, 4, 0, 0, 0, 0]


def test_thick_slices_do_not_grow_into_each_other():
    one = sited([0, 0, 0, 4, 4, 4, 0, 0, 0], [0.4] * 9, [0.4] * 9)
    parts = {name: getattr(one, name).transpose(2, 1, 0) for name in ("label", "free", "held")}
    stack = replace(one, **parts, chances=one.chances.transpose(0, 1, 4, 3, 2))
    assert LARGER in labels(replace(stack, spacing=(1.0, 1.0, 1.0)))
    assert LARGER not in labels(replace(stack, spacing=(5.0, 1.0, 1.0)))


def test_an_answer_says_what_it_changes():
    site = sited([0, 0, 0, 4, 4, 4, 0, 0, 0], [0.4] * 9, [0.4] * 9, spacing=(2.0, 1.0, 0.5))
    found = {answer.kind: answer for answer in second_opinions(site, 4)}
    told = {kind: (one.changed_mm3, one.gained_mm3, one.lost_mm3) for kind, one in found.items()}
    assert told[FIRST] == (3.0, {0: 3.0}, {4: 3.0})
    assert told[LARGER] == (2.0, {4: 2.0}, {0: 2.0})


def test_what_a_class_gains_in_one_place_and_loses_in_another_is_told_apart():
    site = sited([0, 0, 0, 4, 4, 4, 0, 0, 0], [0.4] * 9, [0.4] * 9, spacing=(2.0, 1.0, 0.5))
    moved = answers.answer(site, FIRST, np.roll(site.label, 1, axis=int(np.argmax(site.label.shape))))
    assert (moved.changed_mm3, moved.gained_mm3, moved.lost_mm3) == (2.0, {0: 1.0, 4: 1.0}, {0: 1.0, 4: 1.0})


def test_none_is_told_twice_and_none_that_changes_nothing():
    site = sited([0, 4, 4, 4, 0], [0.1, 0.9, 0.9, 0.9, 0.1], [0.1, 0.9, 0.9, 0.9, 0.1])
    assert labels(site).keys() == {RUNNER_UP, SMALLER}, "background is what comes second everywhere"


def test_without_a_class_in_question_there_is_no_all_larger_or_smaller():
    assert not {ALL, LARGER, SMALLER} & labels(sited([0] * 4, [0.4] * 4, [0.2] * 4), value=0).keys()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), verified=st.sampled_from([0.0, 0.3]), locked=st.sampled_from([(), (7,), (0, 3)]))
def test_nothing_changes_outside_the_free_voxels_and_no_locked_class(seed, verified, locked):
    site = made(seed, verified=verified, locked=locked).site
    for value in VALUES:
        found = second_opinions(site, value)
        assert [answer.kind for answer in found] == sorted((answer.kind for answer in found), key=KINDS.index)
        for answer in found:
            changed = answer.label != site.label
            assert changed.any()
            assert not (changed & ~site.free).any()
            assert not np.isin(answer.label[changed], locked).any()
            assert not np.isin(site.label[changed], locked).any()
            assert answer.changed_mm3 == pytest.approx(changed.sum() * site.voxel_mm3)


def test_a_rim_that_is_one_voxel_off_is_mended_by_one_key():
    case = made(off=1.0)
    found = {answer.kind: errors(case, answer.label) for answer in second_opinions(case.site, 3)}
    assert found[LARGER] < 0.25 * errors(case, case.site.label)
