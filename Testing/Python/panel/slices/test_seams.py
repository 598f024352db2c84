"""Where steps meet that each hold alone: bounds, paint, undo, drafts, scenes and hasty keys, over a prediction."""

from __future__ import annotations

import numpy as np
import pytest
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import LAST, TRUTH, painter, predicted, reloaded

__all__ = ["client", "painter", "predicted", "server"]

END = 6
"""A slice in the middle of the organ, where somebody ends it by mistake."""


@pytest.fixture
def by_slices(painter):
    """The scan as the model labelled it, to be gone through by slices."""
    painter.choose("slices")
    painter.panel.open("scan-1")
    assert LAST > END
    assert TRUTH[END + 1].any()
    return painter


def end_at(painter, index):
    painter.scroll_to(index)
    painter.press("L")


def draft_of(painter):
    """The label and the mask that the draft on disk holds."""
    drafts, shown = painter.panel.label.drafts, painter.desk.shown
    draft, folder = drafts.find(shown.dataset.id, shown.name), drafts.folder(shown.dataset.id, shown.name)
    return np.load(folder / draft.file), np.load(folder / draft.verified)


def test_bounds_that_move_while_a_draft_waits_to_be_written_verify_nothing_in_it(by_slices):
    painter = by_slices
    end_at(painter, END)
    painter.desk.keeper.keep()
    painter.slices.bounding.forget()  # before the event loop comes to the writing
    painter.pump(lambda: not painter.desk.busy, PATIENCE)
    label, mask = draft_of(painter)
    np.testing.assert_array_equal(label, TRUTH)
    assert not mask.any(), "what is back is the model's"
    painter.desk.keeper.keep()
    painter.scroll_to(END)
    painter.slices.bounding.end_here()
    painter.pump(lambda: not painter.desk.busy, PATIENCE)
    label, mask = draft_of(painter)
    assert not label[END + 1 :].any()
    assert set(np.unique(mask[END + 1 :])) == {2}, "bounds speak of it, and no person by itself"


def away_and_back(painter, _server):
    """Put the scan away, and open it again: it comes from the draft."""
    painter.desk.leave()
    painter.panel.open("scan-1")
    return painter


def test_a_label_of_which_nobody_knows_what_it_began_with_is_at_no_time_a_persons(by_slices, server):
    shown, changed = by_slices.desk.shown, []
    shown.model = "a model that is no more"
    shown.note_marks()

    def seen(desk):
        if desk.shown is not None:
            started = 0 if desk.shown.started is None else desk.shown.started
            changed.append(int((desk.shown.canvas().volume() != started).sum()))

    reloaded(by_slices, server, seen)
    assert changed
    assert not any(changed)


@pytest.mark.parametrize("way", [away_and_back, reloaded])
def test_what_bounds_have_taken_away_is_nobodys_doing_once_the_scan_is_opened_again(by_slices, server, way):
    painter = by_slices
    end_at(painter, END)
    label = painter.panel.painted()
    label[3, 0, 0] = 7
    painter.panel.paint(label == 7, "liver")
    painter = way(painter, server)
    assert painter.part is not None
    assert not painter.panel.painted()[END + 1 :].any()
    painter.ui.boundsNoneButton.click()
    label = TRUTH.copy()
    label[3, 0, 0] = 7
    np.testing.assert_array_equal(painter.panel.painted(), label)
    np.testing.assert_array_equal(painter.mask(), label != TRUTH)


def test_what_is_painted_outside_stays_when_the_bounds_are_taken_back(by_slices):
    painter = by_slices
    end_at(painter, END)
    painter.scroll_to(END + 1)
    label = painter.panel.painted()
    here = np.s_[END + 1, 8:10, 10:12]
    assert (TRUTH[here] == 7).all()
    label[here] = 2
    painter.panel.paint(label == 2, "spleen")
    assert "outside the bounds" in painter.said
    painter.press("U")
    wanted = TRUTH.copy()
    wanted[here] = 2
    np.testing.assert_array_equal(painter.panel.painted(), wanted)
    np.testing.assert_array_equal(painter.mask(), wanted != TRUTH)


