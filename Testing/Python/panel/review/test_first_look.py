"""Keys that are pressed twice quickly: what has only just come into sight is neither verified nor left by them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from keyboard import press
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import TRUTH, predicted
from reviewfixtures import SPOTS, Reviewer

__all__ = ["client", "predicted", "server"]


@pytest.fixture
def reader(predicted):
    """Somebody at the first region of the scan, at whose keys no time goes by."""
    reader = Reviewer(predicted)
    reader.open("scan-1")
    reader.look_at_leisure(0.0)
    return reader


@pytest.fixture
def key(reader):
    """Press a key, and wait for what it asked for; or first look at what is seen."""

    def press_key(name, looked=False):
        if looked:
            reader.review.look.looked()
        press(name, at=reader.ui.regionTable)
        reader.pump(lambda: reader.review.mending._call is None, PATIENCE)

    return press_key


def spot(number):
    mask = np.zeros(TRUTH.shape, bool)
    mask[SPOTS[number]] = True
    return mask


def test_the_second_of_two_quick_presses_verifies_no_region_that_nobody_has_seen(reader, key):
    key("D")
    assert reader.walk.current == 0, "the first region came into sight"
    for name in "DO":
        key(name)
        assert reader.review.message.text == (f"Region 1 has only just come into sight: look at it, then press {name}.")
        assert not reader.verified().any()
    for name, done in (("D", spot(0)), ("O", spot(0) | spot(1))):
        key(name, looked=True)
        np.testing.assert_array_equal(reader.verified(), done)
        for again in "DO":
            key(again)
            assert f"only just come into sight: look at it, then press {again}." in reader.review.message.text
            np.testing.assert_array_equal(reader.verified(), done)
    reader.ui.regionAcceptButton.click()
    np.testing.assert_array_equal(reader.verified(), done, "of a double click, too")
    key("U")
    assert reader.walk.current == 1
    key("D")
    assert reader.states()[1:] == ["open", "open"], "whoever is brought back to a region has not looked at it again"


def test_what_somebody_has_painted_was_looked_at(reader, key):
    key("N")
    label = TRUTH.copy()
    label[7, 9, 11] = 2
    reader.panel.paint(label == 2, "spleen")
    key("D")
    np.testing.assert_array_equal(reader.verified(), spot(0))


def test_an_answer_that_has_only_just_come_is_neither_taken_nor_painted_on(reader, key):
    key("N")
    key("K", looked=True)
    shown = reader.review.mending.preview
    assert shown is not None
    for name in ("K", "D", "E", "Shift+E"):
        key(name)
        said = reader.review.message.text
        assert (
            said == f"This answer has only just come into sight: look at it, then press {name.replace('Shift+', '⇧')}."
        )
        assert reader.review.mending.preview is shown
        np.testing.assert_array_equal(reader.panel.painted(), TRUTH)
    reader.ui.regionTraceButton.click()
    assert "then press Trace" in reader.review.message.text
    np.testing.assert_array_equal(reader.panel.painted(), TRUTH)
    key("K", looked=True)
    np.testing.assert_array_equal(reader.verified(), spot(0))
    key("K")
    key("K")
    np.testing.assert_array_equal(reader.verified(), spot(0), "the answer is for a region that nobody has seen")


def test_a_region_that_is_found_anew_larger_is_drawn_so_and_wants_a_look(reader, key, tmp_path):
    """The threshold moves while it is selected: else more was accepted than the line goes round."""
    import slicer

    worklist = next(s for s in reader.panel.panel.sections if type(s).__name__ == "WorklistSection")
    key("N")
    found = worklist._found[1]
    voxels = np.load(found.voxels_file)
    first, more = found.regions[0], np.flatnonzero(spot(0) | np.roll(spot(0), 2, axis=0))
    file = str(tmp_path / "larger.npy")
    np.save(file, np.concatenate([voxels, more.astype(voxels.dtype)]))
    larger = replace(first, start=len(voxels), voxels=len(more))
    line = np.array(reader.desk.shown.node("region").GetPolyData().GetBounds())
    reader.review.look.looked()
    reader.review.show(replace(found, regions=(larger, *found.regions[1:]), voxels_file=file))
    reader.found()
    assert reader.walk.current == 0
    key("D")
    assert "Region 1 has only just come into sight" in reader.review.message.text
    wider = np.array(reader.desk.shown.node("region").GetPolyData().GetBounds())
    assert (wider[1::2] - wider[::2]).sum() > (line[1::2] - line[::2]).sum() + 2
    editor = reader.panel.label.editor.node
    assert editor.GetMaskMode() == slicer.vtkMRMLSegmentationNode.EditAllowedInsideSingleSegment
    assert reader.review.stage.slices.seen.slices[2].size == 4, "slices 7 to 10"
    key("D", looked=True)
    assert reader.verified().sum() == len(more)
    reader.review.select(1)
    reader.review.look.looked()
    reader.review.show(found)
    assert not reader.review.look.sight.fresh, "this region is as it was"
