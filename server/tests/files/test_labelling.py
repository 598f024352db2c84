"""Labels read onto the grid of their scan: by name, whole, every voxel kept or told of."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from dualnetssl.contract.errors import GeometryMismatch, InvalidLabelValue, InvalidVolume
from dualnetssl.files.grid import Grid
from dualnetssl.files.labelling import Classes, by_value, read_segmentation
from dualnetssl.files.placing import onto
from dualnetssl.files.reading import read_volume

SCAN = Grid((8, 7, 6), (1.2, 1.0, 2.5), (-20.0, -30.0, 40.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
LABEL = np.zeros((6, 7, 8), np.uint8)
LABEL[1:3, 2:5, 3:6] = 1
LABEL[4, 1:3, 1:7] = 2


def write(path: Path, array, segments=(), grid=SCAN):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(grid.spacing)
    image.SetOrigin(grid.origin)
    image.SetDirection(grid.direction)
    for number, (name, value) in enumerate(segments):
        for key, text in (("Name", name), ("LabelValue", str(value)), ("Layer", "0")):
            image.SetMetaData(f"Segment{number}_{key}", text)
    if segments:
        image.SetMetaData("Segmentation_MasterRepresentation", "Binary labelmap")
    sitk.WriteImage(image, str(path))
    return path


def write_layers(path: Path, layers):
    head = [
        "NRRD0004", "type: uint8", "dimension: 4", "space: left-posterior-superior", f"sizes: {len(layers)} 8 7 6",
        "space directions: none (1.2,0,0) (0,1,0) (0,0,2.5)", "kinds: list domain domain domain", "encoding: gzip",
        "space origin: (-20,-30,40)",
    ]  # fmt: skip
    for number in range(len(layers)):
        head += [
            f"Segment{number}_Name:=organ {number}",
            f"Segment{number}_LabelValue:=1",
            f"Segment{number}_Layer:={number}",
        ]
    data = np.stack(layers, axis=-1).astype(np.uint8)
    path.write_bytes("\n".join(head).encode() + b"\n\n" + gzip.compress(data.tobytes()))
    return path


@pytest.mark.parametrize("ending", [".nrrd", ".seg.nrrd"])
def test_segments_go_by_their_names_whatever_the_file_is_called(tmp_path, ending):
    turned = np.array([0, 2, 1], np.uint8)[LABEL]
    path = write(tmp_path / f"a{ending}", turned, [("Kidney ", 1), ("liver", 2)])
    found = read_segmentation(path, SCAN, Classes({"liver": 1, "kidney": 2}))
    np.testing.assert_array_equal(found.label, LABEL)
    assert found.noticed == ("segments go by their names: Kidney from 1 to 2, liver from 2 to 1",)
    assert not found.as_it_is
    with pytest.raises(InvalidLabelValue, match="a segment 'Kidney'"):
        read_segmentation(path, SCAN, Classes({"liver": 1, "spleen": 2}))


def test_names_of_classes_are_the_same_whatever_joins_their_words(tmp_path):
    path = write(tmp_path / "a.nrrd", LABEL, [("left_kidney", 1), ("Right-Kidney ", 2)])
    found = read_segmentation(path, SCAN, Classes({"right kidney": 1, "Left Kidney": 2}))
    np.testing.assert_array_equal(found.label, np.array([0, 2, 1], np.uint8)[LABEL])
    with pytest.raises(InvalidLabelValue, match="two segments that are both 'left kidney'"):
        read_segmentation(
            write(path, LABEL, [("left_kidney", 1), ("left-kidney", 2)]), SCAN, Classes({"left kidney": 1})
        )


def test_a_segment_without_voxels_that_is_no_class_is_left_aside_and_told(tmp_path):
    path = write(tmp_path / "a.nrrd", LABEL, [("liver", 1), ("kidney", 2), ("Segment_3", 3)])
    found = read_segmentation(path, SCAN, Classes({"liver": 1, "kidney": 2}))
    assert found.noticed == ("empty segments that are no class are left aside: Segment_3",)
    np.testing.assert_array_equal(found.label, LABEL)


def test_a_label_whose_header_alone_is_another_is_not_sent_to_be_resampled(tmp_path):
    plain = Grid(SCAN.size, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), SCAN.direction)
    with pytest.raises(GeometryMismatch, match=r"give it the scan's: CopyInformation of SimpleITK .* Else: Resample"):
        read_segmentation(write(tmp_path / "a.nii", LABEL, grid=plain), SCAN)


def test_layers_that_do_not_overlap_become_one_label(tmp_path):
    found = read_segmentation(write_layers(tmp_path / "a.seg.nrrd", [LABEL == 1, LABEL == 2, LABEL > 9]), SCAN)
    np.testing.assert_array_equal(found.label, LABEL)
    assert [segment.name for segment in found.segments] == ["organ 0", "organ 1", "organ 2"]


def test_segments_that_overlap_are_refused_with_their_names_and_voxels(tmp_path):
    path = write_layers(tmp_path / "a.seg.nrrd", [LABEL > 0, LABEL == 2])
    with pytest.raises(InvalidLabelValue, match="'organ 0' and 'organ 1' share 12 voxels"):
        read_segmentation(path, SCAN)


def test_voxels_that_no_segment_owns_are_not_lost_silently(tmp_path):
    path = write(tmp_path / "a.nrrd", LABEL, [("liver", 1)])
    with pytest.raises(InvalidLabelValue, match="12 voxels such as 2, which no segment has"):
        read_segmentation(path, SCAN)


def test_layers_without_a_name_are_not_lost_silently(tmp_path):
    path = write_layers(tmp_path / "a.seg.nrrd", [LABEL == 1, LABEL == 2])
    data = path.read_bytes()
    path.write_bytes(data.replace(b"_Name:=", b"_Tags:="))
    with pytest.raises(InvalidVolume, match="2 layers without a name"):
        read_segmentation(path, SCAN)


def test_an_empty_segmentation_is_background(tmp_path):
    one = Grid((1, 1, 1), SCAN.spacing, (0.0, 0.0, 0.0), SCAN.direction)
    path = write(tmp_path / "a.seg.nrrd", np.zeros((1, 1, 1), np.uint8), [("liver", 1)], one)
    found = read_segmentation(path, SCAN)
    assert (found.label.shape, found.label.any()) == ((6, 7, 8), False)
    assert found.noticed == ("it is an empty segmentation",)


def test_a_cropped_segmentation_is_filled_up_with_background(tmp_path):
    part = Grid((6, 4, 4), SCAN.spacing, (-18.8, -29.0, 42.5), SCAN.direction)
    path = write(tmp_path / "a.seg.nrrd", LABEL[1:5, 1:5, 1:7], [("liver", 1), ("kidney", 2)], part)
    np.testing.assert_array_equal(read_segmentation(path, SCAN).label, LABEL)
    with pytest.raises(GeometryMismatch, match="size"):  # a plain label that is short may be one that was cut
        read_segmentation(write(tmp_path / "b.nrrd", LABEL[1:5, 1:5, 1:7], grid=part), SCAN)
    between = Grid(part.size, part.spacing, (-18.2, -29.0, 42.5), part.direction)
    with pytest.raises(GeometryMismatch):
        read_segmentation(write(path, LABEL[1:5, 1:5, 1:7], [("liver", 1), ("kidney", 2)], between), SCAN)


def test_a_segmentation_that_reaches_beyond_its_scan_tells_what_is_left_out(tmp_path):
    larger = Grid((10, 7, 6), SCAN.spacing, (-22.4, -30.0, 40.0), SCAN.direction)
    array = np.zeros((6, 7, 10), np.uint8)
    array[:, :, 2:], array[0, 0, 0] = LABEL, 1
    found = read_segmentation(write(tmp_path / "a.nrrd", array, [("liver", 1), ("kidney", 2)], larger), SCAN)
    np.testing.assert_array_equal(found.label, LABEL)
    assert "1 voxels of its segments lie outside the scan and are left out" in found.noticed


@pytest.mark.parametrize(("moved", "said"), [(0.01, False), (0.1, True), (0.4, True), (0.7, None)])
def test_how_far_a_label_may_lie_from_its_scan_is_judged_in_voxels(tmp_path, moved, said):
    grid = Grid(SCAN.size, SCAN.spacing, (-20.0, -30.0, 40.0 + 2.5 * moved), SCAN.direction)
    path = write(tmp_path / "a.nrrd", LABEL, grid=grid)
    if said is None:
        with pytest.raises(GeometryMismatch, match=r"origin .* 0.7 voxels elsewhere"):
            read_segmentation(path, SCAN)
        return
    found = read_segmentation(path, SCAN)
    assert (bool(found.noticed), found.as_it_is) == (said, not said)
    np.testing.assert_array_equal(found.label, LABEL)


@pytest.mark.parametrize("off", [1e-6, 1e-4])
def test_real_numbers_that_are_nearly_whole_are_rounded_and_told(tmp_path, off):
    found = read_segmentation(write(tmp_path / "a.nii.gz", (LABEL * (1 - off)).astype(np.float32)), SCAN)
    np.testing.assert_array_equal(found.label, LABEL)
    assert "off whole numbers are rounded" in found.noticed[0]
    assert found.as_it_is


def test_values_that_are_none_are_shown_with_all_their_digits():
    with pytest.raises(InvalidLabelValue, match=r"1 voxels such as 2\.005"):
        by_value(np.array([[[2.005]]]))
    with pytest.raises(InvalidLabelValue, match="are NaN or infinite"):
        by_value(np.array([[[np.nan]]]))
    with pytest.raises(InvalidLabelValue, match=r"such as 1035.*--classes"):
        by_value(np.array([[[1035]]], np.int32))


def test_voxels_that_nobody_verified_are_counted(tmp_path):
    found = read_segmentation(write(tmp_path / "a.nrrd", np.where(LABEL == 2, 255, LABEL).astype(np.uint8)), SCAN)
    assert found.noticed == ("12 voxels of 255 count as 'not verified' and teach nothing",)


ORIENTATIONS = ["LPS", "RAS", "LPI", "PIR", "ASL", "SRP", "IAR"]
KINDS = ["uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "float32", "float64"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(ORIENTATIONS), st.sampled_from(KINDS), st.sampled_from([".nii", ".nii.gz", ".nrrd", ".mha"]),
    st.tuples(*[st.floats(0.3, 9.0)] * 3), st.integers(0, 5),
)  # fmt: skip
def test_a_label_in_any_orientation_comes_back_voxel_for_voxel(
    tmp_path_factory, orientation, kind, ending, spacing, seed
):
    """Voxel for voxel: the scan lies in LPS; its label was turned by another program."""
    label = np.random.default_rng(seed).integers(0, 4, (5, 4, 3)).astype(np.uint8)
    image = sitk.GetImageFromArray(label.astype(kind))
    image.SetSpacing(spacing)
    image.SetOrigin((3.0, -4.0, 5.0))
    scan = Grid((3, 4, 5), spacing, (3.0, -4.0, 5.0), SCAN.direction)
    path = tmp_path_factory.mktemp("turned") / f"a{ending}"
    sitk.WriteImage(sitk.DICOMOrient(image, orientation), str(path))
    np.testing.assert_array_equal(read_segmentation(path, scan).label, label)


def test_what_lies_elsewhere_is_not_put_anywhere():
    far = Grid((2, 2, 2), SCAN.spacing, (500.0, -30.0, 40.0), SCAN.direction)
    with pytest.raises(GeometryMismatch):
        onto(np.ones((2, 2, 2), np.uint8), far, SCAN, crops=True)


def test_layers_are_read_as_they_lie(tmp_path):
    path = write_layers(tmp_path / "a.seg.nrrd", [LABEL == 1, LABEL == 2, LABEL > 0])
    assert read_volume(path, label=True).values.shape == (3, 6, 7, 8)
