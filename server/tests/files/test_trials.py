"""Files as the field's bug reports have them: each read rightly, or refused with the one step that helps.

Every input goes through the command line's reader and the panel's; both must say the same. The numbers are those of the
trials from which the inputs come.
"""

from __future__ import annotations

import gzip
import struct
from itertools import pairwise
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.contract.config import resolve
from dualnetssl.files.layouts import find_pairs
from dualnetssl.intake import from_folders
from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.scans.volume_files import read_label, read_scan

SCAN = np.random.default_rng(0).integers(-50, 120, (6, 7, 8)).astype(np.int16)
LABEL = np.zeros(SCAN.shape, np.uint8)
LABEL[1:3, 2:5, 3:6], LABEL[4, 1:3, 1:7] = 1, 2
AFFINE = np.array([[-1.2, 0, 0, 20], [0, -1.0, 0, 30], [0, 0, 2.5, 40], [0, 0, 0, 1]])
SPACING, ORIGIN = (1.2, 1.0, 2.5), (-20.0, -30.0, 40.0)
CLASSES = [LabelDefinition(value=value, name=f"label {value}", colour=(1, 2, 3)) for value in (1, 2)]
UNITS, PIXDIM, CODES, SFORM, SLOPE, DIMS = 123, 76, 252, 280, 112, 40
UNIT_SFORM = (-1, 0, 0, 20, 0, -1, 0, 30, 0, 0, 1, 40)


