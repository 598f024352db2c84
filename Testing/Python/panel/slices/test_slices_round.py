"""Twelve scans are labelled by three slices each with keys, submitted, and trained on through the panel."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import MODULE, PATIENCE
from readinghand import ScriptedReader
from scripted_reader import phantoms
from slicehand import Painter, outside

from DualNetSSLLib.labels.bounds import Bounds
from DualNetSSLLib.labels.slice_plan import planned

__all__ = ["client", "server"]

SCANS = 12


def expected(truth):
    """What the server has to have of a scan: label and mask by the pure functions."""
    ends = np.flatnonzero(truth.any(axis=(1, 2)))
    first, last = int(ends[0]), int(ends[-1])
    bounds = Bounds.whole(truth.shape[::-1]).beginning_at(2, first).ending_at(2, last)
    plan = list(planned(first, last, 3))
    verified, label = outside(bounds, truth.shape), np.zeros_like(truth)
    verified[plan], label[plan] = True, truth[plan]
    return first, last, label, verified


def label_by_slices(painter, truth):
    """Label the scan on the desk by its ends and three slices; the last key submits and opens the next scan."""
    painter.truth = truth
    painter.mark_ends(*expected(truth)[:2])
    for _ in range(2):
        painter.paint(np.s_[painter.part.seen])
        painter.press("N")
    painter.paint(np.s_[painter.part.seen])
    painter.press("K")


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
    painter.choose("slices")
    painter.panel.open("scan-01")
    done = []
    while len(done) < SCANS:
        name = painter.desk.shown.name
        label_by_slices(painter, reader.truth(name))
        done.append(name)
        reader.wait(lambda name=name: reader.state.case(name).revision == 2)
        if len(done) < SCANS:
            painter.pump(lambda name=name: painter.desk.shown and painter.desk.shown.name != name, PATIENCE)
            reader.quiet()
    assert sorted(done) == sorted(truths)
    assert painter.slices.clock.scans >= SCANS

    reader._unfold()
    model = reader.train(width=2, steps=4, preset="supervised")
    (dataset,) = client.datasets()
    trained = client.model(model)
    assert trained.dataset == dataset.id
    for name in truths:
        case, (_, _, label, verified) = client.case(dataset.id, name), expected(reader.truth(name))
        np.testing.assert_array_equal(read(client, case.label, tmp_path), label)
        np.testing.assert_array_equal(read(client, case.verified, tmp_path), verified)
        assert case.verified_fraction == pytest.approx(verified.mean())
    qt.QSettings().remove("DualNetSSL")


def read(client, digest, folder):
    """A volume of the server as an array [k, j, i]."""
    return sitk.GetArrayFromImage(sitk.ReadImage(str(client.download(digest, folder / f"{digest}.nrrd"))))
