"""Which file is whose: whole names, nothing guessed, everything that is left aside told."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.files import layouts, names
from dualnetssl.files.pairing import pair

STEMS = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=60)


def touch(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


def pairs(found):
    return {scan.stem: scan.label.name if scan.label else None for scan in found.scans}


def two(folder: Path, images: str, labels: str):
    touch(folder, *(f"images/{name}" for name in images.split()), *(f"labels/{name}" for name in labels.split()))
    return layouts.find_pairs(folder)


@given(st.sets(STEMS, max_size=8))
def test_no_two_cases_have_one_name_not_even_on_a_disk_without_capitals(stems):
    cases = names.case_names(stems)
    assert cases.keys() == stems
    assert len({case.casefold() for case in cases.values()}) == len(stems)
    assert all(name.isascii() and len(name) <= 128 for name in cases.values())


def test_another_patients_label_is_never_taken_for_a_name_that_looks_alike(tmp_path):
    found = two(tmp_path, "Müller.nrrd", "Möller.nrrd")
    assert pairs(found) == {"Müller": None}
    assert [finding.name for finding in found.findings] == ["label Möller.nrrd"]
    found = two(tmp_path, "Müller.nrrd", "Müller.nrrd Möller.nrrd")
    assert pairs(found) == {"Müller": "Müller.nrrd"}


def test_names_that_are_made_plain_stay_apart(tmp_path):
    found = two(tmp_path, "患者甲.nrrd 患者乙.nrrd", "患者甲.nii.gz 患者乙.nii.gz")
    assert pairs(found) == {"患者甲": "患者甲.nii.gz", "患者乙": "患者乙.nii.gz"}
    assert len({scan.case for scan in found.scans}) == 2


def test_letters_composed_and_decomposed_are_the_same(tmp_path):
    decomposed = unicodedata.normalize("NFD", "Köln.nrrd")
    assert decomposed != "Köln.nrrd"
    assert pairs(two(tmp_path, "Köln.nrrd", decomposed)) == {"Köln": decomposed}


def test_a_label_in_two_formats_is_not_used_and_told(tmp_path):
    found = two(tmp_path, "a.nii.gz b.nii.gz", "a.nii.gz a.mha b_seg.mha b.nii.gz")
    assert pairs(found) == {"a": None, "b": None}
    assert sorted(str(finding).split(";")[0] for finding in found.findings) == [
        "a: received 2 labels for one scan: a.mha, a.nii.gz",
        "b: received 2 labels for one scan: b.nii.gz, b_seg.mha",
    ]


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("img_001.nii img_002.nii", "label_001.nii label_002.nii"),
        ("volume-0.nii volume-1.nii", "segmentation-0.nii segmentation-1.nii"),
        ("case_1.nii case_2.nii", "case_1_seg.nrrd case_2-label.nrrd"),
        ("img0001.nii img0002.nii", "label0001.nii label0002.nii"),
        ("p1_ct.nii p2_ct.nii", "p1_mask.nii p2_mask.nii"),
        ("s1_T1w.nii s2_T1w.nii", "s1_lesion_mask.nii s2_lesion_mask.nii"),
        ("p1.nii p2.nii", "p1_consensus_gt.nii p2_manual_mask.nii"),
        ("p1.nii p2.nii", "p1_ROI.nii p2-segmentation-label.nrrd"),
        ("img_0000.nii img_0001.nii", "label_0000.nii label_0001.nii"),
    ],
)
def test_labels_that_are_named_otherwise(tmp_path, images, labels):
    found = two(tmp_path, images, labels)
    assert list(pairs(found).values()) == labels.split()
    assert found.findings == ()


def test_a_label_that_two_scans_may_own_is_told_and_not_used(tmp_path):
    found = two(tmp_path, "img_1.nii scan_1.nii", "label_1.nii")
    assert pairs(found) == {"img_1": None, "scan_1": None}
    assert "may belong to img_1 or scan_1" in str(found.findings[0])


def test_labels_of_two_readers_or_of_two_sequences_are_told_and_not_guessed(tmp_path):
    found = two(tmp_path / "a", "p1.nii", "p1_seg1.nii p1_seg2.nii")
    assert pairs(found) == {"p1": None}
    assert "2 labels for one scan: p1_seg1.nii, p1_seg2.nii" in str(found.findings[0])
    found = two(tmp_path / "b", "p1_T1.nii p1_T2.nii", "p1_mask.nii")
    assert pairs(found) == {"p1_T1": None, "p1_T2": None}
    assert "may belong to p1_T1 or p1_T2" in str(found.findings[0])


def test_labels_among_the_scans_are_no_scans(tmp_path):
    found = two(tmp_path, "p0.nii p0_seg.nii p1.nii p1_seg.nii", "p0.nii")
    assert pairs(found) == {"p0": "p0.nii", "p1": None}
    assert [note.name for note in found.notes] == ["p0_seg.nii", "p1_seg.nii"]
    found = layouts.pair_folders(tmp_path / "images", tmp_path / "images")
    assert pairs(found) == {"p0": "p0_seg.nii", "p1": "p1_seg.nii"}


def test_channels_of_nnunet_are_joined(tmp_path):
    files = [f"imagesTr/c_{case}_000{channel}.nii.gz" for case in (1, 2) for channel in (0, 1)]
    touch(tmp_path, *files, "labelsTr/c_1.nii.gz", "labelsTr/c_2.nii.gz", "imagesTs/c_3_0000.nii.gz")
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": {"background": 0, "liver": 1}}))
    found = layouts.find_pairs(tmp_path)
    assert [[path.name for path in scan.channels] for scan in found.scans] == [
        ["c_1_0000.nii.gz", "c_1_0001.nii.gz"],
        ["c_2_0000.nii.gz", "c_2_0001.nii.gz"],
    ]
    assert pairs(found) == {"c_1": "c_1.nii.gz", "c_2": "c_2.nii.gz"}
    assert found.classes == tmp_path / "dataset.json"
    assert {note.name for note in found.notes} == {"c_1", "imagesTs"}
    assert "1 file to be predicted" in next(note.text for note in found.notes if note.name == "imagesTs")
    (tmp_path / "imagesTr" / "c_2_0001.nii.gz").unlink()
    touch(tmp_path, "imagesTr/c_4_0000.nii.gz", "imagesTr/c_4_0001.nii.gz", "labelsTr/c_4.nii.gz")
    found = layouts.find_pairs(tmp_path)
    assert list(pairs(found)) == ["c_1", "c_4"]
    assert "1 of 2 channels" in str(found.findings[0])


def test_scans_that_were_counted_from_nought_are_no_channels():
    scans = [(f"scan_{number:04d}", Path(f"scan_{number:04d}.nii")) for number in range(3)]
    assert [scan.stem for scan in pair(scans, []).scans] == ["scan_0000", "scan_0001", "scan_0002"]
    assert [scan.stem for scan in pair(scans, [("scan_0001", Path("l.nii"))]).scans] == [text for text, _ in scans]
    assert [scan.stem for scan in pair(scans, [], channels=3).scans] == ["scan"]


def test_a_folder_for_each_patient(tmp_path):
    for patient in ("BraTS_1", "BraTS_2"):
        touch(tmp_path, *(f"{patient}/{patient}_{kind}.nii.gz" for kind in ("flair", "t1", "seg")))
    touch(tmp_path, "BraTS_3/BraTS_3_t1.nii.gz")
    found = layouts.find_pairs(tmp_path)
    assert pairs(found) == {"BraTS_1": "BraTS_1_seg.nii.gz", "BraTS_2": "BraTS_2_seg.nii.gz"}
    assert [path.name for path in found.scans[0].channels] == ["BraTS_1_flair.nii.gz", "BraTS_1_t1.nii.gz"]
    assert [finding.name for finding in found.findings] == ["BraTS_3"]


@pytest.mark.parametrize(
    ("scans", "labels"),
    [
        ("image", "mask"),
        ("imgs", "segs"),
        ("volumes", "segmentations"),
        ("Images_Train", "GroundTruth"),
        ("scans", "ROIs"),
    ],
)
def test_folders_of_scans_and_labels_are_no_patients(tmp_path, scans, labels):
    """Else the masks would be scans of a patient called mask."""
    touch(tmp_path, f"{scans}/a.nii", f"{scans}/b.nii", f"{labels}/a.nii")
    assert pairs(layouts.find_pairs(tmp_path)) == {"a": "a.nii", "b": None}
    touch(tmp_path, f"other_{labels}/a.nii", "Masken/a.nii", "masks_2/a.nii")
    assert pairs(layouts.find_pairs(tmp_path)) == {"a": "a.nii", "b": None}


def test_two_folders_that_may_be_the_labels_are_not_taken_for_patients(tmp_path):
    touch(tmp_path, "scans/a.nii", "masks/a.nii", "segs/a.nii")
    with pytest.raises(InvalidDataset, match="folders are in it not searched: masks, scans, segs"):
        layouts.find_pairs(tmp_path)


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ("nnUNet_raw/Dataset001_X/imagesTr/a.nii nnUNet_raw/Dataset001_X/labelsTr/a.nii", "nnUNet_raw/Dataset001_X"),
        ("train/images/a.nii train/labels/a.nii test/images/b.nii", "test"),
        ("images/train/a.nii labels/train/a.nii", "images/train"),
    ],
)
def test_a_folder_around_the_data_set_is_told_which_one_to_name(tmp_path, files, named):
    touch(tmp_path, *files.split())
    with pytest.raises(InvalidDataset, match=f"Name the folder inside: {tmp_path / named}\\."):
        layouts.find_pairs(tmp_path)


def test_what_3d_slicer_saves_of_one_scan_belongs_together(tmp_path):
    touch(tmp_path, "T1.nrrd", "Segmentation.seg.nrrd")
    assert pairs(layouts.find_pairs(tmp_path)) == {"T1": "Segmentation.seg.nrrd"}
    touch(tmp_path, "T2.nrrd")
    assert pairs(layouts.find_pairs(tmp_path)) == {"T1": None, "T2": None}


def test_masks_of_totalsegmentator_and_labels_of_kits(tmp_path):
    touch(tmp_path / "ts", "s1/ct.nii.gz", "s1/segmentations/liver.nii.gz", "s1/segmentations/spleen.nii.gz")
    (scan,) = layouts.find_pairs(tmp_path / "ts").scans
    assert (scan.stem, sorted(scan.masks), scan.label) == ("s1", ["liver", "spleen"], None)
    touch(tmp_path / "kits", "case_1/imaging.nii.gz", "case_1/segmentation.nii.gz", "case_2/imaging.nii.gz")
    assert pairs(layouts.find_pairs(tmp_path / "kits")) == {"case_1": "segmentation.nii.gz", "case_2": None}


def test_derivatives_of_bids(tmp_path):
    touch(
        tmp_path,
        "sub-01/anat/sub-01_T1w.nii.gz",
        "sub-02/anat/sub-02_T1w.nii.gz",
        "sub-02/anat/sub-02_T2w.nii.gz",
        "derivatives/hand/sub-01/anat/sub-01_dseg.nii.gz",
        "derivatives/hand/sub-02/anat/sub-02_T2w_label-lesion_mask.nii.gz",
        "derivatives/hand/sub-02/anat/sub-02_dseg.nii.gz",
    )
    found = layouts.find_pairs(tmp_path)
    assert pairs(found) == {
        "sub-01_T1w": "sub-01_dseg.nii.gz",
        "sub-02_T1w": None,
        "sub-02_T2w": "sub-02_T2w_label-lesion_mask.nii.gz",
    }
    assert [note.name for note in found.notes] == ["sub-02_dseg.nii.gz"]


def test_of_two_derivatives_of_bids_one_is_chosen(tmp_path):
    touch(
        tmp_path,
        "sub-01/anat/sub-01_T1w.nii.gz",
        "sub-02/anat/sub-02_T1w.nii.gz",
        "derivatives/auto/sub-01/anat/sub-01_dseg.nii.gz",
        "derivatives/hand/sub-01/anat/sub-01_dseg.nii.gz",
        "derivatives/hand/sub-02/anat/sub-02_dseg.nii.gz",
    )
    found = layouts.find_pairs(tmp_path)
    assert pairs(found) == {"sub-01_T1w": None, "sub-02_T1w": "sub-02_dseg.nii.gz"}
    (finding,) = found.findings
    assert "labels in 2 derivatives: auto, hand" in str(finding)
    chosen = tmp_path / "derivatives" / "auto"
    assert f"--labels {chosen}" in str(finding)
    advised = layouts.pair_folders(tmp_path, chosen)
    assert pairs(advised) == {"sub-01_T1w": "sub-01_dseg.nii.gz", "sub-02_T1w": None}
    assert not advised.findings
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidDataset, match="empty"):
        layouts.pair_folders(tmp_path, tmp_path / "empty")


def test_what_is_not_looked_at_is_told(tmp_path):
    touch(tmp_path, "a.nii", "a.txt", "inner/b.nii", ".hidden.nii")
    (note, other) = layouts.find_pairs(tmp_path).notes
    assert (note.text, other.text) == ("1 folder is in it not searched: inner", "1 file is in it no volume: a.txt")
    with pytest.raises(InvalidDataset, match="not there"):
        layouts.find_pairs(tmp_path / "nowhere")
