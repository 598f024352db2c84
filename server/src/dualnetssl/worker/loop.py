"""The training loop: steps, checkpoints, reports and a graceful end."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.method.model import learning_rate
from dualnetssl.method.networks import PAIR
from dualnetssl.scans.batches import Pools, draw_batch
from dualnetssl.scans.sampling import PatchReader
from dualnetssl.worker import checkpoint
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.moving import StepValues, factors_of, take_step
from dualnetssl.worker.pace import Pace, boundary
from dualnetssl.worker.ranks import SOLO, Team

Report = Callable[..., Any]
"""Writes one event: the kind, then its fields by name."""

_MOST_SKIPPED = 20
_GRADIENTS_EVERY = 10
_MOST_SILENT_SECONDS = 5.0


@dataclass(frozen=True)
class Run:
    """What stays the same during a run; ``watch`` looks at the state every ``validate_every`` steps.

    Of the ranks of a ``team`` the first alone reports, watches and writes.
    """

    config: TrainConfig
    pools: Pools
    reader: PatchReader
    class_names: tuple[str, ...]
    directory: JobDirectory
    report: Report
    device: torch.device
    watch: Callable[[TrainState], object] = lambda state: None
    team: Team = SOLO
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        """Begin without knowing what a step takes."""
        object.__setattr__(self, "pace", Pace(boundary(self.config), self.config.steps))


def train(run: Run, state: TrainState) -> bool:
    """Train until the last step or until asked to stop; ``state`` ends at a checkpoint.

    The host gives out work and waits for the device only at reports and checkpoints.

    Returns:
        True if every step was done, False if the run was asked to stop.

    Raises:
        TrainingFailed: too many steps in a row had losses that were not finite, as seen at a report.
    """
    run.pace.start(state.step)
    while state.step < run.config.steps:
        if run.team.first(run.directory.stop_requested()):
            checkpoint.save(state, run.directory, run.team)
            return False
        reporting = _to_report(run, state.step + 1)
        gradients = reporting and (state.step + 1) % (run.config.report_every * _GRADIENTS_EVERY) == 0
        values = train_step(run, state, gradients)
        state.step += 1
        if reporting:
            _tell_skipped(run, state)
            run.report("progress", **_progress(run, state, values))
        if state.step % run.config.checkpoint_every == 0 or state.step == run.config.steps:
            checkpoint.save(state, run.directory, run.team)
            run.report("checkpoint", step=state.step)
        if state.step % run.config.validate_every == 0 and state.step < run.config.steps:
            run.pace.mark(state.step)
            run.watch(state)
            run.pace.validated(state.step)
    return True


def _to_report(run: Run, step: int) -> bool:
    """Tell whether a step is to be reported: every so many, the last, and any after seconds of silence.

    Ranks have clocks of their own and must stop at the same steps: together they go by steps alone.
    """
    due = step % run.config.report_every == 0 or step == run.config.steps
    return due or (run.team.pool.size == 1 and run.pace.since() > _MOST_SILENT_SECONDS)


def train_step(run: Run, state: TrainState, gradients: bool) -> StepValues:
    """Draw a batch, move both networks and their teachers; a step that is to tell of ``gradients`` is not played back.

    Nothing here asks the device for a number, see `moving`.
    """
    config = run.config
    factors = factors_of(config, state.step)
    unsupervised = not factors.ramps.silent and config.unlabelled_per_step > 0
    batch = draw_batch(run.pools, run.reader, config, unsupervised, state.generator)
    if state.recorder is None or gradients:
        return take_step(config, run.team, state, batch, factors, gradients)
    return state.recorder.take_step(config, state, batch, factors)


def _tell_skipped(run: Run, state: TrainState) -> None:
    row, untold = state.skipped.tolist()
    state.skipped[1] = 0
    if untold:
        message = f"steps skipped since the last report, as their losses were not finite: {untold} (step {state.step})"
        run.report("warning", message=message)
    if row >= _MOST_SKIPPED:
        raise TrainingFailed(
            f"{row} steps in a row whose losses were not finite",
            "finite losses",
            "Train again with a smaller learning_rate; the last checkpoint is kept.",
        )


def by_network(values: Mapping[tuple[str, int], float]) -> dict[str, dict[str, float]]:
    """Return what is told of terms: by network, then by term, six places, and nothing that is not finite.

    Example:
        >>> by_network({("supervised", 0): 0.5, ("supervised", 1): 0.25, ("pseudo", 1): float("nan")})
        {'vnet': {'supervised': 0.5}, 'residual': {'supervised': 0.25}}
    """
    told: dict[str, dict[str, float]] = {kind: {} for kind in PAIR}
    for (name, index), value in values.items():
        if math.isfinite(value):
            told[PAIR[index]][name] = round(value, 6)
    return told


def _progress(run: Run, state: TrainState, values: StepValues) -> dict[str, Any]:
    found = dict(zip(values.terms, torch.stack(list(values.terms.values())).tolist(), strict=True))
    run.pace.mark(state.step)  # the numbers have come, so the device is done
    dice = {
        name: round(score, 4)
        for name, score in zip(run.class_names, state.dice.tolist(), strict=False)
        if score == score
    }
    return {
        "step": state.step,
        "steps": run.config.steps,
        "losses": by_network(found),
        "gradients": by_network(values.gradients),
        "learning_rate": learning_rate(run.config, state.step - 1),
        "dice": dice,
        "seconds_left": round(run.pace.left(state.step), 1),
        "memory_bytes": torch.cuda.max_memory_allocated(run.device) if run.device.type == "cuda" else 0,
    }
