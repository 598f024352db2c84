"""Scans of several channels on the server: checked whole, kept in one form, read again by every reader."""

from __future__ import annotations

from contextlib import closing

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.contract import errors
from dualnetssl.contract.schema import Geometry
from dualnetssl.server.inspection import Inspectors

GRID = Geometry(size=(5, 6, 7), spacing=(1, 1, 2), origin=(3, 4, 5), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
SCAN = np.random.default_rng(0).normal(size=(3, 7, 6, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def inspectors():
    with closing(Inspectors()) as pool:
        yield pool


def written(path, kind):
    """The scan as NRRD of our client, as a series of NIfTI, or as NRRD, 16 bits, big-endian, its channels last."""
    if kind == "ours":
        volumes.write_channels(path / "s.nrrd", SCAN, GRID)
        return path / "s.nrrd", SCAN
    if kind == "series":
        affine = np.diag([-1.0, -1.0, 2.0, 1.0])
        affine[:3, 3] = (-3, -4, 5)
        nibabel.save(nibabel.Nifti1Image(SCAN.T, affine), path / "s.nii.gz")
        return path / "s.nii.gz", SCAN
    whole = (100 * SCAN).astype(">i2")
    head = (
        "NRRD0004\ntype: short\ndimension: 4\nspace: left-posterior-superior\nsizes: 5 6 7 3\n"
        "space directions: (1,0,0) (0,1,0) (0,0,2) none\nkinds: domain domain domain list\nendian: big\n"
        "encoding: raw\nspace origin: (3,4,5)\n\n"
    )
    (path / "s.nrrd").write_bytes(head.encode() + whole.tobytes())
    return path / "s.nrrd", whole


@pytest.mark.parametrize("kind", ["ours", "series", "big"])
def test_every_form_is_kept_as_one_that_all_read(inspectors, tmp_path, kind):
    path, voxels = written(tmp_path, kind)
    (tmp_path / "new").mkdir()
    facts = inspectors(path, max_voxels=1000, rewrite_to=tmp_path / "new")
    assert (facts.channels, facts.geometry.size, facts.geometry.origin) == (3, GRID.size, GRID.origin)
    assert ("image" in facts.rewritten) == (kind != "ours")
    kept = facts.rewritten.get("image", path)
    again, geometry = volumes.read_channels(kept)
    assert np.array_equal(again, voxels)
    assert geometry == GRID
    assert np.array_equal(np.moveaxis(sitk.GetArrayFromImage(sitk.ReadImage(str(kept))), -1, 0), voxels)
    assert inspectors(kept, max_voxels=1000, rewrite_to=tmp_path).rewritten == {}


def test_labels_have_one_value_a_voxel_and_every_channel_counts(inspectors, tmp_path):
    path, _ = written(tmp_path, "ours")
    with pytest.raises(errors.InvalidVolume, match="3 values per voxel"):
        inspectors(path, path, allowed_values=[1], max_voxels=1000)
    with pytest.raises(errors.VolumeTooLarge, match="630 voxels"):
        inspectors(path, max_voxels=629)
    broken = SCAN.copy()
    broken[2, 0, 0, 0] = np.nan
    volumes.write_channels(path, broken, GRID)
    with pytest.raises(errors.InvalidVolume, match="1 of 630 voxels that are not finite"):
        inspectors(path, max_voxels=1000)
