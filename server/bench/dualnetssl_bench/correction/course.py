"""One strategy's course: look, correct up to a budget, train on from the last model, judge; round after round."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dualnetssl.cli.train import checked_config
from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.jobdir import JobDirectory, write_atomic
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind
from dualnetssl_bench.correction.corrections import (
    Corrections,
    read_corrections,
    read_truth,
    with_correction,
    write_corrections,
)
from dualnetssl_bench.correction.effort import Effort, Mask, effort_of
from dualnetssl_bench.correction.looking import Look
from dualnetssl_bench.correction.strategies import STRATEGIES, View
from dualnetssl_bench.experiments import experiments
from dualnetssl_bench.experiments.experiments import Experiment, Ground


@dataclass(frozen=True)
class Plan:
    """What all courses of a bench share.

    Attributes:
        ground: scans, folders, common fields of the configuration.
        labelled: scans that have a label at the start.
        pool: how many of the unlabelled scans, the first ones, the clinician may correct.
        scans: after each round, how many whole scans could have been corrected in the time spent by then.
        warm_steps: training steps of each round.
    """

    ground: Ground
    labelled: int
    pool: int
    scans: tuple[int, ...]
    warm_steps: int

    @property
    def candidates(self) -> dict[str, JobCase]:
        """The scans that may be corrected, with their truth as label."""
        train = self.ground.material.train
        return {case.case: case for case in train[self.labelled : self.labelled + self.pool]}


@dataclass(frozen=True)
class Start:
    """Where all courses of a seed begin: the first model, its Dice, and the mean time that a whole scan takes."""

    seed: int
    model: Path
    dice: float
    scan_seconds: float


def begin(plan: Plan, seed: int) -> Start:
    """Train the first model on the labels, predict the scans that may be corrected, and price them.

    It is the ``default`` of the other benches: in the same output folder, it is trained once for all.
    """
    experiment = Experiment("default", "default", seed, plan.labelled)
    found = experiments.perform(experiment, plan.ground)
    folder = plan.ground.folder(experiment)
    model = JobDirectory(folder / "training").model_path
    prices = folder / "prices.json"
    if not prices.exists():
        view = _view(plan, model, folder / "pool", {})
        seconds = {look.case: _whole_seconds(look, view.cases[look.case]) for look in view.look_at_all()}
        write_atomic(prices, json.dumps(seconds, indent=1).encode())
    known = json.loads(prices.read_bytes())
    mean = sum(known[name] for name in plan.candidates) / len(plan.candidates)
    return Start(seed, model, found["evaluation"]["mean"]["dice"] or 0.0, mean)


def _whole_seconds(look: Look, case: JobCase) -> float:
    whole = np.ones(look.verified.shape, bool)
    return effort_of(whole, look.predicted, look.predicted != read_truth(case), opens=True).seconds


def _view(plan: Plan, model: Path, folder: Path, verified: Mapping[str, Mask], number: int = 1) -> View:
    classes = len(plan.ground.material.labels) + 1
    return View(model, plan.candidates, folder, plan.ground.device, verified, classes, number)


def run_course(plan: Plan, start: Start, name: str) -> list[dict[str, Any]]:
    """Go through all rounds of a strategy, from where an earlier try stopped.

    Returns:
        One row a round, see `run_round`.
    """
    folder = plan.ground.output / "runs" / name / f"seed-{start.seed}"
    pool = plan.ground.folder(Experiment("default", "default", start.seed, plan.labelled)) / "pool"
    model, corrections, rows = start.model, Corrections(), []
    for number in range(1, len(plan.scans) + 1):
        here = folder / f"round-{number}"
        print(f"  round {number} of {len(plan.scans)}", flush=True)
        rows.append(run_round(plan, start, name, number, here, _view(plan, model, pool, corrections.verified, number)))
        corrections = read_corrections(here / "corrections", rows[-1]["effort"])
        model = JobDirectory(here / "training").model_path
        if number > 1 and not plan.ground.keep:
            shutil.rmtree(pool, ignore_errors=True)
        pool = here / "pool"
    if not plan.ground.keep:
        shutil.rmtree(pool, ignore_errors=True)
    return rows


def run_round(plan: Plan, start: Start, name: str, number: int, here: Path, view: View) -> dict[str, Any]:
    """Correct by a strategy, train on, and judge on the scans kept out.

    Args:
        plan: what all courses share.
        start: where this seed's courses begin.
        name: of the strategy.
        number: of the round, from 1.
        here: the round's folder; the one before it holds the corrections so far.
        view: the scans under the last model.

    Returns:
        ``strategy``, ``seed``, ``round``, ``effort`` (counts), ``seconds``, ``corrected`` scans, ``verified_share`` of
        their voxels, ``dice`` and ``classes``.
    """
    done = here / "round.json"
    corrections = _corrected(plan, start, name, number, here, view)
    directory = JobDirectory(here / "training")
    if experiments.start(directory, _order(plan, start, view.model, here / "corrections", corrections)):
        experiments.work(directory)
    elif done.exists():
        row: dict[str, Any] = json.loads(done.read_bytes())
        return row
    ground, predictions = plan.ground, here / "predictions"
    experiments.predict(directory.model_path, ground.material.judges, predictions, ground.device)
    mean = experiments.evaluate(predictions, ground.material.truths)["mean"]
    shares = [float(mask.mean()) for mask in corrections.verified.values()]
    row = {
        "strategy": name,
        "seed": start.seed,
        "round": number,
        "effort": asdict(corrections.effort),
        "seconds": corrections.effort.seconds,
        "corrected": len(shares),
        "verified_share": sum(shares) / len(shares) if shares else 0.0,
        "dice": mean["dice"],
        "classes": {label: score["dice"] for label, score in mean["classes"].items()},
        "sources": ground.sources,
    }
    write_atomic(done, json.dumps(row, indent=1).encode())
    if not ground.keep:
        experiments.tidy(directory, predictions)
    return row


def _corrected(plan: Plan, start: Start, name: str, number: int, here: Path, view: View) -> Corrections:
    """Let the clinician work, or read what was done in this round before.

    Raises:
        Conflict: another time was given for this round.
    """
    told, budget = here / "effort.json", plan.scans[number - 1] * start.scan_seconds
    if told.exists():
        before = json.loads(told.read_bytes())
        if before["budget_seconds"] != budget:
            received = f"the folder {here}, whose corrections had {before['budget_seconds']:.0f} s"
            raise Conflict(received, f"{budget:.0f} s, as --scans has it", "Choose another --output.")
        return read_corrections(here / "corrections", before["effort"])
    corrections = Corrections(dict(view.verified), _spent(here.with_name(f"round-{number - 1}")))
    # The strategy's name takes part, so that two random strategies do not walk the same way.
    rng = np.random.default_rng([start.seed, number, zlib.crc32(name.encode())])
    corrections.work(STRATEGIES[name](view, rng), view.cases, budget)
    here.mkdir(parents=True, exist_ok=True)  # nothing may have been corrected, so that nothing was written
    write_corrections(here / "corrections", corrections, view.cases)
    row = {"budget_seconds": budget, "effort": asdict(corrections.effort)}
    write_atomic(told, json.dumps(row, indent=1).encode())
    return corrections


def _spent(earlier: Path) -> Effort:
    """Return the effort up to the end of the round before; none before the first."""
    told = earlier / "effort.json"
    return Effort(**json.loads(told.read_bytes())["effort"]) if told.exists() else Effort()


def _order(plan: Plan, start: Start, model: Path, folder: Path, corrections: Corrections) -> JobSpec:
    ground = plan.ground
    own = {"preset": "default", "seed": start.seed, "steps": plan.warm_steps}
    config = checked_config({"validation_scans": 0, **ground.fields, **own})
    cases = tuple(with_correction(case, folder, corrections) for case in ground.material.cases(plan.labelled))
    return JobSpec(
        kind=JobKind.TRAIN,
        labels=ground.material.labels,
        cases=cases,
        model=str(model),
        device=ground.device,
        train=config,
    )