def nifti(path: Path, array=SCAN, affine=AFFINE, patch=()) -> Path:
    """Write an array ``[k, j, i]``, or ``[i, j, k, …]`` of more axes, and patch bytes of the header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    voxels = array.T if array.ndim == 3 else array
    data = bytearray(nibabel.Nifti1Image(voxels, affine, dtype=array.dtype).to_bytes())
    for at, form, *values in patch:
        struct.pack_into(f"<{form}", data, at, *values)
    path.write_bytes(gzip.compress(bytes(data)) if path.name.lower().endswith("gz") else bytes(data))
    return path


class Seen:
    """What both ways make of one scan and its label: voxels, label, grid, what was noticed, or why it is refused."""

    def __init__(self, folder: Path) -> None:
        request = from_folders.Request(folder, made=folder / "run" / "labels")
        found = from_folders.take_training(request, lambda done, total: None)
        from_folders.write_joined(found)
        from_folders.write_made(found, request)
        self.refused = {finding.name: str(finding) for finding in found.findings}
        self.noticed = " ".join(map(str, found.notes))
        self.found = {case.case: case for case in found.cases}
        self.panel = {scan.case: scan for scan in find_pairs(folder).scans}

    def scan(self, case="a"):
        """Return the voxels, the same on both ways, and their grid."""
        image, grid = volumes.read_channels(Path(self.found[case].image))
        there, geometry, _ = read_scan(self.panel[case])
        np.testing.assert_allclose(sitk.GetArrayFromImage(there), image[0], rtol=1e-6)
        np.testing.assert_allclose(geometry.spacing, grid.spacing)
        np.testing.assert_allclose(geometry.origin, grid.origin)
        return image[0], grid

    def label(self, case="a"):
        """Return the label, the same on both ways."""
        label = volumes.read_label(Path(self.found[case].label))[0]
        _, geometry, _ = read_scan(self.panel[case])
        there = read_label(self.panel[case], geometry, CLASSES, None)
        np.testing.assert_array_equal(sitk.GetArrayFromImage(there.label), label)
        return label

    def refusal(self, case="a"):
        """Return why a scan is refused, the same on both ways."""
        scan = self.panel[case]
        with pytest.raises(UnusableVolume) as caught:
            read_scan(scan)
        said = self.refused[scan.image.name]
        assert said.split(";")[0] in str(caught.value)
        return said


def both(folder: Path, patch=(), label=LABEL, label_patch=()) -> Seen:
    """Write a scan and its label, headers patched, and read them on both ways."""
    nifti(folder / "images" / "a.nii", patch=patch)
    nifti(folder / "labels" / "a.nii", label, patch=label_patch)
    return Seen(folder)


ORIENTED = ["RAS", "LPI", "PIR", "ASL", "SRP", "IAR"]


@pytest.mark.parametrize("code", [*ORIENTED, "left-handed"])
@pytest.mark.parametrize("ending", ["nii.gz", "nrrd"])
def test_34_every_orientation_shows_the_same_place(tmp_path, code, ending):
    """A scan and its label turned alike lie where they lay: voxel by voxel in mm, in both readers."""
    straight = {"images": SCAN, "labels": LABEL}
    for folder, array in straight.items():
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(SPACING)
        image.SetOrigin(ORIGIN)
        turned = image[:, :, ::-1] if code == "left-handed" else sitk.DICOMOrient(image, code)
        (tmp_path / folder).mkdir()
        sitk.WriteImage(turned, str(tmp_path / folder / f"a.{ending}"))
    seen = Seen(tmp_path)
    voxels, grid = seen.scan()
    for array, found in ((SCAN, voxels), (LABEL, seen.label())):
        image = sitk.GetImageFromArray(found)
        image.SetSpacing(grid.spacing)
        image.SetOrigin(grid.origin)
        image.SetDirection(grid.direction)
        back = sitk.DICOMOrient(image, "LPS")
        np.testing.assert_array_equal(sitk.GetArrayFromImage(back), array)
        assert back.GetOrigin() == pytest.approx(ORIGIN, abs=1e-4)


@pytest.mark.parametrize(
    ("space", "signs"), [("right-anterior-superior", (-1, -1)), ("left-anterior-superior", (1, -1))]
)
def test_34_a_nrrd_lies_in_the_space_that_it_names(tmp_path, space, signs):
    (tmp_path / "images").mkdir()
    turn = np.array([*signs, 1])
    axes = " ".join(f"({x},{y},{z})" for x, y, z in np.diag(SPACING) * turn)
    place = ",".join(map(str, np.array(ORIGIN) * turn))
    head = f"NRRD0004\ntype: int16\ndimension: 3\nspace: {space}\nsizes: 8 7 6\nspace directions: {axes}\n"
    head += f"endian: little\nencoding: raw\nspace origin: ({place})\n\n"
    (tmp_path / "images" / "a.nrrd").write_bytes(head.encode() + SCAN.astype("<i2").tobytes())
    voxels, grid = Seen(tmp_path).scan()
    np.testing.assert_array_equal(voxels, SCAN)
    assert (grid.origin, grid.spacing) == (pytest.approx(ORIGIN), pytest.approx(SPACING))
    assert grid.direction == pytest.approx(np.eye(3).ravel())


def test_36_nothing_is_mirrored_unless_asked_for():
    assert [resolve({"preset": name}).flip_axes for name in ("default", "paper", "supervised")] == [()] * 3


def test_38_thick_slices_of_fine_voxels_keep_their_grid(tmp_path):
    affine = np.diag([-0.36, -0.29, 8.5, 1])
    nifti(tmp_path / "images" / "a.nii", affine=affine)
    nifti(tmp_path / "labels" / "a.nii", LABEL, affine=affine)
    seen = Seen(tmp_path)
    assert seen.scan()[1].spacing == pytest.approx((0.36, 0.29, 8.5))
    np.testing.assert_array_equal(seen.label(), LABEL)


def test_39_scans_of_one_value_are_told_and_small_ones_taken(tmp_path):
    for name, array in (("tiny", SCAN[:2, :5, :5]), ("two", SCAN[:2]), ("constant", SCAN * 0 + 7), ("zero", SCAN * 0)):
        nifti(tmp_path / "images" / f"{name}.nii", array)
    nifti(tmp_path / "labels" / "two.nii", LABEL[1:3])
    seen = Seen(tmp_path)
    assert sorted(seen.found) == ["constant", "tiny", "two", "zero"]
    assert seen.refused == {}
    assert all(f"{name}.nii: all its voxels are alike" in seen.noticed for name in ("constant", "zero"))
    assert seen.noticed.count("alike") == 2


def test_40_what_is_no_scan_is_refused_with_its_reason(tmp_path):
    images = tmp_path / "images"
    nifti(images / "slice.nii", SCAN[:1])
    nifti(images / "flat.nii", SCAN[0])
    nifti(images / "waves.nii", SCAN.astype(np.complex64))
    for name, kind, parts in (("colours.nrrd", np.uint8, 3), ("many.nii.gz", np.float32, 12)):
        sitk.WriteImage(sitk.GetImageFromArray(np.zeros((6, 7, 8, parts), kind), isVector=True), str(images / name))
    nifti(images / "good.nii")
    seen = Seen(tmp_path)
    assert {name: seen.refusal(name).split(";")[0] for name in sorted(set(seen.panel) - {"good"})} == {
        "colours": "colours.nrrd: received 3 values per voxel, as in colour images",
        "flat": "flat.nii: received a 2-D image of 7x8",
        "many": "many.nii.gz: received 12 values per voxel",
        "slice": "slice.nii: received a single slice (8x7x1)",
        "waves": "waves.nii: received voxels of the kind complex (32)",
    }
    assert list(seen.found) == ["good"]


def test_41_axes_of_one_are_none(tmp_path):
    nifti(tmp_path / "images" / "a.nii.gz", SCAN.T[..., None].copy())
    nifti(tmp_path / "labels" / "a.nii.gz", LABEL.T[..., None, None].copy())
    seen = Seen(tmp_path)
    np.testing.assert_array_equal(seen.scan()[0], SCAN)
    np.testing.assert_array_equal(seen.label(), LABEL)


SCALES = [(0, 7, 1, 0), (float("nan"), float("nan"), 1, 0), (1 / 255, 3, 1 / 255, 3), (-2, 0, -2, 0)]


@pytest.mark.parametrize(("slope", "intercept", "by", "plus"), SCALES)
def test_43_scaling_is_as_nibabel_has_it(tmp_path, slope, intercept, by, plus):
    seen = both(tmp_path, [(SLOPE, "2f", slope, intercept)])
    np.testing.assert_allclose(seen.scan()[0], SCAN * by + plus, rtol=1e-5)
    np.testing.assert_array_equal(seen.label(), LABEL)


@pytest.mark.parametrize("kind", ["int64", "uint64", "int8", "uint32", "float64", "uint16", ">i2", ">f4"])
def test_44_every_type_of_number_and_order_of_bytes(tmp_path, kind):
    scan = np.abs(SCAN).astype(kind)
    for folder, array in (("images", scan), ("labels", LABEL.astype(kind))):
        (tmp_path / folder).mkdir()
        header = nibabel.Nifti1Header(endianness=">" if kind.startswith(">") else "<")
        header.set_data_dtype(array.dtype)
        nibabel.save(nibabel.Nifti1Image(array.T, AFFINE, header), tmp_path / folder / "a.nii")
    seen = Seen(tmp_path)
    np.testing.assert_array_equal(seen.scan()[0], scan)
    np.testing.assert_array_equal(seen.label(), LABEL)


def test_45_49_a_name_says_neither_format_nor_packing(tmp_path):
    nifti(tmp_path / "images" / "plain.nii").rename(tmp_path / "images" / "a.nii.gz")
    nifti(tmp_path / "labels" / "packed.nii.gz", LABEL).rename(tmp_path / "labels" / "a.nii")
    nifti(tmp_path / "images" / "B.NII.GZ")
    nifti(tmp_path / "images" / "c.Nii.Gz")
    sitk.WriteImage(sitk.GetImageFromArray(SCAN), str(tmp_path / "d.nrrd"))
    (tmp_path / "d.nrrd").rename(tmp_path / "images" / "d.NRRD")
    seen = Seen(tmp_path)
    assert sorted(seen.found) == ["B", "a", "c", "d"]
    for case in seen.found:
        np.testing.assert_array_equal(seen.scan(case)[0], SCAN)
    np.testing.assert_array_equal(seen.label(), LABEL)


@pytest.mark.parametrize(
    ("cuts", "tail"), [((400, 700), b""), ((100,), b""), ((0,), b""), ((0, 3, 348), bytes(512)), ((), b"garbage")]
)
def test_46_several_members_and_what_follows_them(tmp_path, cuts, tail):
    path = nifti(tmp_path / "images" / "a.nii")
    data, edges = path.read_bytes(), (0, *cuts, None)
    members = [gzip.compress(data[start:end]) for start, end in pairwise(edges)]
    path.with_name("a.nii.gz").write_bytes(b"".join(members) + tail)
    path.unlink()
    np.testing.assert_array_equal(Seen(tmp_path).scan()[0], SCAN)


def test_47_48_what_is_cut_short_or_not_there_is_named(tmp_path):
    images = tmp_path / "images"
    whole = nifti(images / "packed.nii.gz").read_bytes()
    (images / "packed.nii.gz").write_bytes(whole[: len(whole) // 2])
    whole = nifti(images / "bare.nii").read_bytes()
    (images / "bare.nii").write_bytes(whole[:-10])
    (images / "empty.nrrd").write_bytes(b"")
    (images / "broken.nii").symlink_to(tmp_path / "nowhere.nii")
    for name in ("._a.nii.gz", ".DS_Store", "Thumbs.db"):
        (images / name).write_bytes(b"x")
    for name in ("a.nii", "twice.nii", "twice.nii.gz"):
        nifti(images / name)
    seen = Seen(tmp_path)
    assert list(seen.found) == ["a"]
    assert {name: text.split("received ")[1].split(";")[0].split(":")[0] for name, text in seen.refused.items()} == {
        "bare.nii": "a file that is cut short",
        "broken.nii": "a link to a file that is not there",
        "empty.nrrd": "an empty file",
        "packed.nii.gz": "a file that is cut short",
        "twice": "2 files for one case",
    }
    assert "Fetch the file" in seen.refusal("broken")
    assert "1 file is in it no volume: Thumbs.db" in seen.noticed


@pytest.mark.parametrize(("unit", "factor", "word"), [(3, 1000, "micrometres"), (1, 0.001, "metres"), (7, 1, "")])
def test_51_units_count_as_itk_has_them(tmp_path, unit, factor, word):
    affine = np.vstack([AFFINE[:3] * factor, AFFINE[3]])
    path = nifti(tmp_path / "images" / "a.nii", affine=affine, patch=[(UNITS, "b", unit)])
    nifti(tmp_path / "labels" / "a.nii", LABEL)
    seen = Seen(tmp_path)
    _, grid = seen.scan()
    assert grid.spacing == pytest.approx(sitk.ReadImage(str(path)).GetSpacing(), rel=1e-5) == SPACING
    assert grid.origin == pytest.approx(ORIGIN, rel=1e-5)
    np.testing.assert_array_equal(seen.label(), LABEL)
    assert (f"its header counts in {word}" in seen.noticed) == bool(word)


def test_51_metres_that_are_millimetres_are_told(tmp_path):
    seen = both(tmp_path, [(UNITS, "b", 1)])
    assert seen.scan()[1].spacing == pytest.approx(SPACING)
    assert "its header says metres, which puts voxels 2500 mm apart; mm are taken" in seen.noticed


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ([(CODES, "2h", 0, 1), (SFORM, "12f", *UNIT_SFORM)], "the voxel sizes (pixdim) are taken"),
        ([(CODES, "2h", 1, 1), (SFORM, "12f", *UNIT_SFORM)], "the voxel sizes (pixdim) are taken"),
        ([(CODES, "2h", 0, 1), (PIXDIM, "4f", 1, 1, 1, 1)], "pixdim) are all 1; those of its sform are taken"),
        ([(CODES, "2h", 1, 2), (PIXDIM, "4f", 1, 0, 1, 2.5)], "no voxel size along i; its sform's is taken"),
        ([(CODES, "2h", 0, 1), (PIXDIM, "4f", 1, 1.2, float("nan"), 2.5)], "no voxel size along j"),
        ([(CODES, "2h", 1, 1), (SFORM, "12f", *[0] * 12)], ""),
    ],
)
def test_52_voxel_sizes_come_from_where_they_are(tmp_path, patch, said):
    seen = both(tmp_path, patch)
    _, grid = seen.scan()
    assert (grid.spacing, grid.origin) == (pytest.approx(SPACING), pytest.approx(ORIGIN))
    np.testing.assert_array_equal(seen.label(), LABEL)
    assert said in seen.noticed


def test_52_a_sform_of_zeros_alone_leaves_left_and_right_open(tmp_path):
    patch = [(CODES, "2h", 0, 1), (SFORM, "12f", *[0] * 12)]
    seen = both(tmp_path, patch, label_patch=patch)
    assert seen.scan()[1].spacing == pytest.approx(SPACING)
    assert "no qform, and a sform that is no transform: left and right are a convention" in seen.noticed


def test_52_a_negative_voxel_size_turns_its_axis_as_in_itk_and_is_told(tmp_path):
    patch = [(CODES, "2h", 1, 0), (PIXDIM, "4f", 1, -1.2, 1, 2.5)]
    seen = both(tmp_path, patch, label_patch=patch)
    itk = sitk.ReadImage(str(tmp_path / "images" / "a.nii"))
    assert seen.scan()[1].direction == pytest.approx(itk.GetDirection())
    np.testing.assert_array_equal(seen.label(), LABEL)
    assert "a negative voxel size: that axis is turned" in seen.noticed


def test_52_a_voxel_size_that_nothing_tells_is_refused_with_the_step_that_helps(tmp_path):
    seen = both(tmp_path, [(CODES, "2h", 1, 0), (PIXDIM, "4f", 1, 0, 1, 2.5)])
    assert "without a voxel size along i" in seen.refusal()
    assert "set its spacing in the module Volumes" in seen.refusal()


def test_53_a_label_that_is_a_slice_short_is_refused(tmp_path):
    seen = both(tmp_path, label=LABEL[:-1])
    assert "a label of size (8, 7, 5)" in seen.refused["label a.nii"]
    assert seen.found["a"].label is None


def test_57_the_cap_of_the_command_line_says_what_helps(tmp_path):
    seen = both(tmp_path, [(DIMS, "8h", 3, 20000, 20000, 2100, 1, 1, 1, 1)])
    assert "use a computer with more memory" in seen.refusal()


def test_31_ct_without_its_offset_beside_ct_with_it_is_told(tmp_path):
    rng = np.random.default_rng(1)
    thorax = rng.normal(40, 15, (8, 12, 12))
    thorax[:, :4] = rng.normal(-990, 20, (8, 4, 12))
    for name, offset in (("a", 0), ("b", 0), ("c", 1024)):
        nifti(tmp_path / f"{name}.nii", (np.rint(thorax) + offset).astype(np.int16))
    noticed = Seen(tmp_path).noticed
    assert "the values of 1 of 3 scans lie about 1024 above the others'" in noticed
    assert "ShiftScaleImageFilter with the shift -1024" in noticed
