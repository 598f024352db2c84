"""``bench lesions``: lesions of 4 to 60 voxels, counted one by one: what grid, patches and normalisation do to them."""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import LARGEST_SEED, whole
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl_bench.experiments.series import Outcome, run_series
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings

if TYPE_CHECKING:
    from dualnetssl_bench.experiments.experiments import Experiment, Ground

_HEADER = ["training", "seeds", "Dice", "found", "of 4 to 9 voxels", "10 to 24", "25 to 60", "false alarms a scan"]
_BINS = ((4, 9), (10, 24), (25, 60))
_CENTRED, _ANYWHERE, _MEDIAN, _BRIGHT = "centred", "anywhere", "median grid", "bright"
_TRAININGS = (_CENTRED, _ANYWHERE, _MEDIAN, _BRIGHT)
_SCANS = (10, 12, 12)
_QUICK_SCANS = (2, 3, 1)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="gets scans, runs, table and JSON")
    parser.add_argument(
        "--seeds", metavar="SEED", nargs="+", type=whole("--seeds", 0, LARGEST_SEED), default=[0], help="default: 0"
    )
    parser.add_argument("--steps", metavar="N", type=whole("--steps", 1), default=400, help="default: 400")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default: auto)")
    parser.add_argument("--quick", action="store_true", help="a few scans and steps: shows that it runs, no more")


def run(arguments: argparse.Namespace) -> int:
    """Train, predict the scans kept out and count lesions; 1 if a training failed."""
    from dualnetssl_bench.experiments.experiments import Ground
    from dualnetssl_bench.experiments.lesion_phantoms import material

    output = arguments.output.resolve()
    scans = _QUICK_SCANS if arguments.quick else _SCANS
    fields = {"width": 4, "steps": 4 if arguments.quick else arguments.steps, "patch": [16, 16, 32]}
    fields |= {"calibration_scans": 0, "labelled_per_step": 4}
    dark = Ground(material(output / "scans", *scans), fields, output, arguments.device, keep=True)
    bright = replace(dark, material=material(output / "bright", *scans, sign=1))
    outcome = run_series(
        plan(arguments.seeds, scans[0]),
        lambda experiment: counted(experiment, bright if experiment.name == _BRIGHT else dark),
        lambda found: frame.publish(findings(found, fields), output),
    )
    frame.conclude(findings(outcome, fields), output)
    return int(bool(outcome.failures))


def plan(seeds: list[int], labelled: int) -> list[Experiment]:
    """Return the trainings.

    Patches centred on lesions, each met alike, or lying anywhere; on the grid that is chosen for small structures, or
    on the scans' median; lesions that are the brightest of all.
    """
    from dualnetssl_bench.experiments.experiments import Experiment
    from dualnetssl_bench.experiments.lesion_phantoms import COARSE

    median = {"spacing": list(COARSE[::-1])}
    own: dict[str, dict[str, Any]] = {_ANYWHERE: {"focus": 0.0}, _MEDIAN: median}
    return [Experiment(name, "supervised", seed, labelled, own.get(name, {})) for seed in seeds for name in _TRAININGS]


def counted(experiment: Experiment, ground: Ground) -> dict[str, Any]:
    """Perform an experiment, add its ``lesions`` to what it found, and take its volumes away."""
    from dualnetssl import volumes
    from dualnetssl.contract.jobdir import JobDirectory
    from dualnetssl.scores.lesions import count_lesions
    from dualnetssl_bench.experiments.experiments import perform, tidy

    found = perform(experiment, ground)
    folder = ground.folder(experiment)
    if "lesions" not in found:
        predictions = folder / "predictions"
        found["lesions"] = []
        for name, truth in ground.material.truths.items():
            predicted, _ = volumes.read_label(predictions / f"{name}.seg.nrrd")
            lesions = count_lesions(predicted > 0, volumes.read_label(truth)[0] > 0)
            found["lesions"].append({"case": name, **vars(lesions)})
        write_atomic(folder / "result.json", json.dumps(found, indent=1).encode())
        tidy(JobDirectory(folder / "training"), predictions)
        shutil.rmtree(predictions, ignore_errors=True)
    return found


def findings(outcome: Outcome, fields: dict[str, Any]) -> Findings:
    """Lay out what is known so far."""
    known = [name for name in _TRAININGS if outcome.of(name)]
    figures = {"fields": fields, "results": outcome.results, "failures": outcome.failures}
    return Findings("lesions", _HEADER, [row(name, outcome) for name in known], figures, outcome.notes(), None)


def row(name: str, outcome: Outcome) -> list[str]:
    """Return one line of the table."""
    from dualnetssl.scores.lesions import sensitivity

    seeds = [_lesions(result) for result in outcome.of(name).values()]
    shares = [[sensitivity(scans, *limits) for scans in seeds] for limits in ((1, None), *_BINS)]
    alarms = [sum(scan.false_alarms for scan in scans) / len(scans) for scans in seeds]
    cells = [frame.spread([share for share in bin_ if share is not None]) for bin_ in shares]
    return [name, str(len(seeds)), frame.spread(list(outcome.dice(name).values())), *cells, frame.spread(alarms, 2)]


def _lesions(result: dict[str, Any]) -> list[Any]:
    from dualnetssl.scores.lesions import Lesions

    return [Lesions(tuple(r["sizes"]), tuple(r["found"]), r["false_alarms"]) for r in result["lesions"]]
