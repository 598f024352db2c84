"""The results section against the real server: predictions come by themselves; models are used and exported."""

from __future__ import annotations

import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from plantedmodel import Planted, plant

from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server"]

TINY = {"steps": 4, "width": 2, "patch": [16, 16, 32], "report_every": 1, "checkpoint_every": 4}
TINY |= {"labelled_per_step": 1, "unlabelled_per_step": 1, "calibration_scans": 0}


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """A data set with one labelled scan and one without; an older model that has predicted nothing, and a newer one."""
    made = client.create_dataset("abdomen", LABELS)
    client.upload_case(made.id, "scan-1", image(1), volume_from_array(phantom(1)[1], GEOMETRY))
    client.upload_case(made.id, "scan-2", image(2))
    client.wait(client.create_job("train", made.id, config=TINY, predict_after=False).id)
    folder = tmp_path_factory.mktemp("said")
    said = [say(folder, name, seed) for seed, name in enumerate(("scan-1", "scan-2"))]
    plant(server.data_folder, client, made, said, {"dice_on_labelled_patches": {"liver": 0.5}, "labelled_cases": 1})
    return client.dataset(made.id)


def say(folder, name, seed):
    """What a model is to have said of a case."""
    rng = np.random.default_rng(seed)
    files = {}
    for kind in ("uncertainty", "disagreement"):
        files[kind] = folder / f"{name}.{kind}.nrrd"
        map_of = rng.random(GEOMETRY.size[::-1], dtype=np.float32)
        sitk.WriteImage(volume_from_array(map_of, GEOMETRY), str(files[kind]))
    segmentation = folder / f"{name}.seg.nrrd"
    sitk.WriteImage(volume_from_array(phantom(seed)[1], GEOMETRY), str(segmentation))
    summary = {"volume_ml": {"liver": 1.25, "spleen": 0.5}, "foreground_uncertainty": 0.1 + seed, "predicted_dice": 0.9}
    return Planted(name, segmentation, summary=summary, **files)


@pytest.fixture
def panel(load_module, pump, server, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(dataset)
    return panel


def arrived(panel, model=None):
    """Wait until the predictions of a model (by default the newest) are here, of both cases."""

    def here():
        found = panel.results.fetching.predictions.values()
        return len(found) == 2 and all(model in (None, prediction.model) for prediction in found)

    panel.pump(here, PATIENCE)


def test_predictions_of_every_case_arrive_by_themselves(panel, client, dataset):
    arrived(panel)
    assert panel.ui.predictionTable.rowCount == 2
    models = sorted(client.models(dataset.id), key=lambda model: -model.created)
    assert panel.ui.modelTable.rowCount == 2
    assert panel.ui.modelTable.item(0, 0).text() == "Model 2"
    assert panel.ui.modelTable.item(0, 0).font().bold()
    assert panel.results.fetching.model == models[0].id
    assert [panel.ui.modelTable.item(0, column).text() for column in (2, 3)] == ["1", "0.500"]
    assert panel.ui.predictionTable.item(0, 0).text() == "scan-2"
    columns = range(panel.ui.predictionTable.columnCount)
    values = [panel.ui.predictionTable.item(0, column).data(0) for column in columns]
    assert sorted(value.strip() for value in values[1:]) == ["0.5", "0.900", "1.100", "1.2"]
    panel.open("scan-2")
    node = panel.desk.shown.node("prediction")
    assert node.GetName() == "prediction, model 2"
    names = [node.GetSegmentation().GetNthSegment(n).GetName() for n in range(2)]
    assert sorted(names) == ["liver", "spleen"]


def test_the_map_lies_over_the_anatomy(panel):
    import slicer
    import slicer.util

    arrived(panel)
    panel.open("scan-2")
    composite = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")[0]
    overlay = panel.desk.shown.node("uncertainty")
    assert composite.GetBackgroundVolumeID() == panel.desk.shown.node("image").GetID()
    assert composite.GetForegroundVolumeID() == overlay.GetID()
    expected = np.load(panel.desk.shown.opened.prediction.uncertainty.file)
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(overlay), expected)
    panel.ui.overlayThresholdSlider.value = 0.25
    panel.ui.overlayOpacitySlider.value = 0.4
    display = overlay.GetDisplayNode()
    assert display.GetApplyThreshold()
    assert display.GetLowerThreshold() == pytest.approx(0.25)
    assert composite.GetForegroundOpacity() == pytest.approx(0.4)
    assert panel.widget.parameters.uncertaintyThreshold == pytest.approx(0.25)
    panel.ui.overlayGroup.checked = False
    assert not composite.GetForegroundVolumeID()
    panel.ui.overlayGroup.checked = True
    panel.ui.overlayKindCombo.currentIndex = 1
    assert panel.desk.shown.node("uncertainty") is None
    disagreement = panel.desk.shown.node("disagreement")
    assert composite.GetForegroundVolumeID() == disagreement.GetID()
    legend = slicer.modules.colors.logic().GetColorLegendDisplayNode(disagreement)
    assert legend.GetTitleText() == "disagreement\n0 certain, 1 unsure"
    panel.ui.overlayLegendCheck.checked = False
    assert not legend.GetVisibility()
    panel.ui.overlayLegendCheck.checked = True
    panel.ui.overlayKindCombo.currentIndex = 0


