from __future__ import annotations

import gzip
import os
import struct

import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.contract.errors import (
    DiskFull,
    GeometryMismatch,
    InvalidLabelValue,
    InvalidVolume,
    ProblemError,
    VolumeTooLarge,
)
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.volumes.geometry import canonical_geometry

ANGLE = np.deg2rad(20)
OBLIQUE = (np.cos(ANGLE), -np.sin(ANGLE), 0.0, np.sin(ANGLE), np.cos(ANGLE), 0.0, 0.0, 0.0, 1.0)
LPS = (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0)
RAS = (-1.0, 0, 0, 0, -1.0, 0, 0, 0, 1.0)
CORONAL = (0, 0, 1.0, 1.0, 0, 0, 0, -1.0, 0)
DIRECTIONS = {"lps": LPS, "ras": RAS, "oblique": OBLIQUE, "coronal": CORONAL}


def grid(direction=LPS, size=(5, 6, 7), spacing=(0.7, 1.3, 3.0), origin=(-12.5, 40.25, 7.0)):
    return Geometry(size=size, spacing=spacing, origin=origin, direction=direction)


def voxels(geometry, seed=0):
    return np.random.default_rng(seed).normal(size=geometry.size[::-1]).astype(np.float32)


def save(path, array=None, geometry=None, cast=None):
    geometry = geometry or grid()
    image = sitk.GetImageFromArray(voxels(geometry) if array is None else array)
    image.SetSpacing(geometry.spacing)
    image.SetOrigin(geometry.origin)
    image.SetDirection(geometry.direction)
    sitk.WriteImage(sitk.Cast(image, cast) if cast else image, str(path), useCompression=True)
    return path


@pytest.mark.parametrize("direction", DIRECTIONS.values(), ids=DIRECTIONS)
@pytest.mark.parametrize("name", ["scan.nii", "scan.nii.gz", "scan.nrrd", "scan.mha"])
def test_image_is_read_with_its_grid(tmp_path, name, direction):
    array, geometry = volumes.read_image(save(tmp_path / name, geometry=grid(direction)))
    np.testing.assert_array_equal(array, voxels(grid()))
    assert array.dtype == np.float32
    assert volumes.same_geometry(geometry, grid(direction))


def test_probe_tells_the_header_without_reading_voxels(tmp_path):
    path = save(tmp_path / "scan.nrrd", np.zeros((7, 6, 5), np.int16))
    os.truncate(path, path.stat().st_size - 8)
    info = volumes.probe(path)
    assert (info.geometry.size, info.pixel, info.channels) == ((5, 6, 7), "int16", 1)
    assert (info.declared_bytes, info.format) == (420, "NRRD")


def test_format_is_told_from_the_content_as_blobs_have_no_suffix(tmp_path):
    for suffix in (".nrrd", ".mha", ".nii", ".nii.gz"):
        path = save(tmp_path / f"scan{suffix}").rename(tmp_path / f"blob{suffix[1:]}")
        assert volumes.read_image(path)[0].shape == (7, 6, 5)


def test_series_of_one_volume_is_a_volume(tmp_path):
    four = sitk.JoinSeries([sitk.GetImageFromArray(voxels(grid()))])
    sitk.WriteImage(four, str(tmp_path / "scan.nii.gz"))
    array, geometry = volumes.read_image(tmp_path / "scan.nii.gz")
    assert array.shape == (7, 6, 5)
    assert geometry.size == (5, 6, 7)


def truncated(tmp_path, name):
    path = save(tmp_path / name, geometry=grid(size=(20, 20, 20)))
    os.truncate(path, path.stat().st_size // 2)
    return path


def damaged(tmp_path, name):
    path = save(tmp_path / name, geometry=grid(size=(40, 40, 40)))
    data = bytearray(path.read_bytes())
    data[-6] ^= 0xFF
    path.write_bytes(bytes(data))
    return path


def written(path, content):
    path.write_bytes(content)
    return path


def dicom(path):
    return written(path, b"\0" * 128 + b"DICM" + b"\0" * 100)


def of_components(tmp_path, count):
    image = sitk.GetImageFromArray(np.zeros((4, 5, 6, count), np.uint8), isVector=True)
    sitk.WriteImage(image, str(tmp_path / "rgb.nrrd"))
    return tmp_path / "rgb.nrrd"


def time_series(tmp_path):
    sitk.WriteImage(sitk.JoinSeries([sitk.GetImageFromArray(voxels(grid()))] * 3), str(tmp_path / "t.nii.gz"))
    return tmp_path / "t.nii.gz"


def complex_volume(tmp_path):
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((4, 5, 6), np.complex64)), str(tmp_path / "c.nii.gz"))
    return tmp_path / "c.nii.gz"


