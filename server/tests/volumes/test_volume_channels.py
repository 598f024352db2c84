"""Scans of several channels, as files hold them."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidVolume, VolumeTooLarge
from dualnetssl.contract.schema import Geometry

GRID = Geometry(
    size=(5, 6, 7), spacing=(0.7, 1.3, 3.0), origin=(-12.5, 40.25, 7.0), direction=(0, 0, 1, 1, 0, 0, 0, -1, 0)
)
VOXELS = np.random.default_rng(0).normal(size=(7, 6, 5)).astype(np.float32)


def of_channels(path, count, joined=False):
    """A scan of several channels as a fourth axis or as several values a voxel."""
    one = sitk.GetImageFromArray(VOXELS)
    one.SetSpacing(GRID.spacing)
    one.SetOrigin(GRID.origin)
    one.SetDirection(GRID.direction)
    images = [one * n for n in range(1, count + 1)]
    sitk.WriteImage(sitk.JoinSeries(images) if joined else sitk.Compose(images), str(path))
    return path


@pytest.mark.parametrize("joined", [True, False], ids=["fourth axis", "values"])
@pytest.mark.parametrize("name", ["scan.nii.gz", "scan.nrrd", "scan.mha"])
def test_channels_are_read_in_their_order_on_one_grid(tmp_path, name, joined):
    array, geometry = volumes.read_channels(of_channels(tmp_path / name, 3, joined))
    wanted = np.stack([VOXELS * n for n in (1, 2, 3)])
    np.testing.assert_allclose(array, wanted, rtol=1e-6)
    assert volumes.same_geometry(geometry, GRID)
    turned, canonical = volumes.to_canonical(array, geometry)
    for channel, found in zip(array, turned, strict=True):
        np.testing.assert_array_equal(found, volumes.to_canonical(channel, geometry)[0])
    assert canonical == volumes.canonical_geometry(geometry)


def test_a_scan_of_one_channel_is_one_of_several(tmp_path):
    volumes.write_volume(tmp_path / "scan.nrrd", VOXELS, GRID)
    array, _ = volumes.read_channels(tmp_path / "scan.nrrd")
    np.testing.assert_array_equal(array, VOXELS[None])


@pytest.mark.parametrize("joined", [True, False], ids=["fourth axis", "values"])
def test_channels_count_against_the_caps(tmp_path, joined):
    path = of_channels(tmp_path / "scan.nii", 2, joined)
    assert volumes.probe(path, max_voxels=420, max_channels=2).channels == 2
    assert volumes.probe(path, max_channels=2).declared_bytes == 1680
    with pytest.raises(VolumeTooLarge, match="420 voxels"):
        volumes.probe(path, max_voxels=419, max_channels=2)
    with pytest.raises(InvalidVolume, match="one value per voxel"):
        volumes.probe(path)
    with pytest.raises(InvalidVolume, match="1 to 2 channels"):
        volumes.probe(of_channels(tmp_path / "more.nii", 3, joined), max_channels=2)


@pytest.mark.parametrize("count", [3, 4])
def test_colours_are_no_channels(tmp_path, count):
    image = sitk.GetImageFromArray(np.zeros((4, 5, 6, count), np.uint8), isVector=True)
    sitk.WriteImage(image, str(tmp_path / "rgb.nrrd"))
    with pytest.raises(InvalidVolume, match="colour"):
        volumes.read_channels(tmp_path / "rgb.nrrd")
