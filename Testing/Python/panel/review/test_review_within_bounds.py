"""What is done to regions where somebody has said where the organ ends: Submit finds nothing to refuse afterwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hand import drag
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import TRUTH, painter, predicted
from reviewfixtures import SPOTS, Reviewer

__all__ = ["client", "painter", "predicted", "server"]

END = 7
"""The last slice of the organ, as somebody says: of the first region's two slices the second lies outside."""


@pytest.fixture
def reader(painter):
    """Somebody who labels by slices and reviews the regions, with both sections open."""
    painter.choose("slices")
    painter.panel.open("scan-1")
    reader = Reviewer(painter.panel)
    reader.ui.reviewSection.collapsed = False
    reader.found()
    assert reader.walk.places
    return reader


@pytest.fixture
def end_at(painter):
    """Say that the organ ends with a slice."""

    def end(index):
        painter.scroll_to(index)
        painter.slices.bounding.end_here()

    return end


def spot(number, outside=False):
    """A place of doubt: within the bounds, or what of it lies outside."""
    mask = np.zeros(TRUTH.shape, bool)
    mask[SPOTS[number]] = True
    mask[np.s_[: END + 1] if outside else np.s_[END + 1 :]] = False
    return mask


def settle(reader):
    reader.pump(lambda: reader.review.mending._call is None, PATIENCE)


def test_restore_leaves_out_what_the_bounds_exclude_and_says_so(reader, end_at, client):
    end_at(END)
    reader.review.select(0)
    reader.review.restore()
    count = spot(0, outside=True).sum()
    assert f"{count} voxels that the model labels outside the bounds of the organ stay background." in (
        reader.review.message.text
    )
    assert not reader.panel.painted()[END + 1 :].any()
    assert reader.states()[0] == "accepted"
    dataset = reader.desk.shown.dataset
    assert reader.submit(client, dataset, "scan-1").revision == 2


def test_answers_know_of_bounds_that_moved_after_the_region_was_selected(reader, end_at):
    reader.review.select(0)
    settle(reader)
    reader.review.mending.ask("second")
    assert reader.review.mending.preview is not None
    end_at(END)
    assert reader.review.mending.preview is None, "it reached beyond"
    settle(reader)
    reader.review.mending.ask("second")
    settle(reader)
    reader.review.mending.ask("second")
    painted = reader.panel.painted()
    assert (painted[spot(0)] == 2).all()
    assert not painted[END + 1 :].any()
    assert reader.states()[0] == "edited"


def test_what_is_painted_outside_is_told_at_once_and_not_accepted(reader, end_at):
    end_at(END)
    reader.review.select(0)
    settle(reader)
    reader.ui.brushSizeSpin.value, reader.ui.brushSphereCheck.checked = 40.0, True
    reader.review.edit()
    reader.review.toolbox.choose(2)
    middle = np.argwhere(spot(0)).mean(axis=0).round().astype(int)
    drag(reader.desk.shown.node("image"), (middle, middle), "Red")
    assert reader.review.message.text == "You paint outside the bounds of the organ: one of the two is wrong."
    history, count = len(reader.desk.shown.marks.history), spot(0, outside=True).sum()
    settle(reader)
    for act in (reader.review.accept, lambda: reader.review.mending.ask("nothing")):
        act()
        settle(reader)
    reader.review.accept()
    assert f"{count} voxels are painted here outside the bounds" in reader.review.message.text
    assert len(reader.desk.shown.marks.history) == history, "nothing was vouched for"
    assert (reader.panel.painted()[spot(0, outside=True)] == 2).all(), "and nothing is lost"
    reader.review.undo()
    reader.review.restore()
    assert reader.states()[0] == "accepted"


def test_another_person_s_label_outside_the_bounds_is_not_taken_before_they_are_moved(reader, end_at):
    end_at(END)
    walk = reader.walk
    theirs = np.full(len(walk.places[0].where), 2, np.uint8)
    walk.places = (replace(walk.places[0], theirs=theirs), *walk.places[1:])
    reader.review.select(0)
    before = reader.panel.painted()
    reader.review.restore()
    count = spot(0, outside=True).sum()
    assert f"{count} voxels of the other label lie outside the bounds" in reader.review.message.text
    assert "First slice, Last slice or No bounds in Label" in reader.review.message.text
    np.testing.assert_array_equal(reader.panel.painted(), before)
    end_at(END + 1)
    reader.review.restore()
    assert (reader.panel.painted()[SPOTS[0]] == 2).all()
