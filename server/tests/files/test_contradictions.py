"""What damages in silence: a list against names, copies, labels of one value, keys that come twice."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl.cli.main import FAILED, main
from dualnetssl.contract.errors import InvalidLabelValue, InvalidRequest
from dualnetssl.files.labelling import whole_numbers
from dualnetssl.files.layouts import find_pairs
from dualnetssl.intake import from_folders
from dualnetssl.intake.classes import read_label_set

SHAPE = (4, 5, 6)


def scan(number):
    return np.random.default_rng(number).normal(100, 20, SHAPE).astype(np.float32)


def label(number):
    made = np.zeros(SHAPE, np.uint8)
    made[1:3, 1:3, number : number + 2], made[3, 4, 1:3] = 1, 2
    return made


def write(path: Path, array: np.ndarray, **header: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = sitk.GetImageFromArray(array)
    for key, value in header.items():
        image.SetMetaData(key, value)
    sitk.WriteImage(image, str(path))


def decathlon(folder: Path, scans: str, labels: str, listed: dict[str, str]) -> Path:
    for kind, names in (("imagesTr", scans), ("labelsTr", labels)):
        (folder / kind).mkdir()
        for name in names.split():
            (folder / kind / f"{name}.nii.gz").touch()
    rows = [{"image": f"./imagesTr/{one}.nii.gz", "label": f"./labelsTr/{two}.nii.gz"} for two, one in listed.items()]
    content = {"labels": {"0": "background", "1": "liver"}, "modality": {"0": "MRI"}, "training": rows}
    (folder / "dataset.json").write_text(json.dumps(content))
    return folder


def pairs(folder: Path) -> dict[str, str | None]:
    return {scan.stem: scan.label.name if scan.label else None for scan in find_pairs(folder).scans}


def taken(folder: Path) -> tuple[from_folders.Intake, str]:
    found = from_folders.take_training(from_folders.Request(folder), lambda done, total: None)
    return found, "\n".join(map(str, (*found.notes, *found.findings)))


def test_a_label_whose_name_and_list_contradict_each_other_is_given_to_no_scan(tmp_path):
    folder = decathlon(tmp_path, "a b c", "a b c", {"a": "b", "b": "a", "c": "c"})
    assert pairs(folder) == {"a": None, "b": None, "c": "c.nii.gz"}
    said = str(find_pairs(folder).findings[0])
    assert "lists with the scan b" in said
    assert "that of a" in said


def test_a_list_pairs_what_names_do_not(tmp_path):
    folder = decathlon(tmp_path, "one_0000 img_2", "x label_2", {"x": "one", "label_2": "img_2"})
    assert pairs(folder) == {"one": "x.nii.gz", "img_2": "label_2.nii.gz"}
    assert [str(note) for note in find_pairs(folder).notes] == ["dataset.json: 1 labels are paired as its list says"]


def test_what_a_list_names_and_is_not_there_is_told(tmp_path):
    folder = decathlon(tmp_path, "a", "a", {"a": "a", "lost": "lost"})
    assert pairs(folder) == {"a": "a.nii.gz"}
    assert "1 of the scans and labels that it lists are not there, such as lost" in str(find_pairs(folder).notes[0])


@pytest.mark.parametrize("rows", [5, None, ["a"], [{"image": ["a", "b"], "label": 3}]])
def test_a_list_of_another_form_changes_nothing(tmp_path, rows):
    folder = decathlon(tmp_path, "a", "a", {})
    (folder / "dataset.json").write_text(json.dumps({"labels": {"liver": 1}, "training": rows}))
    assert pairs(folder) == {"a": "a.nii.gz"}


def test_a_label_of_a_scan_that_is_left_out_is_not_to_be_renamed(tmp_path):
    folder = decathlon(tmp_path, "a", "a", {})
    (folder / "imagesTr" / "a.nii").touch()
    told = [str(finding) for finding in find_pairs(folder).findings]
    assert len(told) == 2
    assert "a label of a, which is left out" in told[1]
    assert "Rename" not in told[1]


def test_copies_of_scans_and_of_labels_are_told(tmp_path):
    for name, voxels, own in (("a", 0, 0), ("b", 1, 1), ("c", 0, 2), ("d", 3, 1)):
        write(tmp_path / "images" / f"{name}.nrrd", scan(voxels))
        write(tmp_path / "labels" / f"{name}.nrrd", label(own))
    _, said = taken(tmp_path)
    assert "the scans together: the same voxels are in a, c:" in said
    assert "the labels together: the same voxels are in b, d:" in said


def test_labels_without_any_class_or_without_background_are_told_and_are_no_copies(tmp_path):
    for number, (name, own) in enumerate({"a": 0, "b": 0, "c": 1, "d": 1}.items()):
        write(tmp_path / "images" / f"{name}.nrrd", scan(number))
        write(tmp_path / "labels" / f"{name}.nrrd", np.full(SHAPE, own, np.uint8))
    _, said = taken(tmp_path)
    assert "a.nrrd: it marks nothing" in said
    assert "d.nrrd: no voxel of it is background" in said
    assert "the same voxels" not in said


def test_numbers_beside_named_segments_are_taken_for_these_and_told(tmp_path):
    header = {"Segment0_Name": "liver", "Segment0_LabelValue": "2", "Segment1_Name": "spleen"}
    header["Segment1_LabelValue"] = "1"
    for number, name in enumerate("ab"):
        write(tmp_path / "images" / f"{name}.nrrd", scan(number))
        write(tmp_path / "labels" / f"{name}.nrrd", label(number), **(header if name == "a" else {}))
    _, said = taken(tmp_path)
    assert "label b.nrrd: no names are in it" in said
    assert "1 spleen, 2 liver" in said


def test_channels_of_different_grids_are_called_channels(tmp_path):
    for name in "ab":
        write(tmp_path / "imagesTr" / f"{name}_0000.nrrd", scan(0))
        write(tmp_path / "imagesTr" / f"{name}_0001.nrrd", scan(1)[:, :4])
        write(tmp_path / "labelsTr" / f"{name}.nrrd", label(0))
    _, said = taken(tmp_path)
    assert "a channel a_0001.nrrd of size (6, 4, 4)" in said
    assert "Resample the channel" in said


def test_a_class_that_comes_twice_in_a_file_is_not_dropped(tmp_path):
    (tmp_path / "labels.json").write_text('{"liver": 1, "liver": 2}')
    with pytest.raises(InvalidRequest, match="'liver' comes twice"):
        read_label_set(tmp_path / "labels.json")


def test_a_list_of_names_alone_is_refused_in_words(tmp_path):
    (tmp_path / "dataset.json").write_text('{"labels": ["background", "liver"]}')
    with pytest.raises(InvalidRequest, match="'background' in a list does not say both value and name"):
        read_label_set(tmp_path / "dataset.json")


@pytest.mark.parametrize("content", ['{"liver": 1, "background": [0, 2]}', '{"1": "liver", "2": null}'])
def test_the_advice_for_a_value_of_no_class_works_in_either_form(tmp_path, content):
    write(tmp_path / "images" / "a.nrrd", scan(0))
    write(tmp_path / "labels" / "a.nrrd", label(0))
    (tmp_path / "labels.json").write_text('{"liver": 1}')
    _, said = taken(tmp_path)
    assert '"background": [0, 2] beside names' in said
    assert '"2": null beside values' in said
    (tmp_path / "labels.json").write_text(content)
    found = from_folders.take_training(
        from_folders.Request(tmp_path, made=tmp_path / "run" / "labels"), lambda done, total: None
    )
    assert found.labelled == 1
    assert not found.findings


def test_a_label_with_nan_is_not_called_a_map_of_probabilities():
    with pytest.raises(InvalidLabelValue, match="1 voxels that are NaN or infinite") as caught:
        whole_numbers(np.array([[[0.0, 1.0, np.nan]]]))
    assert "probabilities" not in caught.value.remedy


def test_labels_are_not_made_among_the_labels_they_are_made_of(tmp_path, capsys):
    write(tmp_path / "images" / "a.nrrd", scan(0))
    write(tmp_path / "labels" / "a.nrrd", label(0).astype(np.float32) + np.float32(1e-5))
    (tmp_path / "labels.json").write_text('{"liver": 1, "background": [0, 2]}')
    assert main(["train", "--images", str(tmp_path), "--output", str(tmp_path)]) == FAILED
    assert "an output whose labels/ would be the folder in which a.nrrd lies" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images", "labels", "labels.json"]
    assert [path.name for path in (tmp_path / "labels").iterdir()] == ["a.nrrd"]


def test_predictions_that_no_label_judges_are_counted_and_told(tmp_path, capsys):
    for name in "ab":
        write(tmp_path / "p" / f"{name}.nrrd", label(0))
    write(tmp_path / "l" / "b.nrrd", label(0))
    assert main(["evaluate", "--predictions", str(tmp_path / "p"), "--labels", str(tmp_path / "l")]) == 0
    assert "note: 1 of 2 predictions have no usable label and do not count, such as a" in capsys.readouterr().err
