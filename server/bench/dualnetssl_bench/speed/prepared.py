"""``bench prepared``: what it takes to have a training's scans ready, held in memory, kept on disk, and found there.

Generated scans, one in ten with a label. Each way runs in a process of its own, so that its memory is its own. Memory
is what the process holds and the system cannot take back; pages of mapped files it can.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dualnetssl.cli.numbers import whole
from dualnetssl.cli.terminal import Progress
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers.memory import PROC

if TYPE_CHECKING:
    from dualnetssl.contract.jobspec import JobCase

_WAYS = ("held in memory", "kept, first start", "kept, second start")
_CROPS = 40
_PATCH = (32, 32, 32)
_CT_VOXELS = 512 * 512 * 400


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--scans", type=whole("--scans", 2), default=1000, help="how many (1000)")
    parser.add_argument("--edge", type=whole("--edge", 16, 512), default=48, help="voxels along each axis (48)")
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it."""
    figures = {}
    with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as scratch, Progress("starts") as progress:
        folder = Path(scratch)
        write_scans(folder, arguments.scans, arguments.edge)
        for done, way in enumerate(_WAYS):
            progress.count(done, len(_WAYS), way)
            figures[way] = _apart(folder, arguments.scans, "-" if done == 0 else str(folder / "kept"))
    frame.tell(findings(figures, arguments.scans, arguments.edge), arguments.output)
    return 0


def write_scans(folder: Path, count: int, edge: int) -> None:
    """Write scans of noise between even and uneven planes, and labels of every tenth."""
    from dualnetssl import volumes
    from dualnetssl.contract.schema import Geometry

    grid = Geometry(size=(edge,) * 3, spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
    generator = np.random.default_rng(0)
    label = np.zeros((edge,) * 3, np.uint8)
    label[edge // 4 : edge // 2, edge // 4 : edge // 2, edge // 4 : edge // 2] = 1
    for number in range(count):
        plane = generator.integers(-1000, 400, (edge, edge)).astype(np.int16)
        volumes.write_volume(folder / f"{number}.nrrd", np.repeat(plane[None], edge, axis=0) + label, grid)
        if number % 10 == 0:
            volumes.write_volume(folder / f"{number}-label.nrrd", np.roll(label, number // 10, axis=2), grid)


def _apart(folder: Path, count: int, kept: str) -> dict[str, float]:
    command = [sys.executable, "-m", __spec__.name, str(folder), str(count), kept]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def measure(folder: Path, count: int, kept: Path | None) -> dict[str, float]:
    """Prepare all scans, then cut crops of random ones; return CPU seconds, seconds and bytes that were taken.

    Args:
        folder: of the scans.
        count: of them.
        kept: folder of the cache; None without one.
    """
    import torch

    from dualnetssl.contract.schema import LabelDefinition
    from dualnetssl.scans.cache import PreparedCache
    from dualnetssl.scans.preparation import Recipe
    from dualnetssl.scans.sampling import PatchReader
    from dualnetssl.worker.preparing import Wanted, prepare_all

    torch.set_num_threads(1)
    recipe = Recipe(spacing=(1, 1, 1), windows=((-1000, 400),), patch=_PATCH)
    wanted = Wanted(_cases(folder, count), (LabelDefinition(value=1, name="organ"),), recipe)
    cache = None if kept is None else PreparedCache(kept)
    memory, begun, spent = held_bytes(), time.perf_counter(), cpu_seconds()
    cases = prepare_all(wanted, cache, torch.device("cpu"), lambda message: sys.stderr.write(f"{message}\n"))
    found = {"seconds": time.perf_counter() - begun, "cpu_seconds": cpu_seconds() - spent}
    found["held_bytes"] = held_bytes() - memory
    reader, generator, spent = PatchReader(_PATCH, (1, 1, 1), (0,), True), torch.Generator(), cpu_seconds()
    for _ in range(_CROPS):
        reader.read_many(cases, 1, 0, generator)
    return found | {"crop_cpu_ms": 1000 * (cpu_seconds() - spent) / _CROPS}


def _cases(folder: Path, count: int) -> tuple[JobCase, ...]:
    from dualnetssl.contract.jobspec import JobCase

    def label(number: int) -> str | None:
        return str(folder / f"{number}-label.nrrd") if number % 10 == 0 else None

    return tuple(
        JobCase(case=f"scan-{number}", image=str(folder / f"{number}.nrrd"), label=label(number))
        for number in range(count)
    )


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of those that it started and that have ended."""
    user, system, theirs, theirs_system, _ = os.times()
    return user + system + theirs + theirs_system


def held_bytes() -> int:
    """Return the memory of this process that is in no file; 0 where Linux's ``/proc`` is not."""
    try:
        match = re.search(r"^RssAnon:\s*(\d+) kB", (PROC / "self/status").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(match[1]) * 1024 if match else 0


def findings(figures: dict[str, dict[str, float]], count: int, edge: int) -> Findings:
    """Put the figures into a table, and say what they come to with large scans."""
    rows = [
        [
            way,
            f"{one['cpu_seconds']:.1f}",
            f"{one['seconds']:.1f}",
            f"{one['held_bytes'] / 1e6:.0f}",
            f"{one['crop_cpu_ms']:.1f}",
        ]
        for way, one in figures.items()
    ]
    header = ["scans", "CPU s to prepare", "s", "MB held", "CPU ms a crop"]
    return Findings("prepared", header, rows, {"scans": count, "edge": edge, "ways": figures}, _notes(figures, count))


def _notes(figures: dict[str, dict[str, Any]], count: int) -> tuple[str, ...]:
    first, kept = figures[_WAYS[0]], figures[_WAYS[2]]
    files, each = 2.1 * _CT_VOXELS * 1000 / 1e9, kept["held_bytes"] / count
    return (
        f"A second start takes {first['cpu_seconds'] / max(kept['cpu_seconds'], 1e-9):.0f} times less CPU time.",
        f"1,000 CTs of 512x512x400, one in ten labelled: {files:.0f} GB of files; held, at {each / 1000:.1f} kB a scan "
        f"as here, {each * 1000 / 1e6:.0f} MB. What is held of a scan does not grow with its voxels.",
    )


if __name__ == "__main__":
    scans, number, place = sys.argv[1:]
    sys.stdout.write(json.dumps(measure(Path(scans), int(number), None if place == "-" else Path(place))))
