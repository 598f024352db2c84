"""Undo of what was painted in a region: a stroke, or an edit that was accepted; what is painted since stays."""

from __future__ import annotations

import numpy as np
import pytest
from hand import drag
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import TRUTH, predicted
from reviewfixtures import SPOTS, Reviewer

__all__ = ["client", "predicted", "server"]

HERE = 7, 9, 11
"""A voxel of the first region, where somebody paints afterwards."""


@pytest.fixture
def reader(predicted):
    """Somebody at the first region of the scan, who has painted all of it as spleen with a brush as wide."""
    reader = Reviewer(predicted)
    reader.open("scan-1")
    reader.review.select(0)
    reader.pump(lambda: reader.review.mending._call is None, PATIENCE)
    reader.ui.brushSizeSpin.value, reader.ui.brushSphereCheck.checked = 40.0, True
    reader.review.edit()
    reader.review.toolbox.choose(2)
    middle = np.argwhere(spot())[0]
    drag(reader.desk.shown.node("image"), (middle, middle), "Red")
    np.testing.assert_array_equal(reader.panel.painted(), np.where(spot(), 2, TRUTH))
    return reader


def spot():
    mask = np.zeros(TRUTH.shape, bool)
    mask[SPOTS[0]] = True
    return mask


def erase_with_slicer(reader):
    """Erase one voxel of the stroke with an effect of Slicer's."""
    label = reader.panel.painted()
    label[HERE] = 0
    reader.panel.paint(label == 2, "spleen")


def left():
    """What is left of both once the brush's stroke is taken back."""
    label = TRUTH.copy()
    label[HERE] = 0
    return label


def test_a_stroke_that_is_taken_back_leaves_what_was_painted_since(reader):
    erase_with_slicer(reader)
    reader.review.undo()
    assert reader.review.message.text == "The last stroke in region 1 is taken back."
    np.testing.assert_array_equal(reader.panel.painted(), left())
    np.testing.assert_array_equal(reader.verified(), left() != TRUTH)


def test_strokes_are_taken_back_one_by_one_though_the_regions_were_found_anew_meanwhile(reader):
    reader.ui.overlayThresholdSlider.value = 0.6
    reader.found()
    middle = np.argwhere(spot())[0]
    reader.review.erase()
    drag(reader.desk.shown.node("image"), (middle, middle), "Red")
    for label in (np.where(spot(), 2, TRUTH), TRUTH):
        reader.review.undo()
        np.testing.assert_array_equal(reader.panel.painted(), label)
    assert not reader.verified().any()


def test_an_edit_that_is_taken_back_leaves_what_was_painted_since_it_was_accepted(reader):
    label = reader.panel.painted()
    label[7, 9, 12] = 7
    reader.panel.paint(label == 7, "liver")  # no stroke of the review's own: what accepting takes is an edit
    reader.panel.paint(label == 2, "spleen")
    reader.review.accept()
    erase_with_slicer(reader)
    reader.review.undo()
    assert reader.review.message.text == "Region 1 is not verified any more."
    reader.review.undo()
    assert reader.review.message.text == "Region 1 is labelled as before it was painted."
    reader.review.undo()
    np.testing.assert_array_equal(reader.panel.painted(), left())
