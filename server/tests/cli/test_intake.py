"""Folders of scans: pairing, checking and choosing before anything starts."""

from __future__ import annotations

import json
import weakref
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.cli.terminal import complain
from dualnetssl.contract.errors import InvalidDataset, InvalidRequest
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.intake import folders, from_folders
from dualnetssl.intake.labels import Source

GRID = Geometry(size=(8, 7, 6), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


def organ(*values: int) -> np.ndarray:
    array = np.zeros(GRID.size[::-1], np.uint8)
    for index, value in enumerate(values):
        array[1 + index, 2:5, 2:5] = value
    return array


def write(path: Path, array: np.ndarray | None = None, grid: Geometry = GRID) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    array = np.arange(np.prod(GRID.size), dtype=np.int16).reshape(GRID.size[::-1]) if array is None else array
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(grid.spacing)
    image.SetOrigin(grid.origin)
    sitk.WriteImage(image, str(path))
    return path


@pytest.fixture
def scans(tmp_path):
    """Four scans in three formats, the first three with a label."""
    for name in ("a.nii.gz", "b.nrrd", "c.mha", "d.nii"):
        write(tmp_path / "images" / name)
    for name in ("a.nrrd", "b.nii.gz", "c.nrrd"):
        write(tmp_path / "labels" / name, organ(1, 2))
    return tmp_path


def take(root: Path, **choices: object) -> from_folders.Intake:
    return from_folders.take_training(
        from_folders.Request(root / "images", root / "labels", **choices), lambda done, total: None
    )


def complaints(found: from_folders.Intake) -> dict[str, str]:
    return {finding.name: str(finding) for finding in found.findings}


def test_images_and_labels_are_paired_by_name_whatever_their_format(scans):
    found = take(scans)
    assert [(case.case, case.label is not None) for case in found.cases] == [
        ("a", True),
        ("b", True),
        ("c", True),
        ("d", False),
    ]
    assert found.findings == ()
    assert found.labelled == 3
    assert Path(found.cases[1].label).is_absolute()
    assert [label.name for label in found.labels] == ["label 1", "label 2"]


def test_every_case_is_told_of(scans):
    told = []
    from_folders.take_training(
        from_folders.Request(scans / "images", scans / "labels"), lambda *counts: told.append(counts)
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_voxels_of_one_label_are_held_at_a_time(scans, monkeypatch):
    """A view of no voxels would keep them all: 200 scans of 512 x 512 x 200 took 50 MB more each."""
    read, seen, held = Source.read, [], []

    def watched(source, grid, named):
        held.append(sum(label() is not None for label in seen))
        found = read(source, grid, named)
        owner = found.label if found.label.base is None else found.label.base
        seen.append(weakref.ref(owner))
        return found

    monkeypatch.setattr(Source, "read", watched)
    assert take(scans).labelled == 3
    assert held == [0, 0, 0]


def test_all_that_is_wrong_is_found_at_once(scans):
    whole = (scans / "images" / "a.nii.gz").read_bytes()
    (scans / "images" / "a.nii.gz").write_bytes(whole[: len(whole) // 2])
    write(scans / "images" / "b.nrrd", np.full(GRID.size[::-1], np.nan, np.float32))
    write(scans / "labels" / "c.nrrd", organ(1), GRID.model_copy(update={"spacing": (1.0, 1.0, 3.0)}))
    write(scans / "labels" / "z.nrrd", organ(1))
    write(scans / "images" / "d.nrrd")
    found = take(scans)
    text = complaints(found)
    assert set(text) == {"a.nii.gz", "b.nrrd", "label c.nrrd", "label z.nrrd", "d"}
    assert "whole files" in text["a.nii.gz"]
    assert "not finite" in text["b.nrrd"]
    assert "spacing" in text["label c.nrrd"]
    assert "without a scan" in text["label z.nrrd"]
    assert "d.nii, d.nrrd" in text["d"]
    assert [(case.case, case.label) for case in found.cases] == [("c", None)]


def test_findings_stop_the_work_unless_they_are_to_be_skipped(scans, capsys):
    (scans / "images" / "a.nii.gz").write_bytes(b"")
    (scans / "images" / "b.nrrd").write_bytes(b"nothing")
    findings = take(scans).findings
    with pytest.raises(InvalidDataset, match=r"2 files that cannot be used .*--skip-invalid"):
        from_folders.refuse_findings(findings, skip_invalid=False, say=complain)
    listed = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in listed] == ["a.nii.gz", "b.nrrd"]
    from_folders.refuse_findings(findings, skip_invalid=True, say=complain)
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["left out", "left out"]


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda folder: None, "not there"),
        (lambda folder: folder.mkdir(), "which is empty"),
        (lambda folder: folder.write_text("x"), "a file"),
        (lambda folder: (folder.mkdir(), (folder / "notes.txt").write_text("x")), "no file is a volume"),
        (lambda folder: (folder.mkdir(), (folder / "IM1").write_bytes(bytes(128) + b"DICM")), "DICOM"),
        (
            lambda folder: (
                (folder / "series").mkdir(parents=True),
                (folder / "series" / "1").write_bytes(bytes(128) + b"DICM"),
            ),
            "DICOM",
        ),
    ],
)
def test_folders_that_hold_no_scan(tmp_path, prepare, words):
    prepare(tmp_path / "images")
    with pytest.raises(InvalidDataset, match=words):
        from_folders.take_images(tmp_path / "images", 1, lambda done, total: None)


