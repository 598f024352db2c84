"""A reader at the panel, a real server and real trainings: what is reviewed in two regions teaches the next model."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import MODULE
from readinghand import ScriptedReader
from scripted_reader import Plan, dice, judge, phantoms, upload_and_train

__all__ = ["client", "server"]


def read(client, digest, path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(client.download(digest, path))))


@pytest.mark.long
def test_what_is_reviewed_in_two_regions_teaches_the_next_model(
    slicer_host, load_module, server, client, tmp_path, monkeypatch
):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    qt.QSettings().setValue("DualNetSSL/serverFolder", f'"{tmp_path / "none"}"')
    data = phantoms(tmp_path / "scans", 4, scale=4.0)
    plan = Plan(data, labelled=2, judges=1, corrected=1, width=2, steps=4, names={1: "liver", 2: "left kidney"})
    reader = ScriptedReader(slicer_host, load_module(str(MODULE)), plan.truths)
    reader.connect(server)
    upload_and_train(reader, plan, tmp_path)
    (name,), (first,) = plan.pool, reader.state.models

    done = reader.by_regions(name, 2)
    (dataset,) = client.datasets()
    case = client.case(dataset.id, name)
    (said,) = client.predictions(dataset.id, name)
    truth, predicted = reader.truth(name), read(client, said.segmentation, tmp_path / "said.nrrd")
    reviewed = np.zeros(truth.size, bool)
    reviewed[np.concatenate(done)] = True
    reviewed = reviewed.reshape(truth.shape)
    assert len(done) == 2
    assert not np.intersect1d(*done).size
    np.testing.assert_array_equal(read(client, case.verified, tmp_path / "verified.nrrd") != 0, reviewed)
    np.testing.assert_array_equal(
        read(client, case.label, tmp_path / "label.nrrd"), np.where(reviewed, truth, predicted)
    )
    assert (case.state, case.model) == ("in_review", first.id)
    assert reader.effort.verified == reviewed.sum()
    assert reader.effort.changed == (predicted != truth)[reviewed].sum() > 0

    second = reader.train(steps=4)
    assert client.model(second).parent == first.id
    scores = judge(client, plan, second, tmp_path)
    (said,) = [one for one in client.predictions(dataset.id, plan.untouched[0]) if one.model == second]
    again = read(client, said.segmentation, tmp_path / "again.nrrd")
    assert scores == {plan.untouched[0]: dice(again, reader.truth(plan.untouched[0]))}


def test_dice_is_the_mean_over_the_labels_of_the_truth():
    truth = np.array([1, 1, 1, 2, 0])
    assert dice(truth, truth) == 1.0
    assert dice(np.array([1, 0, 0, 2, 0]), truth) == (0.5 + 1.0) / 2
    assert dice(np.array([3, 0, 0, 0, 0]), truth) == 0.0
