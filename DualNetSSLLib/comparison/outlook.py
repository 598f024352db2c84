"""What past rounds say of the next: a running Dice, a fitted curve with its band, and whether it is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.tasks.rounds import TriedModels, TriedScan

LAST = 8
"""The running Dice is that of so many scans."""
MORE = 8
"""The outlook is one on so many more labelled scans."""
FEWEST_ROUNDS = 3
FLAT_GAIN, FLAT_AGREEMENT, FLAT_REGIONS = 0.01, 0.95, 0.8
"""Flat is: even the upper end of the band promises less Dice; the last two models agree so well; of the regions that
somebody looked at, so many needed nothing."""
_POWERS = (0.25, 0.5, 1.0, 2.0)
_DRAWS = 300
_BAND = (10, 90)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Running:
    """Dice of the scans that were labelled last: how many, their mean, the lowest and the highest."""

    scans: int
    mean: float
    low: float
    high: float


def running(scans: Sequence[TriedScan]) -> Running | None:
    """Return the running Dice; None if no scan has tested a model yet.

    Args:
        scans: by when they were labelled, the last one at the end.
    """
    last = [scan.dice for scan in scans if scan.dice is not None][-LAST:]
    return Running(len(last), sum(last) / len(last), min(last), max(last)) if last else None


def share_as_predicted(scans: Sequence[TriedScan]) -> tuple[int, int]:
    """Return how many of the regions that somebody verified needed nothing, and how many there were: of the last scans.

    Example:
        >>> share_as_predicted([])
        (0, 0)
    """
    last = [scan for scan in scans if scan.regions][-LAST:]
    return sum(scan.as_predicted for scan in last), sum(scan.regions for scan in last)


@dataclass(frozen=True)
class Outlook:
    """Dice that so many more labelled scans may bring: the fitted gain, and the band in which four of five fits lie."""

    gain: float
    low: float
    high: float


def outlook(scans: Sequence[TriedScan], taught: int, more: int = MORE) -> Outlook | None:
    """Fit a curve of Dice by labelled scans, and say how far it goes on rising.

    The curve is ``a - b n^-c`` with a ceiling a of at most 1 and a b of at least 0. The band is that of the curves
    fitted to scans drawn anew: it knows how much scans differ, and nothing of what no scan has shown yet.

    Args:
        scans: those that have tested models.
        taught: how many labelled scans there are now.
        more: how many are to come.

    Returns:
        None before there were models of three different numbers of labelled scans.
    """
    known = [(scan.taught, scan.dice) for scan in scans if scan.dice is not None and scan.taught > 0]
    if taught < 1 or len({number for number, _ in known}) < FEWEST_ROUNDS:
        return None
    numbers, dice = np.array([n for n, _ in known], float), np.array([value for _, value in known], float)
    rng = np.random.default_rng(0)
    gains: list[float] = []
    while len(gains) < _DRAWS:
        drawn = rng.integers(len(known), size=len(known))
        if len(set(numbers[drawn])) > 1:
            gains.append(_gain(numbers[drawn], dice[drawn], taught, more))
    low, high = np.percentile(gains, _BAND)
    return Outlook(_gain(numbers, dice, taught, more), float(low), float(high))


def _gain(numbers: Floats, dice: Floats, now: int, more: int) -> float:
    """Return by how much the best fitting curve rises."""
    fits = [_fit(numbers, dice, power) for power in _POWERS]
    _, slope, power = min(fits)
    return float(slope * (now**-power - (now + more) ** -power))


def _fit(numbers: Floats, dice: Floats, power: float) -> tuple[float, float, float]:
    """Fit one curve; returns the sum of its squared errors, its b and its c."""
    falls = numbers**-power
    middle = falls - falls.mean()
    slope = -float((middle * dice).sum() / max(float((middle**2).sum()), 1e-12))
    ceiling = float(dice.mean() + slope * falls.mean())
    if ceiling > 1:
        ceiling, slope = 1.0, float((falls * (1 - dice)).sum() / (falls**2).sum())
    if slope < 0:
        ceiling, slope = float(dice.mean()), 0.0
    return float(((ceiling - slope * falls - dice) ** 2).sum()), slope, power


def enough(tried: TriedModels) -> bool:
    """Tell whether everything is flat: more labels of this kind would hardly show."""
    ahead = outlook(tried.scans, tried.taught)
    untouched, looked_at = share_as_predicted(tried.scans)
    return (
        ahead is not None
        and ahead.high < FLAT_GAIN
        and (tried.agreement is None or tried.agreement >= FLAT_AGREEMENT)
        and untouched >= FLAT_REGIONS * looked_at
    )
