"""The data set section against a real server: what is made, what is added, what the table shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server, user, write_scans
from panelserver import GEOMETRY, LABELS, image

from DualNetSSLLib.client.records import Case, WorklistEntry
from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server", "user"]


@pytest.fixture
def connected(user, server):
    user.connect(server)
    return user


@pytest.fixture
def opened(connected, client, request):
    """The panel with a data set of its own open."""
    client.create_dataset(request.node.name, LABELS)
    connected.context.loader.refresh_datasets()
    connected.open_dataset(request.node.name)
    return connected


def case(name, state="new", annotator=None, revision=1):
    digest = "0" * 64
    return Case(
        image=digest,
        case=name,
        dataset="d",
        revision=revision,
        state=state,
        geometry=GEOMETRY,
        verified_fraction=0.0,
        updated=0.0,
        annotator=annotator,
    )


def shown(table):
    """Names of the cases in the order in which they are seen."""
    return [table.item(row, 0).text() for row in range(table.rowCount) if not table.isRowHidden(row)]


def test_a_new_data_set_has_the_labels_that_were_entered(connected, client):
    ui = connected.ui
    ui.newDatasetButton.checked = True
    assert not ui.createDatasetButton.enabled
    ui.datasetNameEdit.text = "Abdomen, MR"
    ui.labelSetTable.item(0, 0).setText("Liver")
    ui.addLabelButton.click()
    ui.labelSetTable.item(1, 0).setText("my own")
    ui.labelSetTable.item(1, 1).setText("9")
    ui.createDatasetButton.click()
    connected.wait(lambda: connected.state.dataset is not None)
    made = client.dataset(connected.state.dataset.id)
    assert made.name == "Abdomen, MR"
    assert [(label.name, label.value) for label in made.labels] == [("Liver", 1), ("my own", 9)]
    assert "Liver" in made.labels[0].terminology
    assert made.labels[0].colour == (221, 130, 101)
    assert made.labels[1].terminology is None
    assert connected.widget.parameters.dataset == made.id
    assert not ui.newDatasetButton.checked
    assert ui.datasetCombo.currentText == "Abdomen, MR"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("", "2", "no name"),
        ("liver", "2", "used twice"),
        ("spleen", "1", "used twice"),
        ("spleen", "300", "from 1 to 254"),
    ],
)
def test_a_label_set_that_cannot_be_is_refused_with_the_reason(connected, name, value, said):
    ui = connected.ui
    ui.newDatasetButton.checked = True
    ui.datasetNameEdit.text = "wrong"
    ui.labelSetTable.item(0, 0).setText("liver")
    ui.addLabelButton.click()
    ui.labelSetTable.item(1, 0).setText(name)
    ui.labelSetTable.item(1, 1).setText(value)
    ui.createDatasetButton.click()
    assert said in ui.datasetMessage.text
    assert ui.newDatasetButton.checked
    ui.removeLabelButton.click()
    assert ui.labelSetTable.rowCount == 1
    ui.removeLabelButton.click()
    assert ui.labelSetTable.rowCount == 1


def test_a_folder_is_added_with_its_labels_and_once_only(opened, client, slicer_host, tmp_path):
    folder = write_scans(tmp_path / "scans", 3, labelled=2)
    (folder / "images" / "broken.nrrd").write_bytes(b"NRRD0004\ntype: short\n")
    slicer_host.dialogs.replies["getExistingDirectory"] = str(folder)
    opened.ui.addFolderButton.click()
    opened.wait(lambda: not opened.ui.pickFrame.isHidden())
    rows = [opened.ui.pickList.item(row) for row in range(opened.ui.pickList.count)]
    assert [row.text().split(",")[0].split(":")[0] for row in rows] == [
        "broken.nrrd",
        *(f"scan-{n}.nrrd" for n in range(3)),
    ]
    assert "label: scan-0.nrrd, 24 × 20 × 16 voxels of 1 × 1.25 × 2 mm" in rows[1].text()
    assert [row.checkState() == slicer_checked(True) for row in rows] == [False, True, True, True]
    opened.ui.pickAddButton.click()
    assert not opened.ui.addingFrame.isHidden()
    assert not opened.ui.addFolderButton.enabled
    opened.wait(lambda: len(opened.state.cases) == 3 and opened.ui.datasetMessage.text)
    assert [case.state for case in opened.state.cases] == ["labelled", "labelled", "new"]
    assert "3 scans added" in opened.ui.datasetMessage.text
    assert opened.ui.caseCountLabel.text == "3 scans: 1 new, 2 labelled"
    (folder / "images" / "broken.nrrd").unlink()
    opened.ui.addFolderButton.click()
    opened.wait(lambda: "there already" in opened.ui.datasetMessage.text)
    assert len(client.cases(opened.state.dataset.id)) == 3


def test_scans_of_several_channels_are_added_whole_and_shown_as_layers(opened, client, slicer_host, tmp_path):
    """As nnU-Net lays them out; the second channel lies over the first, and fades in from nothing."""
    import slicer.util

    channels = [sitk.GetArrayFromImage(image(seed)) for seed in range(3)]
    (tmp_path / "imagesTr").mkdir()
    for number, voxels in enumerate(channels):
        path = tmp_path / "imagesTr" / f"p1_{number:04d}.nii.gz"
        sitk.WriteImage(volume_from_array(voxels, GEOMETRY), str(path))
    (tmp_path / "dataset.json").write_text(
        '{"channel_names": {"0": "T1", "1": "T2", "2": "FLAIR"}, "labels": {"liver": 1}}'
    )
    slicer_host.dialogs.replies["getExistingDirectory"] = str(tmp_path)
    opened.ui.useNamesCheck.click()
    opened.ui.addFolderButton.click()
    opened.wait(lambda: opened.ui.pickList.count or opened.state.cases)
    if not opened.state.cases:
        opened.ui.pickAddButton.click()
    opened.wait(lambda: opened.state.cases)
    (added,) = opened.state.cases
    assert (added.case, added.channels) == ("p1", 3)
    desk = opened.section("LabelSection").desk
    opened.context.open_case("p1")
    opened.wait(lambda: desk.shown is not None and not desk.opening)
    names = ["p1", "p1, channel 2", "p1, channel 3"]
    nodes = [slicer.util.getNode(name) for name in names]
    for node, voxels in zip(nodes, channels, strict=True):
        np.testing.assert_array_equal(slicer.util.arrayFromVolume(node), voxels)
    logic = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")[0]
    assert logic.GetBackgroundVolumeID() == nodes[0].GetID()
    assert (logic.GetForegroundVolumeID(), logic.GetForegroundOpacity()) == (nodes[1].GetID(), 0)
    desk.leave()
    assert not any(slicer.mrmlScene.GetFirstNodeByName(name) for name in names)


def test_files_are_called_by_number_on_the_server_unless_names_are_wanted(opened, client, slicer_host, tmp_path):
    folder = write_scans(tmp_path / "scans", 2, labelled=1)
    slicer_host.dialogs.replies["getExistingDirectory"] = str(folder)
    opened.ui.addFolderButton.click()
    opened.wait(lambda: len(opened.state.cases) == 2 and len(opened.state.names) == 2)
    assert [case.case for case in client.cases(opened.state.dataset.id)] == ["case-001", "case-002"]
    opened.ui.caseFilterEdit.text = "case-002"
    assert shown(opened.ui.caseTable) == ["scan-1 (case-002)"], "on a server of this computer both names are there"
    (folder / "images" / "scan-1.nrrd").rename(folder / "images" / "moved.nrrd")
    opened.ui.addFolderButton.click()
    opened.wait(lambda: "2 were there already" in opened.ui.datasetMessage.text)
    sitk.WriteImage(image(7), str(folder / "images" / "wanted.nrrd"))
    opened.ui.useNamesCheck.click()
    for name in ("scan-0", "moved"):
        (folder / "images" / f"{name}.nrrd").unlink()
    opened.ui.addFolderButton.click()
    opened.wait(lambda: not opened.ui.pickFrame.isHidden())
    assert "label scan-0.nrrd" in opened.ui.datasetMessage.text  # its scan is gone: told before anything is sent
    opened.ui.pickAddButton.click()
    opened.wait(lambda: "1 scan added" in opened.ui.datasetMessage.text and len(opened.state.cases) == 3)
    assert client.case(opened.state.dataset.id, "wanted").revision == 1


def test_loaded_volumes_arrive_voxel_for_voxel_where_they_lie(opened, client, tmp_path):
    import slicer.util

    from DualNetSSLLib.panel.common.scene import ijk_to_ras

    voxels = np.random.default_rng(0).integers(-500, 500, GEOMETRY.size[::-1]).astype(np.int16)
    for name in ("Mr. Smith, T1", "other"):
        slicer.util.addVolumeFromArray(voxels, ijk_to_ras(GEOMETRY), name)
    opened.ui.addVolumesButton.click()
    assert opened.ui.pickList.count == 2
    opened.ui.pickList.item(1).setCheckState(slicer_checked(False))
    opened.ui.pickAddButton.click()
    opened.wait(lambda: opened.state.cases and opened.state.names)
    (added,) = opened.state.cases
    assert added.case == "case-001"
    assert shown(opened.ui.caseTable) == ["Mr. Smith, T1 (case-001)"]
    opened.state.change(connection=replace(opened.state.connection, local=False))
    opened.section("DatasetSection").update()
    assert shown(opened.ui.caseTable) == ["case-001"], "and elsewhere those that others see"
    assert "Mr. Smith, T1" in opened.ui.caseTable.item(0, 0).toolTip()
    np.testing.assert_allclose(added.geometry.direction, GEOMETRY.direction, atol=1e-5)
    np.testing.assert_allclose(added.geometry.origin, GEOMETRY.origin, atol=1e-4)
    back = sitk.ReadImage(str(client.download(added.image, tmp_path / "back.nrrd")))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(back), voxels)


def slicer_checked(on):
    import qt

    return qt.Qt.Checked if on else qt.Qt.Unchecked


def test_a_volume_that_cannot_be_used_is_left_out_with_the_reason(opened):
    import slicer.util

    node = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6), np.int16), None, "moved")
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    node.SetAndObserveTransformNodeID(transform.GetID())
    opened.ui.addVolumesButton.click()
    opened.ui.pickAddButton.click()
    opened.wait(lambda: opened.ui.datasetMessage.text)
    assert "transform" in opened.ui.datasetMessage.text
    assert opened.ui.addVolumesButton.enabled


def test_without_volumes_and_without_dicom_the_panel_says_so(opened):
    opened.ui.addVolumesButton.click()
    assert "No volume is loaded" in opened.ui.datasetMessage.text
    assert not opened.ui.addDicomButton.enabled
    assert "DICOM" in opened.ui.addDicomButton.toolTip


def test_sample_scans_need_no_data_set_and_come_with_three_labels(connected, monkeypatch):
    monkeypatch.setattr("DualNetSSLLib.panel.dataset.add_scans.SAMPLES", 4)
    connected.ui.addSampleButton.click()
    connected.wait(lambda: len(connected.state.cases) == 4)
    assert [case.state for case in connected.state.cases] == ["labelled"] * 3 + ["new"]
    assert [label.name for label in connected.state.dataset.labels] == ["liver", "left kidney"]


def test_adding_that_is_stopped_leaves_the_panel_usable(opened, slicer_host, tmp_path):
    slicer_host.dialogs.replies["getExistingDirectory"] = str(write_scans(tmp_path / "scans", 3, labelled=0))
    opened.ui.addFolderButton.click()
    opened.ui.cancelAddingButton.click()
    assert opened.ui.addingFrame.isHidden()
    assert opened.ui.addFolderButton.enabled
    assert "Stopped" in opened.ui.datasetMessage.text


def test_the_table_sorts_by_number_filters_and_keeps_the_selection(opened):
    ui, state = opened.ui, opened.state
    cases = (case("b", "labelled", "reader A"), case("a", "predicted"), case("c", "predicted", revision=12))
    scores = {"a": 0.9, "b": None, "c": 0.12}
    common = {"state": "predicted", "predicted_dice": 0.5, "model": "m"}
    worklist = {
        name: WorklistEntry(case=name, score=score, benefit_ml=None if score is None else 1.2 - score, **common)
        for name, score in scores.items()
    }
    state.change(cases=cases, worklist=worklist)
    assert shown(ui.caseTable) == ["a", "b", "c"]
    ui.caseTable.setCurrentCell(2, 0)
    ui.caseTable.sortByColumn(6, sort_order("DescendingOrder"))
    assert shown(ui.caseTable)[0] == "c"
    ui.caseTable.sortByColumn(2, sort_order("DescendingOrder"))
    assert shown(ui.caseTable)[:2] == ["a", "c"]
    ui.caseTable.sortByColumn(4, sort_order("DescendingOrder"))
    assert shown(ui.caseTable)[:2] == ["c", "a"]
    assert [ui.caseTable.item(0, column).text().strip() for column in (2, 3, 4)] == ["0.1200", "0.500", "1.08"]
    ui.caseFilterEdit.text = "READER"
    assert shown(ui.caseTable) == ["b"]
    ui.caseFilterEdit.text = ""
    ui.caseStateCombo.setCurrentIndex(ui.caseStateCombo.findData("predicted"))
    assert sorted(shown(ui.caseTable)) == ["a", "c"]
    state.change(cases=(*cases[:2], case("d", "predicted")), open_case="d")
    assert sorted(shown(ui.caseTable)) == ["a", "d"]
    row = next(row for row in range(ui.caseTable.rowCount) if ui.caseTable.item(row, 0).text() == "d")
    assert ui.caseTable.item(row, 0).font().bold()


def sort_order(name):
    import qt

    return getattr(qt.Qt, name)


def test_a_double_click_asks_for_the_case_that_is_seen_in_that_row(opened):
    asked = []
    opened.context.open_case.subscribe(asked.append)
    opened.section("LabelSection").close()
    opened.state.change(cases=(case("a"), case("b", revision=2)))
    opened.ui.caseTable.sortByColumn(6, sort_order("DescendingOrder"))
    opened.ui.caseTable.cellDoubleClicked.emit(0, 1)
    assert asked == ["b"]


def test_the_data_set_of_the_scene_opens_by_itself(opened, server):
    name = opened.state.dataset.name
    opened.ui.disconnectButton.click()
    assert opened.state.dataset is None
    opened.connect(server)
    opened.wait(lambda: opened.state.dataset is not None)
    assert opened.state.dataset.name == name


def test_a_data_set_that_somebody_else_makes_is_in_the_list_when_the_panel_is_entered(opened, client):
    client.create_dataset("made elsewhere", LABELS)
    mine = opened.state.dataset
    opened.widget.exit()
    opened.widget.enter()
    opened.wait(lambda: opened.ui.datasetCombo.findText("made elsewhere") >= 0)
    assert opened.ui.datasetCombo.currentText == mine.name
    assert opened.state.dataset == mine


class DicomDatabase:
    """What Slicer's DICOM database tells of one patient with a scan and a report."""

    isOpen = True

    def patients(self):
        return ("1",)

    def studiesForPatient(self, patient):
        return ("study",)

    def seriesForStudy(self, study):
        return ("1.2.3", "1.2.4")

    def filesForSeries(self, uid):
        return [f"{uid}/{number}" for number in range(20 if uid == "1.2.3" else 1)]

    def fileValue(self, file, tag):
        return "MR" if file.startswith("1.2.3") else "SR"

    def descriptionForSeries(self, uid):
        return "T1 axial"

    def nameForPatient(self, patient):
        return "Smith^John"