def with_nan(tmp_path):
    array = voxels(grid())
    array[1, 2, 3] = np.nan
    array[0, 0, 0] = np.inf
    return save(tmp_path / "nan.nrrd", array)


def detached(tmp_path, name):
    save(tmp_path / name)
    return tmp_path / name


def padded_nifti(path):
    save(path)
    path.write_bytes(path.read_bytes() + b"\0" * (2 << 20))
    return path


def odd_nifti(tmp_path, offset, layout, *values):
    path = save(tmp_path / "odd.nii")
    data = bytearray(path.read_bytes())
    struct.pack_into(layout, data, offset, *values)
    path.write_bytes(bytes(data))
    return path


BAD = {
    "truncated nii": (lambda p: truncated(p, "a.nii"), "of the 32000 bytes"),
    "truncated nii.gz": (lambda p: truncated(p, "a.nii.gz"), "ends too early"),
    "truncated nrrd": (lambda p: truncated(p, "a.nrrd"), "cut short"),
    "truncated mha": (lambda p: truncated(p, "a.mha"), "cut short"),
    "gzip cut in its header": (lambda p: written(p / "a.nii.gz", b"\x1f\x8b\x08\0"), "an empty file"),
    "nifti-2": (lambda p: written(p / "a.nii", b"\x1c\2\0\0n+2\0\r\n\x1a\n" + b"\0" * 600), "NIfTI-2"),
    "damaged nii.gz": (lambda p: damaged(p, "a.nii.gz"), "damaged"),
    "no gzip after all": (
        lambda p: written(p / "a.nii.gz", b"\x1f\x8b\x07" + b"\0" * 400),
        "compressed data is damaged",
    ),
    "nan": (with_nan, "2 of 210 voxels"),
    "2-D": (lambda p: save_plain(p / "a.nrrd", np.zeros((5, 6), np.uint8)), "a 2-D image of 6x5"),
    "one slice": (lambda p: save_plain(p / "a.nii", np.zeros((1, 5, 6), np.uint8)), "single slice"),
    "time series": (time_series, "a series of 3 volumes"),
    "rgb": (lambda p: of_components(p, 3), "3 values per voxel"),
    "complex": (complex_volume, "complex"),
    "png": (lambda p: save_plain(p / "a.png", np.zeros((5, 6), np.uint8)), "unknown format"),
    "empty": (lambda p: written(p / "a.nrrd", b""), "an empty file"),
    "text": (lambda p: written(p / "a.nrrd", b"hello"), "unknown format"),
    "missing": (lambda p: p / "none.nrrd", "no file of that name"),
    "folder": (lambda p: dicom(p / "1.dcm").parent, "a folder"),
    "dicom": (lambda p: dicom(p / "IM0001"), "DICOM"),
    "dicom by name": (lambda p: written(p / "a.dcm", b"old DICOM has no preamble"), "DICOM"),
    "detached nrrd": (lambda p: detached(p, "a.nhdr"), "another file"),
    "detached meta": (lambda p: detached(p, "a.mhd"), "another file"),
    "nifti pair named nii": (lambda p: save(p / "a.hdr").rename(p / "a.nii"), "another file"),
    "no such sizes": (lambda p: odd_nifti(p, 40, "<4h", 3, 5, -6, 7), "the sizes (5, -6, 7)"),
    "no finite offset": (lambda p: odd_nifti(p, 108, "<f", np.nan), "voxels at byte nan"),
    "header only": (lambda p: written(p / "a.nrrd", b"NRRD0004\ntype: float\n\n"), "cannot be read"),
    "no spacing": (lambda p: nrrd(p / "a.nrrd", b"(0,0,0) (0,1,0) (0,0,1)"), "the spacing (0.0, 1.0, 1.0)"),
    "sheared nrrd": (lambda p: nrrd(p / "a.nrrd", b"(1,0,0) (9,1,0) (0,0,1)"), "sheared"),
}


