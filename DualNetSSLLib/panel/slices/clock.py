"""How long an annotator has worked on a scan: the time between one action and the next, unless that was a pause."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_SECONDS = 45.0
"""Somebody who has done nothing for longer was not at work."""


class WorkClock:
    """Adds up the time of work on each scan.

    Example:
        >>> now = iter([0.0, 10.0, 500.0, 530.0])
        >>> clock = WorkClock(lambda: next(now))
        >>> for scan in ("a", "a", "a", "b"): clock.tick(scan)
        >>> clock.minutes("a") * 60, clock.minutes("b"), clock.scans
        (10.0, 0.0, 2)
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with no work; ``now`` tells the time in seconds."""
        self._now = now
        self._seconds: dict[object, float] = {}
        self._last: tuple[object, float] | None = None

    @property
    def scans(self) -> int:
        """How many scans were worked on."""
        return len(self._seconds)

    def tick(self, scan: object) -> None:
        """Something was done to a scan."""
        now, last = self._now(), self._last
        self._seconds.setdefault(scan, 0.0)
        if last is not None and last[0] == scan and now - last[1] <= PAUSE_SECONDS:
            self._seconds[scan] += now - last[1]
        self._last = scan, now

    def stop(self) -> None:
        """Nobody works: what comes next begins anew."""
        self._last = None

    def minutes(self, scan: object) -> float:
        """Return the time of work on a scan."""
        return self._seconds.get(scan, 0.0) / 60

    def total(self) -> float:
        """Return the time of work on all scans, in minutes."""
        return sum(self._seconds.values()) / 60
