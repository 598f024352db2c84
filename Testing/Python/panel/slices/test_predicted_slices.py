"""Slices over a prediction: what nobody looked at is never verified, and what somebody sent is never painted over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panelfixtures import client, server
from panelserver import LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from reviewfixtures import predict
from slicehand import Painter

from DualNetSSLLib.labels.outbox import WAITING, Entry

__all__ = ["client", "server"]

TRUTH = phantom(1)[1]


@pytest.fixture
def painter(load_module, pump, server, client, tmp_path, monkeypatch, request):
    """The panel with a data set that has one scan, of which a model has spoken."""
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    dataset = client.create_dataset(request.node.name[:60], LABELS)
    client.upload_case(dataset.id, "scan-1", image(1))
    predict(server, client, dataset, ["scan-1"], tmp_path, segmentation=TRUTH)
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    yield Painter(panel, TRUTH)
    qt.QSettings().remove("DualNetSSL")


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
