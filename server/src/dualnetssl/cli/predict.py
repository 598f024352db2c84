"""``predict``: segment a folder of scans with a trained model, without a server."""

from __future__ import annotations

import argparse
import math
import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.administration import engine
from dualnetssl.cli.machine import Tell, add_json, told
from dualnetssl.cli.numbers import above_zero, number, whole
from dualnetssl.server.engines.threads import wait_briefly

if TYPE_CHECKING:
    from dualnetssl.contract.jobspec import JobCase, PredictConfig
    from dualnetssl.intake.from_folders import Intake

FORMATS = ("nrrd", "nifti", "same")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--model", metavar="DIR", type=Path, required=True, help="model/ inside a training's output")
    parser.add_argument(
        "--images", metavar="DIR", type=Path, required=True, help="scans, however they are laid out; or one file"
    )
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="gets segmentations and maps")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="nrrd",
        help="of what is written; same: NIfTI for scans in NIfTI (default: nrrd, with the names of the classes)",
    )
    parser.add_argument("--overwrite", action="store_true", help="predict again what this model has predicted there")
    parser.add_argument(
        "--probabilities", action="store_true", help="write the probability of each class, too (NAME.probabilities.npz)"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default: auto)")
    _configure_windows(parser)
    parser.add_argument(
        "--memory-gb",
        metavar="GB",
        type=above_zero("--memory-gb"),
        help="most memory to take (default: 80 %% of the free)",
    )
    parser.add_argument("--skip-invalid", action="store_true", help="go on without files that cannot be used")
    parser.add_argument(
        "--shards",
        metavar="N",
        type=whole("--shards", 1, 1000),
        help="in N parts side by side, each with a worker",
    )
    engine.configure(parser)
    add_json(parser)


