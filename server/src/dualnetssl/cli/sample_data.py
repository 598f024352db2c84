"""``sample-data``: write phantom scans with their truth."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualnetssl.cli.numbers import LARGEST_SEED, whole
from dualnetssl.cli.terminal import Progress


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "directory", metavar="DIR", type=Path, help="folder to write images/, labels/ and labels.json to"
    )
    parser.add_argument("--cases", type=whole("--cases", 1, 10_000), default=10, help="number of scans (default: 10)")
    parser.add_argument(
        "--seed",
        type=whole("--seed", 0, LARGEST_SEED),
        default=0,
        help="the same seed gives the same files (default: 0)",
    )
    parser.add_argument("--size", choices=("standard", "small"), default="standard", help="small ones are for tests")


def run(arguments: argparse.Namespace) -> int:
    """Write the scans."""
    from dualnetssl.volumes.phantoms import write_sample_data

    with Progress("sample scans") as progress:
        write_sample_data(arguments.directory, arguments.cases, arguments.seed, arguments.size, progress.count)
    print(f"{arguments.cases} scans with their truth are in {arguments.directory}.")
    print(
        f"Try: dualnetssl train --images {arguments.directory / 'images'} --labels "
        f"{arguments.directory / 'labels'} --labelled 3 --output run --width 8 --steps 300"
    )
    return 0
