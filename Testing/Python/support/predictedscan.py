"""One scan, of which a model alone has spoken or nobody, and somebody who labels it by slices or boxes."""

from __future__ import annotations

from contextlib import contextmanager

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


@contextmanager
def one_scan(client, name, tmp_path, monkeypatch):
    """Make a data set of this name that has one scan; the panel's settings begin empty, and are left empty."""
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    dataset = client.create_dataset(name[:60], LABELS)
    client.upload_case(dataset.id, "scan-1", image(1))
    yield dataset
    qt.QSettings().remove("DualNetSSL")


def opened(load_module, pump, server, client, dataset):
    """The panel with a data set."""
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    return panel


@pytest.fixture
def predicted(load_module, pump, server, client, tmp_path, monkeypatch, request):
    """The panel with a data set that has one scan, of which a model has spoken, and each of its networks."""
    with one_scan(client, request.node.name, tmp_path, monkeypatch) as dataset:
        said = opinions(tmp_path, TRUTH)
        predict(server, client, dataset, ["scan-1"], tmp_path, segmentation=TRUTH, opinions=said)
        yield opened(load_module, pump, server, client, dataset)


@pytest.fixture
def untouched(load_module, pump, server, client, tmp_path, monkeypatch, request):
    """The hand of somebody who labels one scan by slices, of which nobody has spoken."""
    with one_scan(client, request.node.name, tmp_path, monkeypatch) as dataset:
        hand = Painter(opened(load_module, pump, server, client, dataset), TRUTH)
        hand.choose("slices")
        hand.panel.open("scan-1")
        yield hand


@pytest.fixture
def painter(predicted):
    """The hand of somebody who labels that scan by slices or boxes."""
    return Painter(predicted, TRUTH)
