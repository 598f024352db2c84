"""The table that says how often a value of the map was wrong: counted right, and understood by the client."""

from __future__ import annotations

import pytest
import torch

from dualnetssl.prediction.reliability import FEWEST, STEPS, joined, tables
from dualnetssl.prediction.temperature import temper
from dualnetssl.prediction.uncertainty import combine
from DualNetSSLLib.maps.reliability import FEWEST_VOXELS, share_wrong

VOXELS = 40_000


def sample(seed=0):
    """Networks that are right by exactly the chance that they state."""
    generator = torch.Generator().manual_seed(seed)
    mean = (2 * torch.randn((3, VOXELS), generator=generator)).softmax(dim=0)
    apart = 0.2 * torch.rand(VOXELS, generator=generator) * mean.min(dim=0).values
    shift = torch.stack([apart, -apart, torch.zeros(VOXELS)])
    truth = torch.multinomial(mean.T, 1, generator=generator)[:, 0]
    return mean + shift, mean - shift, truth


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_the_shares_are_those_of_the_voxels_at_the_models_temperature(temperature):
    first, second, truth = sample()
    found = tables([(first, second, truth)], temperature, held_out=True)
    beliefs = combine(*(temper(part, temperature).reshape(3, 1, 1, -1) for part in (first, second)))
    wrong = beliefs.classes.flatten() != truth
    for kind, values in (("uncertainty", beliefs.total), ("disagreement", beliefs.disagreement)):
        for low, high, voxels, bad in found[kind]:
            chosen = (values.flatten() >= low) & ((values.flatten() < high) | (high == 1.0))
            assert voxels == pytest.approx(int(chosen.sum()), abs=3)
            assert bad == pytest.approx(int((chosen & wrong).sum()), abs=3)


def test_scans_add_up():
    parts = [sample(0), sample(1)]
    both = tables(parts, 1.0, held_out=False)
    assert both["scans"] == 2
    assert sum(row[2] for row in both["uncertainty"]) == 2 * VOXELS
    assert not both["held_out"]


def test_the_client_reads_the_table():
    found = {"reliability": tables([sample()], 1.0, held_out=True)}
    unsure, sure = share_wrong(found, 0.95), share_wrong(found, 0.2)
    assert 0.4 < unsure < 0.67
    assert 0 < sure < 0.15
    assert share_wrong(found, 0.0, "disagreement") is not None
    assert FEWEST >= FEWEST_VOXELS


@pytest.mark.parametrize("voxels", [[0] * STEPS, [10] + [0] * (STEPS - 1)])
def test_too_few_voxels_make_no_row(voxels):
    assert joined(voxels, [0] * STEPS) == []
