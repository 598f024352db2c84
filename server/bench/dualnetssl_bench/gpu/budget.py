"""How many steps fit into the time there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_MARGIN = 0.93


@dataclass(frozen=True)
class Pace:
    """How fast a training was seen to go.

    Attributes:
        warm: seconds a step without unsupervised terms.
        full: seconds a step with all of them.
        warm_share: share of the steps that are without.
    """

    warm: float
    full: float
    warm_share: float

    @property
    def mean(self) -> float:
        """Seconds a step, over the whole of a training."""
        return self.warm_share * self.warm + (1 - self.warm_share) * self.full


def steps_that_fit(seconds: float, paces: Sequence[Pace], together: bool, bounds: tuple[int, int]) -> int:
    """Return how many steps every one of some trainings can do, in whole hundreds within bounds.

    Args:
        seconds: that there are for all of them.
        paces: of each, as they went in the company that they will have.
        together: whether they run beside each other.
        bounds: fewest and most steps. Fewest is what is asked for even where the time is too short.

    Example:
        >>> steps_that_fit(100, [Pace(0.02, 0.02, 0.5), Pace(0.02, 0.04, 0.5)], True, (1, 6000))
        3100
    """
    expected = [pace.mean for pace in paces]
    fit = int(_MARGIN * seconds / (max(expected) if together else sum(expected)))
    low, high = bounds
    return max(low, min(high, fit // 100 * 100 if fit >= 100 else fit))


def stop_time(now: float, end: float, count: int, together: bool, afterwards: float) -> float:
    """Return when the next of some trainings has to stop, so that there is time to judge it and to do the others.

    Args:
        now: the time, in seconds.
        end: when all must be over.
        count: trainings that are still to do.
        together: whether they run beside each other.
        afterwards: seconds that judging one takes.

    Example:
        >>> stop_time(0, 100, 2, True, 10), stop_time(0, 100, 2, False, 10)
        (90, 40.0)
    """
    return end - afterwards if together else now + (end - now) / max(1, count) - afterwards
