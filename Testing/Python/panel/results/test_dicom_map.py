"""The uncertainty as a DICOM Parametric Map: what the converter is given, in Slicer 5.12 and before it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from plantedmodel import Planted, plant

from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]
CONVERTER = """#!{python}
import json, pathlib, shutil, sys
given = dict(zip((name[2:] for name in sys.argv[1::2]), sys.argv[2::2]))
if {problem!r}:
    sys.exit({problem!r})
kept = pathlib.Path({kept!r})
shutil.copy(given["inputImage"], kept / "map.nrrd")
shutil.copy(given["inputMetadata"], kept / "map.json")
shutil.copytree(given["inputDICOMDirectory"], kept / "images", dirs_exist_ok=True)
pathlib.Path(given["outputDICOM"]).write_bytes(b"DICM")
"""


class DicomDatabase:
    """Two images of a series, as ctkDICOMDatabase tells of them."""

    isOpen = True

    def __init__(self, folder):
        self.files = {uid: folder / f"image-{uid}.dcm" for uid in ("1.2.3", "1.2.4")}
        for uid, file in self.files.items():
            file.write_text(uid)
        self.inserted = []

    def patients(self):
        return ()

    def fileForInstance(self, uid):
        return str(self.files.get(uid, ""))

    def fileValue(self, file, tag):
        assert tag == "0020,0011"
        return "7"

    def insert(self, file):
        self.inserted.append(file)


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """A scan with a prediction and one without."""
    made = client.create_dataset("mapped", LABELS)
    for seed, case in enumerate(("scan-1", "scan-2")):
        client.upload_case(made.id, case, image(seed))
    folder = tmp_path_factory.mktemp("said")
    files = [folder / f"{number}.nrrd" for number in range(3)]
    for file, voxels in zip(files, (phantom(0)[1], doubt(), doubt() / 2), strict=True):
        sitk.WriteImage(volume_from_array(voxels, GEOMETRY), str(file))
    plant(server.data_folder, client, made, [Planted("scan-1", *files)], {})
    return client.dataset(made.id)


@pytest.fixture
def panel(load_module, pump, server, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(dataset)
    panel.pump(lambda: len(panel.results.fetching.predictions) == 1, PATIENCE)
    return panel


@pytest.fixture
def database(tmp_path, monkeypatch):
    import slicer

    folder = tmp_path / "database"
    folder.mkdir()
    found = DicomDatabase(folder)
    monkeypatch.setattr(slicer, "dicomDatabase", found, raising=False)
    return found


def doubt():
    return np.random.default_rng(0).random(SHAPE, dtype=np.float32)


def bring_dcmqi(monkeypatch, folder, problem=""):
    """Install a package dcmqi as Slicer 5.12 has it: the program lies in it, and its record names the program."""
    site = folder / "site"
    (site / "dcmqi" / "bin").mkdir(parents=True)
    (site / "dcmqi-1.5.7.dist-info").mkdir()
    program = site / "dcmqi" / "bin" / "itkimage2paramap"
    program.write_text(CONVERTER.format(python=sys.executable, kept=str(folder), problem=problem))
    program.chmod(0o755)
    (site / "dcmqi-1.5.7.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: dcmqi\nVersion: 1.5.7\n")
    (site / "dcmqi-1.5.7.dist-info" / "RECORD").write_text(
        "dcmqi/bin/paramap2itkimage,,\ndcmqi/bin/itkimage2paramap,,\ndcmqi-1.5.7.dist-info/RECORD,,\n"
    )
    monkeypatch.syspath_prepend(str(site))


def load_from_dicom():
    import slicer.util

    from DualNetSSLLib.panel.common.scene import ijk_to_ras

    volume = slicer.util.addVolumeFromArray(phantom(0)[0], ijk_to_ras(GEOMETRY), "from DICOM")
    volume.SetAttribute("DICOM.instanceUIDs", "1.2.3 1.2.4")


def export(panel, slicer_host, folder):
    slicer_host.dialogs.replies["getExistingDirectory"] = str(folder)
    panel.ui.exportGroup.collapsed = False
    panel.ui.exportButton.click()
    panel.pump(lambda: panel.ui.exportButton.text != "Stop", PATIENCE)
    return panel.results.export.message.text


def ready(panel):
    panel.open("scan-1")
    load_from_dicom()
    panel.results.export.update()
    assert panel.ui.exportMapCheck.enabled
    panel.ui.exportMapCheck.checked = True


def check_given(folder):
    """The converter got the map on the scan's grid, the series' images, and what the map is."""
    given = sitk.ReadImage(str(folder / "map.nrrd"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(given), doubt())
    for told, wanted in (
        (given.GetSpacing(), GEOMETRY.spacing),
        (given.GetOrigin(), GEOMETRY.origin),
        (given.GetDirection(), GEOMETRY.direction),
    ):
        np.testing.assert_allclose(told, wanted, atol=1e-5)
    assert sorted(file.read_text() for file in (folder / "images").iterdir()) == ["1.2.3", "1.2.4"]
    told = json.loads((folder / "map.json").read_text())
    assert {"AnatomicRegionSequence", "FrameLaterality", "QuantityValueCode", "MeasurementUnitsCode"} <= set(told)
    assert told["SeriesNumber"] == "207"


def test_the_map_is_greyed_with_the_reason_until_all_is_there(panel, database, tmp_path, monkeypatch):
    check, section = panel.ui.exportMapCheck, panel.results.export
    assert not check.enabled
    assert "Slicer 5.12" in check.toolTip
    bring_dcmqi(monkeypatch, tmp_path)
    section.update()
    assert "Open the scan" in check.toolTip
    panel.open("scan-2")
    assert "no prediction" in check.toolTip
    panel.open("scan-1")
    assert "DICOM database" in check.toolTip
    load_from_dicom()
    section.update()
    assert check.enabled


def test_slicer_of_today_converts_by_its_own_package(panel, slicer_host, database, tmp_path, monkeypatch):
    bring_dcmqi(monkeypatch, tmp_path)
    ready(panel)
    out = tmp_path / "out"
    assert "as DICOM as well: scan-1-uncertainty.dcm" in export(panel, slicer_host, out)
    check_given(tmp_path)
    assert database.inserted == [str(out / "scan-1-uncertainty.dcm")]
    panel.ui.exportReplaceCheck.checked = True
    assert "scan-1-uncertainty-2.dcm" in export(panel, slicer_host, out)


def test_slicer_of_before_converts_by_the_module_of_quantitative_reporting(
    panel, slicer_host, database, tmp_path, monkeypatch
):
    import slicer

    asked = []

    class Done(slicer.vtkMRMLTextNode):
        """What a run leaves behind, as vtkMRMLCommandLineModuleNode tells of it."""

        Completed, ErrorsMask = 0x20, 0x40
        status, text = Completed, ""

        def GetStatus(self):
            return self.status

        def GetErrorText(self):
            return self.text

    def run_sync(module, node=None, parameters=None):
        asked.append((module, node))
        Path(parameters["outputParaMapFileName"]).write_bytes(b"DICM")
        given = {name: parameters[name] for name in ("inputFileName", "metaDataFileName", "dicomDirectory")}
        for name, kept in zip(given, ("map.nrrd", "map.json", "images"), strict=True):
            Path(given[name]).rename(tmp_path / kept)
        return slicer.mrmlScene.AddNode(Done())

    module = object()
    monkeypatch.setattr(slicer.modules, "itkimage2paramap", module, raising=False)
    monkeypatch.setattr(slicer.cli, "runSync", run_sync)
    ready(panel)
    before = slicer.mrmlScene.GetNumberOfNodes()
    assert "scan-1-uncertainty.dcm" in export(panel, slicer_host, tmp_path / "out")
    assert asked == [(module, None)]
    check_given(tmp_path)
    assert slicer.mrmlScene.GetNumberOfNodes() == before
    Done.status, Done.text = Done.Completed | Done.ErrorsMask, "no such scanner"
    (tmp_path / "images").rename(tmp_path / "images-before")
    panel.ui.exportReplaceCheck.checked = True
    assert "no such scanner" in export(panel, slicer_host, tmp_path / "out")


def test_a_converter_that_fails_says_so_and_leaves_nothing(panel, slicer_host, database, tmp_path, monkeypatch):
    bring_dcmqi(monkeypatch, tmp_path, problem="ERROR: no DICOM could be loaded")
    ready(panel)
    assert "no DICOM could be loaded" in export(panel, slicer_host, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.dcm"))
    assert not database.inserted


def test_images_that_left_the_database_are_missed_before_anything_is_written(
    panel, slicer_host, database, tmp_path, monkeypatch
):
    bring_dcmqi(monkeypatch, tmp_path)
    ready(panel)
    database.files.pop("1.2.4")
    assert "not in Slicer's DICOM database any more" in export(panel, slicer_host, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.dcm"))
