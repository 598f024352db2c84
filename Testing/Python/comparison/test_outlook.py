"""The running Dice, the curve with its band, whether it is enough, and Dice of scans that are verified in part."""

from __future__ import annotations

import numpy as np
import pytest

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.comparison import outlook
from DualNetSSLLib.comparison.mixed_dice import mixed_dice
from DualNetSSLLib.comparison.outlook import enough, running, share_as_predicted
from DualNetSSLLib.regions.uncertain_voxels import gather_uncertain
from DualNetSSLLib.tasks.rounds import TriedModels, TriedScan

GRID = Geometry(size=(10, 4, 1), spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


def tried(taught, dice, regions=4, as_predicted=4):
    return TriedScan(
        case="scan",
        model=f"m{taught}",
        taught=taught,
        labelled=0.0,
        dice=dice,
        measured=1.0,
        regions=regions,
        as_predicted=as_predicted,
    )


def curve(level, drop, power, noise=0.0, each=4):
    rng = np.random.default_rng(1)
    numbers = [n for n in (2, 4, 8, 12) for _ in range(each)]
    return [tried(n, level - drop * n**-power + noise * rng.normal()) for n in numbers]


def test_the_running_dice_is_that_of_the_last_scans():
    scans = [tried(1, 0.1), *(tried(2, 0.8 + 0.01 * n) for n in range(8)), tried(2, None)]
    last = running(scans)
    assert (last.scans, last.low, last.high) == (8, 0.8, pytest.approx(0.87))
    assert last.mean == pytest.approx(0.835)
    assert running([tried(1, None)]) is None
    assert share_as_predicted([tried(1, 0.5, 4, 1), tried(1, 0.5, 0, 0), tried(1, 0.5, 6, 3)]) == (4, 10)


def test_the_curve_tells_what_more_scans_bring_and_the_band_holds_it():
    rising = outlook.outlook(curve(0.9, 0.5, 1.0), 12)
    assert rising.gain == pytest.approx(0.5 * (1 / 12 - 1 / 20), abs=0.003)
    noisy = outlook.outlook(curve(0.9, 0.5, 1.0, noise=0.02), 12)
    assert noisy.low < noisy.gain < noisy.high
    assert noisy.high - noisy.low > rising.high - rising.low
    assert noisy.low < 0.5 * (1 / 12 - 1 / 20) < noisy.high
    assert outlook.outlook(curve(0.9, 0.5, 1.0), 12, more=1).gain < rising.gain


def test_nothing_is_foretold_before_three_rounds_and_never_a_fall():
    assert outlook.outlook([tried(2, 0.5), tried(4, 0.6)] * 9, 4) is None
    assert outlook.outlook(curve(0.9, 0.5, 1.0), 0) is None
    falling = outlook.outlook([tried(n, 0.9 - 0.01 * n) for n in (2, 4, 8)], 8)
    assert (falling.low, falling.gain) == (0.0, 0.0)


def test_it_is_enough_when_all_is_flat_and_only_then():
    flat, steep = curve(0.9, 0.0, 1.0, noise=0.004), curve(0.9, 0.5, 0.5)
    assert enough(TriedModels(scans=tuple(flat), taught=12, agreement=0.97))
    assert not enough(TriedModels(scans=tuple(steep), taught=12, agreement=0.97)), "Dice still rises"
    assert not enough(TriedModels(scans=tuple(flat), taught=12, agreement=0.9)), "the models still differ"
    changed = [tried(one.taught, one.dice, 4, 2) for one in flat]
    assert not enough(TriedModels(scans=tuple(changed), taught=12, agreement=0.97)), "regions still need mending"
    assert not enough(TriedModels(scans=tuple(flat[:8]), taught=4)), "two rounds are too few to say"


def volumes():
    """A class of 8 voxels, predicted one voxel short on the left and one long on the right; doubt at both ends."""
    truth, predicted = np.zeros((1, 4, 10), np.uint8), np.zeros((1, 4, 10), np.uint8)
    truth[0, 1, 1:9], predicted[0, 1, 2:10] = 1, 1
    doubt = np.zeros(truth.shape, np.float32)
    doubt[0, 1, 1], doubt[0, 1, 9] = 1.0, 1.0
    return truth, predicted, gather_uncertain(doubt, predicted, GRID)


def test_dice_is_measured_where_somebody_has_looked_and_expected_elsewhere():
    truth, predicted, doubt = volumes()
    whole = mixed_dice(predicted, truth, None, doubt, [1, 2])
    assert whole == {1: pytest.approx(14 / 16), 2: None}
    nothing = np.zeros(truth.shape, np.uint8)
    expected = 2 * (8 - 0.5) / (8 + (8 - 0.5) + 0.5)
    assert mixed_dice(predicted, nothing, nothing, doubt, [1])[1] == pytest.approx(expected)
    left = nothing.copy()
    left[0, 1, :2] = 1
    one_seen = 2 * (8 - 0.5) / (8 + 1 + (8 - 0.5))
    assert mixed_dice(predicted, truth * left, left, doubt, [1])[1] == pytest.approx(one_seen)
    everything = np.ones(truth.shape, np.uint8)
    assert mixed_dice(predicted, truth, everything, doubt, [1, 2]) == whole
