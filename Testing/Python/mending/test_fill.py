"""What goes on from paint: slices between painted ones, and a region grown from seeds; never beyond what may change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mendingsites import errors, made

from DualNetSSLLib.mending.fill import filled_between, grown_from_seeds, painted_axis


def painted_slices(one, axis, numbers):
    """Let somebody paint the truth into some slices of the region; returns the site then, and what was painted."""
    slices = np.zeros(one.site.label.shape, bool)
    np.moveaxis(slices, axis, 0)[list(numbers)] = True
    paint = slices & one.site.free & (one.truth != one.site.label)
    label = np.where(paint, one.truth, one.site.label).astype(np.uint8)
    return replace(one.site, label=label), paint


@pytest.mark.parametrize(("axis", "numbers"), [(0, (6, 9, 12)), (1, (6, 9, 12)), (2, (11, 13, 15))])
def test_slices_between_painted_ones_are_filled_along_any_axis(axis, numbers):
    one = made(off=2.5)
    site, paint = painted_slices(one, axis, numbers)
    label = filled_between(site, paint)
    assert label is not None
    assert ((label != site.label) <= site.free).all()
    assert errors(one, label) < 0.5 * errors(one, site.label)
    np.testing.assert_array_equal(label[paint], one.truth[paint])


def test_without_a_slice_between_there_is_nothing_to_fill():
    one = made()
    assert filled_between(one.site, np.zeros(one.site.label.shape, bool)) is None
    site, paint = painted_slices(one, 0, (9,))
    assert painted_axis(np.zeros((3, 3, 3), bool)) is None
    label = filled_between(site, paint & (np.indices(paint.shape)[1] == 9))
    assert label is None or ((label != site.label) <= site.free).all()


def test_verified_voxels_and_locked_classes_stay_as_they_are():
    one = made(off=2.5, verified=0.3, locked=(7,))
    site, paint = painted_slices(one, 0, (6, 12))
    for label in (filled_between(site, paint), grown_from_seeds(site, one.image, paint)):
        assert label is not None
        assert ((label != site.label) <= site.free).all()
        np.testing.assert_array_equal(label == 7, site.label == 7)


def test_what_grows_stops_at_the_scan_s_edges_and_leaves_paint_alone():
    one = made(off=2.5)
    site, paint = painted_slices(one, 2, (14, 15))
    label = grown_from_seeds(site, one.image, paint)
    assert ((label != site.label) <= site.free).all()
    np.testing.assert_array_equal(label[paint], site.label[paint])
    assert errors(one, label) < errors(one, site.label)
