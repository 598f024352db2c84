"""The review section against the real server: walk, accept, edit, restore, undo, submit."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from reviewfixtures import SPOTS, Reviewer, predict, upload

from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server"]

NAMES = ("scan-1", "scan-2", "scan-3")
PREDICTED = phantom(1)[1]


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """Three scans that a model has predicted."""
    made = client.create_dataset("abdomen", LABELS)
    upload(client, made, NAMES)
    predict(server, client, made, NAMES, tmp_path_factory.mktemp("said"))
    return client.dataset(made.id)


@pytest.fixture
def reader(load_module, pump, server, client, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    pump(lambda: panel.state.models, PATIENCE)
    return Reviewer(panel)


def spot(number):
    mask = np.zeros(GEOMETRY.size[::-1], bool)
    mask[SPOTS[number]] = True
    return mask


def test_regions_are_listed_with_class_gain_and_state(reader):
    reader.open("scan-1")
    table = reader.ui.regionTable
    assert [str(table.item(row, 1).text()) for row in range(table.rowCount)][:2] == ["liver", "spleen"]
    assert reader.states() == ["open"] * 3
    assert "0 of 3 regions" in reader.ui.reviewProgress.text
    for number, place in enumerate(reader.walk.places):
        np.testing.assert_array_equal(np.sort(place.where), np.flatnonzero(spot(number)))


def test_fewer_regions_above_a_higher_threshold(reader):
    reader.open("scan-1")
    reader.ui.overlayThresholdSlider.value = 0.6
    reader.found()
    assert reader.ui.regionTable.rowCount == 2
    reader.ui.overlayThresholdSlider.value = 0.99
    reader.found()
    assert reader.walk.places == ()
    reader.pump(lambda: "Lower the threshold" in reader.ui.reviewHint.text, PATIENCE)


def test_selecting_shows_the_region_in_every_view_and_its_class_under_the_brush(reader, slicer_host):
    import slicer

    reader.open("scan-1")
    reader.ui.regionNextButton.click()
    reader.ui.regionNextButton.click()
    assert reader.walk.current == 1
    editor = reader.panel.label.editor.widget
    assert editor.currentSegmentID() == "label-2"
    corners = np.array(np.nonzero(spot(1))).T[:, ::-1]
    image = reader.desk.shown.node("image")
    widths = {}
    for node in slicer.util.getNodesByClass("vtkMRMLSliceNode"):
        to_view = np.linalg.inv(slicer.util.arrayFromVTKMatrix(node.GetXYToRAS()))
        to_ras = slicer.util.arrayFromVTKMatrix(ijk_to_ras(image))
        places = (to_view @ to_ras @ np.c_[corners, np.ones(len(corners))].T)[:2].T
        size = node.GetDimensions()[:2]
        assert (places >= 0).all()
        assert (places <= size).all()
        widths[node.GetName()] = np.ptp(places, axis=0).max() / min(size)
    assert widths["Red"] > 0.1
    assert widths["Yellow"] > 0.1
    assert widths["Green"] < min(widths["Red"], widths["Yellow"]), "one view keeps the whole scan"


def ijk_to_ras(node):
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return matrix


def test_accept_goes_on_to_the_next_open_region_and_only_that_is_verified(reader):
    reader.open("scan-1")
    reader.review.next()
    reader.review.accept()
    assert reader.states() == ["accepted", "open", "open"]
    assert reader.walk.current == 1
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED)
    np.testing.assert_array_equal(reader.verified(), spot(0))
    assert "1 of 3 regions" in reader.ui.reviewProgress.text
    reader.review.undo()
    assert reader.states() == ["open"] * 3
    assert not reader.verified().any()
    assert reader.walk.current == 0


def test_what_was_painted_is_edited_and_can_be_restored_and_taken_back(reader):
    reader.open("scan-2")
    reader.review.next()
    painted = PREDICTED.copy()
    painted[SPOTS[0]] = 2
    reader.review.edit()
    assert reader.review.toolbox.brush.taken
    reader.panel.paint(painted == 2, "spleen")
    reader.panel.paint(painted == 7, "liver")
    reader.review.accept()
    assert reader.states()[0] == "edited"
    reader.review.select(0)
    reader.review.restore()
    assert reader.states()[0] == "accepted"
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED)
    reader.review.undo()
    np.testing.assert_array_equal(reader.panel.painted(), painted)
    reader.review.undo()
    np.testing.assert_array_equal(reader.panel.painted(), painted)
    reader.review.undo()
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED)
    assert not reader.verified().any()
    reader.review.undo()
    assert "nothing to take back" in reader.review.message.text


def test_submit_sends_the_label_and_what_is_verified(reader, client, dataset, tmp_path):
    reader.open("scan-3")
    reader.review.next()
    reader.review.accept()
    stroke = np.zeros(PREDICTED.shape, bool)
    stroke[0:2, 10:12, 10:12] = True
    reader.panel.paint((PREDICTED == 2) | stroke, "spleen")
    case = reader.submit(client, dataset, "scan-3")
    assert case.state == "in_review"
    got = {
        kind: sitk.GetArrayFromImage(
            sitk.ReadImage(str(client.download(getattr(case, kind), tmp_path / f"{kind}.nrrd")))
        )
        for kind in ("label", "verified")
    }
    np.testing.assert_array_equal(got["label"], np.where(stroke, 2, PREDICTED))
    np.testing.assert_array_equal(got["verified"] != 0, spot(0) | stroke)


def test_the_scene_keeps_marks_and_label_together(reader, tmp_path):
    import slicer

    reader.open("scan-1")
    reader.review.next()
    reader.review.accept()
    reader.review.restore()
    expected = reader.verified()
    assert expected.sum() == (spot(0) | spot(1)).sum()
    assert slicer.mrmlScene.WriteToMRB(str(tmp_path / "saved.mrb"))
    reader.panel.label.set_aside()
    reader.pump(lambda: not reader.desk.opening and reader.desk.shown is not None, PATIENCE)
    reader.found()
    assert not reader.verified()[SPOTS[0]].any() or reader.desk.shown.whole
    slicer.mrmlScene.Clear(0)
    assert slicer.mrmlScene.ReadFromMRB(str(tmp_path / "saved.mrb"))
    reader.pump(lambda: reader.desk.shown is not None and not reader.desk.opening, PATIENCE)
    reader.found()
    np.testing.assert_array_equal(reader.verified(), expected)
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED)
    assert reader.states() == ["accepted", "accepted", "open"]


def test_another_case_and_back_keeps_the_marks(reader):
    reader.open("scan-1")
    reader.review.next()
    reader.review.accept()
    reader.open("scan-2")
    assert reader.states() == ["open"] * 3
    reader.open("scan-1")
    assert reader.states() == ["accepted", "open", "open"]
    np.testing.assert_array_equal(reader.verified(), spot(0))


def test_starting_from_the_prediction_leaves_alone_what_was_verified(reader, client, dataset):
    voxels = [volume_from_array(spot(2).astype(np.uint8) * value, GEOMETRY) for value in (2, 1)]
    client.upload_case(dataset.id, "scan-3", image(1), *voxels, annotator="reader B")
    reader.open("scan-3")
    reader.ui.fromPredictionButton.click()
    np.testing.assert_array_equal(reader.panel.painted(), np.where(spot(2), 2, PREDICTED))
    np.testing.assert_array_equal(reader.verified(), spot(2))


def matrix_of(node):
    import slicer.util

    return slicer.util.arrayFromVTKMatrix(ijk_to_ras(node))


def test_a_region_is_seen_without_the_map_its_line_dark_and_light_and_lit_in_the_organ(reader, slicer_host):
    """The map is hidden until it is asked for, and all is as before once nobody reviews."""
    import slicer

    from DualNetSSLLib.maps.linecolours import ENOUGH, LABEL_OVER_MAP, contrast

    reader.open("scan-1")
    shown, overlay = reader.desk.shown, reader.panel.results.overlay
    assert overlay.overlay.node is not None
    assert shown.node("label").GetDisplayNode().GetVisibility2DFill()
    reader.review.next()
    label = shown.node("label").GetDisplayNode()
    assert overlay.overlay.node is None
    assert not label.GetVisibility2DFill()
    assert not shown.node("prediction").GetDisplayNode().GetVisibility2D()
    model = shown.node("region")
    halo, line, lit = (model.GetNthDisplayNode(at) for at in range(3))
    assert halo.GetSliceIntersectionThickness() > line.GetSliceIntersectionThickness()
    assert contrast(halo.GetColor(), line.GetColor()) >= ENOUGH
    assert (halo.GetVisibility3D(), line.GetVisibility3D(), lit.GetVisibility3D()) == (0, 0, 1)
    assert not model.GetSaveWithScene()
    corners = np.array(np.nonzero(spot(0))).T[:, ::-1]
    ras = (np.c_[corners, np.ones(len(corners))] @ matrix_of(shown.node("image")).T)[:, :3]
    ends, bounds = np.array([ras.min(axis=0), ras.max(axis=0)]), np.reshape(model.GetPolyData().GetBounds(), (3, 2)).T
    assert ((bounds[0] < ends[0]) & (bounds[1] > ends[1])).all()
    assert np.abs(bounds - ends).max() < 1.5, "half a voxel round the region, turned as the scan is"
    reader.pump(lambda: shown.node("surface") is not None, PATIENCE)
    assert shown.node("surface").GetDisplayNode().GetOpacity() < 1

    assert "hold H" in reader.ui.reviewScale.text
    reader.ui.regionMapButton.click()
    assert overlay.overlay.node is not None
    assert "certain" in reader.ui.reviewScale.text
    legend = slicer.modules.colors.logic().GetColorLegendDisplayNode(overlay.overlay.node)
    assert legend is None or not legend.GetVisibility(), "a legend over the region"
    line = shown.node("label").GetNthDisplayNode(1)
    assert np.allclose(line.GetSegmentOverrideColor("label-7"), LABEL_OVER_MAP)
    reader.review.next()
    assert overlay.overlay.node is not None, "who keeps the map keeps it from region to region"
    reader.ui.reviewSection.collapsed = True
    reader.review._folded()
    assert label.GetVisibility2DFill()
    assert min(label.GetSegmentOverrideColor("label-7")) < 0
    assert not line.GetVisibility()
    assert shown.node("prediction").GetDisplayNode().GetVisibility2D()
    assert shown.node("surface") is None
    reader.ui.reviewSection.collapsed = False
    reader.review._folded()
    reader.ui.overlayGroup.checked = False
    assert overlay.overlay.node is None


def test_the_label_s_line_is_light_on_dark_hides_with_its_class_and_is_saved_hidden(reader):
    import slicer

    from DualNetSSLLib.maps.linecolours import ENOUGH, contrast, line_colour
    from DualNetSSLLib.panel.desk.labelmap import AREA_SEGMENT

    reader.open("scan-1")
    reader.review.next()
    node = reader.desk.shown.node("label")
    edge, line = (node.GetNthDisplayNode(number) for number in range(2))
    assert edge.GetSliceIntersectionThickness() > line.GetSliceIntersectionThickness()
    assert not line.GetVisibility2DFill()
    assert not line.GetVisibility3D()
    for identity in ("label-7", "label-2"):
        colours = [display.GetSegmentOverrideColor(identity) for display in (edge, line)]
        assert contrast(*colours) >= ENOUGH**2
        assert np.allclose(colours[1], line_colour(node.GetSegmentation().GetSegment(identity).GetColor()))
    assert not line.GetSegmentVisibility(AREA_SEGMENT)
    drawn = line.GetMTime()
    reader.panel.desk.shown.canvas().write(np.array([0]), np.array([7], np.uint8))
    assert line.GetMTime() > drawn, "the views draw the old voxels else"
    edge.SetSegmentVisibility("label-7", False)
    reader.review.next()
    assert not line.GetSegmentVisibility("label-7")

    scene = slicer.mrmlScene
    scene.InvokeEvent(scene.StartSaveEvent)
    assert edge.GetVisibility2DFill()
    assert min(edge.GetSegmentOverrideColor("label-7")) < 0
    assert line.GetSaveWithScene()
    assert not line.GetVisibility()
    scene.InvokeEvent(scene.EndSaveEvent)
    assert not edge.GetVisibility2DFill()
    assert line.GetVisibility()


def test_slices_are_counted_the_wheel_stays_and_accept_tells_what_was_not_looked_at(reader, slicer_host):
    import slicer

    reader.open("scan-2")
    reader.review.next()
    slices = reader.review.stage.slices
    assert [len(each) for each in slices.seen.slices] == [3, 3, 2]
    red = slicer.app.layoutManager().sliceWidget("Red").mrmlSliceNode()

    def wheel(by):
        red.SetSliceOffset(red.GetSliceOffset() + 2.0 * by)

    for by in (1, -1, -1, 1):
        wheel(by)
    assert slices.seen.unseen == 0
    assert "Slice" in reader.ui.regionSliceLabel.text
    for _ in range(20):
        wheel(1)
        reader.pump(seconds=0.01)
    for _ in range(3):  # faster than the event loop
        wheel(1)
    reader.pump(seconds=0.01)
    assert slices.here is not None, "the wheel ran out of the region"
    assert slices.seen.place(2, round(slices._views[red.GetID()].look())) is not None
    red.SetSliceOffset(red.GetSliceOffset() + 30)
    assert slices.here is None, "a slider may leave it"
    reader.review.previous_slice()
    assert slices.here is not None
    reader.review.accept()
    assert reader.review.message.text == ""
    unseen = slices.seen.unseen
    assert unseen > 0
    reader.review.accept()
    assert f"Region 2: {unseen} of its slices were not looked at" in reader.review.message.text
    assert reader.states()[:2] == ["accepted", "accepted"]
    reader.review.select(0)
    assert slices.seen.unseen == 0, "what was seen stays seen"
