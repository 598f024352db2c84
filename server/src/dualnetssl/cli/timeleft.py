"""The time that is left of work on scans of unequal size."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from dualnetssl.contract.words import duration


class TimeLeft:
    """Tells what is left by what the scans took that are done."""

    def __init__(self, sizes: Sequence[int], clock: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        Args:
            sizes: of the scans in their order, in voxels or whatever the time grows with.
            clock: seconds that only ever rise.
        """
        self._sizes, self._clock, self._begun = sizes, clock, clock()

    def seconds(self, done: int) -> float | None:
        """Return the seconds that are left after so many scans; None before the first."""
        finished, rest = sum(self._sizes[:done]), sum(self._sizes[done:])
        return (self._clock() - self._begun) / finished * rest if finished else None

    def after(self, done: int) -> str:
        """Say what is left after so many scans."""
        seconds = self.seconds(done)
        return "done" if done == len(self._sizes) else "" if seconds is None else f"about {duration(seconds)} left"
