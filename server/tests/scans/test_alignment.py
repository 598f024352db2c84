"""Class shares of labelled scans, beliefs held to them, and the rate's second cycle."""

from __future__ import annotations

import pytest
import torch
from method_support import scan, tiny_config, tiny_model

from dualnetssl.contract.config import TrainConfig
from dualnetssl.method.model import learning_rate
from dualnetssl.scans.batches import Pools, class_shares


def case(label):
    return scan("scan", torch.zeros(1, *label.shape), label)


def beliefs_of(*shares):
    """The same distribution in every voxel."""
    return torch.tensor(shares).view(1, -1, 1, 1, 1).expand(1, len(shares), 2, 2, 2)


EVERYWHERE = torch.ones((1, 2, 2, 2), dtype=torch.bool)


def test_scans_verified_as_a_whole_tell_how_large_organs_are_and_places_corrected_do_not():
    whole, corrected = torch.zeros((2, 2, 4), dtype=torch.uint8), torch.full((2, 2, 4), 255, dtype=torch.uint8)
    whole[0, 0, 0], corrected[0, 0] = 1, 1
    assert class_shares(Pools((case(whole), case(corrected)), ()), 2, (1, 1, 1)).tolist() == [15 / 16, 1 / 16]


def test_beliefs_in_organs_too_large_are_brought_down_to_the_labelled_share():
    model = tiny_model(tiny_config())
    model.shares.copy_(torch.tensor([0.8, 0.1, 0.1]))
    first, second = model.align((beliefs_of(0.7, 0.15, 0.15), beliefs_of(0.7, 0.15, 0.15)), EVERYWHERE)
    assert torch.allclose(first, beliefs_of(0.8, 0.1, 0.1), atol=1e-6)
    assert torch.equal(first, second)


def test_the_correction_is_bounded_and_gives_distributions():
    model = tiny_model(tiny_config())
    model.shares.copy_(torch.tensor([0.98, 0.01, 0.01]))
    first, _ = model.align((beliefs_of(0.2, 0.4, 0.4), beliefs_of(0.2, 0.4, 0.4)), EVERYWHERE)
    assert torch.allclose(first.sum(dim=1), torch.ones(1, 2, 2, 2))
    assert torch.allclose(first, beliefs_of(0.5, 0.25, 0.25), atol=1e-6), "factors of 2 and 1/2, no more"


def test_the_share_moves_slowly_so_that_one_patch_without_the_organ_changes_little():
    model = tiny_model(tiny_config())
    model.shares.copy_(torch.tensor([0.8, 0.1, 0.1]))
    usual = beliefs_of(0.8, 0.1, 0.1)
    model.align((usual, usual), EVERYWHERE)
    empty = beliefs_of(1.0, 0.0, 0.0)
    model.align((empty, empty), EVERYWHERE)
    assert model.believed.tolist() == pytest.approx([0.806, 0.097, 0.097], abs=1e-4)


def test_what_lies_beyond_a_scan_has_no_share():
    """A small scan in a large patch is surrounded by padding, which no labelled scan counts as background either."""
    model = tiny_model(tiny_config())
    model.shares.copy_(torch.tensor([0.8, 0.1, 0.1]))
    beliefs = beliefs_of(0.8, 0.1, 0.1).clone()
    beliefs[..., 1] = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    inside = EVERYWHERE.clone()
    inside[..., 1] = False
    first, _ = model.align((beliefs, beliefs), inside)
    assert torch.allclose(first[..., 0], beliefs[..., 0], atol=1e-6)
    assert model.believed.tolist() == pytest.approx([0.8, 0.1, 0.1])


def test_the_second_cycle_begins_as_the_first():
    config = TrainConfig(steps=100, warm_up=0.5, learning_rate=0.01)
    rates = [learning_rate(config, step) for step in (0, 49, 50, 99)]
    assert rates[0] == 0.01
    assert rates[1] < 0.001
    assert rates[2] == 0.01
    assert rates[3] < 0.001
