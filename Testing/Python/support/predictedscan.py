"""A scan of which a model alone has spoken, and somebody who labels it by slices or boxes."""

from __future__ import annotations

import numpy as np
import pytest
from panelserver import LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from reviewfixtures import opinions, predict
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


def reloaded(painter, server, seen=lambda _desk: None):
    """Reload the module: the label comes from the scene; ``seen`` is told of the desk at each change."""
    import slicer.util

    dataset = painter.panel.state.dataset
    slicer.util.reloadScriptedModule("DualNetSSL")
    panel = ConnectedPanel(slicer.modules.DualNetSSLWidget, painter.pump)
    panel.desk.changed.subscribe(lambda: seen(panel.desk))
    panel.connect(server)
    panel.open_dataset(dataset)
    panel.open("scan-1")
    return Painter(panel, TRUTH)


@pytest.fixture
def predicted(load_module, pump, server, client, tmp_path, monkeypatch, request):
    """The panel with a data set that has one scan, of which a model has spoken, and each of its networks."""
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    dataset = client.create_dataset(request.node.name[:60], LABELS)
    client.upload_case(dataset.id, "scan-1", image(1))
    said = opinions(tmp_path, TRUTH)
    predict(server, client, dataset, ["scan-1"], tmp_path, segmentation=TRUTH, opinions=said)
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    yield panel
    qt.QSettings().remove("DualNetSSL")


@pytest.fixture
def painter(predicted):
    """The hand of somebody who labels that scan by slices or boxes."""
    return Painter(predicted, TRUTH)
