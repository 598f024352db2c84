"""A scan that nobody has touched yet: nothing of it is verified, and a prediction that comes begins its label."""

from __future__ import annotations

import numpy as np
import pytest
from panelfixtures import client, server
from panelserver import LABELS, MODULE, PATIENCE, ConnectedPanel, image
from predictedscan import TRUTH
from reviewfixtures import predict
from slicehand import Painter

__all__ = ["client", "server"]


@pytest.fixture
def painter(load_module, pump, server, client, tmp_path, monkeypatch, request):
    """The panel with a data set that has one scan, open to be labelled by slices."""
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    dataset = client.create_dataset(request.node.name[:60], LABELS)
    client.upload_case(dataset.id, "scan-1", image(1))
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    painter = Painter(panel, TRUTH)
    painter.choose("slices")
    panel.open("scan-1")
    yield painter
    qt.QSettings().remove("DualNetSSL")


@pytest.mark.parametrize(("mode", "nothing"), [("slices", "0 of 3 slices"), ("boxes", "0 of 1 boxes")])
def test_of_a_scan_that_nobody_has_touched_nothing_is_said_to_be_verified(painter, mode, nothing):
    """It opens as one that is labelled as a whole, and said of itself that all three slices were verified."""
    painter.choose("whole")
    assert painter.desk.shown.whole
    assert painter.ui.vouchCombo.currentIndex == 0
    painter.choose(mode)
    assert nothing in painter.ui.slicesProgress.text
    assert "0.0 % of the scan" in painter.ui.slicesProgress.text
    assert painter.ui.vouchCombo.currentIndex == 1
    assert not painter.desk.modified, "to look at a scan in another way is no work on it"
    painter.choose("whole")
    assert painter.desk.shown.whole, "nothing was done to it"
    assert painter.ui.vouchCombo.currentIndex == 0


def test_a_prediction_that_comes_for_the_open_scan_is_there_to_be_corrected(painter, client, server, tmp_path):
    """*Next step* leads to the scan that was open while the model learnt: it stayed empty, under the map."""
    predict(server, client, painter.panel.state.dataset, ["scan-1"], tmp_path, segmentation=TRUTH)
    painter.panel.context.loader.refresh()
    painter.pump(lambda: painter.desk.shown.opened.prediction is not None, PATIENCE)
    assert "begins with the prediction" in painter.said
    np.testing.assert_array_equal(painter.panel.painted(), TRUTH)
    assert "0 of 3 slices" in painter.ui.slicesProgress.text
    assert not painter.desk.modified


def test_a_prediction_that_comes_while_somebody_paints_changes_nothing_of_that(painter, client, server, tmp_path):
    painter.paint(np.s_[4])
    before = painter.panel.painted()
    predict(server, client, painter.panel.state.dataset, ["scan-1"], tmp_path, segmentation=TRUTH)
    painter.panel.context.loader.refresh()
    painter.pump(lambda: painter.desk.shown.opened.prediction is not None, PATIENCE)
    np.testing.assert_array_equal(painter.panel.painted(), before)
