"""When a training of a bench reports and keeps its state, and what its reports tell of the terms."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.schema import Event
from dualnetssl.method.step import SUPERVISED

_REPORTS = 200
_MOST_BETWEEN_CHECKPOINTS = 200


def with_rhythm(config: TrainConfig) -> TrainConfig:
    """Return a configuration that reports often enough for medians and has a checkpoint where its warm-up ends.

    Neither changes what is learnt.
    """
    rhythm = {"report_every": max(1, config.steps // _REPORTS), "checkpoint_every": checkpoint_interval(config)}
    return config.model_copy(update=rhythm)


def warm_steps(config: TrainConfig) -> int:
    """Return how many steps the warm-up has.

    Example:
        >>> warm_steps(TrainConfig(steps=5, warm_up=0.5))
        3
    """
    return math.ceil(config.warm_up * config.steps)


def checkpoint_interval(config: TrainConfig) -> int:
    """Return the largest number of steps, up to 200, that makes a checkpoint fall on the end of the warm-up.

    Example:
        >>> checkpoint_interval(TrainConfig(steps=1500, warm_up=0.5))
        150
    """
    warm = warm_steps(config)
    if warm == 0:
        return _MOST_BETWEEN_CHECKPOINTS
    return max(step for step in range(1, _MOST_BETWEEN_CHECKPOINTS + 1) if warm % step == 0)


def gradient_medians(events: Iterable[Event]) -> dict[str, float]:
    """Return the median over a run of each term's gradient norm, both networks together, where the term was there.

    The supervised terms count from the moment the others speak, or over all of the run if they never do.
    """
    told = [(event.model_extra or {}).get("gradients", {}) for event in events if event.kind == "progress"]
    reports = [[pair for network in report.values() for pair in network.items()] for report in told]
    teaching = [report for report in reports if any(name != SUPERVISED for name, _ in report)]
    norms: dict[str, list[float]] = {}
    for name, norm in (pair for report in teaching or reports for pair in report):
        norms.setdefault(name, []).append(norm)
    return {name: statistics.median(values) for name, values in norms.items()}
