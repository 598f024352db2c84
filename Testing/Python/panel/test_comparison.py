"""Comparison and export in the panel, against the real server and models whose predictions are known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from plantedmodel import Planted, plant

from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.comparison.compare_labels import GAINED, LOST, box_geometry, changes

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]
LIVER = 7
SCANS = ("scan-1", "scan-2", "scan-3")


def worse(truth):
    """The truth without half of the liver, and with a bit of it elsewhere."""
    voxels = truth.copy()
    voxels[: SHAPE[0] // 2][truth[: SHAPE[0] // 2] == LIVER] = 0
    voxels[13:15, 15:17, 15:18] = LIVER
    return voxels


def said(folder, case, segmentation):
    doubt = np.zeros(SHAPE, np.float32)
    doubt[2:5, 2:5, 2:5] = 0.9
    files = []
    for name, voxels in (("seg", segmentation), ("map", doubt)):
        files.append(folder / f"{case}-{name}.nrrd")
        sitk.WriteImage(volume_from_array(voxels, GEOMETRY), str(files[-1]))
    return Planted(case, files[0], files[1], files[1])


def plant_model(server, client, dataset, folder, change):
    sayings = [said(folder, case, change(phantom(seed)[1])) for seed, case in enumerate(SCANS)]
    return plant(server.data_folder, client, dataset, sayings)


@pytest.fixture
def dataset(server, client, tmp_path):
    """Three scans, two models; the first was learnt from, the second has been labelled since."""
    made = client.create_dataset(f"compared {tmp_path.name}", LABELS)
    labels = [volume_from_array(phantom(seed)[1], GEOMETRY) for seed in range(3)]
    for seed, case in enumerate(SCANS):
        client.upload_case(made.id, case, image(seed), labels[0] if seed == 0 else None)
    for change in (worse, np.copy):
        plant_model(server, client, made, tmp_path, change)
    client.upload_case(made.id, SCANS[1], image(1), labels[1], annotator="A. B.")
    return client.dataset(made.id)


@pytest.fixture
def panel(load_module, pump, server, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(dataset)
    panel.pump(lambda: len(panel.results.fetching.predictions) == len(SCANS), PATIENCE)
    panel.ui.resultsSection.collapsed = False
    return panel


def compare(panel):
    panel.ui.comparisonGroup.collapsed = False
    panel.ui.compareButton.click()
    assert panel.ui.compareButton.text == "Stop"
    panel.pump(lambda: panel.results.comparison.comparison is not None, PATIENCE)


def changes_node(panel):
    return panel.desk.shown.node("changes")


def shown_in_slices():
    import slicer.util

    return {node.GetLabelVolumeID() for node in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")}


def rows(table):
    columns = range(table.columnCount)
    return {
        table.item(row, 0).text(): [table.item(row, column).data(0) for column in columns]
        for row in range(table.rowCount)
    }


def test_the_model_before_and_the_one_in_use_are_compared(panel):
    assert [panel.ui.beforeCombo.currentText, panel.ui.afterCombo.currentText] == ["Model 1", "Model 2"]
    compare(panel)
    found = rows(panel.ui.comparisonTable)
    assert found.keys() == set(SCANS)
    assert [found[case][1] for case in SCANS] == ["learnt by both", "new to both", "–"]
    truth, old = phantom(1)[1], worse(phantom(1)[1])
    liver = 2 * ((truth == LIVER) & (old == LIVER)).sum() / ((truth == LIVER).sum() + (old == LIVER).sum())
    assert float(found["scan-2"][2]) == pytest.approx((1.0 + liver) / 2, abs=1e-3)
    assert found["scan-2"][3] == "1.000"
    assert found["scan-3"][2:4] == [None, None]
    assert [found[case][4:6] for case in SCANS] == [[0, 0], [0, 0], [1, 1]]
    text = panel.ui.comparisonLabel.text
    assert "1 scan that neither model has learnt from" in text
    assert f"liver {liver:.3f} → 1.000" in text
    assert "1 before, 1 after" in text
    panel.ui.knowingGroup.collapsed = False
    panel.ui.knowingButton.click()
    panel.pump(lambda: panel.results.knowing.tried is not None, PATIENCE)
    told = panel.ui.knowingLabel.text
    assert "<b>Dice 1.000</b> (1.000 to 1.000) on the last 1 scan before they taught" in told
    assert "100 % of 1 regions" in told
    assert "of different numbers of labelled scans" in told, "two models are too few to foretell anything"
    third, worse_third = phantom(2)[1], worse(phantom(2)[1])
    both = [
        2 * ((third == v) & (worse_third == v)).sum() / ((third == v).sum() + (worse_third == v).sum()) for v in (2, 7)
    ]
    assert f"agree with Dice {sum(both) / 2:.3f} on 1 scan" in told
    assert panel.ui.knowingTable.item(0, 3).text() == "1.000 (1.000–1.000)"


def test_the_same_model_on_both_sides_is_not_offered_to_compare(panel):
    panel.ui.beforeCombo.setCurrentIndex(panel.ui.beforeCombo.findText("Model 2"))
    assert not panel.ui.compareButton.enabled


def test_changes_lie_over_the_open_scan_and_go_on_and_off(panel):
    import slicer.util

    from DualNetSSLLib.panel.common.scene import geometry_of

    compare(panel)
    panel.ui.reviewSection.collapsed = True
    panel.open("scan-3")
    assert not panel.ui.resultsSection.collapsed, "a scan that is opened from its tables is looked at there"
    assert panel.ui.reviewSection.collapsed
    panel.pump(lambda: changes_node(panel) is not None, PATIENCE)
    node = changes_node(panel)
    expected = changes(worse(phantom(2)[1]), phantom(2)[1])
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(node), expected.kinds)
    assert {GAINED, LOST} <= set(np.unique(expected.kinds))
    place = box_geometry(GEOMETRY, expected.lower, expected.kinds.shape[::-1])
    assert geometry_of(node).origin == pytest.approx(place.origin)
    assert geometry_of(node).direction == pytest.approx(place.direction, abs=1e-5)
    assert shown_in_slices() == {node.GetID()}
    panel.ui.changesCheck.checked = False
    assert shown_in_slices() == {None}
    panel.ui.changesCheck.checked = True
    assert shown_in_slices() == {node.GetID()}
    overlay = panel.results.overlay
    for judge, back in ((overlay.review, None), (overlay.judge, False)):
        judge(True)
        assert shown_in_slices() == {None}, "a border that is judged lies under no changes, as under no map"
        panel.desk.changed()
        assert shown_in_slices() == {None}
        judge(back)
        assert shown_in_slices() == {node.GetID()}
    overlay.judge(True)
    panel.ui.changesCheck.checked = False
    panel.ui.changesCheck.checked = True
    assert shown_in_slices() == {node.GetID()}, "whoever asks for them sees them"
    overlay.judge(False)
    slicer.util.setSliceViewerLayers(label=None)
    panel.desk.changed()
    assert shown_in_slices() == {None}  # what the user chose for the views is left alone
    panel.open("scan-1")
    panel.pump(lambda: changes_node(panel) is not None, PATIENCE)
    panel.desk.leave()
    assert slicer.util.getNodesByClass("vtkMRMLLabelMapVolumeNode") == []


def test_a_model_that_was_trained_meanwhile_is_compared_by_itself(panel, server, client, dataset, tmp_path):
    assert panel.results.comparison.comparison is None
    newer = plant_model(server, client, dataset, tmp_path, worse)
    panel.context.loader.refresh()
    panel.pump(lambda: panel.results.comparison.comparison is not None, PATIENCE)
    assert panel.results.comparison.comparison.after == newer
    assert not panel.ui.comparisonGroup.collapsed
    assert panel.ui.afterCombo.currentText == "Model 3"


def test_train_again_goes_on_from_the_model_in_use_or_anew(panel):
    train = next(s for s in panel.panel.sections if type(s).__name__ == "TrainSection")
    assert panel.ui.trainButton.text == "Train again"
    assert panel.ui.warmStartCheck.text == "Go on from model 2"
    panel.ui.widthSpin.value = 4
    assert train._starting_model() == panel.results.fetching.model
    assert train.config()["width"] == 16
    panel.ui.warmStartCheck.checked = False
    assert train._starting_model() is None
    assert train.config()["width"] == 4


def test_a_model_says_which_one_it_came_from(panel):
    from dataclasses import replace

    first, second = sorted(panel.state.models, key=lambda model: model.created)
    panel.state.change(models=(first, replace(second, parent=first.id)))
    assert panel.ui.modelTable.item(0, 0).text() == "Model 2, from model 1"
    assert panel.ui.modelTable.item(1, 0).text() == "Model 1"


def export(panel, slicer_host, folder):
    slicer_host.dialogs.replies["getExistingDirectory"] = str(folder)
    panel.ui.exportGroup.collapsed = False
    panel.ui.exportButton.click()
    panel.pump(lambda: panel.ui.exportButton.text != "Stop", PATIENCE)
    return panel.results.export.message.text


def test_labels_of_chosen_scans_are_saved(panel, slicer_host, tmp_path):
    import qt

    ui = panel.ui
    ui.exportGroup.collapsed = False
    ui.exportCasesCombo.setCurrentIndex(ui.exportCasesCombo.findText("chosen scans"))
    ui.exportNiftiCheck.checked = True
    ui.exportCasesList.item(0).setCheckState(qt.Qt.Unchecked)
    text = export(panel, slicer_host, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "labels.csv",
        "scan-2.nii.gz",
        "scan-2.seg.nrrd",
    ]
    assert "1 scan" in text
    assert "left out" in text
    saved = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "out" / "scan-2.nii.gz")))
    np.testing.assert_array_equal(saved, phantom(1)[1])
    assert "already holds" in export(panel, slicer_host, tmp_path / "out")
    ui.exportReplaceCheck.checked = ui.exportUnverifiedCheck.checked = True
    export(panel, slicer_host, tmp_path / "out")
    assert (tmp_path / "out" / "scan-3-prediction.nii.gz").exists()
    for row in range(3):
        ui.exportCasesList.item(row).setCheckState(qt.Qt.Unchecked)
    assert not ui.exportButton.enabled


class Exporter:
    """Answers as the plugin of Quantitative Reporting does, and notes what it was given."""

    seen = None

    def examineForExport(self, item):
        import slicer

        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        type(self).seen = SimpleNamespace(
            instances=hierarchy.GetItemAttribute(item, "DICOM.ReferencedInstanceUIDs"),
            node=hierarchy.GetItemDataNode(item),
        )
        return [SimpleNamespace(directory="")]

    def export(self, exportables):
        import slicer.util

        node, seen = type(self).seen.node, type(self).seen
        reference = node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())
        seen.reference, seen.directory = reference.GetName(), exportables[0].directory
        segmentation = node.GetSegmentation()
        segments = [segmentation.GetNthSegment(index) for index in range(segmentation.GetNumberOfSegments())]
        seen.coded = all(segment.HasTag(segment.GetTerminologyEntryTagName()) for segment in segments)
        identities = [segmentation.GetNthSegmentID(index) for index in range(len(segments))]
        arrays = [slicer.util.arrayFromSegmentBinaryLabelmap(node, identity, reference) for identity in identities]
        seen.segments = dict(zip([segment.GetName() for segment in segments], arrays, strict=True))
        return type(self).problem

    problem = ""


def test_dicom_seg_is_greyed_with_the_reason_until_all_is_there(panel, slicer_host, tmp_path, monkeypatch):
    import slicer
    import slicer.util

    from DualNetSSLLib.panel.common.scene import ijk_to_ras

    check, section = panel.ui.exportDicomCheck, panel.results.export
    assert not check.enabled
    assert "Slicer 5.12" in check.toolTip
    assert "Quantitative Reporting" in check.toolTip
    monkeypatch.setattr(slicer.modules, "dicomPlugins", {"DICOMSegmentationPlugin": Exporter}, raising=False)
    section.update()
    assert "Open the scan" in check.toolTip
    panel.open("scan-2")
    assert not check.enabled
    assert "DICOM database" in check.toolTip
    volume = slicer.util.addVolumeFromArray(phantom(1)[0], ijk_to_ras(GEOMETRY), "from DICOM")
    volume.SetAttribute("DICOM.instanceUIDs", "1.2.3 1.2.4")
    section.update()
    assert check.enabled
    check.checked = True
    before = slicer.mrmlScene.GetNumberOfNodes()
    assert "DICOM SEG" in export(panel, slicer_host, tmp_path / "out")
    seen = Exporter.seen
    assert (seen.instances, seen.reference, seen.directory) == ("1.2.3 1.2.4", "from DICOM", str(tmp_path / "out"))
    assert seen.coded
    for name, value in (("liver", LIVER), ("spleen", 2)):
        np.testing.assert_array_equal(seen.segments[name] != 0, phantom(1)[1] == value)
    assert slicer.mrmlScene.GetNumberOfNodes() == before
    Exporter.problem = "no room"
    assert "no room" in export(panel, slicer_host, tmp_path / "other")
    Exporter.problem = ""


def test_how_many_scans_each_model_has_learnt_from_is_said(slicer_host):
    from DualNetSSLLib.panel.results.comparison_words import comparison_in_words
    from DualNetSSLLib.tasks.reports import ComparedCase, ComparedLabel, Comparison

    cases = tuple(
        ComparedCase(
            case=f"scan-{number}",
            verified_voxels=5,
            learnt_before=number == 1,
            learnt_after=True,
            labels=(ComparedLabel(name="liver", dice_before=0.5, dice_after=0.75),),
            regions_before=0,
            regions_after=0,
            changed_ml=0.0,
        )
        for number in (1, 2, 3)
    )
    text = comparison_in_words(Comparison(before="a", after="b", threshold=0.3, cases=cases), "model 1", "model 2")
    assert "On the verified voxels of 3 scans (model 1 learnt from 1, model 2 learnt from 3): Dice 0.500" in text
    assert "not how new scans fare" in text