def nrrd(path, directions):
    head = b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: raw\nspace: left-posterior-superior\n"
    return written(path, head + b"space directions: " + directions + b"\nspace origin: (0,0,0)\n\n" + b"\0" * 8)


def save_plain(path, array):
    sitk.WriteImage(sitk.GetImageFromArray(array), str(path))
    return path


@pytest.mark.parametrize(("make", "words"), BAD.values(), ids=BAD)
def test_bad_volumes_are_refused_with_the_reason(tmp_path, make, words):
    path = make(tmp_path)
    with pytest.raises(InvalidVolume) as caught:
        volumes.read_image(path)
    assert words in caught.value.received
    assert caught.value.allowed
    assert caught.value.remedy
    assert str(tmp_path) not in str(caught.value)


def test_unreadable_file_is_refused(tmp_path, monkeypatch):
    path = save(tmp_path / "a.nrrd")

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(InvalidVolume, match="Permission denied"):
        volumes.read_image(path)


def test_truncated_nifti_would_have_been_read_without_an_error(tmp_path):
    """Why the bytes of every file are counted."""
    assert sitk.ReadImage(str(truncated(tmp_path, "a.nii"))).GetSize() == (20, 20, 20)


def test_damage_that_only_the_checksum_shows_is_found(tmp_path):
    path = damaged(tmp_path, "a.nii.gz")
    with pytest.raises(InvalidVolume, match="compressed data is damaged"):
        volumes.read_image(path)


def claiming(path, size):
    """A tiny gzip file whose header claims a huge volume."""
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, 3, *size, 1, 1, 1, 1)
    struct.pack_into("<2h", head, 70, 16, 32)
    struct.pack_into("<4f", head, 76, 1, 1, 1, 1)
    struct.pack_into("<f", head, 108, 352)
    head[344:348] = b"n+1\0"
    with gzip.open(path, "wb") as file:
        file.write(bytes(head))
        file.write(bytes(1 << 20))
    return path


def test_inflating_nifti_is_refused_by_its_header(tmp_path):
    path = claiming(tmp_path / "bomb.nii.gz", (1024, 1024, 1024))
    assert path.stat().st_size < 5000
    with pytest.raises(VolumeTooLarge, match="1024x1024x1024 = 1073741824 voxels"):
        volumes.read_image(path, max_voxels=2**29)


def test_cap_is_of_the_largest_accepted(tmp_path):
    path = save(tmp_path / "a.nrrd")
    assert volumes.probe(path, max_voxels=210).geometry.size == (5, 6, 7)
    with pytest.raises(VolumeTooLarge, match="at most 209 voxels"):
        volumes.probe(path, max_voxels=209)


def test_nifti_with_far_more_bytes_than_declared_is_refused(tmp_path):
    with pytest.raises(VolumeTooLarge, match="header declares"):
        volumes.read_image(padded_nifti(tmp_path / "a.nii"))


def test_big_endian_nifti_header_is_understood(tmp_path):
    head = bytearray(352)
    struct.pack_into(">i", head, 0, 348)
    struct.pack_into(">8h", head, 40, 3, 2, 3, 4, 1, 1, 1, 1)
    struct.pack_into(">2h", head, 70, 4, 16)
    struct.pack_into(">4f", head, 76, 1, 1, 2, 3)
    struct.pack_into(">f", head, 108, 352)
    head[344:348] = b"n+1\0"
    (tmp_path / "a.nii").write_bytes(bytes(head) + np.arange(24, dtype=">i2").tobytes())
    array, geometry = volumes.read_image(tmp_path / "a.nii")
    np.testing.assert_array_equal(array.ravel(), np.arange(24))
    assert geometry.spacing == (1, 2, 3)


def test_sheared_nifti_axes_are_named(tmp_path):
    path = odd_nifti(tmp_path, 252, "<2h", 0, 1)
    data = bytearray(path.read_bytes())
    struct.pack_into("<12f", data, 280, 1, 0.8, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    path.write_bytes(bytes(data))
    with pytest.raises(InvalidVolume, match="sheared"):
        volumes.read_image(path)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.float32, np.float64, np.int64])
