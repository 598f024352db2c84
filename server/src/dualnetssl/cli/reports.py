"""What train, predict and evaluate leave beside their results: the record of the command, and the report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command that makes a report anew."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="output of train, or of predict")


def run(arguments: argparse.Namespace) -> int:
    """Make the report of a folder anew and say where it is."""
    from dualnetssl.report.page import write_report

    print(f"The report is {write_report(arguments.folder)}: open it in a browser.")
    return 0


def leave(folder: Path, command: str, arguments: argparse.Namespace, **more: Any) -> tuple[dict[str, Any], Path]:
    """Put a command on record in the folder that it wrote into, and make the folder's report.

    Args:
        folder: that it wrote into.
        command: its name.
        arguments: with ``words``, that it was called with, and ``begun``, in seconds since 1970.
        more: what else is worth keeping, fit for JSON.

    Returns:
        What was kept of the command, and the file of the report.
    """
    from dualnetssl.report.page import write_report
    from dualnetssl.report.record import keep

    record = keep(folder, command, arguments.words, arguments.begun, **more)
    return record, write_report(folder)
