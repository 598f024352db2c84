"""Dice against effort: how far a course gets with how much work, and how two courses compare."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Points = Sequence[tuple[float, float]]
"""Effort, rising, and the Dice reached with it; the first is the start."""


def reach(curve: Points, target: float) -> float | None:
    """Return the effort at which a curve first reaches a Dice, between its points on a straight line; None if never.

    Example:
        >>> reach([(0, 0.5), (10, 0.7), (20, 0.6)], 0.6)
        5.0
    """
    if curve and curve[0][1] >= target:
        return curve[0][0]
    for (effort, dice), (later, higher) in pairwise(curve):
        if higher >= target:
            return round(effort + (later - effort) * (target - dice) / (higher - dice), 9)
    return None


def effort_ratio(ours: Points, whole: Points) -> float | None:
    """Return our effort to the Dice that whole-scan correction ends at, as a share of its own effort to that.

    None where whole scans gain nothing or we never get there.

    Example:
        >>> effort_ratio([(0, 0.5), (10, 0.9)], [(0, 0.5), (40, 0.7)])
        0.125
    """
    if len(ours) < 2 or len(whole) < 2 or whole[-1][1] <= whole[0][1]:
        return None
    own, theirs = reach(ours, whole[-1][1]), reach(whole, whole[-1][1])
    return None if own is None or not theirs else own / theirs


def mean_curve(curves: Sequence[Points]) -> list[tuple[float, float]]:
    """Return the means of effort and Dice, round by round, over courses of equal length.

    Example:
        >>> mean_curve([[(0, 0.5), (4, 0.7)], [(0, 0.7), (6, 0.9)]])
        [(0.0, 0.6), (5.0, 0.8)]
    """
    rounds = zip(*curves, strict=False)
    return [
        (sum(effort for effort, _ in points) / len(points), sum(dice for _, dice in points) / len(points))
        for points in rounds
    ]
