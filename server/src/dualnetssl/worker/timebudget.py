"""Width and steps of a training that has so many minutes: measured on its own scans and device, before it is ordered.

A few steps of narrow networks are trained in a folder that is then thrown away, and of wider ones while those can
still get steps enough. How many are enough is a rule of thumb, `ENOUGH`; what a step costs is measured.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from dualnetssl.bundle.model_card import read_card
from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import InvalidRequest, TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import Event
from dualnetssl.contract.words import duration
from dualnetssl.scans.finer import settle_grid
from dualnetssl.worker import process
from dualnetssl.worker.claim import begun
from dualnetssl.worker.pace import boundary

ENOUGH: Mapping[int, int] = MappingProxyType({4: 10, 8: 300, 16: 1000})
"""Fewest steps for which a width is chosen: wider networks know more, and need more steps to learn it."""
MOST_STEPS = 6000
"""More are not chosen: so many had the published training, and the default preset has a third of them."""
_TRIAL_STEPS = 6
_TRIAL_SCANS = 2
_GROWTH = 1.5
"""Least by which a step grows dearer from one width to the next: what cannot be reached so is not tried."""
_SAFE = 0.95

Say = Callable[[str], object]
Measure = Callable[[int], "Costs"]


@dataclass(frozen=True)
class Costs:
    """What a training costs on a device, in seconds.

    Attributes:
        start: before the first step.
        plain: a step without the unlabelled terms.
        full: a step with them.
        ending: calibration, and writing the model.
        share: of the steps that are plain, 0 to 1.
    """

    start: float
    plain: float
    full: float
    ending: float
    share: float

    @property
    def step(self) -> float:
        """A step on the average."""
        return self.share * self.plain + (1 - self.share) * self.full

    def steps_in(self, seconds: float) -> int:
        """Return how many steps fit.

        Example:
            >>> Costs(start=10, plain=1, full=3, ending=20, share=0.5).steps_in(230)
            100
        """
        return max(0, int((seconds - self.start - self.ending) / max(self.step, 1e-6)))


@dataclass(frozen=True)
class Choice:
    """What was chosen: ``costs`` at this width, and the widest that was tried without getting steps enough, if any."""

    width: int
    steps: int
    costs: Costs
    refused: tuple[int, int] | None = None

    def told(self, minutes: float, device: str) -> str:
        """Say what was chosen, and why."""
        costs = self.costs
        expected = costs.start + self.steps * costs.step + costs.ending
        parts = [f"a step takes {costs.plain:.2g} s, with unlabelled scans {costs.full:.2g} s"]
        parts += [f"start and end {duration(costs.start + costs.ending)}"]
        if self.refused is not None:
            wider, steps = self.refused
            parts.append(f"width {wider} would get {steps} steps, fewer than the {ENOUGH[wider]} it is chosen for")
        return (
            f"For {minutes:g} minutes on {device}: width {self.width}, {self.steps} steps, about {duration(expected)} "
            f"({'; '.join(parts)})."
        )


def within(spec: JobSpec, minutes: float, width: int | None, directory: JobDirectory, say: Say) -> JobSpec:
    """Return an order with the width and the steps that fit; of a training that has begun, those it began with.

    Args:
        spec: the order; all its files are there.
        minutes: from now on until the model is written.
        width: which is kept, if it is given.
        directory: where the training will be.
        say: told what is chosen, and why.

    Raises:
        InvalidRequest: too few minutes for any training.
        TrainingFailed: the trial ended without an outcome that can be used.
    """
    if directory.spec_path.exists() and begun(directory) and (before := directory.read_spec().train) is not None:
        say(f"Width {before.width} and {before.steps} steps were chosen when this training began.")
        return _with(spec, before.width, before.steps)
    if spec.model:
        width = read_card(Path(spec.model)).config.width
    say(f"Measuring what steps cost on a few of the scans, to choose width and steps for {minutes:g} minutes.")
    started = time.monotonic()
    devices: list[str] = []

    def left() -> float:
        return (minutes * 60 - (time.monotonic() - started)) * _SAFE

    found = choose(lambda wanted: measure(spec, wanted, devices.append), left, width)
    say(found.told(minutes, devices[-1]))
    return _with(spec, found.width, found.steps)


def _with(spec: JobSpec, width: int, steps: int) -> JobSpec:
    config = spec.train or TrainConfig()
    return spec.model_copy(update={"train": config.model_copy(update={"width": width, "steps": steps})})


def choose(costs_at: Measure, left: Callable[[], float], width: int | None) -> Choice:
    """Choose the widest networks that get steps enough, and as many steps as fit, two digits of them.

    Args:
        costs_at: measures at a width.
        left: seconds that are left, the measuring counted.
        width: that is kept, if it is given.

    Raises:
        InvalidRequest: not even the narrowest networks get a few steps.
        TrainingFailed: not even they can be trained.
    """
    wanted = [width] if width is not None else sorted(ENOUGH)
    tried: list[tuple[int, Costs]] = []
    for each in wanted:
        if tried and tried[-1][1].steps_in(left()) / _GROWTH < ENOUGH[each]:
            break
        try:
            tried.append((each, costs_at(each)))
        except TrainingFailed:  # as where memory runs out: what was tried before will do
            if not tried:
                raise
            break
    good = [one for one in tried if one[1].steps_in(left()) >= ENOUGH.get(one[0], 1)]
    chosen, costs = good[-1] if good else tried[0]
    steps = two_digits(min(MOST_STEPS, costs.steps_in(left())))
    if steps < ENOUGH[min(ENOUGH)]:
        raise _too_short(costs, chosen)
    refused = tried[-1] if tried[-1][0] != chosen else None
    return Choice(chosen, steps, costs, refused and (refused[0], refused[1].steps_in(left())))


def _too_short(costs: Costs, width: int) -> InvalidRequest:
    least = costs.start + ENOUGH[min(ENOUGH)] * costs.step + costs.ending
    return InvalidRequest(
        f"so few minutes that width {width} gets less than {ENOUGH[min(ENOUGH)]} steps",
        f"at least {least / 60 / _SAFE + 0.5:.1f} minutes for these scans on this device",
        "Give more minutes (--minutes); or set --steps yourself.",
    )


def two_digits(steps: int) -> int:
    """Cut a number off after its second digit.

    Example:
        >>> two_digits(1234), two_digits(87)
        (1200, 87)
    """
    unit = int(10 ** max(0, len(str(steps)) - 2))
    return steps // unit * unit


def measure(spec: JobSpec, width: int, on_device: Callable[[str], object] = lambda name: None) -> Costs:
    """Train a few steps on a few of the scans, on the training's own grid, and return what the whole costs.

    Args:
        spec: the order.
        width: of the networks.
        on_device: told where it runs.

    Raises:
        TrainingFailed: the trial failed; its message is that of the training.
    """
    config = spec.train or TrainConfig()
    trial = _trial(spec, config, width)
    marks: dict[str | int, float] = {}

    def on_event(event: Event) -> None:
        fields = event.model_dump()
        marks.setdefault(fields.get("step", event.kind) if event.kind == "progress" else event.kind, time.monotonic())
        if event.kind == "started":
            on_device(fields["device"])

    with TemporaryDirectory(prefix="dualnetssl-trial-") as folder:
        directory = JobDirectory(Path(folder))
        directory.create(trial)
        _refuse_failed(process.run(directory, on_event))
    assert trial.train is not None  # noqa: S101 - it was just set
    bound = 0 if spec.model else boundary(trial.train)
    took = {step: marks[step] - marks[step - 1] for step in range(2, _TRIAL_STEPS + 1)}
    plain = [seconds for step, seconds in took.items() if step <= bound]
    full = [seconds for step, seconds in took.items() if step > bound]
    known = statistics.median(plain or full), statistics.median(full or plain)
    return _scaled(spec, config, known, marks, len(trial.cases))


def _scaled(
    spec: JobSpec, config: TrainConfig, steps: tuple[float, float], marks: Mapping[str | int, float], seen: int
) -> Costs:
    """Carry what a few scans took over to all of them."""
    labelled = sum(case.label is not None for case in spec.cases)
    once = (marks["finished"] - marks[_TRIAL_STEPS]) / min(2, seen)
    looked = min(config.calibration_scans, labelled) + min(config.calibration_scans, len(spec.cases) - labelled)
    start = max(0.0, marks[1] - marks["started"] - steps[0]) / seen * len(spec.cases)
    share = 0.0 if spec.model else 1.0 if config.unlabelled_per_step == 0 else config.warm_up
    return Costs(start, *steps, once * max(1, looked), share)


def _refuse_failed(result: JobResult) -> None:
    if result.problem is not None:
        said = (result.problem.received or "", result.problem.allowed or "", result.problem.remedy or "")
        raise TrainingFailed(*said)


def _trial(spec: JobSpec, config: TrainConfig, width: int) -> JobSpec:
    """Return the order of a trial: few scans, few steps, half of them with the unlabelled terms."""
    grid = settle_grid(spec.cases, spec.labels, config, lambda *voxels: True).grid
    fields = {
        "width": width,
        "steps": _TRIAL_STEPS,
        "warm_up": 0.5,
        "ramp": 0.0,
        "contrast_ramp": 0.0,
        "report_every": 1,
        "calibration_scans": min(1, config.calibration_scans),
        "validation_scans": 0,
        "patch": grid.patch,
        "spacing": grid.spacing,
    }
    return spec.model_copy(update={"cases": _few(spec), "train": config.model_copy(update=fields)})


def _few(spec: JobSpec) -> tuple[JobCase, ...]:
    labelled = [case for case in spec.cases if case.label is not None][:_TRIAL_SCANS]
    return (*labelled, *[case for case in spec.cases if case.label is None][:_TRIAL_SCANS])