def _configure_windows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--overlap",
        type=number("--overlap", 0, 0.95),
        default=0.5,
        help="of neighbouring windows, 0 to 0.95 (default: 0.5)",
    )
    parser.add_argument(
        "--minutes",
        metavar="M",
        type=above_zero("--minutes"),
        help="for all scans together: windows overlap less, 0.125 at least, where that is too little",
    )
    parser.add_argument(
        "--maps",
        choices=("steps", "float32"),
        default="steps",
        help="their numbers: in 255 steps, a fifth of the size, or exact (default: steps)",
    )
    parser.add_argument(
        "--precision",
        choices=("float32", "bf16"),
        default="float32",
        help="of the networks' arithmetic (default: float32)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the files, then predict one scan after the other."""
    wait_briefly(os.environ)
    with told(arguments.json) as tell:
        return _run(arguments, tell)


def _run(arguments: argparse.Namespace, tell: Tell) -> int:
    from dualnetssl.bundle.model_card import read_card
    from dualnetssl.cli import outputs
    from dualnetssl.cli.terminal import Progress, complain
    from dualnetssl.contract.errors import InvalidDataset
    from dualnetssl.contract.jobspec import PredictConfig
    from dualnetssl.intake import from_folders
    from dualnetssl.intake.places import check_place

    channels = read_card(arguments.model).recipe.channels
    config = PredictConfig(
        overlap=arguments.overlap,
        memory_gb=arguments.memory_gb,
        maps=arguments.maps,
        precision=arguments.precision,
    )
    with _scratch(arguments) as scratch:
        with Progress("checking files") as checking:
            found = from_folders.take_images(arguments.images, channels, checking.count, Path(scratch))
        from_folders.tell(found.notes, complain)
        from_folders.refuse_findings(found.findings, arguments.skip_invalid, complain)
        if not found.cases:
            raise InvalidDataset("no scan that can be used", "at least one", "See the list above.")
        check_place(arguments.output, found.scans)
        config = _in_time(arguments, found, config)
        wanted = outputs.origins(found.scans, arguments.model, config)
        before = outputs.read_before(arguments.output)
        done = (
            set()
            if arguments.overwrite
            else outputs.done_already(arguments.output, before.rows, wanted, arguments.probabilities)
        )
        if done:
            print(f"{len(done)} of {len(found.cases)} scans are predicted there already (--overwrite does them again).")
        if done == wanted.keys():
            tell({"kind": "result", "outcome": "succeeded", "cases": before.rows})
            return 0
        from_folders.write_joined(found)
        left = [case for case in found.cases if case.case not in done]
        if arguments.shards is None:
            withdrawal = outputs.Withdrawal(arguments.output, before)
            status = 130 if _predict(arguments, found, left, config, tell, withdrawal.of) else 0
        else:
            from dualnetssl.cli.parallel import shards

            status = shards.predict(arguments, left, wanted, config, before)
    table = outputs.finish(arguments.output, before, found.scans, wanted, arguments.format)
    _conclude(arguments, table["cases"], wanted.keys(), status, tell)
    return status


def _in_time(arguments: argparse.Namespace, found: Intake, config: PredictConfig) -> PredictConfig:
    """Return how to predict within ``--minutes``, and say it."""
    if arguments.minutes is None:
        return config
    from dualnetssl.prediction.haste import measured
    from dualnetssl.worker.jobs import choose_device

    geometries = [looked.geometry for looked in found.looked.values()]
    pace = measured(arguments.model, geometries, config, choose_device(arguments.device))
    overlap, said = pace.within(60 * arguments.minutes * (arguments.shards or 1), config.overlap)
    print(f"{said[0].upper()}{said[1:]}.", flush=True)
    return config.model_copy(update={"overlap": overlap})


def _scratch(arguments: argparse.Namespace) -> TemporaryDirectory[str]:
    """Make a folder for scans that are put together of several files; shards see it from other computers, too."""
    if arguments.shards is None:
        engine.refuse_without("--shards", arguments)
        return TemporaryDirectory(prefix="dualnetssl-")
    arguments.output.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(prefix=".joined-", dir=arguments.output.resolve())


def _conclude(
    arguments: argparse.Namespace,
    every: Sequence[Mapping[str, Any]],
    wanted: Collection[str],
    status: int,
    tell: Tell,
) -> None:
    """Leave a report on all that is in the output, and say what became of the scans that were asked for."""
    from dualnetssl.cli import reports, summary
    from dualnetssl.report.record import of_model

    rows = [row for row in every if row["case"] in wanted]
    record, report = reports.leave(arguments.output, "predict", arguments, model=of_model(arguments.model))
    outcome = {0: "succeeded", 130: "cancelled"}.get(status, "failed")
    tell({"kind": "result", "outcome": outcome, "cases": every})
    evaluate = summary.command("evaluate", "--predictions", arguments.output, "--labels", "DIR")
    lines = [
        f"{len(rows)} of {len(wanted)} scans are predicted in {arguments.output}.",
        summary.took(record),
        *([summary.worst(rows)] if rows else []),
        *([warning] if (warning := summary.useless(rows)) else []),
        f"The report is {report}: open it in a browser.",
        f"Next: {evaluate}",
    ]
    summary.say(lines)


def _voxels(found: Intake, case: str) -> int:
    looked = found.looked.get(case)
    return math.prod(looked.geometry.size) if looked else 1


def _predict(
    arguments: argparse.Namespace,
    found: Intake,
    cases: list[JobCase],
    config: PredictConfig,
    tell: Tell,
    on_write: Callable[[str], object],
) -> bool:
    """Predict these; tell whether the user stopped it."""
    from dualnetssl.cli.monitor import graceful_stop
    from dualnetssl.cli.outputs import FRESH
    from dualnetssl.cli.terminal import Progress
    from dualnetssl.cli.timeleft import TimeLeft
    from dualnetssl.prediction.predict import predict_cases
    from dualnetssl.scans.cache import chosen_cache
    from dualnetssl.worker.jobs import choose_device

    stopped, files = threading.Event(), {scan.case: scan.stem for scan in found.scans}
    device = choose_device(arguments.device)
    left = TimeLeft([_voxels(found, case.case) for case in cases])
    with Progress("predicting") as progress, graceful_stop(stopped.set, progress.say):

        def on_case(name: str, done: int, total: int) -> None:
            seconds = round(left.seconds(done) or 0.0, 1)
            tell({"kind": "predicted", "case": name, "done": done, "total": total, "seconds_left": seconds})
            progress.count(done, total, f"{files[name]}, {left.after(done)}")

        predict_cases(
            arguments.model,
            cases,
            arguments.output,
            config,
            device,
            on_case,
            stopped.is_set,
            lambda budget: progress.say(f"Warning: {budget.warning}.") if budget.warning else None,
            arguments.probabilities,
            chosen_cache(),
            on_write,
            FRESH,
        )
    return stopped.is_set()