def test_whole_numbers_of_any_type_are_labels(tmp_path, kind):
    array = np.arange(210).reshape(7, 6, 5).astype(kind)
    label, geometry = volumes.read_label(save(tmp_path / "a.nrrd", array))
    np.testing.assert_array_equal(label, array)
    assert label.dtype == np.uint8
    assert geometry.size == (5, 6, 7)


@pytest.mark.parametrize(
    ("value", "told"), [(0.5, "such as 0.5"), (-1.0, "such as -1"), (256.0, "such as 256"), (np.nan, "that are NaN")]
)
def test_other_numbers_are_no_labels(tmp_path, value, told):
    array = np.zeros((7, 6, 5), np.float32)
    array[0, 0, :2] = value
    with pytest.raises(InvalidLabelValue, match=f"2 voxels {told}"):
        volumes.read_label(save(tmp_path / "a.nrrd", array))


def test_values_outside_the_label_set_are_named():
    labels = (LabelDefinition(value=1, name="liver"), LabelDefinition(value=4, name="spleen"))
    array = np.array([[[0, 1, 4, 4]]], np.uint8)
    volumes.check_label_values(array, labels)
    array[0, 0, 1:3] = 2, 9
    with pytest.raises(InvalidLabelValue, match=r"the values 2, 9 \(2 voxels\); allowed: 0, 1, 4"):
        volumes.check_label_values(array, labels)


def test_rounding_of_headers_is_forgiven():
    near = grid(OBLIQUE).model_copy(update={"spacing": (0.7000001, 1.3, 2.9999), "origin": (-12.5004, 40.25, 7.0)})
    volumes.check_same_geometry(grid(OBLIQUE), near)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("size", (5, 6, 8)),
        ("spacing", (0.7, 1.4, 3.0)),
        ("origin", (-12.5, 40.25, 7.5)),
        ("direction", RAS),
    ],
)
def test_mismatch_names_the_part_and_both_values(part, value):
    other = grid().model_copy(update={part: value})
    with pytest.raises(GeometryMismatch) as caught:
        volumes.check_same_geometry(grid(), other)
    assert part in caught.value.received
    assert f"{value[2]:g}" in caught.value.received
    assert f"{getattr(grid(), part)[2]:g}" in caught.value.allowed


@pytest.mark.parametrize("direction", [*DIRECTIONS.values(), (0.6, 0.8, 0, 0, 0, -1.0, -0.8, 0.6, 0)])
def test_canonical_form_keeps_every_voxel_in_its_place_and_returns_exactly(direction):
    geometry = grid(direction)
    array = voxels(geometry)
    turned, canonical = volumes.to_canonical(array, geometry)
    assert canonical == canonical_geometry(geometry)
    np.testing.assert_array_equal(volumes.from_canonical(turned, geometry), array)
    matrix = np.reshape(canonical.direction, (3, 3))
    assert all(matrix[axis, axis] == np.abs(matrix[axis]).max() > 0 for axis in range(3))
    assert turned.shape == canonical.size[::-1]
    old, new = image_of(array, geometry), image_of(turned, canonical)
    for index in [(0, 0, 0), (4, 5, 6), (1, 3, 2)]:
        place = new.TransformPhysicalPointToIndex(old.TransformIndexToPhysicalPoint(index))
        assert new[place] == old[index]


def image_of(array, geometry):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(geometry.spacing)
    image.SetOrigin(geometry.origin)
    image.SetDirection(geometry.direction)
    return image


def ramp(geometry):
    """The patient's x + 2 y - z at every voxel, which linear interpolation keeps exactly."""
    image = image_of(np.zeros(geometry.size[::-1], np.float32), geometry)
    source = sitk.PhysicalPointSource(sitk.sitkVectorFloat64, geometry.size, *grid_arguments(image))
    points = sitk.GetArrayFromImage(source)
    return (points @ np.array([1.0, 2.0, -1.0])).astype(np.float32)


def grid_arguments(image):
    return image.GetOrigin(), image.GetSpacing(), image.GetDirection()


@pytest.mark.parametrize("kind", ["linear", "bspline"])
def test_resampling_keeps_places(kind):
    geometry = grid(OBLIQUE, size=(12, 12, 12))
    array, target = volumes.resample(ramp(geometry), geometry, (1.0, 1.0, 2.0), kind)
    assert target.size == (8, 16, 18)
    assert target.direction == geometry.direction
    inner = (slice(2, -2),) * 3
    tolerance = 1e-3 if kind == "linear" else 0.3
    np.testing.assert_allclose(array[inner], ramp(target)[inner], atol=tolerance)


