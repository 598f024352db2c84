"""What has only just come into sight: nobody has judged it yet, and a key then was meant for what was there before."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

GLANCE_SECONDS = 0.5
"""Nobody has judged what came into sight more recently."""


class Sight:
    """Knows when what is to be judged came into sight.

    Attributes:
        now: tells the time in seconds.

    Example:
        >>> times = iter([10.0, 10.4, 10.6, 20.0, 20.1])
        >>> sight = Sight(lambda: next(times))
        >>> sight.came(); sight.fresh, sight.fresh
        (True, False)
        >>> sight.came(); sight.looked(); sight.fresh
        False
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing that has just come."""
        self.now = now
        self._since = -math.inf

    def came(self) -> None:
        """Something has come into sight now."""
        self._since = self.now()

    def looked(self) -> None:
        """Somebody has worked on it, and so has looked at it."""
        self._since = -math.inf

    @property
    def fresh(self) -> bool:
        """Whether it came so recently that nobody has judged it."""
        return self.now() - self._since < GLANCE_SECONDS
