"""``predict``: segment a folder of scans with a trained model, without a server."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from dualnetssl.cli.numbers import above_zero, number


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--model", metavar="DIR", type=Path, required=True, help="model/ inside a training's output")
    parser.add_argument("--images", metavar="DIR", type=Path, required=True, help="scans: NIfTI, NRRD or MetaImage")
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="gets segmentations and maps")
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


def run(arguments: argparse.Namespace) -> int:
    """Check the files, then predict one scan after the other."""
    from dualnetssl.bundle.model_card import read_card
    from dualnetssl.cli.monitor import graceful_stop
    from dualnetssl.cli.terminal import Progress, complain
    from dualnetssl.contract.errors import InvalidDataset
    from dualnetssl.contract.jobspec import PredictConfig
    from dualnetssl.intake import from_folders

    channels = read_card(arguments.model).recipe.channels
    with Progress("checking files") as checking:
        found = from_folders.take_images(arguments.images, channels, checking.count)
    from_folders.refuse_findings(found.findings, arguments.skip_invalid, complain)
    if not found.cases:
        raise InvalidDataset("no scan that can be used", "at least one", "See the list above.")
    from dualnetssl.prediction.predict import predict_cases
    from dualnetssl.worker.jobs import choose_device

    stopped, config = threading.Event(), PredictConfig(overlap=arguments.overlap, memory_gb=arguments.memory_gb)
    device = choose_device(arguments.device)
    with Progress("predicting") as progress, graceful_stop(stopped.set, progress.say):
        table = predict_cases(
            arguments.model,
            found.cases,
            arguments.output,
            config,
            device,
            lambda name, done, total: progress.count(done, total, name),
            stopped.is_set,
            lambda budget: progress.say(f"Warning: {budget.warning}.") if budget.warning else None,
        )
    print(f"{len(table['cases'])} of {len(found.cases)} scans are predicted in {arguments.output}.")
    return 130 if stopped.is_set() else 0
