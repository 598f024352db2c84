"""What leaves this computer: voxels and geometry, nothing of the patient, and always the same bytes."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
import SimpleITK as sitk

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.files import hash_file
from DualNetSSLLib.client.volumes import geometry_of, image_for_upload, label_for_upload, volume_from_array

DIRECTION = (0, 1, 0, -1, 0, 0, 0, 0, 1)


def scan(dtype=np.int16):
    image = sitk.GetImageFromArray(np.random.default_rng(0).integers(0, 100, (6, 8, 10)).astype(dtype))
    image.SetSpacing((0.5, 0.75, 2.5))
    image.SetOrigin((-10, 20.5, 30))
    image.SetDirection(DIRECTION)
    image.SetMetaData("PatientName", "Erika Mustermann")
    return image


@pytest.mark.parametrize("suffix", [".nrrd", ".nii", ".nii.gz", ".mha", ".NRRD"])
def test_voxels_and_geometry_arrive_and_the_name_does_not(tmp_path, suffix):
    source = tmp_path / f"mustermann{suffix}"
    sitk.WriteImage(scan(), str(source))
    target = image_for_upload(source, tmp_path / "image.nrrd")
    sent = sitk.ReadImage(str(target))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(sent), sitk.GetArrayFromImage(scan()))
    assert sent.GetPixelID() == sitk.sitkInt16
    assert sent.GetSpacing() == pytest.approx((0.5, 0.75, 2.5))
    assert sent.GetOrigin() == pytest.approx((-10, 20.5, 30))
    assert sent.GetDirection() == pytest.approx(DIRECTION, abs=1e-6)
    header = target.read_bytes().split(b"\n\n")[0].lower()
    assert b"mustermann" not in header
    assert b"patient" not in header


def test_the_same_voxels_give_the_same_bytes(tmp_path):
    named = scan()
    nameless = volume_from_array(sitk.GetArrayFromImage(named), geometry_of(named))
    first = image_for_upload(named, tmp_path / "one.nrrd")
    second = image_for_upload(nameless, tmp_path / "two.nrrd")
    assert hash_file(first) == hash_file(second)


def test_whole_numbers_of_any_type_become_bytes_in_labels(tmp_path):
    target = label_for_upload(scan(np.float32), tmp_path / "label.nrrd")
    assert sitk.ReadImage(str(target)).GetPixelID() == sitk.sitkUInt8


@pytest.mark.parametrize("value", [-1, 256, 0.5, np.nan])
def test_what_is_no_label_is_refused(tmp_path, value):
    image = sitk.GetImageFromArray(np.full((2, 2, 2), value, dtype=np.float64))
    with pytest.raises(errors.UnusableVolume, match="Labels are whole numbers"):
        label_for_upload(image, tmp_path / "label.nrrd")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_a_truncated_file_is_refused(tmp_path, suffix):
    path = tmp_path / f"cut{suffix}"
    sitk.WriteImage(scan(), str(path), useCompression=suffix == ".nrrd")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(errors.UnusableVolume, match="damaged or incomplete"):
        image_for_upload(path, tmp_path / "image.nrrd")


def test_a_nifti_whose_packing_is_right_but_whose_voxels_are_missing_is_refused(tmp_path):
    path = tmp_path / "cut.nii.gz"
    sitk.WriteImage(scan(), str(path))
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))
    with pytest.raises(errors.UnusableVolume, match="damaged or incomplete"):
        image_for_upload(path, tmp_path / "image.nrrd")


@pytest.mark.parametrize("content", [b"", b"not a volume at all" * 100])
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_what_only_has_the_name_of_a_volume_is_refused(tmp_path, suffix, content):
    path = tmp_path / f"fake{suffix}"
    path.write_bytes(content)
    with pytest.raises(errors.UnusableVolume, match="damaged"):
        image_for_upload(path, tmp_path / "image.nrrd")


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (sitk.Image([4, 4], sitk.sitkUInt8), "2-D volume"),
        (sitk.Image([4, 4, 4], sitk.sitkVectorUInt8, 3), "3 values per voxel"),
        (sitk.Image([2, 2, 2, 2], sitk.sitkUInt8), "4-D volume"),
    ],
)
def test_what_is_no_3d_scan_is_refused(tmp_path, image, words):
    with pytest.raises(errors.UnusableVolume, match=words):
        image_for_upload(image, tmp_path / "image.nrrd")


def test_dicom_is_sent_to_slicer(tmp_path):
    with pytest.raises(errors.UnusableVolume, match="load DICOM in 3D Slicer"):
        image_for_upload(tmp_path / "IM0001.dcm", tmp_path / "image.nrrd")


@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd"])
def test_files_that_cannot_be_read_or_written_are_told(tmp_path, suffix):
    with pytest.raises(errors.LocalFileError, match="no such file"):
        image_for_upload(tmp_path / f"missing{suffix}", tmp_path / "image.nrrd")
    with pytest.raises(errors.LocalFileError):
        image_for_upload(scan(), tmp_path / "no folder" / "image.nrrd")


def test_an_array_must_fit_its_grid():
    with pytest.raises(errors.UnusableVolume, match="Take both from the same volume"):
        volume_from_array(np.zeros((2, 2, 2)), geometry_of(scan()))
