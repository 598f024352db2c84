"""Folders that others made: inspected, trained on, predicted and evaluated without renaming a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.cli import judged
from dualnetssl.cli.main import FAILED, main
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.intake import classes, from_folders

TINY = ["--steps", "2", "--width", "2", "--patch", "16", "16", "32", "--device", "cpu"]
TINY += ["--set", "labelled_per_step=1", "--set", "unlabelled_per_step=1", "--set", "calibration_scans=0"]
SPACING = (1.2, 1.0, 2.5)


def phantom(seed):
    rng = np.random.default_rng(seed)
    label = np.zeros((16, 20, 24), np.uint8)
    label[4:10, 5:12, 4:10] = 1
    label[3:9, 8:15, 14:21] = 2
    return (100.0 * label + rng.normal(0, 9, label.shape)).astype(np.float32), label


def write(path: Path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(SPACING)
    sitk.WriteImage(image, str(path))
    return path


def take(**choices):
    request = from_folders.Request(**choices)
    found = from_folders.take_training(request, lambda done, total: None)
    from_folders.write_joined(found)
    from_folders.write_made(found, request)
    return found


def label_of(case):
    return volumes.read_label(Path(case.label))[0]


@pytest.fixture
def nnunet(tmp_path):
    """Three scans of two channels as nnU-Net has them, all labelled but one."""
    for seed in range(3):
        scan, label = phantom(seed)
        write(tmp_path / "imagesTr" / f"case_{seed:03d}_0000.nii.gz", scan)
        write(tmp_path / "imagesTr" / f"case_{seed:03d}_0001.nii.gz", -scan)
        if seed:
            write(tmp_path / "labelsTr" / f"case_{seed:03d}.nii.gz", label)
    labels = {"background": 0, "liver": 1, "kidney": 2}
    content = {"channel_names": {"0": "T1", "1": "T2"}, "labels": labels, "numTraining": 3, "file_ending": ".nii.gz"}
    (tmp_path / "dataset.json").write_text(json.dumps(content))
    return tmp_path


def test_a_folder_of_nnunet_from_inspect_to_evaluate(nnunet, tmp_path, capsys):
    assert main(["inspect", str(nnunet)]) == 0
    said = capsys.readouterr().out
    assert "3 scans, 2 of them labelled; classes: 1 liver, 2 kidney." in said
    assert "case_001_0000.nii.gz + case_001_0001.nii.gz" in said
    out, pred = tmp_path / "run", tmp_path / "pred"
    assert main(["train", "--images", str(nnunet), "--output", str(out), *TINY]) == 0
    assert json.loads((out / "job.json").read_text())["train"]["modality"] == "mr", "as dataset.json says"
    joined = sorted((out / "images").glob("case_001.*.nrrd"))
    image, _ = volumes.read_channels(joined[0])
    np.testing.assert_allclose(image[1], -image[0])
    predict = ["predict", "--model", str(out / "model"), "--images", str(nnunet / "imagesTr"), "--output", str(pred)]
    assert main([*predict, "--format", "same", "--device", "cpu"]) == 0
    assert {path.name for path in pred.glob("case_000*")} == {
        "case_000.nii.gz",
        "case_000.uncertainty.nii.gz",
        "case_000.disagreement.nii.gz",
        "case_000.opinions.npz",
        "case_000.sheet.svg",
    }
    with np.load(pred / "case_000.opinions.npz") as opinions:
        assert opinions["values"].tolist() == [0, 1, 2]
    before = (pred / "case_000.nii.gz").stat().st_mtime_ns
    capsys.readouterr()
    assert main([*predict, "--format", "same", "--device", "cpu"]) == 0
    assert "3 of 3 scans are predicted there already (--overwrite does them again)." in capsys.readouterr().out
    assert (pred / "case_000.nii.gz").stat().st_mtime_ns == before
    (pred / "case_000_0000.txt").write_text("somebody's")
    assert main([*predict, "--probabilities", "--device", "cpu"]) == 0
    assert {path.name for path in pred.glob("case_000*")} == {
        "case_000.seg.nrrd",
        "case_000.uncertainty.nrrd",
        "case_000.disagreement.nrrd",
        "case_000.opinions.npz",
        "case_000.probabilities.npz",
        "case_000.sheet.svg",
        "case_000_0000.txt",
    }
    table = tmp_path / "table.csv"
    evaluate = ["evaluate", "--predictions", str(pred), "--labels", str(nnunet / "labelsTr"), "--csv", str(table)]
    assert main([*evaluate, "--training", str(out)]) == 0
    assert "Scans whose labels the model learnt from (2): mean Dice" in capsys.readouterr().out
    rows = list(csv.DictReader(table.read_text().splitlines()))
    report = (pred / "report.html").read_text()
    assert "2 of them compared with labels" in report
    assert 'class="truth"' in report
    assert [(row["case"], row["class"]) for row in rows] == [
        (case, name) for case in ("case_001", "case_002") for name in ("liver", "kidney")
    ]


def test_predictions_of_another_program_are_evaluated_by_the_names_of_their_segments(tmp_path, capsys):
    _, label = phantom(0)
    turned = sitk.GetImageFromArray(np.array([0, 2, 1], np.uint8)[label])
    for number, (name, value) in enumerate((("kidney", "1"), ("liver", "2"))):
        turned.SetMetaData(f"Segment{number}_Name", name)
        turned.SetMetaData(f"Segment{number}_LabelValue", value)
    turned.SetSpacing(SPACING)
    (tmp_path / "p").mkdir()
    sitk.WriteImage(turned, str(tmp_path / "p" / "a.nrrd"))
    write(tmp_path / "l" / "a_seg.nii.gz", label)
    (tmp_path / "labels.json").write_text(json.dumps({"1": "liver", "2": "kidney"}))
    assert main(["evaluate", "--predictions", str(tmp_path / "p"), "--labels", str(tmp_path / "l")]) == 0
    found = json.loads((tmp_path / "p" / "evaluation.json").read_text())
    assert found["mean"]["dice"] == 1.0


@pytest.mark.parametrize(
    ("prediction", "label", "place"),
    [
        ("a.nii.gz", "l/a.nii.gz", "l"),
        ("sub-01_T1w.nii.gz", "bids/derivatives/hand/sub-01/anat/sub-01_dseg.nii.gz", "bids/derivatives/hand"),
        ("case_1.nii.gz", "kits/case_1/segmentation.nii.gz", "kits"),
        ("c_1.nii.gz", "msd/labelsTr/c_1.nii.gz", "msd"),
    ],
)
def test_labels_are_found_wherever_they_lie_and_what_is_noticed_of_them_is_told(
    prediction, label, place, tmp_path, capsys
):
    image, truth = phantom(0)
    write(tmp_path / "p" / prediction, truth)
    write(tmp_path / label, truth + np.float32(0.0004))
    for scan in ("kits/case_1/imaging.nii.gz", "msd/imagesTr/c_1.nii.gz"):
        write(tmp_path / scan, image)
    assert main(["evaluate", "--predictions", str(tmp_path / "p"), "--labels", str(tmp_path / place)]) == 0
    assert json.loads((tmp_path / "p" / "evaluation.json").read_text())["mean"]["dice"] == 1.0
    name = label.rpartition("/")[2]
    assert f"note: label {name}: " in capsys.readouterr().err


def test_one_file_is_predicted_under_its_own_name(tmp_path, nnunet):
    for seed in range(2):
        scan, label = phantom(seed)
        write(tmp_path / "d" / f"Müller {seed}.nii.gz", scan)
        write(tmp_path / "d" / f"Müller {seed}-label.nii.gz", label)
    assert main(["train", "--images", str(tmp_path / "d"), "--output", str(tmp_path / "run"), *TINY]) == 0
    predict = [
        "predict",
        "--model",
        str(tmp_path / "run" / "model"),
        "--output",
        str(tmp_path / "p"),
        "--device",
        "cpu",
    ]
    assert main([*predict, "--images", str(tmp_path / "d" / "Müller 1.nii.gz")]) == 0
    (row,) = json.loads((tmp_path / "p" / "predictions.json").read_text())["cases"]
    assert (row["file"], row["segmentation"]) == ("Müller 1.nii.gz", "Müller 1.seg.nrrd")
    assert (tmp_path / "p" / row["segmentation"]).is_file()
    assert main([*predict, "--images", str(tmp_path / "d" / "Müller 0.nii.gz")]) == 0
    assert len(json.loads((tmp_path / "p" / "predictions.json").read_text())["cases"]) == 2
    before = {path: path.read_bytes() for path in (tmp_path / "d").iterdir()}
    among = [*predict, "--images", str(tmp_path / "d" / "Müller 0.nii.gz"), "--format", "same", "--overwrite"]
    assert main([*among, "--output", str(tmp_path / "d")]) == FAILED
    assert {path: path.read_bytes() for path in (tmp_path / "d").iterdir()} == before


def test_one_file_of_several_channels_finds_the_others_and_keeps_its_name(nnunet):
    (scan,) = from_folders.one_file(nnunet / "imagesTr" / "case_001_0001.nii.gz", 2).scans
    assert (scan.case, [path.name[-11:] for path in scan.channels]) == ("case_001", ["0000.nii.gz", "0001.nii.gz"])
    (alone,) = from_folders.one_file(nnunet / "imagesTr" / "case_001_0001.nii.gz", 1).scans
    assert [path.name for path in alone.channels] == ["case_001_0001.nii.gz"]


def test_names_that_would_be_alike_are_told_apart_for_one_file_as_for_the_folder(tmp_path):
    files = [write(tmp_path / f"{name}.nii.gz", phantom(0)[0]) for name in ("Müller", "Muller", "Möller")]
    together = [scan.case for scan in from_folders.find_scans(tmp_path, 1).scans]
    apart = [scan.case for path in files for scan in from_folders.one_file(path, 1).scans]
    assert sorted(apart) == sorted(together) == ["Moller", "Muller-5cc7a0", "Muller-a78429"]


def test_what_a_training_kept_out_is_not_learnt_and_what_its_forebear_learnt_is(tmp_path):
    (tmp_path / "job.json").write_text(json.dumps({"cases": [{"case": c, "label": "x"} for c in ("a", "Muller")]}))
    metrics = {"validation_cases": ["a"], "training_cases": ["Muller", "old"]}
    (tmp_path / "result.json").write_text(json.dumps({"metrics": metrics}))
    assert judged.learnt_from(tmp_path) == {"Muller", "old"}
    found = {
        "cases": [
            {"case": name, "classes": {}, "dice": None, "predicted_dice": None, "uncertainty": {}}
            for name in ("Müller", "a")
        ],
        "labels": [],
    }
    judged.mark_learnt(found, {"Muller"})
    assert [row["learnt"] for row in found["cases"]] == [True, False]


def test_values_of_freesurfer_become_classes_by_a_map(tmp_path):
    scan, label = phantom(0)
    write(tmp_path / "images" / "a.nii.gz", scan)
    values = np.array([0, 17, 1035], np.int32)[label]
    values[0, 0, :5] = 53
    nibabel.save(nibabel.MGHImage(values.T, np.diag([*SPACING, 1]) * (-1, -1, 1, 1)), tmp_path / "a.mgz")
    (tmp_path / "labels").mkdir()
    (tmp_path / "a.mgz").replace(tmp_path / "labels" / "a.mgz")
    image = sitk.ReadImage(str(tmp_path / "images" / "a.nii.gz"))
    image.SetOrigin((0.0, 0.0, 0.0))
    sitk.WriteImage(image, str(tmp_path / "images" / "a.nii.gz"))
    (tmp_path / "classes.json").write_text(json.dumps({"hippocampus": [17, 53]}))
    found = take(
        images=tmp_path / "images", labels=tmp_path / "labels", classes=tmp_path / "classes.json", made=tmp_path / "m"
    )
    assert [(each.value, each.name) for each in found.labels] == [(1, "hippocampus")]
    np.testing.assert_array_equal(label_of(found.cases[0]), np.isin(values, [17, 53]))
    assert [note.text for note in found.notes if "1035" in note.text] == [
        f"{np.count_nonzero(label == 2)} voxels of values that no class has count as background: "
        f"1035 ({np.count_nonzero(label == 2)})"
    ]


def test_masks_of_totalsegmentator_become_one_label(tmp_path):
    scan, label = phantom(0)
    write(tmp_path / "s1" / "ct.nii.gz", scan)
    for value, name in ((2, "liver"), (1, "spleen")):
        write(tmp_path / "s1" / "segmentations" / f"{name}.nii.gz", (label == value).astype(np.uint8))
    found = take(images=tmp_path, made=tmp_path / "m")
    assert [(each.value, each.name) for each in found.labels] == [(1, "liver"), (2, "spleen")]
    np.testing.assert_array_equal(label_of(found.cases[0]), np.array([0, 2, 1])[label])


@pytest.mark.parametrize(
    ("content", "values", "by_value"),
    [
        ({"labels": {"background": 0, "liver": 1, "kidney": 2}}, {"liver": 1, "kidney": 2}, None),
        ({"labels": {"0": "background", "1": "liver"}}, {"liver": 1}, None),
        ({"liver": 1, "ignore": 9}, {"liver": 1}, {1: 1, 9: 255, 255: 255}),
        ({"hippocampus": [17, 53], "rest": 1035}, {"hippocampus": 1, "rest": 2}, {17: 1, 53: 1, 1035: 2, 255: 255}),
        ({"1": "liver", "7": None}, {"liver": 1}, {1: 1, 255: 255}),
        ({"background": [0, 5], "liver": 1, "ignore": -1}, {"liver": 1}, {1: 1, -1: 255, 255: 255}),
        ({"background": [0, 255], "liver": 1}, {"liver": 1}, {1: 1}),
        ({"liver": 255}, {"liver": 1}, {255: 1}),
    ],
)
def test_files_of_classes_in_every_direction(tmp_path, content, values, by_value):
    (tmp_path / "c.json").write_text(json.dumps(content))
    named = classes.read_label_set(tmp_path / "c.json")
    assert {label.name: label.value for label in named.labels} == values
    assert named.by_value == by_value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_classes_as_windows_programs_write_them(tmp_path, encoding):
    (tmp_path / "c.json").write_text(json.dumps({"Müllers Milz": 1}, ensure_ascii=False), encoding=encoding)
    assert [label.name for label in classes.read_label_set(tmp_path / "c.json").labels] == ["Müllers Milz"]


def test_regions_that_contain_others_are_refused_with_what_helps(tmp_path):
    (tmp_path / "c.json").write_text(json.dumps({"labels": {"background": 0, "whole": [1, 2], "core": 2}}))
    with pytest.raises(InvalidRequest, match=r"give each value one name.*name another file of classes \(--classes\)"):
        classes.read_label_set(tmp_path / "c.json")


def test_a_class_that_no_label_shows_is_told(tmp_path):
    scan, label = phantom(0)
    write(tmp_path / "a.nii.gz", scan)
    write(tmp_path / "a_seg.nii.gz", label)
    (tmp_path / "labels.json").write_text(json.dumps({"liver": 1, "kidney": 2, "spleen": 3}))
    notes = take(images=tmp_path, made=tmp_path / "m").notes
    assert "no voxel of spleen: nothing of that can be learnt" in [note.text for note in notes]


@pytest.mark.parametrize("kind", ["values", "named values", "segments", "masks"])
def test_of_all_classes_some_are_learnt_and_keep_their_values(tmp_path, kind):
    scan, label = phantom(0)
    write(tmp_path / "images" / "a.nrrd", scan)
    options = {"images": tmp_path / "images", "labels": tmp_path / "labels", "made": tmp_path / "m"}
    if kind == "masks":
        options = {"images": tmp_path / "set", "made": tmp_path / "m"}
        write(tmp_path / "set" / "s1" / "ct.nrrd", scan)
        for value, name in ((1, "liver"), (2, "spleen")):
            write(tmp_path / "set" / "s1" / "segmentations" / f"{name}.nrrd", (label == value).astype(np.uint8))
    elif kind == "segments":
        image = sitk.GetImageFromArray(label)
        image.SetSpacing(SPACING)
        for number, name in enumerate(("liver", "spleen")):
            image.SetMetaData(f"Segment{number}_Name", name)
            image.SetMetaData(f"Segment{number}_LabelValue", str(number + 1))
        (tmp_path / "labels").mkdir()
        sitk.WriteImage(image, str(tmp_path / "labels" / "a.seg.nrrd"))
    else:
        label[0, 0, 0] = 255
        write(tmp_path / "labels" / "a.nrrd", label)
    if kind == "named values":
        (tmp_path / "labels" / "labels.json").write_text('{"liver": 1, "spleen": 2}')
    found = take(**options, only=("2",) if kind == "values" else ("Spleen",))
    assert [each.value for each in found.labels] == [2]
    np.testing.assert_array_equal(label_of(found.cases[0]), np.where(label == 1, 0, label))
    said = " ".join(note.text for note in found.notes)
    assert ("left aside" if kind == "masks" else str(np.count_nonzero(label == 1))) in said
    with pytest.raises(InvalidRequest, match="lung"):
        take(**options, only=("lung",))


def test_a_link_keeps_the_name_that_says_its_format(tmp_path):
    scan, label = phantom(0)
    for kind, array in (("images", scan), ("labels", label)):
        stored = write(tmp_path / "cache" / f"{kind}.nii.gz", array).rename(tmp_path / "cache" / f"{kind}deadbeef")
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "s.nii.gz").symlink_to(stored)
    (case,) = take(images=tmp_path / "images", labels=tmp_path / "labels").cases
    assert (Path(case.image).name, Path(case.label).name) == ("s.nii.gz", "s.nii.gz")


def test_findings_are_told_where_no_scan_is_left(tmp_path, capsys):
    for name in ("a.nii", "a.nii.gz"):
        write(tmp_path / "images" / name, phantom(0)[0])
    write(tmp_path / "labels" / "a.nii", phantom(0)[1])
    words = ["train", "--images", str(tmp_path / "images"), "--labels", str(tmp_path / "labels")]
    assert main([*words, "--output", str(tmp_path / "run")]) == 2
    said = capsys.readouterr().err
    assert "2 files for one case: a.nii, a.nii.gz" in said
    assert "--exclude" not in said