def test_resampling_there_and_back_keeps_labels():
    geometry = grid(RAS, size=(12, 12, 12), spacing=(1.0, 1.0, 2.0))
    label = np.zeros((12, 12, 12), np.uint8)
    label[3:9, 2:8, 4:10] = 3
    fine, target = volumes.resample(label, geometry, (0.5, 0.5, 1.0), "nearest")
    assert fine.dtype == np.uint8
    assert fine.sum() == 8 * label.sum()
    np.testing.assert_array_equal(volumes.resample_to(fine, target, geometry, "nearest"), label)


def test_places_outside_take_the_nearest_voxel():
    geometry = grid(size=(4, 4, 4), spacing=(1.0, 1.0, 1.0))
    larger = geometry.model_copy(update={"size": (8, 4, 4)})
    result = volumes.resample_to(np.full((4, 4, 4), 0.25, np.float32), geometry, larger)
    np.testing.assert_array_equal(result, np.full((4, 4, 8), 0.25, np.float32))


def test_same_grid_is_copied():
    array = voxels(grid())
    result = volumes.resample_to(array, grid(), grid(), "bspline")
    np.testing.assert_array_equal(result, array)
    assert result is not array


def test_shape_and_grid_must_fit(tmp_path):
    with pytest.raises(ValueError, match="does not fit a grid"):
        volumes.write_volume(tmp_path / "a.nrrd", np.zeros((5, 6, 7), np.float32), grid())


@pytest.mark.parametrize("direction", DIRECTIONS.values(), ids=DIRECTIONS)
def test_written_volume_comes_back(tmp_path, direction):
    path = tmp_path / "a.nrrd"
    volumes.write_volume(path, np.zeros((7, 6, 5), np.float32), grid())
    volumes.write_volume(path, voxels(grid()), grid(direction))
    array, geometry = volumes.read_image(path)
    np.testing.assert_array_equal(array, voxels(grid()))
    assert volumes.same_geometry(geometry, grid(direction))
    assert [file.name for file in tmp_path.iterdir()] == ["a.nrrd"]
    assert b"encoding: gzip" in path.read_bytes()[:1000]


def test_segmentation_carries_names_colours_values_and_terminology(tmp_path):
    labels = (
        LabelDefinition(value=2, name="left\nkidney é", colour=(255, 0, 51)),
        LabelDefinition(value=7, name="tumour", terminology="my~entry"),
    )
    array = np.zeros((7, 6, 5), np.uint8)
    array[2, 2, 2] = 7
    path = tmp_path / "a.seg.nrrd"
    volumes.write_segmentation(path, array, grid(OBLIQUE), labels)
    read = sitk.ReadImage(str(path))
    assert read.GetMetaData("Segment0_Name") == "leftkidney é"
    assert read.GetMetaData("Segment0_Color") == "1 0 0.2"
    assert read.GetMetaData("Segment0_Extent") == "0 4 0 5 0 6"
    assert read.GetMetaData("Segment1_LabelValue") == "7"
    assert read.GetMetaData("Segment1_Tags") == "TerminologyEntry:my~entry|"
    label, geometry = volumes.read_label(path)
    np.testing.assert_array_equal(label, array)
    assert volumes.same_geometry(geometry, grid(OBLIQUE))


@pytest.mark.parametrize(("free", "kind"), [(10, DiskFull), (1 << 30, OSError)])
def test_failed_write_leaves_nothing(tmp_path, monkeypatch, free, kind):
    def fail(image, name, **options):
        with open(name, "wb") as file:
            file.write(b"half")
        raise RuntimeError("sitk::ERROR: could not write")

    monkeypatch.setattr("dualnetssl.volumes.write.sitk.WriteImage", fail)
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr("dualnetssl.volumes.write.shutil.disk_usage", lambda path: usage)
    with pytest.raises(kind):
        volumes.write_volume(tmp_path / "a.nrrd", voxels(grid()), grid())
    assert list(tmp_path.iterdir()) == []


def test_every_refusal_is_a_problem():
    assert issubclass(InvalidVolume, ProblemError)
