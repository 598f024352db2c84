"""Doubt far from all that was predicted: half of its error is expected, so that air goes behind a border."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.regions.finder import Finder, Query
from DualNetSSLLib.regions.nearness import near_prediction
from DualNetSSLLib.regions.uncertain_voxels import FAR, expected_error, gather_uncertain

SHAPE = (20, 40, 60)
ORGAN, BORDER, AIR = np.s_[8:12, 8:14, 8:14], np.s_[8:12, 8:14, 14:18], np.s_[0:8, 32:40, 48:60]


def grid(direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    along = tuple(map(float, direction))
    return Geometry(size=SHAPE[::-1], spacing=(1.0, 1.0, 1.0), origin=(0.0, 0.0, 0.0), direction=along)


def scene(border=0.65, air=0.8):
    """A border in doubt at an organ, and a corner of air, eight times as large, that is doubted more."""
    labels, doubt = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.float32)
    labels[ORGAN], doubt[BORDER], doubt[AIR] = 1, border, air
    return doubt, labels


def test_a_border_in_doubt_goes_before_a_corner_of_air_of_its_size_and_an_organ_that_was_missed_keeps_its_place():
    doubt, labels = scene()
    doubt[AIR] = 0
    doubt[0:4, 32:38, 50:54] = 0.8  # as large as the border
    found = Finder(gather_uncertain(doubt, labels, grid(), classes=3), 10.0).find(Query(0.3)).regions
    assert [one.lower[0] > 40 for one in found] == [False, True]
    assert found[1].expected_error_mm3 == pytest.approx(FAR * 96 * float(expected_error(0.8, 3)), rel=2e-3)
    doubt[BORDER] = 0.05  # nearly sure
    assert Finder(gather_uncertain(doubt, labels, grid(), classes=3), 10.0).find(Query(0.03)).regions[0].lower[0] > 40


def test_where_nothing_was_predicted_all_doubt_counts():
    doubt, labels = scene()
    errors = gather_uncertain(doubt, np.zeros_like(labels), grid()).errors
    assert errors.min() == pytest.approx(float(expected_error(0.65)), abs=1e-3)


@pytest.mark.parametrize("axes", list(itertools.product((1, -1), repeat=3)))
def test_it_is_the_same_in_whatever_direction_the_axes_run(axes):
    rng = np.random.default_rng(3)
    labels = (rng.random(SHAPE) > 0.9995).astype(np.uint8)
    every = np.arange(labels.size)
    near = near_prediction(labels, grid(), every).reshape(SHAPE)
    assert 0.1 < near.mean() < 0.9
    flip = tuple(slice(None, None, step) for step in reversed(axes))
    turned = near_prediction(labels[flip], grid(np.diag(axes).ravel()), every).reshape(SHAPE)
    np.testing.assert_array_equal(turned[flip], near)
