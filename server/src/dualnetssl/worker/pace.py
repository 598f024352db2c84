"""How long the rest of a training takes: each kind of step at its own cost, and what comes after the last one.

Until the first step with the unlabelled terms is done, its cost is that of a supervised step times a ratio that one
trial has measured; a proportion of the time gone by would be two to three times too low for the first half.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from dualnetssl.contract.config import TrainConfig

_REMEMBERED = 12


def boundary(config: TrainConfig) -> int:
    """Return the first step with the unlabelled terms, or the number of steps where there are none.

    Example:
        >>> boundary(TrainConfig(steps=25, warm_up=0.5)), boundary(TrainConfig(steps=25, unlabelled_per_step=0))
        (13, 25)
    """
    return math.ceil(config.warm_up * config.steps) if config.unlabelled_per_step > 0 else config.steps


@dataclass
class Pace:
    """What is known of the time that a training takes.

    Attributes:
        boundary: first step with the unlabelled terms; all others before.
        steps: of the whole training.
        ratio: cost of a step with them by that of one without.
        ending: seconds expected after the last step, without the last look at scans kept out.
        validation: seconds expected of each look at scans kept out, and once there was one, those that it took.
        validate_every: steps from one such look to the next; 0 without any.
        clock: seconds that only ever rise.
    """

    boundary: int
    steps: int
    ratio: float = 1.0
    ending: float = 0.0
    clock: Callable[[], float] = time.monotonic
    validation: float = 0.0
    validate_every: int = 0
    _costs: tuple[deque[float], deque[float]] = field(
        default_factory=lambda: (deque(maxlen=_REMEMBERED), deque(maxlen=_REMEMBERED))
    )
    _marked: tuple[int, float] | None = None

    def start(self, step: int) -> None:
        """Begin to measure at a step, as after something else has taken time."""
        self._marked = (step, self.clock())

    def since(self) -> float:
        """Return the seconds since the last mark."""
        return 0.0 if self._marked is None else self.clock() - self._marked[1]

    def mark(self, step: int) -> None:
        """Note that a step is done: what passed since the last mark is the cost of the steps between."""
        if self._marked is not None and step > self._marked[0]:
            first, begun = self._marked
            if first >= self.boundary or step <= self.boundary:
                self._costs[first >= self.boundary].append((self.clock() - begun) / (step - first))
        self.start(step)

    def validated(self, step: int) -> None:
        """Note that a look at scans kept out is over, which began when ``step`` was marked."""
        self.validation = self.since()
        self.start(step)

    def left(self, step: int) -> float:
        """Return the seconds that are left once a step is done; a look at scans kept out may still follow it."""
        before, after = max(0, min(self.boundary, self.steps) - step), self.steps - max(step, self.boundary)
        plain, full = (sorted(costs)[len(costs) // 2] if costs else None for costs in self._costs)
        if full is None:
            full = (plain or 0.0) * self.ratio
        if plain is None:
            plain = full / self.ratio
        steps = before * plain + max(0, min(after, self.steps - step)) * full
        return steps + self._validations(step) * self.validation + self.ending

    def _validations(self, step: int) -> int:
        every = self.validate_every
        return 1 + max(0, (self.steps - 1) // every - max(0, step - 1) // every) if every else 0
