"""``predict``: segment a folder of scans with a trained model, without a server."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dualnetssl.cli.administration import engine
from dualnetssl.cli.numbers import above_zero, number, whole

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
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default: auto)")
    parser.add_argument(
        "--overlap",
        type=number("--overlap", 0, 0.95),
        default=0.5,
        help="of neighbouring windows, 0 to 0.95 (default: 0.5)",
    )
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


def run(arguments: argparse.Namespace) -> int:
    """Check the files, then predict one scan after the other."""
    from dualnetssl.bundle.model_card import read_card
    from dualnetssl.cli import outputs
    from dualnetssl.cli.terminal import Progress, complain
    from dualnetssl.contract.errors import InvalidDataset
    from dualnetssl.contract.jobspec import PredictConfig
    from dualnetssl.intake import from_folders

    channels = read_card(arguments.model).recipe.channels
    config = PredictConfig(overlap=arguments.overlap, memory_gb=arguments.memory_gb)
    with _scratch(arguments) as scratch:
        with Progress("checking files") as checking:
            found = from_folders.take_images(arguments.images, channels, checking.count, Path(scratch))
        from_folders.tell(found.notes, complain)
        from_folders.refuse_findings(found.findings, arguments.skip_invalid, complain)
        if not found.cases:
            raise InvalidDataset("no scan that can be used", "at least one", "See the list above.")
        wanted = outputs.origins(found.scans, arguments.model, config)
        before = outputs.read_rows(arguments.output)
        done = set() if arguments.overwrite else outputs.done_already(before, wanted)
        if done:
            print(f"{len(done)} of {len(found.cases)} scans are predicted there already (--overwrite does them again).")
        if done == wanted.keys():
            return 0
        from_folders.write_joined(found)
        left = [case for case in found.cases if case.case not in done]
        if arguments.shards is None:
            status = 130 if _predict(arguments, found, left, config) else 0
        else:
            from dualnetssl.cli.parallel import shards

            status = shards.predict(arguments, left, wanted, config)
    table = outputs.finish(arguments.output, before, found.scans, wanted, arguments.format)
    predicted = sum(row["case"] in wanted for row in table["cases"])
    print(f"{predicted} of {len(found.cases)} scans are predicted in {arguments.output}.")
    return status


def _scratch(arguments: argparse.Namespace) -> TemporaryDirectory[str]:
    """Make a folder for scans that are put together of several files; shards see it from other computers, too."""
    if arguments.shards is None:
        engine.refuse_without("--shards", arguments)
        return TemporaryDirectory(prefix="dualnetssl-")
    arguments.output.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(prefix=".joined-", dir=arguments.output.resolve())


def _predict(arguments: argparse.Namespace, found: Intake, cases: list[JobCase], config: PredictConfig) -> bool:
    """Predict these; tell whether the user stopped it."""
    from dualnetssl.cli.monitor import graceful_stop
    from dualnetssl.cli.terminal import Progress
    from dualnetssl.prediction.predict import predict_cases
    from dualnetssl.worker.jobs import choose_device

    stopped, files = threading.Event(), {scan.case: scan.stem for scan in found.scans}
    device = choose_device(arguments.device)
    with Progress("predicting") as progress, graceful_stop(stopped.set, progress.say):
        predict_cases(
            arguments.model,
            cases,
            arguments.output,
            config,
            device,
            lambda name, done, total: progress.count(done, total, files[name]),
            stopped.is_set,
            lambda budget: progress.say(f"Warning: {budget.warning}.") if budget.warning else None,
        )
    return stopped.is_set()
