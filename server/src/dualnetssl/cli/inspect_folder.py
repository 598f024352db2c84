"""``inspect``: what train would use of a folder, how scans are paired, what is left out and why."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualnetssl.files.pairing import Scan
    from dualnetssl.intake.from_folders import Intake
    from dualnetssl.intake.looking import Looked

_HEADER = ["scan", "case", "label", "voxels", "spacing mm", "values (0.5, 50, 99.5 %)", "voxels of each class"]
_IN_WORK = "made"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("images", metavar="DIR", type=Path, help="a data set, or a folder of scans")
    parser.add_argument("--labels", metavar="DIR", type=Path, help="label files (default: found with the scans)")
    parser.add_argument("--classes", metavar="FILE", type=Path, help="JSON with the names of the classes")
    parser.add_argument("--only", metavar="CLASS", nargs="+", default=[], help="classes by name or value, as of train")
    parser.add_argument("--bounds", metavar="FILE", type=Path, help="JSON: as of train")


def run(arguments: argparse.Namespace) -> int:
    """Check all files, and print what was found."""
    from dualnetssl.cli.terminal import Progress
    from dualnetssl.intake import from_folders

    request = from_folders.Request(
        arguments.images,
        arguments.labels,
        classes=arguments.classes,
        bounds=arguments.bounds,
        made=Path(_IN_WORK) / "labels",  # nothing is written there: a name to say which labels would be made
        only=tuple(arguments.only),
    )
    with Progress("checking files") as progress:
        found = from_folders.take_training(request, progress.count)
    print(describe(found))
    from_folders.tell(found.notes, print)
    for finding in found.findings:
        print(f"left out: {finding}")
    return 0


def describe(found: Intake) -> str:
    """Lay out what was found for people."""
    from dualnetssl.cli.terminal import table

    rows = [_row(scan, found.looked[scan.case]) for scan in found.scans]
    classes = ", ".join(f"{label.value} {label.name}" for label in found.labels) or "none"
    return "\n".join(
        [
            f"Found by: {found.layout}.",
            f"{len(found.cases)} scans, {found.labelled} of them labelled; classes: {classes}.",
            "",
            table(_HEADER, rows),
            "",
        ]
    )


def _row(scan: Scan, looked: Looked) -> list[str]:
    geometry = looked.geometry
    label = scan.label.name if scan.label else f"{len(scan.masks)} masks" if scan.masks else "-"
    counts = "-" if looked.counts is None else ", ".join(f"{value}: {n}" for value, n in looked.counts.items()) or "0"
    return [
        " + ".join(path.name for path in scan.channels),
        scan.case,
        label,
        "x".join(map(str, geometry.size)),
        " x ".join(f"{step:.3g}" for step in geometry.spacing),
        " ".join(f"{value:.4g}" for value in looked.percentiles),
        counts,
    ]
