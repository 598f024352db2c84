"""A touch that spreads: what it mends, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mendingsites import VALUES, ball, errors, made

from DualNetSSLLib.mending.answers import second_opinions
from DualNetSSLLib.mending.spread import Medium, Spreading, spread

TOUCHED = (8.5, 8.5, 13.0)
"""On the rim that the networks have too far inside."""


def touch(case, centre=TOUCHED, value=3, radius=1.5, how=None):
    dab = ball(case.site.label.shape, centre, radius, case.site.spacing)
    return spread(case.site, case.image, {value: dab}, how), dab


def test_one_touch_mends_more_than_the_voxels_touched():
    case = made()
    label, dab = touch(case)
    plain = np.where(dab & case.site.free, 3, case.site.label)
    before = errors(case, case.site.label)
    assert errors(case, label) < 0.6 * before
    assert errors(case, label) < errors(case, plain) - 30


def test_a_touch_of_background_takes_away():
    case = made(off=-2.0)
    label, dab = touch(case, (8.5, 8.5, 15.5), value=0)
    plain = np.where(dab & case.site.free, 0, case.site.label)
    assert errors(case, label) < 0.7 * errors(case, case.site.label)
    assert errors(case, label) < errors(case, plain) - 30
    assert (label == 0).sum() > (case.site.label == 0).sum()


@pytest.mark.parametrize("axes", [(0, 2, 1), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("flip", [None, 0, 2])
def test_the_axes_of_the_scan_make_no_difference(axes, flip):
    case, spacing = made(spacing=(2.0, 1.0, 0.8)), (2.0, 1.0, 0.8)
    dab = ball(case.site.label.shape, TOUCHED, 2.0, spacing)
    dab &= case.site.free
    assert dab.any()

    def turned(voxels):
        there = voxels.transpose(*range(voxels.ndim - 3), *(voxels.ndim - 3 + axis for axis in axes))
        return there if flip is None else np.flip(there, axis=there.ndim - 3 + flip)

    parts = {name: turned(getattr(case.site, name)) for name in ("label", "free", "held", "chances")}
    other = replace(case.site, **parts, spacing=tuple(spacing[axis] for axis in axes))
    straight = spread(case.site, case.image, {3: dab})
    found = spread(other, turned(case.image), {3: turned(dab)})
    assert (straight != case.site.label).sum() > dab.sum()
    assert (found != turned(straight)).mean() < 0.001, "but for what the solver leaves open"


def test_millimetres_count_and_not_voxels():
    """Of slices four times as thick, four times as few take on a correction."""

    def reached(thickness):
        case = made(size=24)
        site = replace(case.site, spacing=(thickness, 1.0, 1.0), free=np.ones(case.site.free.shape, bool))
        dab = np.zeros(site.free.shape, bool)
        dab[12, 12, 12] = True
        medium = Medium.of(site, np.zeros(site.free.shape), site.free & ~dab, Spreading())
        return (medium.diffuse(dab)[:, 12, 12] > 0.02).sum() * thickness

    assert reached(1.0) == pytest.approx(reached(0.5), rel=0.35)
    assert reached(2.0) <= 1.5 * reached(1.0)


def test_an_edge_of_the_scan_stops_it():
    shape = (7, 7, 21)
    case = made(size=21)
    parts = {name: getattr(case.site, name)[..., :7, :7, :] for name in ("label", "held", "chances")}
    site = replace(case.site, **parts, free=np.ones(shape, bool))
    dab = np.zeros(shape, bool)
    dab[3, 3, 7] = True
    flat, step = np.random.default_rng(0).normal(0, 0.01, shape), np.zeros(shape)
    step[..., 9:] = 10.0
    through = {}
    for name, image in (("flat", np.zeros(shape)), ("step", step)):
        medium = Medium.of(site, image + flat * (name == "step"), site.free & ~dab, Spreading(edges=3.0))
        through[name] = medium.diffuse(dab)[3, 3]
    assert through["step"][8] > 0.8 * through["flat"][8]
    assert through["step"][9] < 0.2 * through["flat"][9]


def test_a_correction_lies_between_0_and_1_and_is_nothing_far_away():
    case = made()
    dab = ball(case.site.label.shape, TOUCHED, 1.5) & case.site.free
    correction = Medium.of(case.site, case.image, case.site.free & ~dab, Spreading()).diffuse(dab)
    assert correction[dab].min() == 1
    assert correction.min() >= -0.02
    assert correction.max() <= 1.02
    assert (correction[~case.site.free] == 0).all()


def test_what_somebody_painted_against_both_networks_stays_where_no_touch_reaches():
    case = made()
    painted = case.site.free & (np.indices(case.site.label.shape)[0] < 6)
    site = replace(case.site, label=np.where(painted, 7, case.site.label).astype(np.uint8))
    label, _ = touch(replace(case, site=site), centre=(13.0, 8.5, 12.5))
    assert (label[13] != site.label[13]).any()
    far = painted & (np.indices(label.shape)[0] < 3)
    np.testing.assert_array_equal(label[far], site.label[far])


def test_a_class_that_the_networks_do_not_know_is_refused():
    case = made()
    with pytest.raises(ValueError, match="class 5; the networks know 0, 3, 7"):
        touch(case, value=5)


def test_a_touch_of_nothing_free_changes_nothing():
    case = made()
    label, _ = touch(case, centre=(0, 0, 0))
    np.testing.assert_array_equal(label, case.site.label)


DAB = st.tuples(st.sampled_from(VALUES), st.tuples(*[st.integers(0, 17)] * 3), st.floats(0.5, 5))
STEP = st.one_of(st.integers(0, 6), st.lists(DAB, min_size=1, max_size=3))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    verified=st.sampled_from([0.0, 0.2]),
    locked=st.sampled_from([(), (7,), (0,), (3, 7)]),
    steps=st.lists(STEP, min_size=1, max_size=4),
)
def test_whatever_is_done_nothing_changes_where_nothing_may(seed, verified, locked, steps):
    """Opinions and touches in any order: outside the region, where verified, and of locked classes."""
    case = made(seed, verified=verified, locked=locked)
    start, site = case.site.label, case.site
    for step in steps:
        if isinstance(step, int):
            answers = second_opinions(site, 3)
            label = answers[step % len(answers)].label if answers else site.label
        else:
            dabs = {value: ball(start.shape, centre, radius) for value, centre, radius in step}
            label = spread(site, case.image, dabs)
            for value, centre, radius in step if len(step) == 1 else ():
                if value not in locked:
                    assert (label[ball(start.shape, centre, radius) & site.free] == value).all()
        site = replace(site, label=label)
    changed = site.label != start
    assert not (changed & ~case.site.free).any()
    assert not (changed & case.site.held).any()
    for value in locked:
        np.testing.assert_array_equal(site.label == value, start == value)
