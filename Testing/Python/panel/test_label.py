"""The label section against the real server: open, paint, submit, and nothing is lost whatever happens."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server"]


@pytest.fixture(scope="module")
def dataset(client):
    """A data set with two scans that no test submits a label of."""
    made = client.create_dataset("abdomen", LABELS)
    for number in (1, 2):
        client.upload_case(made.id, f"scan-{number}", image(number))
    return made


@pytest.fixture
def panel(load_module, pump, server, client, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    return panel


def stroke(where):
    voxels = np.zeros(GEOMETRY.size[::-1], np.uint8)
    voxels[where] = 1
    return voxels


STROKE = np.s_[4:8, 5:9, 6:12]
OTHER = np.s_[10:12, 2:5, 2:6]


def served(client, dataset, case, kind, folder):
    """A volume of a case as the server has it."""
    digest = getattr(client.case(dataset.id, case), kind)
    return sitk.ReadImage(str(client.download(digest, folder / f"{case}-{kind}.nrrd")))


def test_a_painted_case_is_submitted_and_the_next_one_opens(panel, client, dataset, tmp_path):
    client.upload_case(dataset.id, "submitted", image(1))
    panel.open("submitted")
    assert panel.state.open_case == "submitted"
    assert panel.label.editor.widget.segmentationNode() is panel.desk.shown.node("label")
    assert panel.label.editor.widget.sourceVolumeNode().GetName() == "submitted"
    panel.paint(stroke(STROKE), "spleen")
    panel.paint(stroke(OTHER), "liver")
    assert panel.desk.modified
    panel.ui.annotatorEdit.text = "reader A"
    panel.label.name_annotator()
    panel.ui.submitButton.click()
    panel.pump(lambda: client.case(dataset.id, "submitted").revision == 2, PATIENCE)
    panel.pump(lambda: panel.desk.shown is not None and panel.desk.shown.name in ("scan-1", "scan-2"), PATIENCE)
    case = client.case(dataset.id, "submitted")
    assert (case.state, case.annotator, case.verified) == ("labelled", "reader A", None)
    back = sitk.GetArrayFromImage(served(client, dataset, "submitted", "label", tmp_path))
    np.testing.assert_array_equal(back, stroke(STROKE) * 2 + stroke(OTHER) * 7)
    panel.pump(lambda: "submitted" in [case.case for case in panel.state.cases if case.state == "labelled"], PATIENCE)


@pytest.mark.parametrize(
    "geometry",
    [
        GEOMETRY,
        Geometry(
            size=(9, 12, 8), spacing=(0.75, 0.75, 4.0), origin=(1.0, -2.0, 3.0), direction=(-1, 0, 0, 0, -1, 0, 0, 0, 1)
        ),
        Geometry(
            size=(9, 12, 8), spacing=(1.0, 2.0, 3.0), origin=(5.0, 6.0, 7.0), direction=(0, 0, 1, 1, 0, 0, 0, 1, 0)
        ),
    ],
    ids=["oblique", "RAS axes", "sagittal"],
)
def test_a_label_goes_through_scene_server_and_scene_voxel_for_voxel(panel, client, dataset, geometry, tmp_path):
    name = f"odd-{geometry.size[0]}-{geometry.origin[0]:g}"
    rng = np.random.default_rng(3)
    label = rng.choice(np.array([0, 0, 2, 7], np.uint8), size=geometry.size[::-1])
    voxels = rng.integers(-500, 500, size=label.shape).astype(np.int16)
    client.upload_case(dataset.id, name, volume_from_array(voxels, geometry), volume_from_array(label, geometry))
    panel.open(name)
    np.testing.assert_array_equal(panel.painted(), label)
    image_node = panel.desk.shown.node("image")
    import slicer.util

    np.testing.assert_array_equal(slicer.util.arrayFromVolume(image_node), voxels)
    changed = label.copy()
    changed[3:5, 2:6, 1:5] = 2
    panel.paint(changed == 7, "liver")
    panel.paint(changed == 2, "spleen")
    np.testing.assert_array_equal(panel.painted(), changed)
    panel.label.submit()
    panel.pump(lambda: client.case(dataset.id, name).revision == 2, PATIENCE)
    back = served(client, dataset, name, "label", tmp_path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(back), changed)
    assert back.GetDirection() == pytest.approx(geometry.direction, abs=1e-5)
    panel.open("scan-1")
    panel.open(name)
    np.testing.assert_array_equal(panel.painted(), changed)
    assert not panel.desk.modified


def test_another_case_keeps_what_was_painted(panel, client, dataset):
    panel.open("scan-1")
    panel.paint(stroke(STROKE), "liver")
    panel.open("scan-2")
    assert panel.painted().sum() == 0
    panel.open("scan-1")
    np.testing.assert_array_equal(panel.painted(), stroke(STROKE) * 7)
    assert panel.desk.modified
    assert "are back" in panel.said
    assert client.case(dataset.id, "scan-1").revision == 1


def test_closing_the_scene_keeps_what_was_painted(panel):
    import slicer

    panel.open("scan-1")
    panel.paint(stroke(STROKE), "liver")
    slicer.mrmlScene.Clear(0)
    assert panel.desk.shown is None
    assert panel.state.open_case is None
    panel.open("scan-1")
    np.testing.assert_array_equal(panel.painted(), stroke(STROKE) * 7)


def test_a_scene_closed_while_a_case_is_on_its_way_stays_empty(panel, pump):
    import slicer

    panel.context.open_case("scan-1")
    assert panel.desk.opening
    slicer.mrmlScene.Clear(0)
    pump(seconds=0.5)
    assert panel.desk.shown is None
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 0


@pytest.mark.parametrize("role", ["label", "image"])
def test_deleting_the_scan_or_its_label_keeps_what_was_painted(panel, pump, role):
    import slicer

    panel.open("scan-1")
    panel.paint(stroke(STROKE), "spleen")
    slicer.mrmlScene.RemoveNode(panel.desk.shown.node(role))
    assert panel.desk.shown is None
    assert "What was painted is kept" in panel.said
    pump(lambda: not slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLVolumeNode"))
    panel.open("scan-1")
    assert panel.desk.shown.node("image") is not None
    np.testing.assert_array_equal(panel.painted(), stroke(STROKE) * 2)


def no_room_for_voxels(monkeypatch):
    def write(*_arguments, **_more):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "label.npy")
        yield

    monkeypatch.setattr("DualNetSSLLib.panel.desk.keeping.write_label", write)


def no_room_for_the_note(monkeypatch):
    def replace(_source, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    monkeypatch.setattr("DualNetSSLLib.labels.local_drafts.os.replace", replace)


@pytest.mark.parametrize("full", [no_room_for_voxels, no_room_for_the_note])
def test_nothing_that_cannot_be_kept_is_put_away(panel, pump, monkeypatch, full):
    """Setting aside, opening the next case, going to another data set, deleting the scan: the label stays."""
    import slicer

    panel.open("scan-1")
    panel.paint(stroke(STROKE), "spleen")
    with monkeypatch.context() as patched:
        full(patched)
        panel.label.set_aside()
        assert "full" in panel.said
        panel.context.open_case("scan-2")
        pump(lambda: "full" in panel.said and not panel.desk.opening and not panel.desk.busy, PATIENCE)
        assert panel.desk.shown.name == "scan-1"
        np.testing.assert_array_equal(panel.painted(), stroke(STROKE) * 2)
        slicer.mrmlScene.RemoveNode(panel.desk.shown.node("image"))
        assert "full" in panel.said
        assert panel.desk.shown is None
        pump(seconds=0.1)
    panel.open("scan-1")
    np.testing.assert_array_equal(panel.painted(), stroke(STROKE) * 2)
    with monkeypatch.context() as patched:
        full(patched)
        dataset = panel.state.dataset
        panel.state.leave_dataset()
        assert panel.desk.shown is None
    panel.open_dataset(dataset)
    pump(lambda: panel.desk.shown is not None and not panel.desk.opening, PATIENCE)
    np.testing.assert_array_equal(panel.painted(), stroke(STROKE) * 2)


def test_a_reloaded_module_brings_the_edits_back(panel, pump, server, dataset):
    import slicer.util

    panel.open("scan-1")
    panel.paint(stroke(STROKE), "spleen")
    slicer.util.reloadScriptedModule("DualNetSSL")
    again = ConnectedPanel(slicer.modules.DualNetSSLWidget, pump)
    again.connect(server)
    again.open_dataset(dataset)
    again.open("scan-1")
    np.testing.assert_array_equal(again.painted(), stroke(STROKE) * 2)


def test_a_saved_scene_brings_its_label_back(panel, tmp_path):
    import slicer

    panel.open("scan-1")
    panel.paint(stroke(STROKE), "spleen")
    assert slicer.mrmlScene.WriteToMRB(str(tmp_path / "saved.mrb"))
    panel.label.set_aside()
    panel.pump(lambda: not panel.desk.opening and panel.desk.shown is not None, PATIENCE)
    assert panel.painted().sum() == 0
    slicer.mrmlScene.Clear(0)
    assert slicer.mrmlScene.ReadFromMRB(str(tmp_path / "saved.mrb"))
    panel.pump(lambda: panel.desk.shown is not None and not panel.desk.opening, PATIENCE)
    np.testing.assert_array_equal(panel.painted(), stroke(STROKE) * 2)
    assert panel.desk.modified
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 1


def test_nodes_of_others_stay(panel):
    import slicer

    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "somebody else's")
    before = slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLDisplayNode")
    panel.open("scan-1")
    panel.open("scan-2")
    panel.desk.leave()
    assert slicer.mrmlScene.IsNodePresent(other)
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 0
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLDisplayNode") == before


def test_the_second_of_two_readers_is_told_and_loses_nothing(panel, client, dataset, tmp_path):
    client.upload_case(dataset.id, "contested", image(1))
    panel.open("contested")
    panel.paint(stroke(STROKE), "spleen")
    theirs = volume_from_array(phantom(1)[1], GEOMETRY)
    client.upload_case(dataset.id, "contested", image(1), theirs, annotator="reader B")
    heard = []
    panel.desk.said.subscribe(lambda text, _kind: heard.append(text))  # the next case has something to say as well
    panel.label.submit()
    panel.pump(lambda: any("reader B submitted revision 2" in text for text in heard), PATIENCE)
    panel.open("scan-2")
    panel.open("contested")
    assert "reader B submitted revision 2" in panel.said
    np.testing.assert_array_equal(panel.painted(), stroke(STROKE) * 2)
    panel.label.submit()
    panel.pump(lambda: client.case(dataset.id, "contested").revision == 3, PATIENCE)
    back = sitk.GetArrayFromImage(served(client, dataset, "contested", "label", tmp_path))
    np.testing.assert_array_equal(back, stroke(STROKE) * 2)
    assert [r.annotator for r in client.revisions(dataset.id, "contested")][1] == "reader B"
    left = []
    panel.pump(lambda: panel.desk.shown is not None and not panel.desk.opening, PATIENCE)
    panel.context.session.call("outbox", done=left.append)
    panel.pump(lambda: left, PATIENCE)
    assert left == [[]]


def test_an_empty_label_is_sent_only_when_that_is_said_twice(panel, client, dataset):
    client.upload_case(dataset.id, "empty", image(1))
    panel.open("empty")
    panel.label.submit()
    panel.pump(lambda: "No voxel is labelled" in panel.said, PATIENCE)
    assert client.case(dataset.id, "empty").revision == 1
    panel.label.submit()
    panel.pump(lambda: client.case(dataset.id, "empty").revision == 2, PATIENCE)


def test_only_what_was_changed_is_verified_if_the_reader_says_so(panel, client, dataset, tmp_path):
    label = phantom(1)[1]
    client.upload_case(dataset.id, "partial", image(1), volume_from_array(label, GEOMETRY))
    panel.open("partial")
    changed = np.where(stroke(STROKE), 2, label)
    panel.paint(changed == 7, "liver")
    panel.paint(changed == 2, "spleen")
    panel.ui.vouchCombo.currentIndex = 1
    panel.label.vouch()
    panel.label.submit()
    panel.pump(lambda: client.case(dataset.id, "partial").revision == 2, PATIENCE)
    assert client.case(dataset.id, "partial").state == "in_review"
    mask = sitk.GetArrayFromImage(served(client, dataset, "partial", "verified", tmp_path))
    np.testing.assert_array_equal(mask != 0, changed != label)
    panel.open("partial")
    assert not panel.desk.shown.whole
    panel.paint(np.where(stroke(OTHER), 1, changed == 7), "liver")
    panel.label.submit()
    panel.pump(lambda: client.case(dataset.id, "partial").revision == 3, PATIENCE)
    again = sitk.GetArrayFromImage(served(client, dataset, "partial", "verified", tmp_path))
    np.testing.assert_array_equal(again != 0, (changed != label) | (stroke(OTHER) != 0))


def test_a_case_that_cannot_be_opened_is_told_and_the_old_one_stays(panel):
    panel.open("scan-1")
    panel.context.open_case("no-such-scan")
    panel.pump(lambda: not panel.desk.opening, PATIENCE)
    assert "no-such-scan" in panel.said
    assert panel.desk.shown.name == "scan-1"