def test_scans_of_other_channels_than_most_are_named(scans):
    for name in ("a.nii.gz", "b.nrrd", "c.mha"):
        image = sitk.ReadImage(str(scans / "images" / name))
        sitk.WriteImage(sitk.Compose([image, image]), str(scans / "images" / name))
    found = take(scans)
    assert [(case.case, case.label is not None) for case in found.cases] == [("a", True), ("b", True), ("c", True)]
    assert [finding.name for finding in found.findings] == ["d.nii"]
    assert "a scan of 1 channel" in complaints(found)["d.nii"]
    predicted = from_folders.take_images(scans / "images", 1, lambda done, total: None)
    assert [case.case for case in predicted.cases] == ["d"]
    assert [finding.name for finding in predicted.findings] == ["a.nii.gz", "b.nrrd", "c.mha"]


def test_no_label_at_all_is_refused_and_one_labelled_scan_is_enough(tmp_path):
    write(tmp_path / "images" / "a.nrrd")
    write(tmp_path / "labels" / "a.nrrd", organ(1))
    one = take(tmp_path)
    from_folders.check_enough(one)
    assert len(one.cases) == one.labelled == 1
    with pytest.raises(InvalidDataset, match="no label for any"):
        from_folders.check_enough(
            from_folders.Intake((one.cases[0].model_copy(update={"label": None}),), one.labels, ())
        )
    write(tmp_path / "labels" / "a.nrrd", organ(255))
    with pytest.raises(InvalidDataset, match="mark no voxel"):
        from_folders.check_enough(take(tmp_path))


def test_choosing_labels_by_number_and_by_file(scans, tmp_path):
    assert [case.case for case in take(scans, labelled="2").cases if case.label] == ["a", "b"]
    names = tmp_path / "names.txt"
    names.write_text("c.nrrd  # the best one\n\nb\n")
    assert [case.case for case in take(scans, labelled=str(names)).cases if case.label] == ["b", "c"]
    names.write_text("d\n")
    with pytest.raises(InvalidRequest, match="such as d"):
        take(scans, labelled=str(names))
    with pytest.raises(InvalidRequest, match="at most 3"):
        take(scans, labelled="4")
    with pytest.raises(InvalidRequest, match="a number, or a file"):
        take(scans, labelled="nowhere.txt")


