"""``train --seeds``: the same training from several seeds, side by side where there is room."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from dualnetssl.cli.main import explain
from dualnetssl.cli.monitor import graceful_stop
from dualnetssl.cli.parallel.options import place_of
from dualnetssl.cli.parallel.side_by_side import run
from dualnetssl.cli.terminal import Progress, table
from dualnetssl.contract.errors import Conflict, InvalidRequest
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobSpec
from dualnetssl.contract.schema import Event
from dualnetssl.worker.claim import claim


def check(arguments: argparse.Namespace) -> None:
    """Refuse seeds that cannot be trained beside each other.

    Raises:
        InvalidRequest: a seed is given twice, or ``--seed`` is given as well.
    """
    if arguments.seed is not None:
        raise InvalidRequest("--seed and --seeds", "one of them", "Give all seeds with --seeds.")
    twice = sorted({seed for seed in arguments.seeds if arguments.seeds.count(seed) > 1})
    if twice:
        raise InvalidRequest(f"the seed {twice[0]} twice", "each seed once", "Correct --seeds.")


def train(arguments: argparse.Namespace, spec: JobSpec) -> int:
    """Train from each seed in the folder ``OUTPUT/SEED`` and compare; return the exit status.

    Args:
        arguments: of the command line.
        spec: the order, whose seed is replaced.

    Raises:
        Conflict: a folder holds another training.
    """
    root = arguments.output.resolve()
    for seed in arguments.seeds:
        _take(JobDirectory(root / str(seed)), _with_seed(spec, seed))
    stopping, steps = threading.Event(), dict[int, str]()
    with Progress("training") as progress, graceful_stop(stopping.set, progress.say):

        def show(seed: int, event: Event) -> None:
            fields = event.model_dump()
            if event.kind == "warning":
                progress.say(f"Warning: seed {seed}: {fields['message']}.")
            if event.kind == "progress":
                steps[seed] = f"seed {seed} step {fields['step']}/{fields['steps']}"
                progress.show(", ".join(steps[seed] for seed in sorted(steps)))

        def wait(count: int) -> None:
            if count and not steps:
                progress.show(f"{count} of {len(arguments.seeds)} trainings wait for their turn")

        place = place_of(arguments, gpus=arguments.slurm_gpus or 1)
        results = run(root, arguments.seeds, place, stopping.is_set, show, wait)
    return conclude(root, arguments.seeds, results)


def _with_seed(spec: JobSpec, seed: int) -> JobSpec:
    assert spec.train is not None  # noqa: S101 - it is the order of a training
    return spec.model_copy(update={"train": spec.train.model_copy(update={"seed": seed})})


def _take(directory: JobDirectory, spec: JobSpec) -> None:
    """Make the folder a job directory; one in which the same training runs, of a command broken off, goes on."""
    if directory.spec_path.exists() and directory.worker_alive():
        if directory.read_spec() != spec:
            raise Conflict(
                "a folder in which another training is running", "one training a folder", "Wait for its end."
            )
        return
    claim(directory, spec, print)


def conclude(root: Path, seeds: Sequence[int], results: Mapping[int, JobResult]) -> int:
    """Print what became of each seed; return the exit status: 0, 2 after a failure, 130 if one was stopped."""
    rows = [[f"seed {seed}", *_outcome(results.get(seed)), str(root / str(seed) / "model")] for seed in seeds]
    print(table(["training", "outcome", "Dice", "model"], rows))
    problems = [result.problem for result in results.values() if result.problem is not None]
    if problems:
        return explain(problems[0])
    whole = all(seed in results and results[seed].outcome == "succeeded" for seed in seeds)
    return 0 if whole else 130


def _outcome(result: JobResult | None) -> list[str]:
    """Return how a training ended, and its mean Dice on scans that were kept out, or else on labelled patches."""
    if result is None:
        return ["not begun", "-"]
    kept_out = result.metrics.get("validation_dice") or result.metrics.get("dice_on_labelled_patches") or {}
    scores = [score for score in kept_out.values() if score is not None]
    return [result.outcome, f"{sum(scores) / len(scores):.3f}" if scores else "-"]
