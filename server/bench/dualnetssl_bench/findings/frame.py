"""What every bench does with its findings: a table on the terminal, and table, JSON and picture in a folder."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dualnetssl import __version__
from dualnetssl.cli.terminal import table
from dualnetssl.contract.jobdir import write_atomic


@dataclass(frozen=True)
class Findings:
    """What a bench found.

    Attributes:
        name: of the bench; its files are called after it.
        header: heads of the table's columns.
        rows: cells of the table.
        figures: everything measured, fit for JSON.
        notes: sentences below the table.
        picture: an SVG document, if there is one.
    """

    name: str
    header: list[str]
    rows: list[list[str]]
    figures: dict[str, Any]
    notes: tuple[str, ...] = field(default=())
    picture: str | None = None

    def text(self) -> str:
        """Return table and notes as people read them."""
        return "\n".join([table(self.header, self.rows), *(["", *self.notes] if self.notes else [])])


def publish(findings: Findings, folder: Path) -> list[Path]:
    """Write ``NAME.json``, ``NAME.txt`` and ``NAME.svg`` as wholes, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {"json": document(findings), "txt": findings.text() + "\n", "svg": findings.picture}
    paths = []
    for ending, content in contents.items():
        if content is not None:
            paths.append(folder / f"{findings.name}.{ending}")
            write_atomic(paths[-1], content.encode())
    return paths


def conclude(findings: Findings, folder: Path) -> None:
    """Publish the findings, print the table and say where the files are."""
    paths = publish(findings, folder)
    print(findings.text())
    print(f"Written: {', '.join(str(path) for path in paths)}.")


def add_file(parser: argparse.ArgumentParser) -> None:
    """Declare the option of a bench that only tells what it found, and writes one file if asked to."""
    parser.add_argument("--output", type=Path, help="JSON file to write the figures to")


def tell(findings: Findings, file: Path | None) -> None:
    """Print the findings, and write the JSON that `publish` writes to a file if there is one."""
    print(findings.text())
    if file is not None:
        write_atomic(file, document(findings).encode())


def document(findings: Findings) -> str:
    """Return what is kept of the findings, as JSON: ``bench``, ``origin`` (see `origin`) and ``figures``."""
    return json.dumps({"bench": findings.name, "origin": origin(), "figures": findings.figures}, indent=1)


def origin() -> dict[str, Any]:
    """Return what figures depend on beside the method: command, version, commit and machine."""
    return {
        "command": shlex.join(["dualnetssl", *sys.argv[1:]]),
        "version": __version__,
        "commit": commit(),
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": machine(),
    }


def commit() -> str | None:
    """Return the commit of the source tree, with ``+`` if files were changed since; None outside of a clone."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def load() -> float | None:
    """Return how many programs wanted to run at a time in the last minute; None where the system does not tell."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):  # Windows has no such thing, and elsewhere it may be out of reach
        return None


def load_in_words(found: float | None) -> str:
    """Return a load as people read it.

    Example:
        >>> load_in_words(0.25), load_in_words(None)
        ('0.2', 'unknown')
    """
    return "unknown" if found is None else f"{found:.1f}"


def machine() -> dict[str, Any]:
    """Return processor, number of cores this process may use, system, Python, and of PyTorch what is loaded."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts: dict[str, Any] = {
        "processor": platform.machine(),
        "cores": cores,
        "system": platform.system(),
        "python": platform.python_version(),
    }
    if (torch := sys.modules.get("torch")) is not None:
        facts |= {"torch": str(torch.__version__), "threads": torch.get_num_threads()}
        facts["gpu"] = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    return facts


def spread(values: list[float], digits: int = 3) -> str:
    """Format a mean and, from two values on, the sample's standard deviation.

    Example:
        >>> spread([0.8, 0.9]), spread([0.8]), spread([])
        ('0.850 ± 0.071', '0.800', '-')
    """
    mean, deviation = mean_and_deviation(values)
    if mean is None:
        return "-"
    return f"{mean:.{digits}f}" if deviation is None else f"{mean:.{digits}f} ± {deviation:.{digits}f}"


def mean_and_deviation(values: list[float]) -> tuple[float | None, float | None]:
    """Return the mean (None of nothing) and the sample's standard deviation (None of fewer than two).

    Example:
        >>> mean_and_deviation([1.0, 3.0])
        (2.0, 1.4142135623730951)
    """
    if not values:
        return None, None
    mean = sum(values) / len(values)
    if len(values) < 2:
        return mean, None
    return mean, float((sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5)
