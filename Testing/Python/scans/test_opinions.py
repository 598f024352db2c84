"""Files of opinions that were damaged, made by others, or are of another scan."""

from __future__ import annotations

import numpy as np
import pytest

from DualNetSSLLib.client.errors import LocalFileError, UnusableVolume
from DualNetSSLLib.scans import opinions
from DualNetSSLLib.scans.opinions import read_opinions

SIZE = (4, 3, 2)
GOOD = {
    "version": np.array(1, np.uint8),
    "size": np.array(SIZE, np.uint32),
    "floor": np.array(0.02, np.float32),
    "step": np.array(0.05, np.float32),
    "values": np.array([0, 2], np.uint8),
    "gaps": np.array([3, 1, 19], np.uint32),
    "odds": np.array([[[0, 0, 20], [40, 14, 0]], [[0, 0, 255], [14, 255, 0]]], np.uint8),
}


def written(tmp_path, **changed):
    file = tmp_path / "opinions.npz"
    np.savez_compressed(file, **(GOOD | changed))
    return file


def test_both_networks_probabilities_of_any_voxels(tmp_path):
    found = read_opinions(written(tmp_path), SIZE)
    assert found.where.tolist() == [3, 4, 23]
    said = found.at(np.array([4, 5, 23]), np.array([0, 2, 0], np.uint8))
    np.testing.assert_allclose(said.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(said[0, 1], [1 / (1 + np.exp(0.7)), 1, 1 / (1 + np.exp(-1.0))], atol=1e-5)
    np.testing.assert_allclose(said[1, 1], [0, 1, 1], atol=1e-5)


def test_nothing_was_doubtful(tmp_path):
    file = written(tmp_path, gaps=np.zeros(0, np.uint32), odds=np.zeros((2, 2, 0), np.uint8))
    said = read_opinions(file, SIZE).at(np.array([7]), np.array([2], np.uint8))
    np.testing.assert_allclose(said[:, 1], 1, atol=1e-5)


def test_background_is_doubted_for_what_both_networks_together_find_likeliest_beside_it(tmp_path, monkeypatch):
    file = written(
        tmp_path,
        values=np.array([0, 2, 7], np.uint8),
        odds=np.array([[[0, 0, 0], [10, 20, 0], [20, 10, 9]], [[0, 0, 20], [10, 9, 200], [9, 10, 0]]], np.uint8),
    )
    said = read_opinions(file, SIZE)
    assert said.doubted(np.array([0, 3, 4, 23, 22])).tolist() == [0, 2, 7, 7, 0], "of two they are sure"
    monkeypatch.setattr(opinions, "_AT_ONCE", 2)
    assert said.doubted(np.array([0, 3, 4, 23, 22])).tolist() == [0, 2, 7, 7, 0], "piece by piece"
    nothing = written(tmp_path, gaps=np.zeros(0, np.uint32), odds=np.zeros((2, 2, 0), np.uint8))
    assert read_opinions(nothing, SIZE).doubted(np.array([3, 4])).tolist() == [0, 0]
    assert said.doubted(np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"version": np.array(2)}, "of version 2"),
        ({"size": np.array([4, 3, 3], np.uint32)}, "4x3x3"),
        ({"gaps": np.array([3, 0, 19], np.uint32)}, "cannot be read"),
        ({"gaps": np.array([3, 1, 20], np.uint32)}, "cannot be read"),
        ({"gaps": np.array([3, 1], np.uint32)}, "2 voxels"),
        ({"values": np.array([0, 1, 2], np.uint8)}, "3 classes"),
        ({"odds": GOOD["odds"].astype(np.float32)}, "cannot be read"),
        ({"odds": np.array([object()])}, "cannot be read"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, changed, told):
    with pytest.raises(UnusableVolume, match=told):
        read_opinions(written(tmp_path, **changed), SIZE)


def test_a_part_is_missing_the_file_is_cut_short_or_gone(tmp_path):
    file = written(tmp_path)
    np.savez_compressed(file, **{name: part for name, part in GOOD.items() if name != "odds"})
    with pytest.raises(UnusableVolume, match="Predict it again"):
        read_opinions(file, SIZE)
    file = written(tmp_path)
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(UnusableVolume):
        read_opinions(file, SIZE)
    with pytest.raises(LocalFileError):
        read_opinions(tmp_path / "gone.npz", SIZE)


def test_a_small_file_that_unpacks_to_much_is_not_unpacked(tmp_path, monkeypatch):
    file = written(tmp_path, odds=np.zeros((2, 2, 4 << 20), np.uint8))
    assert file.stat().st_size < 100_000
    monkeypatch.setattr(opinions, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(np, "load", lambda *_args, **_more: pytest.fail("it was unpacked"))
    with pytest.raises(UnusableVolume, match="at most 1048576"):
        read_opinions(file, SIZE)
