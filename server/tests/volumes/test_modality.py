"""CT or MR: told by air that varies, not by one low number; a folder or a person may say which it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dualnetssl.contract.config import TrainConfig
from dualnetssl.files.pairing import Scan
from dualnetssl.intake.kind import said, with_kind
from dualnetssl.scans.preparation import choose_windows, see
from dualnetssl.volumes.modality import holds_air, in_hounsfield_units


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


@pytest.mark.parametrize("around", [-40, 0, -1024, -3024])
def test_ct_without_air_is_known_by_whole_numbers_around_water_and_bone(around):
    """Around the body is what filled NaN, a mask or nothing: the least value of the scan, or any one number."""
    scan, label = body(30, 25)
    scan = np.rint(scan)
    scan[:, :4] = around
    scan[:, 5, :8] = 600
    assert in_hounsfield_units(scan)
    assert choose_windows([see(scan[None], label)])[0] is not None


@pytest.mark.parametrize(("times", "plus"), [(1, 300), (0.9, 0), (8, 0), (14, -420), (40, 0)])
def test_what_has_another_scale_is_no_ct(times, plus):
    scan, _ = body(30, 25)
    scan = np.rint(scan)
    scan[:, 5, :8] = 600
    assert not in_hounsfield_units((scan * times + plus).astype(np.float32))


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        ({"channel_names": {"0": "CT"}}, "case_0000", "ct"),
        ({"modality": {"0": "MRI"}}, "hippocampus_001", "mr"),
        ({"modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"}}, "a", "mr"),
        ({"channel_names": {"0": "CT", "1": "PET"}}, "a", None),
        ({"channel_names": ["noNorm"]}, "p1_ct", "ct"),
        (None, "sub-01_T1w", "mr"),
        (None, "ct", "ct"),
        (None, "direct_1", None),
        (None, "octa", None),
    ],
)
def test_a_folder_says_what_its_scans_are(tmp_path, content, name, kind):
    (tmp_path / "imagesTr").mkdir()
    if content is not None:
        (tmp_path / "dataset.json").write_text(json.dumps(content))
    found = said([tmp_path / "imagesTr"], [Scan("a", "a", (Path(f"{name}.nii.gz"),))])
    assert (found and found[0]) == kind
    config = TrainConfig()
    assert with_kind(config, kind).modality == (kind or "auto")
    assert with_kind(config.model_copy(update={"modality": "ct"}), kind).modality == "ct"
