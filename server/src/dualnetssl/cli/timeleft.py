"""The time that is left of work on scans of unequal size."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from dualnetssl.contract.words import duration


class TimeLeft:
    """Tells what is left by what the scans took that are done.

    The first takes longer than its size says: the model is loaded and each buffer made. Once there is a second one, it
    no longer counts.
    """

    def __init__(self, sizes: Sequence[int], clock: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        Args:
            sizes: of the scans in their order, in voxels or whatever the time grows with.
            clock: seconds that only ever rise.
        """
        self._sizes, self._clock = sizes, clock
        self._done_at = {0: clock()}

    def seconds(self, done: int) -> float | None:
        """Return the seconds that are left after so many scans; None before the first."""
        now = self._done_at.setdefault(done, self._clock())
        first = next((count for count in self._done_at if 0 < count < done), 0)
        finished, rest = sum(self._sizes[first:done]), sum(self._sizes[done:])
        return (now - self._done_at[first]) / finished * rest if finished else None

    def after(self, done: int) -> str:
        """Say what is left after so many scans."""
        seconds = self.seconds(done)
        return "done" if done == len(self._sizes) else "" if seconds is None else f"about {duration(seconds)} left"
