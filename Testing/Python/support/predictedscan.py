"""A scan of which a model alone has spoken, open to somebody who labels by slices or boxes."""

from __future__ import annotations

import numpy as np
import pytest
from panelserver import LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from reviewfixtures import predict
from slicehand import Painter

TRUTH = phantom(1)[1]
FIRST, LAST = 2, 12
"""The slices where the organs of the phantom begin and end."""


def ends_later(painter, client, server, tmp_path):
    """Open the scan with a prediction that reaches beyond the organ, by four slices at its end."""
    said = TRUTH.copy()
    said[LAST + 1 :] = TRUTH[LAST]
    predict(server, client, painter.panel.state.dataset, ["scan-1"], tmp_path / "beyond", segmentation=said)
    painter.panel.context.loader.refresh()
    painter.choose("slices")
    painter.panel.open("scan-1")
    painter.pump(lambda: np.array_equal(painter.panel.painted(), said), PATIENCE)
    return said


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
