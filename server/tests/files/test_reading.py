"""Files of others: what ITK does silently is looked at first; pairs and FreeSurfer are as nibabel has them."""

from __future__ import annotations

import math

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidVolume
from dualnetssl.files.grid import affine_of
from dualnetssl.files.reading import read_volume

VALUES = np.random.default_rng(0).integers(0, 200, (20, 32, 36)).astype(np.int16)
AFFINE = np.array([[-1.2, 0, 0, 20], [0, -1.0, 0, 30], [0, 0, 2.5, 40], [0, 0, 0, 1]])


def nifti(path, sform=AFFINE, codes=(1, 1), qform=AFFINE):
    image = nibabel.Nifti1Image(VALUES.T, sform)
    image.set_qform(qform, codes[0], strip_shears=True)
    image.set_sform(sform, codes[1])
    nibabel.save(image, path)
    return path


def sheared(by):
    affine = AFFINE.copy()
    affine[1, 2] += by
    return affine


def test_a_gantry_tilt_is_refused_though_a_qform_hides_it(tmp_path):
    """Without the look at both, slice 19 would lie 12.7 mm from where the sform has it."""
    path = nifti(tmp_path / "a.nii", sheared(2.5 * math.tan(math.radians(15))))
    assert sitk.ReadImage(str(path)).GetDirection() == pytest.approx((1, 0, 0, 0, 1, 0, 0, 0, 1))
    with pytest.raises(InvalidVolume, match=r"sheared axes: .* 3\.3 voxels elsewhere.*dcm2niix"):
        read_volume(path)


@pytest.mark.parametrize(("shear", "said"), [(0.0005, False), (0.05, True)])
def test_a_little_shear_moves_no_voxel_to_its_neighbour(tmp_path, shear, said):
    path = nifti(tmp_path / "a.nii", sheared(shear), codes=(0, 1))
    volume = read_volume(path)
    steps, origin = affine_of(volume.grid)
    corner = np.array([35, 31, 19])
    there = (nibabel.load(path).affine @ [*corner, 1])[:3] * (-1, -1, 1)
    assert np.abs(steps @ corner + origin - there).max() < 0.5
    assert np.allclose(steps.T @ steps, np.diag(np.diag(steps.T @ steps)), atol=1e-6)
    assert bool(volume.noticed) == said


def test_an_sform_that_lies_elsewhere_than_the_qform_is_told(tmp_path):
    moved = AFFINE.copy()
    moved[2, 3] += 5
    volume = read_volume(nifti(tmp_path / "a.nii", moved, codes=(1, 4)))
    assert volume.noticed[0].startswith("its sform lies up to 2.0 voxels from its qform; the qform is taken")
    assert volume.grid.origin[2] == pytest.approx(40)
    assert read_volume(nifti(tmp_path / "b.nii", codes=(1, 4))).noticed == ()


def test_a_fourth_size_of_zero_is_an_axis_that_is_not_used(tmp_path):
    data = bytearray(nifti(tmp_path / "a.nii").read_bytes())
    data[40:56] = np.array([4, 36, 32, 20, 0, 0, 0, 0], "<i2").tobytes()
    (tmp_path / "a.nii").write_bytes(data)
    np.testing.assert_array_equal(read_volume(tmp_path / "a.nii").values[0], VALUES)


@pytest.mark.parametrize("ending", ["hdr", "img.gz"])
def test_a_pair_of_header_and_voxels_is_read(tmp_path, ending):
    nibabel.save(nibabel.Nifti1Pair(VALUES.T, AFFINE), tmp_path / f"a.{ending}")
    if ending == "img.gz":
        import gzip

        (tmp_path / "a.hdr").write_bytes(gzip.decompress((tmp_path / "a.hdr.gz").read_bytes()))
    image, geometry = volumes.read_channels(tmp_path / "a.hdr")
    np.testing.assert_array_equal(image[0], VALUES)
    assert geometry.origin == pytest.approx((-20, -30, 40))
    assert volumes.probe(tmp_path / "a.hdr").geometry == geometry
    for voxels in tmp_path.glob("a.img*"):
        voxels.unlink()
    with pytest.raises(InvalidVolume, match="voxels lie in another file"):
        volumes.read_channels(tmp_path / "a.hdr")


def test_an_analyze_header_is_refused_for_what_it_does_not_say(tmp_path):
    nibabel.save(nibabel.AnalyzeImage(VALUES.T, AFFINE), tmp_path / "a.hdr")
    with pytest.raises(InvalidVolume, match=r"Analyze 7\.5"):
        read_volume(tmp_path / "a.hdr")


@pytest.mark.parametrize("ending", ["mgz", "mgh"])
@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4"])
def test_freesurfers_volumes_are_as_nibabel_has_them(tmp_path, ending, kind):
    oblique = AFFINE.copy()
    turn = np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]])
    oblique[:3, :3] = turn @ AFFINE[:3, [2, 0, 1]]
    nibabel.save(nibabel.MGHImage(VALUES.T.astype(kind), oblique), tmp_path / f"a.{ending}")
    volume = read_volume(tmp_path / f"a.{ending}")
    np.testing.assert_array_equal(volume.values[0], VALUES)
    steps, origin = affine_of(volume.grid)
    ours = np.column_stack([steps, origin]) * np.array([[-1], [-1], [1]])
    np.testing.assert_allclose(ours, oblique[:3], atol=1e-4)
    assert volumes.probe(tmp_path / f"a.{ending}").format == "MGH"


@pytest.mark.parametrize("ending", ["nii", "nrrd"])
def test_what_is_no_number_is_refused_alike_in_every_format(tmp_path, ending):
    values = VALUES.astype(np.float32)
    values[values < 50] = np.nan
    sitk.WriteImage(sitk.GetImageFromArray(values), str(tmp_path / f"a.{ending}"))
    with pytest.raises(InvalidVolume, match="not finite"):
        volumes.read_image(tmp_path / f"a.{ending}")
