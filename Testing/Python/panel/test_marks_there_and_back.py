"""What is verified goes through panel, scene, server and file voxel for voxel, however the scan lies in space."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from reviewfixtures import SPOTS, Reviewer, predict

from DualNetSSLLib.client.records import Geometry

__all__ = ["client", "server"]

SIZE = (24, 20, 16)
OBLIQUE = (0.936293, -0.275096, 0.218351, 0.289629, 0.956425, -0.036957, -0.198669, 0.097843, 0.975170)
GEOMETRIES = {
    "plain": Geometry(size=SIZE, spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)),
    "RAS-axes": Geometry(size=SIZE, spacing=(1, 2, 3), origin=(10, 20, 30), direction=(-1, 0, 0, 0, -1, 0, 0, 0, 1)),
    "sagittal": Geometry(size=SIZE, spacing=(0.8, 0.8, 3), origin=(1, -2, 3), direction=(0, 0, 1, 1, 0, 0, 0, -1, 0)),
    "left-handed": Geometry(size=SIZE, spacing=(1.5, 1, 2), origin=(4, 2, 3), direction=(0, 1, 0, 1, 0, 0, 0, 0, 1)),
    "oblique": Geometry(size=SIZE, spacing=(0.9, 1.1, 2.5), origin=(-51, 17, 4), direction=OBLIQUE),
}


@pytest.fixture
def reader(load_module, pump, server, client, request, tmp_path, monkeypatch):
    """The panel with a data set that has one scan in this geometry, predicted by a model."""
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    geometry = GEOMETRIES[request.param]
    dataset = client.create_dataset(f"lies {request.param}", LABELS)
    client.upload_case(dataset.id, "scan", image(1, geometry))
    predict(server, client, dataset, ["scan"], tmp_path, geometry)
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    pump(lambda: panel.state.models, PATIENCE)
    return Reviewer(panel)


def spots(*numbers):
    mask = np.zeros(SIZE[::-1], bool)
    for number in numbers:
        mask[SPOTS[number]] = True
    return mask


def on_the_server(client, dataset, kind, folder):
    digest = getattr(client.case(dataset.id, "scan"), kind)
    return sitk.ReadImage(str(client.download(digest, folder / f"{kind}.nrrd")))


@pytest.mark.parametrize("reader", GEOMETRIES, indirect=True)
def test_what_is_verified_is_the_same_everywhere(reader, client, tmp_path):
    import slicer

    reader.open("scan")
    reader.review.next()
    reader.review.accept()
    reader.review.restore()
    np.testing.assert_array_equal(reader.verified(), spots(0, 1))

    assert slicer.mrmlScene.WriteToMRB(str(tmp_path / "saved.mrb"))
    slicer.mrmlScene.Clear(0)
    assert slicer.mrmlScene.ReadFromMRB(str(tmp_path / "saved.mrb"))
    reader.pump(lambda: reader.desk.shown is not None and not reader.desk.opening, PATIENCE)
    reader.found()
    np.testing.assert_array_equal(reader.verified(), spots(0, 1))

    dataset = reader.panel.state.dataset
    reader.submit(client, dataset, "scan")
    scan, mask = (on_the_server(client, dataset, kind, tmp_path) for kind in ("image", "verified"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(mask) != 0, spots(0, 1))
    corners = [(0, 0, 0), tuple(size - 1 for size in SIZE), (3, 17, 5)]
    for corner in corners:
        there, here = (volume.TransformIndexToPhysicalPoint(corner) for volume in (mask, scan))
        assert there == pytest.approx(here, abs=1e-4)
    label = sitk.GetArrayFromImage(on_the_server(client, dataset, "label", tmp_path))
    np.testing.assert_array_equal(label[spots(0, 1)], phantom(1)[1][spots(0, 1)])

    reader.desk.leave()
    reader.open("scan")
    np.testing.assert_array_equal(reader.verified(), spots(0, 1))
    assert sorted(reader.states()) == ["accepted", "accepted", "open"]
