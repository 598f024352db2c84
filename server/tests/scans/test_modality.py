"""CT or MR: told by air that varies, not by one low number; a person may say which it is."""

from __future__ import annotations

import numpy as np
import pytest

from dualnetssl.scans.modality import holds_air
from dualnetssl.scans.preparation import choose_windows, see


def body(low, high, seed=0):
    scan = np.random.default_rng(seed).normal(low, high, (12, 20, 20)).astype(np.float32)
    label = np.zeros(scan.shape, np.uint8)
    label[4:8, 12:18, 6:12] = 1
    return scan, label


@pytest.mark.parametrize("gain", [1.0, 5.0, 0.3, 12.0])
def test_mr_that_a_program_filled_up_is_no_ct(gain):
    scan, label = body(150 * gain, 20 * gain)
    scan[:, :3], scan[:, 3] = -1024, 5 * gain
    assert not holds_air(scan)
    assert choose_windows([see(scan[None], label)]) == (None,)


@pytest.mark.parametrize("fill", [-1000, -1024, -3024])
def test_ct_is_known_by_noisy_air_or_by_its_fat_whatever_fills_its_corners(fill):
    scan, label = body(40, 10)
    scan[:, :8] = -1000 + np.random.default_rng(1).normal(0, 12, (12, 8, 20))
    scan[:, :2] = fill
    assert holds_air(scan)
    low, high = choose_windows([see(scan[None], label)])[0]
    assert 0 < low < high < 90
    flat, _ = body(40, 10)
    flat[:, :8], flat[:, 8:10] = fill, -90
    assert holds_air(flat)


def test_a_person_may_say_which_it_is():
    scan, label = body(100, 10)
    assert choose_windows([see(scan[None], label)], 1, "mr") == (None,)
    assert choose_windows([see(scan[None], label)], 1, "ct")[0] is not None
