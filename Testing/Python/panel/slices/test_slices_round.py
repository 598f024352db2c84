"""Twelve scans are labelled by three slices each with keys, submitted, and trained on through the panel."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import MODULE
from readinghand import ScriptedReader
from scripted_reader import phantoms
from slicehand import Painter, by_slices, label_scans_by_slices

__all__ = ["client", "server"]

SCANS = 12


@pytest.mark.long
def test_a_reader_labels_twelve_scans_by_slices_and_trains_on_them(
    slicer_host, load_module, server, client, tmp_path, monkeypatch
):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    qt.QSettings().setValue("DualNetSSL/serverFolder", f'"{tmp_path / "none"}"')
    data = phantoms(tmp_path / "scans", SCANS, scale=4.0)
    truths = {path.stem: path for path in (data / "labels").iterdir()}
    (data / "chosen").mkdir()
    (data / "images").rename(data / "chosen" / "images")
    reader = ScriptedReader(slicer_host, load_module(str(MODULE)), truths)
    reader.connect(server)
    values = sorted({int(value) for path in truths.values() for value in np.unique(reader.truth(path.stem))} - {0})
    reader.create("By slices", {f"organ {value}": value for value in values})
    reader.add_folder(data / "chosen", SCANS)
    painter = Painter(reader.panel)
    done = label_scans_by_slices(reader, painter, SCANS)
    assert sorted(done) == sorted(truths)
    assert painter.slices.clock.scans >= SCANS

    reader._unfold()
    model = reader.train(width=2, steps=4, preset="supervised")
    (dataset,) = client.datasets()
    trained = client.model(model)
    assert trained.dataset == dataset.id
    for name in truths:
        case, (_, _, label, verified) = client.case(dataset.id, name), by_slices(reader.truth(name))
        np.testing.assert_array_equal(read(client, case.label, tmp_path), label)
        np.testing.assert_array_equal(read(client, case.verified, tmp_path), verified)
        assert case.verified_fraction == pytest.approx(verified.mean())
    qt.QSettings().remove("DualNetSSL")


def read(client, digest, folder):
    """A volume of the server as an array [k, j, i]."""
    return sitk.GetArrayFromImage(sitk.ReadImage(str(client.download(digest, folder / f"{digest}.nrrd"))))
