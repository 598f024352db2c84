"""Scans are labelled by slices and by boxes with keys: what reaches the server is what was gone through, no more."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from reviewfixtures import Reviewer, predict
from slicehand import Painter, outside

from DualNetSSLLib.labels.bounds import Bounds, box_of
from DualNetSSLLib.labels.interpolation import between
from DualNetSSLLib.labels.slice_plan import planned

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]
TRUTH = phantom(1)[1]
FIRST, LAST = 2, 12
"""The slices where the organs of the phantom begin and end."""


@pytest.fixture
def painter(load_module, pump, server, client, tmp_path, monkeypatch, request):
    """The panel with a data set of its own that has two scans, labelled by slices."""
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    dataset = client.create_dataset(request.node.name[:60], LABELS)
    for number in (1, 2):
        client.upload_case(dataset.id, f"scan-{number}", image(number))
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    painter = Painter(panel, TRUTH)
    painter.choose("slices")
    painter.panel.open("scan-1")
    yield painter
    qt.QSettings().remove("DualNetSSL")


def volume(client, case, kind, folder):
    path = client.download(getattr(case, kind), folder / f"{case.case}-{kind}-{case.revision}.nrrd")
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


WITHIN = Bounds((0, 0, FIRST), (23, 19, LAST))
PLAN = planned(FIRST, LAST, 3)


def test_three_slices_and_two_marks_are_what_the_server_gets_and_the_next_scan_begins(painter, client, tmp_path):
    dataset = painter.panel.state.dataset
    assert "begins" in painter.said
    painter.mark_ends(FIRST, LAST)
    assert painter.part.work.plan(3) == PLAN
    for index in PLAN:
        assert painter.part.seen == index
        painter.paint(np.s_[index])
        painter.press("N")
    assert "3 of 3 slices" in painter.ui.slicesProgress.text
    expected = outside(WITHIN, SHAPE)
    expected[list(PLAN)] = True
    np.testing.assert_array_equal(painter.mask(), expected)
    painter.press("N")
    painter.wait_for("scan-2")
    painter.pump(lambda: client.case(dataset.id, "scan-1").revision == 2, PATIENCE)
    case = client.case(dataset.id, "scan-1")
    np.testing.assert_array_equal(volume(client, case, "verified", tmp_path) == 1, expected)
    wanted = np.zeros(SHAPE, np.uint8)
    wanted[list(PLAN)] = TRUTH[list(PLAN)]
    np.testing.assert_array_equal(volume(client, case, "label", tmp_path), wanted)
    assert painter.part.seen == PLAN[0], "the organ is looked for where it lay before"
    assert "where the organ is expected" in painter.said, "its ends need not be looked for once more"
    painter.panel.open("scan-1")
    assert painter.part.work.bounds == WITHIN, "the bounds come back from what is verified"


def test_slices_of_a_predicted_scan_are_corrected_and_nothing_else_of_the_prediction_counts(
    painter, client, server, tmp_path
):
    dataset = painter.panel.state.dataset
    said = TRUTH.copy()
    said[PLAN[1]] = 0  # one of the slices that will be proposed is wrong
    predict(server, client, dataset, ["scan-2"], tmp_path, segmentation=said)
    painter.panel.context.loader.refresh()
    painter.pump(lambda: painter.panel.state.models, PATIENCE)
    assert painter.ui.nextStepButton.text == "Next: correct slices of another scan"
    painter.panel.open("scan-2")
    assert "begins with the prediction" in painter.said
    np.testing.assert_array_equal(painter.panel.painted(), said)
    assert not painter.desk.modified
    assert not painter.desk.shown.marks.mask.any()
    assert not painter.desk.shown.whole
    overlay = next(s for s in painter.panel.panel.sections if type(s).__name__ == "ResultsSection").overlay.overlay
    assert overlay.available
    assert overlay.node is None, "no border that is judged lies under the map"
    overlay.change(on=False)
    overlay.change(on=True)
    assert overlay.node is not None, "whoever asks for the map sees it"
    for index in PLAN:
        assert painter.part.seen == index
        if index == PLAN[1]:
            painter.paint(np.s_[index])
        painter.press("N")
    expected = np.zeros(SHAPE, bool)
    expected[list(PLAN)] = True
    np.testing.assert_array_equal(painter.mask(), expected)
    painter.press("K")
    painter.pump(lambda: client.case(dataset.id, "scan-2").revision == 2, PATIENCE)
    case = client.case(dataset.id, "scan-2")
    np.testing.assert_array_equal(volume(client, case, "verified", tmp_path) == 1, expected)
    np.testing.assert_array_equal(volume(client, case, "label", tmp_path)[list(PLAN)], TRUTH[list(PLAN)])
    painter.choose("whole")
    assert not overlay.judging


def test_the_last_slice_goes_to_the_next_scan_with_one_key(painter, client):
    dataset = painter.panel.state.dataset
    painter.mark_ends(FIRST, LAST)
    for index in PLAN[:-1]:
        painter.paint(np.s_[index])
        painter.press("N")
    painter.paint(np.s_[PLAN[-1]])
    painter.press("K")
    painter.wait_for("scan-2")
    painter.pump(lambda: client.case(dataset.id, "scan-1").revision == 2, PATIENCE)
    assert client.case(dataset.id, "scan-1").verified_fraction == pytest.approx(
        (outside(WITHIN, SHAPE).sum() + 3 * 24 * 20) / TRUTH.size
    )


def test_a_slice_without_paint_is_not_verified_by_going_on_but_by_saying_so(painter):
    painter.mark_ends(FIRST, LAST)
    painter.press("N")
    assert "Nothing is painted in slice" in painter.said
    assert not painter.part.work.slice_done(PLAN[0])
    painter.press("P")
    assert painter.part.seen == PLAN[0]
    painter.press("O")
    assert painter.part.work.slice_done(PLAN[0])
    painter.press("U")
    assert not painter.part.work.slice_done(PLAN[0])
    assert painter.part.seen == PLAN[0]
    painter.paint(np.s_[PLAN[0]])
    painter.press("O")
    assert "not empty" in painter.said
    assert not painter.part.work.slice_done(PLAN[0])


def test_bounds_and_paint_that_contradict_each_other_are_told_and_nothing_is_sent(painter, client):
    dataset = painter.panel.state.dataset
    painter.paint(np.s_[4])
    painter.scroll_to(6)
    painter.press("J")
    assert "outside these bounds" in painter.said
    assert not painter.desk.shown.marks.mask.any()
    painter.mark_ends(4, LAST)
    painter.paint(np.s_[3])
    painter.ui.submitButton.click()
    painter.pump(lambda: "outside the bounds" in painter.panel.said, PATIENCE)
    painter.pump(seconds=0.3)
    assert client.case(dataset.id, "scan-1").revision == 1
    painter.scroll_to(3)
    painter.press("N")
    assert "outside the bounds" in painter.said
    painter.press("J")
    painter.ui.submitButton.click()
    painter.pump(lambda: client.case(dataset.id, "scan-1").revision == 2, PATIENCE)


def test_what_lies_between_counts_once_it_is_taken(painter):
    painter.ui.slicesCountSpin.value = 2
    painter.mark_ends(FIRST, LAST)
    low, high = painter.part.work.plan(2)
    for index in (low, high):
        painter.paint(np.s_[index])
        painter.press("N")
    before = painter.mask()
    painter.press("E")
    painter.pump(lambda: painter.part.proposals.planes, PATIENCE)
    proposed = between({low: TRUTH[low], high: TRUTH[high]}, GEOMETRY.spacing[1::-1])
    assert painter.part.proposals.planes.keys() == proposed.keys()
    np.testing.assert_array_equal(painter.mask(), before)
    assert painter.part.seen == low + 1
    painter.press("D")
    label = painter.panel.painted()
    np.testing.assert_array_equal(label[low + 1], proposed[low + 1])
    before[low + 1] = True
    np.testing.assert_array_equal(painter.mask(), before)
    assert painter.part.seen == low + 2
    painter.press("U")
    before[low + 1] = False
    np.testing.assert_array_equal(painter.mask(), before)
    assert not painter.panel.painted()[low + 1].any()


def propose(painter):
    """Verify two slices, and ask for what lies between."""
    painter.ui.slicesCountSpin.value = 2
    painter.mark_ends(FIRST, LAST)
    for index in painter.part.work.plan(2):
        painter.paint(np.s_[index])
        painter.press("N")
    painter.press("E")


def test_what_is_proposed_late_does_not_turn_the_views_of_another_module(painter, pump):
    propose(painter)
    painter.panel.widget.exit()
    painter.scroll_to(0)
    pump(lambda: painter.part.proposals.planes, PATIENCE)
    assert painter.part.seen == 0
    pump(seconds=0.1)
    outlines = painter.desk.shown.node("proposal").GetDisplayNode()
    assert not outlines.GetVisibility(), "another module's views have no outlines of ours"
    painter.panel.widget.enter()
    assert outlines.GetVisibility()
    assert "are proposed" in painter.said


def test_nothing_of_a_proposal_is_left_by_a_closed_scene_or_a_reloaded_module(painter, pump, server):
    import slicer

    for end in (lambda: slicer.mrmlScene.Clear(0), lambda: slicer.util.reloadScriptedModule("DualNetSSL")):
        painter.panel.open("scan-1")
        painter.press("E")
        propose(painter)
        end()
        pump(seconds=0.3)
        roles = {node.GetAttribute("DualNetSSL.Role") for node in slicer.util.getNodesByClass("vtkMRMLVolumeNode")}
        roles |= {
            node.GetAttribute("DualNetSSL.Role") for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
        }
        assert not roles & {"rim", "proposal"}
        assert not any(node.GetUseLabelOutline() for node in slicer.util.getNodesByClass("vtkMRMLSliceNode"))


def test_a_draft_brings_bounds_and_slices_back_and_they_can_still_be_moved(painter):
    painter.mark_ends(FIRST, LAST)
    painter.paint(np.s_[PLAN[0]])
    painter.press("N")
    expected = painter.mask()
    painter.panel.open("scan-2")
    painter.panel.open("scan-1")
    np.testing.assert_array_equal(painter.mask(), expected)
    assert painter.part.work.bounds == WITHIN
    painter.scroll_to(1)
    painter.press("J")
    expected[1] = False
    np.testing.assert_array_equal(painter.mask(), expected)


def test_a_saved_scene_brings_them_back_too(painter, tmp_path):
    import slicer

    painter.mark_ends(FIRST, LAST)
    painter.paint(np.s_[PLAN[0]])
    painter.press("N")
    expected = painter.mask()
    assert slicer.mrmlScene.WriteToMRB(str(tmp_path / "saved.mrb"))
    slicer.mrmlScene.Clear(0)
    assert painter.part is None
    assert slicer.mrmlScene.ReadFromMRB(str(tmp_path / "saved.mrb"))
    painter.wait_for("scan-1")
    np.testing.assert_array_equal(painter.mask(), expected)
    assert painter.part.work.bounds == WITHIN
    kinds = [node.GetAttribute("DualNetSSL.Role") for node in slicer.util.getNodesByClass("vtkMRMLVolumeNode")]
    assert kinds.count("rim") == 1


def test_boxes_are_verified_inside_and_a_box_round_the_organ_outside(painter, client, tmp_path):
    dataset = painter.panel.state.dataset
    painter.ui.boxVoxelsSpin.value = 6
    painter.choose("boxes")
    assert painter.part.box.size == (6, 6, 6)
    painter.scroll_to(7)
    painter.press("H")
    inside = painter.part.box.inside
    painter.paint(inside)
    painter.press("N")
    expected = np.zeros(SHAPE, bool)
    expected[inside] = True
    np.testing.assert_array_equal(painter.mask(), expected)
    painter.press("U")
    np.testing.assert_array_equal(painter.mask(), painter.panel.painted() != 0)
    painter.press("N")
    painter.ui.boundsMarginSpin.value = 4.0
    painter.press("C")
    organ = box_of(painter.panel.painted()).grown(4.0, GEOMETRY.spacing, GEOMETRY.size)
    expected |= outside(organ, SHAPE)
    np.testing.assert_array_equal(painter.mask(), expected)
    painter.press("K")
    painter.wait_for("scan-2")
    painter.pump(lambda: client.case(dataset.id, "scan-1").revision == 2, PATIENCE)
    case = client.case(dataset.id, "scan-1")
    np.testing.assert_array_equal(volume(client, case, "verified", tmp_path) == 1, expected)


def test_two_corners_in_two_views_bound_the_organ_from_all_sides(painter):
    organ = box_of(TRUTH)
    low, high = np.array(organ.lower), np.array(organ.upper)
    middle = (low + high) // 2
    painter.point_at("Red", (low[0], high[1], middle[2]))
    assert "opposite corner" in painter.said
    assert painter.part.work.bounds is None
    painter.point_at("Red", (high[0], low[1], middle[2]))
    assert "another view" in painter.said
    assert painter.part.work.bounds == Bounds((low[0], low[1], 0), (high[0], high[1], SHAPE[0] - 1))
    painter.point_at("Yellow", (middle[0], low[1] + 1, low[2]))
    painter.point_at("Yellow", (middle[0], high[1] + 1, high[2]))
    within = Bounds((low[0], low[1], low[2]), (high[0], high[1] + 1, high[2]))
    assert painter.part.work.bounds == within, "where two rectangles speak of one axis, both are inside"
    np.testing.assert_array_equal(painter.mask(), outside(within, SHAPE))
    painter.press("U")
    assert painter.part.work.bounds == Bounds((low[0], low[1], 0), (high[0], high[1], SHAPE[0] - 1))


def test_corners_say_nothing_where_no_view_is_pointed_at_and_nothing_against_what_is_painted(painter):
    painter.ui.boundsCornerButton.click()
    assert "no slice view" in painter.said
    painter.paint(np.s_[4])
    before = painter.mask()
    for corner in ((0, 0, 4), (3, 3, 4)):
        painter.point_at("Red", corner)
    assert "outside these bounds" in painter.said
    np.testing.assert_array_equal(painter.mask(), before)
    painter.point_at("Red", (23, 19, 4))
    assert painter.part.work.bounds is None, "all of the scan is no bound"
    assert "another view" in painter.said


def test_corners_of_before_say_nothing_once_the_bounds_were_set_otherwise(painter):
    for corner in ((2, 2, 4), (21, 17, 4)):
        painter.point_at("Red", corner)
    painter.ui.boundsNoneButton.click()
    for corner in ((9, 1, 1), (9, 18, 13)):
        painter.point_at("Yellow", corner)
    assert painter.part.work.bounds == Bounds((0, 1, 1), (23, 18, 13))


def test_the_brush_stays_in_the_box_when_the_label_begins_anew_and_is_free_in_another_case(painter, tmp_path):
    import slicer

    allowed = slicer.vtkMRMLSegmentationNode
    painter.choose("boxes")
    editor = painter.panel.label.editor.node
    assert editor.GetMaskMode() == allowed.EditAllowedInsideSingleSegment
    np.save(tmp_path / "nothing.npy", np.zeros(SHAPE, np.uint8))
    with painter.desk.work.watch.own_doing():
        painter.desk.shown._begin_with(tmp_path / "nothing.npy")
    painter.desk.changed()
    painter.panel.label.editor.present(painter.desk.shown)
    area = editor.GetMaskSegmentID()
    assert painter.desk.shown.node("label").GetSegmentation().GetSegment(area) is not None
    assert editor.GetMaskMode() == allowed.EditAllowedInsideSingleSegment
    painter.choose("slices")
    painter.panel.open("scan-2")
    assert editor.GetMaskMode() == allowed.EditAllowedEverywhere


def test_the_rim_follows_what_is_verified_and_the_views_are_as_before_afterwards(painter):
    import slicer.util

    composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    theirs = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "somebody's own")
    painter.choose("whole")
    slicer.util.setSliceViewerLayers(label=theirs, labelOpacity=0.4)
    painter.choose("slices")
    painter.mark_ends(FIRST, LAST)
    for _, rim in rims(composites):
        np.testing.assert_array_equal(slicer.util.arrayFromVolume(rim) != 0, outside(WITHIN, SHAPE))
    nodes = slicer.util.getNodesByClass("vtkMRMLSliceNode")
    assert all(node.GetUseLabelOutline() for node in nodes)
    painter.panel.widget.exit()
    assert not any(node.GetUseLabelOutline() for node in nodes), "in another module the views are its own"
    assert all(composite.GetLabelVolumeID() == theirs.GetID() for composite in composites)
    assert {composite.GetLabelOpacity() for composite in composites} == {0.4}
    painter.panel.widget.enter()
    assert all(composite.GetLabelVolumeID() == rim.GetID() != theirs.GetID() for composite, rim in rims(composites))
    painter.choose("whole")
    assert painter.part is None
    assert not any(node.GetUseLabelOutline() for node in nodes)
    assert all(composite.GetLabelVolumeID() == theirs.GetID() for composite in composites)


def rims(composites):
    """The layers of each view with what they show as labels."""
    import slicer

    return [(each, slicer.mrmlScene.GetNodeByID(each.GetLabelVolumeID())) for each in composites]


def test_the_line_round_a_box_goes_with_the_panel_and_comes_back(painter):
    painter.choose("boxes")
    shown = painter.desk.shown
    assert shown.node("region") is not None
    painter.panel.widget.exit()
    assert shown.node("region") is None
    painter.panel.widget.enter()
    assert shown.node("region") is not None


def test_keys_rest_while_there_are_regions_to_review_and_act_in_the_first_scan_as_the_panel_opens(
    painter, client, server, tmp_path
):
    for name in ("label", "train", "results", "review"):
        getattr(painter.ui, f"{name}Section").collapsed = False  # as they are once a data set is open
    painter.scroll_to(FIRST)
    painter.press("J")
    assert painter.part.work.bounds is not None, "there is nothing to review yet"
    dataset = painter.panel.state.dataset
    predict(server, client, dataset, ["scan-2"], tmp_path)
    painter.panel.context.loader.refresh()
    painter.pump(lambda: painter.panel.state.models, PATIENCE)
    painter.panel.open("scan-2")
    Reviewer(painter.panel).found()
    assert painter.part is not None
    before = painter.part.work.bounds
    painter.press("J")
    assert painter.part.work.bounds == before
    painter.ui.reviewSection.collapsed = True
    painter.scroll_to(1)  # before all that is painted
    painter.press("J")
    assert painter.part.work.bounds != before


def test_a_draft_at_another_computer_brings_the_bounds_back_so_that_they_can_be_moved(
    painter, server, client, tmp_path, monkeypatch
):
    import slicer

    dataset = painter.panel.state.dataset
    painter.ui.annotatorEdit.text = "reader A"
    painter.panel.label.name_annotator()
    painter.mark_ends(FIRST, LAST)
    painter.paint(np.s_[PLAN[0]])
    painter.press("N")
    expected = painter.mask()
    painter.desk.keeper.keep()
    painter.pump(lambda: client.drafts(dataset.id, "scan-1"), PATIENCE)
    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "another"))
    slicer.util.reloadScriptedModule("DualNetSSL")
    panel = ConnectedPanel(slicer.modules.DualNetSSLWidget, painter.pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    again = Painter(panel, TRUTH)
    panel.open("scan-1")
    assert "from another computer" in panel.said
    np.testing.assert_array_equal(again.mask(), expected)
    again.scroll_to(0)
    again.press("J")
    expected[:FIRST] = False
    np.testing.assert_array_equal(again.mask(), expected)


def test_only_parts_count_from_the_first_stroke_on_unless_somebody_vouches_for_the_whole_scan(painter):
    shown = painter.desk.shown
    painter.paint(np.s_[4])
    assert not shown.whole
    assert painter.ui.vouchCombo.currentIndex == 1
    np.testing.assert_array_equal(painter.mask(), painter.panel.painted() != 0)
    painter.ui.vouchCombo.setCurrentIndex(0)
    painter.ui.vouchCombo.activated.emit(0)
    painter.paint(np.s_[5])
    assert shown.whole
    painter.press("U")
    assert not shown.whole


def test_a_label_is_sent_with_a_mask_if_somebody_stops_vouching_for_the_whole_scan_while_it_is_written(painter, client):
    painter.choose("whole")
    painter.paint(np.s_[5])
    desk, pump = painter.desk, painter.panel.pump
    assert desk.shown.whole
    painter.ui.submitButton.click()
    assert desk.busy
    painter.ui.vouchCombo.setCurrentIndex(1)
    painter.ui.vouchCombo.activated.emit(1)
    pump(lambda: client.case(desk.shown.dataset.id, "scan-1").label is not None, PATIENCE)
    assert client.case(desk.shown.dataset.id, "scan-1").verified is not None


def test_bounds_are_read_off_the_label_that_is_seen_not_off_an_older_one(painter, client):
    shown = painter.desk.shown
    shown.marks.mask[:2] = shown.marks.mask[14:] = 1
    painter.paint(np.s_[1])
    top = painter.panel.painted()
    top[0, 3:6, 3:6] = 1
    painter.panel.paint(top == 1, shown.dataset.labels[0].name)
    painter.desk.work.modified = False  # as with a label that waits in the outbox
    painter.choose("whole")
    painter.choose("slices")
    bounds = painter.part.work.bounds
    assert bounds == Bounds((0, 0, 0), (23, 19, 13))
    assert shown.marks.mask[:2].all()
