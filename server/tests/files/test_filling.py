"""NaN and infinities in a scan: filled and told, the same on every way that files are read."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidVolume
from dualnetssl.files.filling import filled
from dualnetssl.files.pairing import Scan
from dualnetssl.intake.looking import look
from dualnetssl.volumes.modality import holds_air
from DualNetSSLLib.scans.volume_files import read_scan


def thorax():
    """CT [k, j, i] of soft tissue in fat, in air with noise; where its air is."""
    scan = np.random.default_rng(0).normal(40, 10, (8, 16, 16)).astype(np.float32)
    scan[:, :6] = -90
    air = np.zeros(scan.shape, bool)
    air[:, :3] = True
    scan[air] = -1000 + scan[air]
    return scan, air


@pytest.mark.parametrize("number", [np.nan, -np.inf])
@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
def test_missing_air_is_the_lowest_value_and_told_on_every_way(tmp_path, number, ending):
    scan, air = thorax()
    scan[air] = number
    path = tmp_path / f"a{ending}"
    sitk.WriteImage(sitk.GetImageFromArray(scan), str(path))
    right = np.where(air, -1024, scan)
    files = Scan("a", "a", (path,))
    looked, (sent, _, noticed) = look(files), read_scan(files)
    assert np.array_equal(volumes.read_channels(path)[0][0], right)
    assert np.array_equal(sitk.GetArrayFromImage(sent), right)
    assert looked.noticed == noticed == ("384 of 2048 voxels are NaN or infinite; they count as -1024",)
    assert looked.lowest == -1024
    assert holds_air(right)


def test_in_mr_it_is_the_lowest_value_of_the_channel_and_too_much_the_highest():
    scan = np.array([[[[3, np.nan, 700, np.inf]]], [[[-2, 1, -np.inf, 9]]]], np.float32)
    values, told = filled(scan)
    assert values.tolist() == [[[[3, 3, 700, 700]]], [[[-2, 1, -2, 9]]]]
    assert told == ("3 of 8 voxels are NaN or infinite; they count as 3 and 700, they count as -2",)


def test_numbers_beyond_float32_are_infinite_and_whole_files_stay_as_they_are():
    assert filled(np.array([[[[1e300, 4.0, 5.0]]]]))[0].tolist() == [[[[5, 4, 5]]]]
    whole = np.ones((1, 1, 1, 2), np.float32)
    assert filled(whole) == (whole, ())


def test_nothing_but_nan_is_refused():
    with pytest.raises(InvalidVolume, match="4 of 4 voxels"):
        filled(np.full((1, 1, 2, 2), np.nan, np.float32))
