"""What bounds took from a prediction is back once they move, wherever the label has been meanwhile."""

from __future__ import annotations

import numpy as np
import pytest
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import TRUTH, painter, predicted, reloaded, untouched
from reviewfixtures import predict

from DualNetSSLLib.labels.outbox import WAITING, Entry

__all__ = ["client", "painter", "predicted", "server", "untouched"]

END = 6
"""The last slice of the organ, as somebody says by mistake."""


@pytest.fixture
def ended(painter):
    """The scan that the model labelled, ended too early, with the slice in sight verified."""
    painter.choose("slices")
    painter.panel.open("scan-1")
    painter.press("N")
    painter.scroll_to(END)
    painter.press("L")
    assert not painter.panel.painted()[END + 1 :].any()
    return painter


def submitted(painter, client):
    """Submit, and open the scan again from the server."""
    dataset = painter.desk.shown.dataset
    painter.ui.submitButton.click()
    painter.pump(lambda: client.case(dataset.id, "scan-1").revision == 2, PATIENCE)
    painter.pump(lambda: not painter.desk.opening and not painter.desk.busy, PATIENCE)
    opened_again(painter)


def opened_again(painter):
    painter.desk.leave()
    painter.panel.context.loader.refresh()
    painter.panel.open("scan-1")
    painter.pump(lambda: painter.part is not None, PATIENCE)


def back(painter, said, verified):
    """Take the bounds away: what the model says is there again, and nobody has verified it."""
    assert not painter.panel.painted()[END + 1 :].any()
    painter.ui.boundsNoneButton.click()
    np.testing.assert_array_equal(painter.panel.painted(), said)
    np.testing.assert_array_equal(painter.mask(), verified)
    assert "is back, as nobody has verified it." in painter.said
    painter.press("U")
    assert not painter.panel.painted()[END + 1 :].any()


def own(painter):
    """What somebody has verified inside the bounds."""
    mask = painter.mask().copy()
    mask[END + 1 :] = False
    assert mask.any()
    return mask


def test_after_a_submission(ended, client):
    verified = own(ended)
    submitted(ended, client)
    back(ended, TRUTH, verified)


def test_after_a_submission_from_the_scene_of_a_module_that_is_reloaded(ended, client, server):
    verified = own(ended)
    submitted(ended, client)
    back(reloaded(ended, server), TRUTH, verified)


def test_after_a_submission_as_a_newer_model_says_it(ended, client, server, tmp_path):
    verified, said = own(ended), TRUTH.copy()
    said[END + 1 :] = np.where(TRUTH[END + 1 :] == 7, 2, 0)
    (tmp_path / "newer").mkdir()
    submitted(ended, client)
    predict(server, client, ended.panel.state.dataset, ["scan-1"], tmp_path / "newer", segmentation=said)
    ended.panel.context.loader.refresh()
    ended.pump(lambda: len(ended.panel.state.models) == 2, PATIENCE)
    opened_again(ended)
    back(ended, np.where(np.arange(len(TRUTH))[:, None, None] > END, said, TRUTH), verified)


def test_from_a_draft_of_another_computer(ended, client, server, tmp_path, monkeypatch):
    verified, dataset = own(ended), ended.desk.shown.dataset
    ended.ui.annotatorEdit.text = "reader A"
    ended.panel.label.name_annotator()
    ended.desk.keeper.keep()
    ended.pump(lambda: client.drafts(dataset.id, "scan-1"), PATIENCE)
    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "two"))
    ended.desk.leave()
    there = reloaded(ended, server)
    assert "from another computer" in there.panel.said
    back(there, TRUTH, verified)


def test_from_the_outbox(ended, tmp_path):
    from DualNetSSLLib.panel.desk.case_nodes import ShownCase
    from DualNetSSLLib.panel.desk.unsent_work import unfinished

    shown, files = ended.desk.shown, [str(tmp_path / f"{name}.npy") for name in ("label", "mask")]
    for file, voxels in zip(files, (ended.panel.painted(), np.asarray(shown.marks.mask)), strict=True):
        np.save(file, voxels)
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
        label_file=files[0],
        verified_file=files[1],
        model=shown.model,
    )
    again = ShownCase.of(shown.dataset, shown.opened)
    unfinished(ended.panel.label.drafts, again, entry)
    where, proposed = again.marks.withheld
    np.testing.assert_array_equal(where, np.flatnonzero(TRUTH)[np.flatnonzero(TRUTH) >= (END + 1) * TRUTH[0].size])
    np.testing.assert_array_equal(proposed, TRUTH.reshape(-1)[where])


def test_nothing_comes_where_the_label_was_not_begun_with_what_a_model_says(untouched, server, client, tmp_path):
    panel = untouched.panel
    untouched.paint(np.s_[5])
    untouched.scroll_to(5)
    untouched.press("N")
    untouched.scroll_to(END)
    untouched.press("L")
    submitted(untouched, client)
    predict(server, client, panel.state.dataset, ["scan-1"], tmp_path, segmentation=TRUTH)
    panel.context.loader.refresh()
    untouched.pump(lambda: len(panel.state.models) == 1, PATIENCE)
    opened_again(untouched)
    assert panel.desk.shown.opened.prediction is not None
    before = panel.painted()
    untouched.ui.boundsNoneButton.click()
    np.testing.assert_array_equal(panel.painted(), before)
