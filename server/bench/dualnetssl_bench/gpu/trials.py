"""How fast trainings run side by side, measured over some seconds with all loss terms on."""

from __future__ import annotations

import time
from collections.abc import Sequence

from dualnetssl.contract.config import resolve
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.schema import Event
from dualnetssl_bench.gpu import crew
from dualnetssl_bench.gpu.budget import Pace
from dualnetssl_bench.gpu.orders import TrainingOrder

_SETTLED = 10
_LONGEST = 75.0


def step_seconds(events: Sequence[Event], since: float, seconds: float) -> float | None:
    """Return seconds a step over the reports after ``since``, once they span so many seconds; None until then.

    The first steps do not count: memory and kernels are still being found.
    """
    reports = [(event.time, event.model_extra or {}) for event in events if event.kind == "progress"]
    seen = [(when, fields["step"]) for when, fields in reports if when >= since and fields["step"] > _SETTLED]
    if len(seen) < 2 or seen[-1][0] - seen[0][0] < seconds:
        return None
    return (seen[-1][0] - seen[0][0]) / float(seen[-1][1] - seen[0][1])


def settled_at(directory: JobDirectory) -> float | None:
    """Return when a trial's first steps were over."""
    for event in directory.read_events():
        if event.kind == "progress" and (event.model_extra or {})["step"] > _SETTLED:
            return float(event.time)
    return None


def measure(orders: Sequence[TrainingOrder], seconds: float, together: bool) -> dict[str, float]:
    """Try trainings out, side by side or one after the other.

    Args:
        orders: the trainings.
        seconds: how long each is watched, once all are at work.
        together: whether they run beside each other.

    Returns:
        Seconds a step with every term on, by name; those that failed or took too long to begin are missing.
    """
    if together:
        return _watch(orders, seconds)
    return {name: pace for order in orders for name, pace in _watch([order], seconds).items()}


def _watch(orders: Sequence[TrainingOrder], seconds: float) -> dict[str, float]:
    threads, latest = crew.threads_each(len(orders)), time.time() + _LONGEST
    members = [
        crew.start("trial", order.name, order, order.trial.path.parent.parent / "logs", threads) for order in orders
    ]
    found: dict[str, float] = {}

    def look() -> bool:
        alive = [order for order, member in zip(orders, members, strict=True) if member.running]
        begun = [settled_at(order.trial) for order in alive]
        known = [when for when in begun if when is not None]
        if len(known) == len(alive):
            for order in alive:
                pace = step_seconds(order.trial.read_events(), max(known, default=0.0), seconds)
                if pace is not None:
                    found[order.name] = pace
        return len(found) >= len(alive) or time.time() > latest

    crew.attend(members, look)
    return found


def paces(orders: Sequence[TrainingOrder], seen: dict[str, float]) -> list[Pace]:
    """Return the pace of each training that was seen; without unsupervised terms as of those that have none."""
    configs = {order.name: resolve({"preset": order.preset}) for order in orders if order.name in seen}
    plain = [seen[name] for name, config in configs.items() if config.unlabelled_per_step == 0]
    return [
        Pace(min([seen[name], *plain]), seen[name], config.warm_up)
        if config.unlabelled_per_step
        else Pace(seen[name], seen[name], 1.0)
        for name, config in configs.items()
    ]
