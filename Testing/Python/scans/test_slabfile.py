"""Volumes that are written slab by slab."""

from __future__ import annotations

import numpy as np
import pytest

from DualNetSSLLib.scans.slabfile import slab_file


def test_slabs_of_any_memory_order_become_the_volume(tmp_path):
    volume = np.random.default_rng(0).normal(size=(5, 4, 3)).astype(np.float32)
    with slab_file(tmp_path / "scan.npy", volume.shape, volume.dtype) as append:
        append(np.asfortranarray(volume[:2]))
        append(volume[2:])
    read = np.load(tmp_path / "scan.npy")
    assert read.dtype == np.float32
    assert np.array_equal(read, volume)


def test_a_volume_that_is_not_finished_leaves_the_file_of_before(tmp_path):
    file = tmp_path / "label.npy"
    with slab_file(file, (1, 1, 1)) as append:
        append(np.ones((1, 1, 1), np.uint8))
    with pytest.raises(OSError, match="full"):
        _break_off(file)
    assert np.load(file).tolist() == [[[1]]]


def test_each_slab_is_on_the_disk_before_the_next(tmp_path):
    with slab_file(tmp_path / "label.npy", (2, 1, 4)) as append:
        append(np.full((1, 1, 4), 7, np.uint8))
        assert (tmp_path / "label.npy.part").read_bytes().endswith(b"\x07\x07\x07\x07")
        assert not (tmp_path / "label.npy").exists()
        append(np.zeros((1, 1, 4), np.uint8))


def _break_off(file):
    with slab_file(file, (2, 1, 1)) as append:
        append(np.zeros((1, 1, 1), np.uint8))
        raise OSError("disk full")
