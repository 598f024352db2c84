"""Bounds of what is painted: read, checked against scan and label, and made into labels that teach background."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

import dualnetssl
from dualnetssl import volumes
from dualnetssl.cli import main
from dualnetssl.contract.errors import Conflict, InvalidLabelValue, InvalidRequest
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.intake import from_folders, made
from dualnetssl.intake.bounds import Bounds, parse_bounds
from dualnetssl.volumes.phantoms import write_sample_data

SIZE = (8, 7, 6)
TINY = {"steps": 1, "width": 2, "patch": [16, 16, 32], "preset": "supervised", "calibration_scans": 0}


def write(path: Path, array: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = sitk.GetImageFromArray(array)
    image.SetDirection((-1, 0, 0, 0, -1, 0, 0, 0, 1))  # as NIfTI has it: the file's axes are not those of the patient
    sitk.WriteImage(image, str(path))
    return path


def sparse() -> np.ndarray:
    """A label with one painted slice, k = 2, in which i = 3 and 4 show the organ; of all else nothing is known."""
    label = np.full(SIZE[::-1], 255, np.uint8)
    label[2] = 0
    label[2, 2:5, 3:5] = 1
    return label


@pytest.fixture
def scans(tmp_path):
    """Three scans, the first with a sparse label and the second with a whole one."""
    for name in "abc":
        write(tmp_path / "images" / f"{name}.nii.gz", np.arange(np.prod(SIZE), dtype=np.int16).reshape(SIZE[::-1]))
    write(tmp_path / "labels" / "a.nrrd", sparse())
    write(tmp_path / "labels" / "b.nrrd", np.where(sparse() == 1, 1, 0).astype(np.uint8))
    return tmp_path


def request(root: Path, bounds: dict, **choices: object) -> from_folders.Request:
    (root / "bounds.json").write_text(json.dumps(bounds))
    places = {"bounds": root / "bounds.json", "made": root / "out" / "labels"}
    return from_folders.Request(root / "images", root / "labels", **places, **choices)


def take(root: Path, bounds: dict, **choices: object) -> tuple[from_folders.Intake, dict[str, np.ndarray]]:
    """Return what is found, and the labels that a worker would read."""
    wanted = request(root, bounds, **choices)
    found = from_folders.take_training(wanted, lambda *_: None)
    from_folders.write_made(found, wanted)
    return found, {case.case: volumes.read_label(Path(case.label))[0] for case in found.cases if case.label}


def test_outside_the_bounds_all_is_background(scans):
    found, labels = take(scans, {"a.nii.gz": {"k": [1, 3], "i": [3, 5]}})
    a = labels["a"]
    assert (found.findings, found.labelled, len(found.made)) == ((), 2, 1)
    assert (a[[0, 4, 5]] == 0).all()
    assert (a[:, :, :3] == 0).all()
    assert (a[:, :, 6:] == 0).all()
    assert (a[[1, 3], :, 3:6] == 255).all()
    assert np.array_equal(a[2], sparse()[2]), "what was painted stays"


def test_the_label_made_lies_on_its_scan_and_the_users_file_stays(scans):
    before = (scans / "labels" / "a.nrrd").read_bytes()
    found, _ = take(scans, {"a": {"k": [1, 3]}})
    image = volumes.probe(Path(found.cases[0].image)).geometry
    assert volumes.same_geometry(image, volumes.read_label(Path(found.cases[0].label))[1])
    assert (scans / "labels" / "a.nrrd").read_bytes() == before
    assert Path(found.cases[1].label).parent == scans / "labels", "a label without bounds is read where it is"
    record = json.loads((scans / "out" / "labels" / made.RECORD).read_text())
    assert record[Path(found.cases[0].label).name]["label"] == str(scans / "labels" / "a.nrrd")


def test_empty_slices_are_background_too(scans):
    _, labels = take(scans, {"a": {"empty": {"k": [5, 0]}}})
    assert [(labels["a"][k] == 0).all() for k in range(6)] == [True, False, False, False, False, True]


def test_a_scan_with_bounds_alone_is_labelled_in_part(scans):
    found, labels = take(scans, {"c": {"j": [2, 4]}})
    assert (found.labelled, len(found.made)) == (3, 1)
    assert (labels["c"][:, 2:5] == 255).all()
    assert (labels["c"][:, [0, 1, 5, 6]] == 0).all()


def test_a_scan_of_two_channels_may_have_bounds_alone(scans):
    for name in "abc":
        two = sitk.GetImageFromArray(np.ones((*SIZE[::-1], 2), np.float32), isVector=True)
        two.SetDirection((-1, 0, 0, 0, -1, 0, 0, 0, 1))
        sitk.WriteImage(two, str(scans / "images" / f"{name}.nii.gz"))
    found, labels = take(scans, {"c": {"k": [2, 4]}})
    assert found.findings == ()
    assert labels["c"].shape == SIZE[::-1]


def test_bounds_are_a_label_for_the_choice_of_labels(scans):
    found, _ = take(scans, {"c": {"k": [1, 3]}, "a": {"k": [1, 3]}}, labelled="2")
    assert [case.case for case in found.cases if case.label] == ["a", "b"]
    assert [label.case for label in found.made] == ["a"]
    found, _ = take(scans, {"c": {"k": [1, 3]}}, exclude="1")
    assert [case.case for case in found.cases] == ["a", "b"]


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"a": {"k": [0, 6]}}, "k = 6; allowed: k from 0 to 5"),
        ({"a": {"k": [3, 5]}}, "painted voxels from k = 2 to 2; allowed: k from 3 to 5"),
        ({"a": {"i": [4, 7]}}, "painted voxels from i = 3 to 4; allowed: i from 4 to 7"),
        ({"a": {"empty": {"k": [2]}}}, "painted voxels at k = 2, a slice declared empty"),
        ({"c": {"empty": {"j": [7]}}}, "j = 7; allowed: j from 0 to 6"),
    ],
)
def test_bounds_that_contradict_scan_or_label_are_findings(bounds, said, scans):
    found, _ = take(scans, bounds)
    assert said in str(found.findings[0])
    assert found.made == ()
    assert {case.case for case in found.cases if case.label} == {"a", "b"} - set(bounds), "left out if one goes on"


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"a": {"k": [4, 2]}}, "k from 4 to 2"),
        ({"a": {"k": [1, 2, 3]}}, r"bounds of a: k \[1, 2, 3\]"),
        ({"a": {"k": [1.5, 2]}}, r"k \[1.5, 2\]"),
        ({"a": {"k": [True, 2]}}, r"k \[true, 2\]"),
        ({"a": {"k": [-1, 2]}}, r"k \[-1, 2\]"),
        ({"a": {"x": [1, 2]}}, "the key 'x'; allowed: i, j, k, empty"),
        ({"a": {"empty": {"x": [1]}}}, "the key 'x'; allowed: i, j, k"),
        ({"a": {"empty": [1]}}, r"empty \[1\]"),
        ({"a": {"empty": {"k": 1}}}, "empty k 1"),
        ({"a": {}}, r"bounds of a: \{\}"),
        ({"a": list(range(100))}, r"bounds of a: \[0, 1, [0-9, ]{60,80} …"),
        ({"z": {"k": [1, 2]}}, "not in the folder of images, such as z"),
        ({"a": {"k": [1, 2]}, "a.nii": {"k": [1, 2]}}, "two entries for the scan a"),
        ([1], "not an object"),
    ],
)
def test_files_that_make_no_sense_are_refused(bounds, said, scans):
    with pytest.raises(InvalidRequest, match=said):
        take(scans, bounds)


def test_a_file_that_is_none_or_repeats_itself_is_refused(scans):
    wanted = request(scans, {})
    wanted.bounds.write_text("{")
    with pytest.raises(InvalidRequest, match="no JSON"):
        from_folders.take_training(wanted, lambda *_: None)
    wanted.bounds.unlink()
    with pytest.raises(InvalidRequest, match="not there"):
        from_folders.take_training(wanted, lambda *_: None)
    with pytest.raises(InvalidRequest, match="'k' twice"):
        parse_bounds('{"a": {"k": [1, 2], "k": [1, 3]}}')


def test_voxels_outside_are_refused_even_where_others_are_not():
    label = np.zeros((4, 4, 4), np.uint8)
    label[1:4] = 2
    Bounds({"k": (1, 3)}).check(label)
    with pytest.raises(InvalidLabelValue):
        Bounds({"k": (1, 2)}).check(label)


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phantoms")
    write_sample_data(folder, 2, 0, "small")
    label, geometry = volumes.read_label(folder / "labels" / "phantom-01.nrrd")
    shown = np.flatnonzero((label > 0).any(axis=(1, 2))).tolist()
    (folder / "bounds.json").write_text(json.dumps({"phantom-01": {"k": [shown[0], shown[-1]]}}))
    known = np.isin(np.arange(len(label)), shown[:: max(1, len(shown) // 3)])
    volumes.write_volume(
        folder / "labels" / "phantom-01.nrrd", np.where(known[:, None, None], label, 255).astype(np.uint8), geometry
    )
    return folder


def test_the_function_trains_with_bounds_and_knows_its_training_again(phantoms, tmp_path):
    def train(bounds):
        places = phantoms / "images", phantoms / "labels", tmp_path / "out"
        with pytest.warns(UserWarning, match="teach nothing"):
            return dualnetssl.train(*places, TINY, labelled=1, bounds=bounds, device="cpu")

    model = train(phantoms / "bounds.json")
    assert train(phantoms / "bounds.json") == model
    label = JobDirectory(tmp_path / "out").read_spec().cases[0].label
    assert Path(label).parent == tmp_path / "out" / "labels"
    other = json.loads((phantoms / "bounds.json").read_text())
    other["phantom-01"]["k"][0] -= 1
    (tmp_path / "other.json").write_text(json.dumps(other))
    with pytest.raises(Conflict):
        train(tmp_path / "other.json")


def test_the_command_trains_with_bounds(phantoms, tmp_path, capsys):
    words = ["--images", phantoms / "images", "--labels", phantoms / "labels", "--labelled", 1]
    words += ["--bounds", phantoms / "bounds.json", "--output", tmp_path / "run", "--device", "cpu"]
    words += ["--preset", "supervised", "--steps", 1, "--width", 2, "--patch", 16, 16, 32]
    assert main.main(["train", *map(str, words), "--set", "calibration_scans=0"]) == 0
    assert "1 of them labelled, 1 with bounds" in capsys.readouterr().out
    assert list((tmp_path / "run" / "labels").glob("phantom-01.*.nrrd"))