def test_leaving_a_case_leaves_nothing_of_its_map(panel):
    import slicer

    arrived(panel)
    before = slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLDisplayNode")
    panel.open("scan-2")
    panel.desk.leave()
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 0
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLDisplayNode") == before


def test_a_prediction_is_where_the_label_begins_and_only_changes_count(panel, client, dataset, tmp_path):
    arrived(panel)
    panel.open("scan-2")
    prediction = np.load(panel.desk.shown.opened.prediction.segmentation.file)
    panel.ui.fromPredictionButton.click()
    np.testing.assert_array_equal(panel.painted(), prediction)
    assert panel.label.editor.widget.segmentationNode() is panel.desk.shown.node("label")
    assert not panel.desk.shown.whole
    panel.label.submit()
    panel.pump(lambda: "Nothing was changed" in panel.said, PATIENCE)
    stroke = np.zeros_like(prediction)
    stroke[1:3, 1:4, 1:5] = 1
    panel.paint((prediction == 7) & (stroke == 0), "liver")
    panel.paint((prediction == 2) | (stroke == 1), "spleen")
    changed = panel.painted()
    revision = client.case(dataset.id, "scan-2").revision
    panel.label.submit()
    panel.pump(lambda: client.case(dataset.id, "scan-2").revision == revision + 1, PATIENCE)
    mask = client.download(client.case(dataset.id, "scan-2").verified, tmp_path / "mask.nrrd")
    np.testing.assert_array_equal(sitk.GetArrayFromImage(sitk.ReadImage(str(mask))) != 0, changed != prediction)


@pytest.mark.long
def test_an_older_model_is_rolled_back_to_and_its_missing_predictions_are_made(panel, client, dataset):
    arrived(panel)
    panel.open("scan-1")
    newest, older = sorted(client.models(dataset.id), key=lambda model: -model.created)
    panel.ui.modelTable.setCurrentCell(1, 0)
    assert panel.ui.useModelButton.text == "Roll back to this"
    panel.ui.useModelButton.click()
    arrived(panel, older.id)
    panel.pump(lambda: panel.desk.shown.node("prediction").GetName() == "prediction, model 1", PATIENCE)
    assert panel.ui.modelTable.item(1, 0).font().bold()
    panel.ui.modelTable.setCurrentCell(0, 0)
    assert panel.ui.useModelButton.text == "Use"
    panel.ui.useModelButton.click()
    arrived(panel, newest.id)
    assert panel.state.model is None


def test_a_model_is_exported_as_a_bundle(panel, slicer_host, tmp_path):
    arrived(panel)
    slicer_host.dialogs.replies["getSaveFileName"] = str(tmp_path / "model.zip")
    panel.ui.modelTable.setCurrentCell(1, 0)
    panel.ui.exportModelButton.click()
    panel.pump(lambda: "Exported" in panel.results.message.text, PATIENCE)
    with zipfile.ZipFile(tmp_path / "model.zip") as bundle:
        assert any(name.endswith("configs/inference.json") for name in bundle.namelist())


def test_nothing_trained_is_said(load_module, pump, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    assert panel.ui.resultsHint.text == "Open a data set first."
    assert not panel.ui.modelTable.visible


def test_rows_bear_the_names_of_ones_own_files_and_open_their_cases(slicer_host):
    import qt

    from DualNetSSLLib.panel.results.prediction_table import PredictionTable

    widget, opened = qt.QTableWidget(), []
    table = PredictionTable(widget, opened.append)
    said = [SimpleNamespace(case=name, summary={"mean_uncertainty": 0.2}) for name in ("case-001", "phantom-1")]
    for called, first in (({}, "case-001"), ({"case-001": "knee left", "phantom-1": "phantom-1"}, "knee left")):
        table.show(said, LABELS, called)
        texts = [str(widget.item(row, 0).text()) for row in range(2)]
        assert sorted(texts) == sorted([first, "phantom-1"]), "names that come later are shown, too"
    row = texts.index("knee left")
    assert "case-001" in widget.item(row, 0).toolTip()
    widget.cellDoubleClicked.emit(row, 0)
    assert opened == ["case-001"]
    table.close()
