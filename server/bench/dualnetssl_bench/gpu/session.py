"""A session on a device: what is started when, how long it may take, and what is written down at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dualnetssl_bench.findings import frame
from dualnetssl_bench.gpu import budget, crew, plan, report, trials
from dualnetssl_bench.gpu.crew import Member
from dualnetssl_bench.gpu.orders import SpeedOrder, TrainingOrder

_SPEED_GRACE = 30.0
_START_SECONDS = 15.0
_WATCHED_SECONDS = 8.0
_BESIDE_OTHERS = 0.85
_TOLD_EVERY = 20.0


@dataclass(frozen=True)
class Limits:
    """What a session may take.

    Attributes:
        end: when all must be over, seconds since the epoch.
        judging: seconds kept free after a training to judge it.
        together: whether trainings run beside each other.
        steps: of the trainings whose number of steps is open; None: what fits.
        bounds: fewest and most of what fits.
    """

    end: float
    judging: float
    together: bool
    steps: int | None
    bounds: tuple[int, int]


@dataclass
class Session:
    """What a session knows so far.

    Attributes:
        output: gets the tables.
        work: gets runs and logs.
        limits: what it may take.
        failures: what went wrong, in words.
        figures: what is known beside the trainings.
        orders: of the trainings that were begun.
    """

    output: Path
    work: Path
    limits: Limits
    failures: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    orders: list[TrainingOrder] = field(default_factory=list)

    def begin_speed(self, order: SpeedOrder) -> Member:
        """Start measuring the device's speed."""
        return crew.start("speed", "speed", order, self.work / "logs", crew.threads_each(1))

    def finish_speed(self, member: Member, until: float) -> None:
        """Wait for the measurement of speed, which has published what it found; one that is late is ended."""
        crew.attend([member], lambda: time.time() > until + _SPEED_GRACE)
        self._note_failures([member])
        told = self.output / "throughput.txt"
        print(told.read_text() if told.is_file() else "No figure of speed.", flush=True)

    def train(self, open_ended: Sequence[TrainingOrder], fixed: Sequence[TrainingOrder]) -> None:
        """Train and judge, the table being written anew whenever something is known.

        Args:
            open_ended: trainings that get as many steps as fit, all the same number.
            fixed: trainings whose number of steps stands.
        """
        steps = self.limits.steps or self._steps_that_fit(open_ended, bool(fixed))
        self.figures["steps"] = steps
        print(f"{steps} steps for {', '.join(order.name for order in open_ended)}.", flush=True)
        wanted = [*(plan.with_steps(order, steps) for order in open_ended), *fixed]
        groups = [wanted] if self.limits.together else [[order] for order in wanted]
        for number, group in enumerate(groups):
            self._train_group(group, len(groups) - number)
        frame.conclude(self.publish(), self.output)

    def _steps_that_fit(self, orders: Sequence[TrainingOrder], others: bool) -> int:
        together, count = self.limits.together, len(orders)
        seen = trials.measure(orders, _WATCHED_SECONDS, together)
        self.figures["seconds_per_step_in_trial"] = seen
        print(f"Seconds a step, every term on: {seen}.", flush=True)
        paces = trials.paces(orders, seen)
        if not paces:
            self.failures.append("no trial of a training came to an end: see logs")
            return self.limits.bounds[0]
        each = self.limits.judging + _START_SECONDS
        left = self.limits.end - time.time() - each * (1 if together else count)
        return budget.steps_that_fit(left * (_BESIDE_OTHERS if others else 1.0), paces, together, self.limits.bounds)

    def _train_group(self, orders: Sequence[TrainingOrder], groups: int) -> None:
        limits = self.limits
        stop = budget.stop_time(time.time(), limits.end, groups, limits.together, limits.judging)
        threads = crew.threads_each(len(orders))
        self.orders += orders
        members = [crew.start("train", order.name, order, self.work / "logs", threads) for order in orders]
        judged: set[str] = set()
        known: list[Any] = []
        told = [time.time()]

        def look() -> bool:
            now = time.time()
            if now > stop:
                ask_to_stop(orders)
            for order in (order for order in orders if order.name not in judged and can_be_published(order)):
                judged.add(order.name)
                members.append(crew.start("publish", order.name, order, self.work / "logs", threads))
            if (seen := what_is_known(orders)) != known:
                known[:] = seen
                frame.publish(self.publish(), self.output)
            if now - told[0] > _TOLD_EVERY:
                told[0] = now
                print("; ".join(progress(order) for order in orders), flush=True)
            return now > limits.end

        crew.attend(members, look)
        self._note_failures(members)
        frame.publish(self.publish(), self.output)

    def _note_failures(self, members: Sequence[Member]) -> None:
        for failure in (member.failure for member in members):
            if failure is not None:
                print(failure, flush=True)
                self.failures.append(failure)

    def publish(self) -> frame.Findings:
        """Return what is known by now."""
        states = [report.state_of(order) for order in self.orders]
        return report.findings(states, self.failures, {**self.figures, "failures": self.failures})


def ask_to_stop(orders: Sequence[TrainingOrder]) -> None:
    """Ask those that still train to stop after their present step and to keep a usable model."""
    for order in orders:
        directory = order.training
        if directory.path.is_dir() and directory.read_result() is None:
            directory.request_cancel()


def can_be_published(order: TrainingOrder) -> bool:
    """Whether a training has ended with a model, of which the literature's figures are wanted."""
    result = order.training.read_result()
    return order.strides is not None and result is not None and result.model


def what_is_known(orders: Sequence[TrainingOrder]) -> list[tuple[bool, float]]:
    """Return what changes when there is something new to publish."""
    return [(order.training.result_path.exists(), _written(order)) for order in orders]


def _written(order: TrainingOrder) -> float:
    paths = (order.folder / name for name in ("result.json", "published.json", "beside.json"))
    return sum(path.stat().st_mtime for path in paths if path.exists())


def progress(order: TrainingOrder) -> str:
    """Say in short how far a training is."""
    state = report.state_of(order)
    pace = state["steps_per_second"]
    return f"{order.name} {state['steps']}/{state['asked']}" + (f" at {pace:.1f}/s" if pace else "")