def test_a_label_that_begins_anew_is_verified_nowhere_for_what_was_there_before(by_slices):
    painter, shown = by_slices, by_slices.desk.shown
    first = painter.part.current
    painter.press("O")
    end_at(painter, LAST)
    painter.desk.work.vouch(True)
    painter.desk.work.modified = False  # as when it was sent, and no other scan is there
    painter.desk.work.begin_with_prediction()
    np.testing.assert_array_equal(painter.panel.painted(), TRUTH)
    assert painter.panel.painted()[first].any()
    assert not painter.mask().any(), "what the model says there nobody has vouched for"
    assert not shown.whole
    assert shown.marks.bounds is None


def test_a_key_that_is_pressed_twice_speaks_of_the_slice_that_was_seen_alone(by_slices):
    painter = by_slices
    painter.part.sight.now = lambda: 0.0  # no time goes by
    painter.press("O")
    second = painter.part.seen
    assert painter.mask().sum() == TRUTH[second].size
    for key in "OJLN":
        before = painter.mask(), painter.panel.painted()
        painter.press(key, looked=False)
        assert f"Slice {second + 1} has only just come into sight: look at it, then press {key}." in painter.said
        np.testing.assert_array_equal(painter.mask(), before[0])
        np.testing.assert_array_equal(painter.panel.painted(), before[1])
    painter.desk.shown.marks.accept(np.flatnonzero(TRUTH)[-1:])
    painter.desk.shown.marks.accept(second * TRUTH[0].size + np.flatnonzero(TRUTH[second])[:1])
    painter.press("N", looked=False)
    assert "only just come" in painter.said, "the rest of the slice is what a model says"
    assert not painter.part.work.slice_done(second)
    painter.press("O")
    assert "painted or verified here" in painter.said


def test_a_cursor_that_no_mouse_has_put_where_it_is_marks_no_corner(by_slices):
    import slicer

    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    crosshair.SetCursorPositionRAS((0.0, 0.0, 0.0))  # as other modules do
    by_slices.press("Shift+C")
    assert "The mouse is in no slice view." in by_slices.said


def test_two_corners_in_one_place_are_one(by_slices):
    painter = by_slices
    for corner in ((3, 4, 4), (3, 4, 4), (3, 9, 4)):
        painter.point_at("Red", corner)
        assert "Now the opposite corner" in painter.said
    assert painter.part.work.bounds is None
    np.testing.assert_array_equal(painter.panel.painted(), TRUTH)


def test_the_next_scan_verifies_no_slice_that_has_only_just_come_of_which_a_part_is_a_person_s(by_slices):
    painter, first = by_slices, by_slices.part.current
    painter.desk.shown.marks.accept(first * TRUTH[0].size + np.flatnonzero(TRUTH[first])[:1])
    painter.part.sight.now = lambda: 0.0  # no time goes by
    painter.part.go_to(first)
    before = painter.mask()
    painter.press("K", looked=False)
    assert "nobody has verified it" in painter.said, "the first press was meant for the slice before"
    np.testing.assert_array_equal(painter.mask(), before)
    painter.part.asked = None
    painter.press("K")
    assert painter.part.work.slice_done(first), "somebody has looked, and painted in it"


def test_from_prediction_leaves_the_bounds_and_what_they_took_comes_back_with_them(by_slices):
    painter = by_slices
    end_at(painter, END)
    painter.desk.work.modified = False  # as when it was sent, and no other scan is there
    painter.desk.changed()
    painter.ui.fromPredictionButton.click()
    assert painter.desk.modified
    assert painter.desk.shown.marks.bounds is not None
    assert not painter.desk.shown.marks.history, "the label has begun anew"
    assert not painter.panel.painted()[END + 1 :].any()
    np.testing.assert_array_equal(painter.panel.painted()[: END + 1], TRUTH[: END + 1])
    painter.ui.boundsNoneButton.click()
    np.testing.assert_array_equal(painter.panel.painted(), TRUTH)
    assert not painter.mask().any()
