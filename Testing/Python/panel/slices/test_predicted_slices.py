"""Slices over a prediction: what nobody looked at is never verified, and what somebody sent is never painted over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import LAST, TRUTH, ends_later, painter, predicted

from DualNetSSLLib.labels.outbox import WAITING, Entry

__all__ = ["client", "painter", "predicted", "server"]


def test_what_was_sent_and_not_what_the_model_says_is_gone_through_afterwards(painter, client, tmp_path):
    from DualNetSSLLib.panel.slices.part import predicted_alone

    painter.panel.open("scan-1")
    shown = painter.desk.shown
    assert predicted_alone(shown)
    painter.paint(np.s_[4])
    painter.ui.submitButton.click()
    painter.pump(lambda: client.case(shown.dataset.id, "scan-1").revision == 2, PATIENCE)
    painter.pump(lambda: not painter.desk.opening and not painter.desk.busy, PATIENCE)
    assert painter.desk.shown is shown, "there is no other scan"
    sent = painter.panel.painted()
    painter.choose("slices")
    np.testing.assert_array_equal(painter.panel.painted(), sent)
    assert "as a whole already" in painter.said
    painter.press("N")
    assert shown.whole, "it was sent as a whole"
    waits_in_the_outbox(painter, shown, sent, tmp_path)


def waits_in_the_outbox(painter, shown, label, folder):
    """A label that the server does not have yet is a label: with its marks, and with the model it began with."""
    from DualNetSSLLib.panel.desk.case_nodes import ShownCase, spoken_of
    from DualNetSSLLib.panel.desk.unsent_work import unfinished
    from DualNetSSLLib.panel.slices.part import predicted_alone

    files = folder / "label.npy", folder / "mask.npy"
    np.save(files[0], label)
    np.save(files[1], (label != 0).astype(np.uint8))
    entry = Entry(
        id="1",
        dataset=shown.dataset.id,
        case="scan-1",
        base_revision=1,
        annotator=None,
        digest="0",
        created=0.0,
        state=WAITING,
        reason="",
        label_file=str(files[0]),
        verified_file=str(files[1]),
        model="some-model",
    )
    for mask in (str(files[1]), None):
        again = ShownCase.of(shown.dataset, shown.opened)
        assert predicted_alone(again)
        unfinished(painter.panel.label.drafts, again, replace(entry, verified_file=mask))
        assert spoken_of(again)
        assert not predicted_alone(again)
        assert again.whole == (mask is None)
        assert again.model == "some-model"
        np.testing.assert_array_equal(again.started, label)


def test_only_a_slice_that_is_seen_is_verified_for_what_the_model_says_and_none_loses_to_it(painter):
    painter.choose("slices")
    painter.panel.open("scan-1")
    current = painter.part.current
    painter.scroll_to(0)
    assert not TRUTH[0].any()
    painter.press("N")
    assert not painter.mask().any(), "the slice that was proposed is not the one that is seen"
    painter.scroll_to(current)
    painter.press("O")
    assert not painter.panel.painted()[current].any()
    assert painter.mask()[current].all()
    painter.press("U")
    np.testing.assert_array_equal(painter.panel.painted(), TRUTH)
    assert not painter.mask().any()
    painter.choose("whole")
    assert painter.said == "", "no key that is named there acts any more"
    assert not painter.desk.shown.whole, "nobody has vouched for what the model says"
    assert painter.ui.vouchCombo.currentIndex == 1
    painter.choose("boxes")
    assert not painter.desk.shown.whole
    painter.choose("slices")
    painter.scroll_to(current)
    painter.press("O")
    painter.desk.work.modified = False  # as when it was sent, and no other scan is there
    painter.desk.work.begin_with_prediction(worth_keeping=False)
    assert not painter.panel.painted()[current].any(), "what was verified stays"
    assert painter.mask()[current].all()
    painter.press("U")
    assert "nothing to take back" in painter.said, "what was done to the label before it began anew"
    assert not painter.panel.painted()[current].any()
    painter.choose("boxes")
    painter.scroll_to(current)
    painter.paint(np.s_[0, :3, :3])
    label = painter.panel.painted()
    label[0, 0, 0] = 1
    painter.panel.paint(label == 1, painter.desk.shown.dataset.labels[0].name)
    painter.scroll_to(current)
    painter.press("J")
    assert "(slices 1)" in painter.said
    assert "H puts it where the views cross" in painter.said, "the brush acts in the box alone"


def test_the_last_slice_takes_away_what_the_model_alone_proposes_beyond_and_one_key_brings_it_back(
    painter, client, server, tmp_path
):
    (tmp_path / "beyond").mkdir()
    said = ends_later(painter, client, server, tmp_path)
    beyond = len(TRUTH) - LAST - 1
    painter.scroll_to(LAST)
    painter.press("L")
    assert f"outside is taken away, in {beyond} slices; U brings it back." in painter.said
    assert not painter.panel.painted()[LAST + 1 :].any()
    painter.press("U")
    assert "as before" in painter.said
    np.testing.assert_array_equal(painter.panel.painted(), said)
    assert not painter.mask().any()
    painter.scroll_to(LAST)
    painter.press("L")
    painter.scroll_to(LAST + 2)
    painter.press("L")
    assert "in 2 slices is back" in painter.said
    assert not painter.mask()[: LAST + 3].any(), "nobody has said what is in them"
    painter.paint(np.s_[5])
    before = painter.panel.painted()
    before[LAST + 1, 3:6, 3:6] = 1
    painter.panel.paint(before == 1, painter.desk.shown.dataset.labels[0].name)
    before = painter.panel.painted()
    painter.scroll_to(LAST)
    painter.press("L")
    assert f"outside these bounds (slices {LAST + 2})" in painter.said
    np.testing.assert_array_equal(painter.panel.painted(), before)


def test_what_the_model_alone_sees_is_taken_away_by_a_box_and_by_empty_with_a_word(painter):
    painter.choose("slices")
    painter.panel.open("scan-1")
    assert painter.part.seen not in (0, len(TRUTH) - 1)
    painter.press("O")
    assert "taken away; U brings it back" in painter.said
    painter.press("U")
    assert "as before, too" in painter.said
    for corner in ((0, 0, 4), (11, 19, 4)):
        painter.point_at("Red", corner)
    assert "outside is taken away" in painter.said
    assert not painter.panel.painted()[..., 12:].any()
    painter.ui.boundsNoneButton.click()
    assert "is back" in painter.said
    np.testing.assert_array_equal(painter.panel.painted(), TRUTH)
    assert not painter.mask().any()


def test_no_key_verifies_a_slice_that_has_only_just_come_and_the_next_scan_is_no_word_for_it(painter):
    painter.choose("slices")
    painter.panel.open("scan-1")
    first = painter.part.current
    painter.part.sight.now = lambda: 0.0  # no time goes by
    painter.part.go_to(first)
    painter.press("N", looked=False)
    assert "only just come into sight" in painter.said
    assert not painter.mask().any()
    painter.press("K")
    assert "nobody has verified it" in painter.said
    assert not painter.mask().any()
    assert not painter.desk.modified
    painter.press("N")
    assert f"Slice {first + 1} is verified as the model labelled it; U takes that back." in painter.said
    assert painter.mask()[first].all()
    painter.press("N", looked=False)
    assert "only just come into sight" in painter.said, "the second of two quick presses was meant for the first slice"
    assert painter.mask().sum() == TRUTH[first].size
    painter.press("U")
    assert f"Slice {first + 1} is not verified any more." in painter.said
    assert painter.part.seen == first
    assert not painter.mask().any()
    painter.paint(np.s_[first])
    label = painter.panel.painted()
    label[first, 0, 0] = 1
    painter.panel.paint(label == 1, painter.desk.shown.dataset.labels[0].name)
    painter.press("N", looked=False)
    assert painter.mask()[first].all(), "what somebody has painted was looked at"


def test_a_key_that_is_held_acts_once_but_for_those_that_only_turn_slices(painter):
    sections = {type(section).__name__: section for section in painter.panel.panel.sections}
    review = sections["ReviewSection"]
    turning = {"next-slice", "previous-slice"}
    for keys in (sections["SlicesSection"].keys, sections["WorklistSection"].keys, review.keys, review.mending.keys):
        for name, shortcut in keys._shortcuts.items():
            assert shortcut.autoRepeat == (keys is review.keys and name in turning), name
    assert not any(shortcut.autoRepeat for shortcut in sections["LabelSection"]._shortcuts)


def test_what_is_painted_on_a_prediction_does_not_change_what_it_is_compared_with(painter):
    painter.choose("slices")
    painter.panel.open("scan-1")
    shown = painter.desk.shown
    where = np.flatnonzero(TRUTH)[:5]
    shown.canvas().write(where, np.zeros(5, np.uint8))
    np.testing.assert_array_equal(np.asarray(shown.started), TRUTH)
    assert painter.mask().sum() == 5, "what was erased by the panel's own brush counts as changed"


def test_a_step_of_the_review_can_be_taken_back_here(painter):
    painter.choose("slices")
    painter.panel.open("scan-1")
    shown = painter.desk.shown
    shown.marks.take_stroke(np.array([0]), np.zeros(1, np.uint8))
    painter.desk.work.marked()
    painter.press("U")
    assert painter.said == "The last step in Review is taken back."
