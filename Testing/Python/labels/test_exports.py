"""Final labels as files: what is written is what was labelled, whole or not at all, and never over something else."""

from __future__ import annotations

import csv
import resource

import numpy as np
import pytest
import SimpleITK as sitk
from agentprocess import AgentProcess
from panelfixtures import client, server
from panelserver import GEOMETRY, image, phantom
from plantedmodel import Planted, plant

from DualNetSSLLib.client.errors import Cancelled, InvalidRequest, LocalFileError
from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.comparison.compare_labels import voxel_ml

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]
CODE = "Segmentation category and type~SCT^123037004^Anatomical Structure~SCT^10200004^Liver~^^~Anatomic codes~^^~^^"
LABELS = (
    LabelDefinition(value=7, name="liver", colour=(230, 159, 0), terminology=CODE),
    LabelDefinition(value=2, name="=spleen", colour=(86, 180, 233)),
    LabelDefinition(value=4, name="tumour, left", colour=(1, 2, 3)),
)


@pytest.fixture
def agent(server, tmp_path_factory):
    with AgentProcess(tmp_path_factory.mktemp("agent")) as agent:
        agent.call("connect", address=server.address, token=server.token)
        yield agent


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """One scan with a label, one verified in part, one that a model has predicted, one with nothing."""
    made = client.create_dataset("to leave", LABELS)
    label, mask = volume_from_array(phantom(1)[1], GEOMETRY), np.zeros(SHAPE, np.uint8)
    mask[:4] = 1
    client.upload_case(made.id, "a-label", image(1), label, annotator="@A. B.")
    client.upload_case(made.id, "b-partly", image(2), label, volume_from_array(mask, GEOMETRY))
    for number, name in enumerate(("c-predicted", "d-nothing")):
        client.upload_case(made.id, name, image(3 + number))
    path = tmp_path_factory.mktemp("said") / "said.nrrd"
    sitk.WriteImage(volume_from_array(phantom(3)[1], GEOMETRY), str(path))
    plant(server.data_folder, client, made, [Planted("c-predicted", path, path, path)])
    return made


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def rows(folder):
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("form", "ending"), [("seg.nrrd", ".seg.nrrd"), ("nifti", ".nii.gz")])
def test_a_label_comes_out_as_it_went_in(agent, dataset, tmp_path, form, ending):
    answer = agent.call("export_labels", dataset=dataset.id, folder=str(tmp_path / "out"), formats=[form])
    assert answer.files == ("labels.csv", f"a-label{ending}")
    assert answer.left_out == ("b-partly", "c-predicted", "d-nothing")
    assert names(tmp_path / "out") == [f"a-label{ending}", "labels.csv"]
    written = sitk.ReadImage(str(tmp_path / "out" / f"a-label{ending}"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(written), phantom(1)[1])
    assert written.GetPixelID() == sitk.sitkUInt8
    assert written.GetSize() == GEOMETRY.size
    for name in ("Spacing", "Origin", "Direction"):
        assert getattr(written, f"Get{name}")() == pytest.approx(getattr(GEOMETRY, name.lower()), abs=1e-5)


def test_segments_keep_name_value_colour_and_code(agent, dataset, tmp_path):
    agent.call("export_labels", dataset=dataset.id, folder=str(tmp_path))
    written = sitk.ReadImage(str(tmp_path / "a-label.seg.nrrd"))
    for number, label in enumerate(dataset.labels):
        about = {
            name: written.GetMetaData(f"Segment{number}_{name}") for name in ("Name", "LabelValue", "Color", "Tags")
        }
        assert (about["Name"], int(about["LabelValue"])) == (label.name, label.value)
        assert [round(255 * float(channel)) for channel in about["Color"].split()] == list(label.colour)
        assert (CODE in about["Tags"]) is (label.terminology is not None)


def test_slicer_reads_the_segments_as_they_were(slicer_host, agent, dataset, tmp_path):
    import slicer
    import slicer.util
    import vtk

    agent.call("export_labels", dataset=dataset.id, folder=str(tmp_path))
    logic = slicer.modules.segmentations.logic()
    node = logic.LoadSegmentationFromFile(str(tmp_path / "a-label.seg.nrrd"), False)
    reference = slicer.util.addVolumeFromArray(np.zeros(SHAPE, np.int16))
    from DualNetSSLLib.panel.common.scene import ijk_to_ras

    reference.SetIJKToRASMatrix(ijk_to_ras(GEOMETRY))
    segmentation = node.GetSegmentation()
    assert segmentation.GetNumberOfSegments() == len(LABELS)
    for number, label in enumerate(dataset.labels):
        segment = segmentation.GetNthSegment(number)
        code = vtk.reference("")
        coded = segment.GetTag(segment.GetTerminologyEntryTagName(), code)
        assert (segment.GetName(), segment.GetLabelValue()) == (label.name, label.value)
        assert [round(255 * channel) for channel in segment.GetColor()] == list(label.colour)
        assert not label.terminology or (coded and str(code) == label.terminology)
        identity = segmentation.GetNthSegmentID(number)
        voxels = slicer.util.arrayFromSegmentBinaryLabelmap(node, identity, reference)
        np.testing.assert_array_equal(voxels != 0, phantom(1)[1] == label.value)


def test_what_nobody_verified_is_marked_and_only_comes_when_wanted(agent, dataset, client, tmp_path):
    answer = agent.call("export_labels", dataset=dataset.id, folder=str(tmp_path), formats=["nifti"], unverified=True)
    assert names(tmp_path) == [
        "a-label.nii.gz",
        "b-partly-partly-verified.nii.gz",
        "c-predicted-prediction.nii.gz",
        "labels.csv",
    ]
    assert answer.left_out == ("d-nothing",)
    found = rows(tmp_path)
    assert [row["source"] for row in found] == ["label", "partly verified", "prediction", "not exported"]
    assert [row["model"] != "" for row in found] == [False, False, True, False]
    assert (found[3]["state"], found[3]["files"], found[3]["liver_ml"]) == ("new", "", "")
    predicted = sitk.ReadImage(str(tmp_path / "c-predicted-prediction.nii.gz"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(predicted), phantom(3)[1])
    assert [row["state"] for row in found] == ["labelled", "in_review", "predicted", "new"]
    assert float(found[1]["verified_share"]) == pytest.approx(4 / SHAPE[0])


def test_the_table_says_volumes_annotator_and_revision(agent, dataset, client, tmp_path):
    agent.call("export_labels", dataset=dataset.id, folder=str(tmp_path), formats=[])
    row, *others = rows(tmp_path)
    assert names(tmp_path) == ["labels.csv"]
    assert [other["source"] for other in others] == ["not exported"] * 3
    assert row["annotator"] == "'@A. B."
    assert row["revision"] == str(client.case(dataset.id, "a-label").revision)
    label = phantom(1)[1]
    for column, value in (("liver_ml", 7), ("'=spleen_ml", 2), ("tumour, left_ml", 4)):
        assert float(row[column]) == pytest.approx(voxel_ml(GEOMETRY) * (label == value).sum(), abs=1e-4)
    assert b"\r\n" in (tmp_path / "labels.csv").read_bytes()


def test_nothing_is_written_over_unless_that_is_wanted(agent, dataset, tmp_path):
    (tmp_path / "a-label.nii.gz").write_text("mine")
    with pytest.raises(LocalFileError, match=r"already holds a-label\.nii\.gz"):
        agent.call("export_labels", dataset=dataset.id, folder=str(tmp_path), formats=["seg.nrrd", "nifti"])
    assert names(tmp_path) == ["a-label.nii.gz"]
    assert (tmp_path / "a-label.nii.gz").read_text() == "mine"
    agent.call("export_labels", dataset=dataset.id, folder=str(tmp_path), formats=["nifti"], replace=True)
    assert sitk.ReadImage(str(tmp_path / "a-label.nii.gz")).GetSize() == GEOMETRY.size


def test_an_unknown_format_is_refused(agent, dataset, tmp_path):
    with pytest.raises(InvalidRequest, match=r"seg\.nrrd, nifti"):
        agent.call("export_labels", dataset=dataset.id, folder=str(tmp_path), formats=["dicom"])


@pytest.mark.parametrize("form", ["seg.nrrd", "nifti"])
def test_a_full_disk_is_said_and_leaves_no_half_file(agent, dataset, tmp_path, form):
    arguments = {"dataset": dataset.id, "formats": [form]}
    agent.call("export_labels", folder=str(tmp_path / "first"), **arguments)  # what it needs is in the cache now
    resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE, (100, 100))
    with pytest.raises(LocalFileError) as caught:
        agent.call("export_labels", folder=str(tmp_path / "second"), **arguments)
    assert "Make room" in caught.value.remedy
    assert names(tmp_path / "second") == []


def test_a_cancelled_export_leaves_only_whole_files(agent, dataset, tmp_path):
    number = agent.start("export_labels", dataset=dataset.id, folder=str(tmp_path), formats=["nifti"], unverified=True)
    agent.next(number, "progress")
    agent.write({"cancel": number})
    with pytest.raises(Cancelled):
        agent.end(number)
    assert "labels.csv" not in names(tmp_path)
    for path in tmp_path.iterdir():
        assert sitk.ReadImage(str(path)).GetSize() == GEOMETRY.size