def test_a_label_that_is_not_used_is_not_read(scans):
    (scans / "labels" / "c.nrrd").write_bytes(b"broken")
    assert take(scans, labelled="2").findings == ()


def test_keeping_scans_out(scans, tmp_path):
    assert [case.case for case in take(scans, exclude="2").cases] == ["a", "b"]
    names = tmp_path / "names.txt"
    names.write_text("a\nc\n")
    found = take(scans, exclude=str(names), labelled="1")
    assert [(case.case, bool(case.label)) for case in found.cases] == [("b", True), ("d", False)]
    with pytest.raises(InvalidDataset, match="all are kept out"):
        take(scans, exclude="4")


def test_class_names_come_from_the_file_beside_the_labels_or_the_option(scans, tmp_path):
    (scans / "labels.json").write_text(json.dumps([{"value": 1, "name": "liver"}, {"value": 2, "name": "kidney"}]))
    assert [label.name for label in take(scans).labels] == ["liver", "kidney"]
    other = tmp_path / "classes.json"
    other.write_text(json.dumps({"labels": {"0": "background", "1": "front", "2": "back"}}))
    assert [label.name for label in take(scans, classes=other).labels] == ["front", "back"]
    other.write_text(json.dumps({"1": "front"}))
    found = take(scans, classes=other)
    assert "values 2 (9 voxels)" in complaints(found)["label b.nii.gz"]
    assert "1 (front)" in complaints(found)["label b.nii.gz"]
    assert found.labelled == 0


@pytest.mark.parametrize("text", ["{", "[1]", '{"1": 2}', '[{"value": 1, "name": "a"}, {"value": 1, "name": "b"}]'])
def test_class_files_that_make_no_sense(scans, tmp_path, text):
    (tmp_path / "classes.json").write_text(text)
    with pytest.raises(InvalidRequest, match="make no sense"):
        take(scans, classes=tmp_path / "classes.json")


def test_a_class_file_that_is_not_there(scans):
    with pytest.raises(InvalidRequest, match="not there"):
        take(scans, classes=Path("nowhere.json"))


def test_names_colours_and_terms_come_from_slicer_segmentations(scans):
    labels = (
        LabelDefinition(value=1, name="liver", colour=(221, 130, 101), terminology="term"),
        LabelDefinition(value=2, name="kidney"),
    )
    for old in (scans / "labels").iterdir():
        old.unlink()
    volumes.write_segmentation(scans / "labels" / "a.seg.nrrd", organ(1, 2), GRID, labels)
    found = take(scans)
    assert found.labels[0] == labels[0]
    assert found.labels[1].name == "kidney"
    turned = (LabelDefinition(value=1, name="kidney"), LabelDefinition(value=2, name="liver"))
    volumes.write_segmentation(scans / "labels" / "b.seg.nrrd", organ(1, 2), GRID, turned)
    request = from_folders.Request(scans / "images", scans / "labels", made=scans / "out" / "labels")
    found = from_folders.take_training(request, lambda done, total: None)
    from_folders.write_made(found, request)
    assert [(label.value, label.name) for label in found.labels] == [(1, "liver"), (2, "kidney")]
    assert [str(note) for note in found.notes if "the same voxels" not in note.text] == [
        "label b.seg.nrrd: segments go by their names: kidney from 1 to 2, liver from 2 to 1"
    ]
    np.testing.assert_array_equal(volumes.read_label(Path(found.cases[1].label))[0], organ(2, 1))


def test_unverified_voxels_are_allowed_in_labels(scans):
    write(scans / "labels" / "a.nrrd", organ(1, 255))
    found = take(scans)
    assert found.findings == ()
    assert [label.value for label in found.labels] == [1, 2]


def test_names_with_blanks_become_names_of_cases(tmp_path):
    write(tmp_path / "images" / "scan 1.nrrd")
    (tmp_path / "images" / ".hidden.nrrd").write_bytes(b"")
    found = folders.list_volumes(tmp_path / "images", "images")
    assert list(found.files) == ["scan_1"]
