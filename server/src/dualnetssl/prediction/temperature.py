"""One temperature per model, so that the doubt its maps state is as large as the share of its wrong voxels.

Labelled scans were trained on: the networks are surer and more often right there than elsewhere, and a temperature
that fits them makes every other scan look too certain. What carries over is how many errors go with one contradiction
of the two networks. That ratio, measured where labels are, times the contradictions on scans that nobody labelled,
estimates the errors there (after Jiang et al. 2022, who show that two networks disagree about as often as one errs).
The temperature is the one at which the stated doubt has that mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from scipy.optimize import brentq
from torch import Tensor

from dualnetssl.method.losses import most_likely

BOUNDS = (0.4, 4.0)
"""Temperatures beyond these would mean that something else is wrong."""
_PRIOR = 100
_LEAST = 1e-7


@dataclass(frozen=True)
class Tally:
    """Counts over voxels: all, those that the mean of both networks gets wrong, those where the networks differ."""

    voxels: int = 0
    wrong: int = 0
    apart: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Count both together."""
        return Tally(self.voxels + other.voxels, self.wrong + other.wrong, self.apart + other.apart)


def temper(probabilities: Tensor, temperature: float) -> Tensor:
    """Return softmax(log p / T) over the first axis of ``[C, ...]``; 1 changes nothing (Guo et al. 2017).

    Example:
        >>> temper(torch.tensor([0.8, 0.2]), 0.5)
        tensor([0.9412, 0.0588])
    """
    if temperature == 1:
        return probabilities
    return torch.softmax(probabilities.clamp(min=_LEAST).log() / temperature, dim=0)


def stated_doubt(first: Tensor, second: Tensor, temperature: float) -> float:
    """Return the mean of 1 - max p̄ that both networks' probabilities ``[C, N]`` state at a temperature."""
    mean = (temper(first, temperature) + temper(second, temperature)) / 2
    return float(1 - mean.amax(dim=0).double().mean())


def expected_error_share(labelled: Tally, unlabelled: Tally) -> float:
    """Estimate which share of the voxels of the unlabelled scans is wrong, from where the networks differ.

    Errors per contradiction are drawn towards 1 by a hundred voxels' worth, for when there is little to count.

    Args:
        labelled: counts over verified voxels.
        unlabelled: counts over voxels without a label; ``wrong`` is not looked at.

    Returns:
        A share in [0, 0.5].

    Example:
        >>> round(expected_error_share(Tally(10**6, 20_000, 10_000), Tally(10**6, 0, 15_000)), 3)
        0.03
    """
    ratio = (labelled.wrong + _PRIOR) / (labelled.apart + _PRIOR)
    return min(0.5, ratio * unlabelled.apart / max(1, unlabelled.voxels))


def fit_temperature(first: Tensor, second: Tensor, error_share: float) -> float:
    """Return the temperature at which the mean stated doubt equals a share of wrong voxels, within `BOUNDS`.

    Args:
        first: probabilities ``[C, N]`` of one network at temperature 1, N at least 1.
        second: of the other.
        error_share: expected share of wrong voxels, in [0, 1].
    """

    def excess(log_temperature: float) -> float:
        return stated_doubt(first, second, math.exp(log_temperature)) - error_share

    low, high = (math.log(bound) for bound in BOUNDS)
    if excess(low) >= 0:
        return BOUNDS[0]
    if excess(high) <= 0:
        return BOUNDS[1]
    return math.exp(float(brentq(excess, low, high, xtol=0.005)))


def tally(first: Tensor, second: Tensor, label: Tensor | None) -> Tally:
    """Count errors and contradictions of one scan.

    Args:
        first: probabilities ``[C, N]`` of one network.
        second: of the other.
        label: class indices ``[N]``, all of them verified; None if nobody knows.
    """
    apart = int((most_likely(first, 0) != most_likely(second, 0)).sum())
    wrong = 0 if label is None else int((most_likely(first + second, 0) != label).sum())
    return Tally(first.shape[1], wrong, apart)