def test_a_dicom_series_is_read_by_slicer_and_sent_without_the_patients_name(opened, monkeypatch):
    import sys
    import types

    import slicer.util

    from DualNetSSLLib.panel.common.scene import ijk_to_ras

    def load(uids):
        (uid,) = uids
        voxels = np.full(GEOMETRY.size[::-1], len(uid), np.int16)
        return [slicer.util.addVolumeFromArray(voxels, ijk_to_ras(GEOMETRY), "Smith^John").GetID()]

    utils = types.SimpleNamespace(loadSeriesByUID=load)
    monkeypatch.setattr(slicer, "dicomDatabase", DicomDatabase(), raising=False)
    monkeypatch.setitem(sys.modules, "DICOMLib", types.SimpleNamespace(DICOMUtils=utils))
    opened.section("DatasetSection").update()
    before = slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode")
    opened.ui.addDicomButton.click()
    assert opened.ui.pickList.count == 1
    assert "Smith" in opened.ui.pickList.item(0).text()
    assert not opened.ui.pickAddButton.enabled
    opened.ui.pickList.item(0).setCheckState(slicer_checked(True))
    opened.ui.pickAddButton.click()
    opened.wait(lambda: opened.state.cases)
    assert [case.case for case in opened.state.cases] == ["case-001"]
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == before


def test_the_headings_of_the_label_set_fit_their_columns(connected, pump):
    ui = connected.ui
    ui.newDatasetButton.checked = True
    header = ui.labelSetTable.horizontalHeader()
    header.setStyleSheet("QHeaderView::section { font-size: 30px }")
    pump(seconds=0.05)
    assert ui.labelSetTable.isVisibleTo(connected.widget.parent)
    assert all(header.sectionSize(column) >= header.sectionSizeHint(column) for column in (1, 2))
