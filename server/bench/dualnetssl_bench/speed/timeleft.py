"""``bench timeleft``: how far the time that the command line says is left was from the time that was left.

Two trainings and a prediction of generated scans, each by the command itself in a process of its own, from its first
line to its last. On a computer where other work comes and goes no estimate of seconds can hold: with ``--clock cpu``
one thread computes and the command's clock is the processor time that it has taken, as on a quiet core.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from dualnetssl.cli.numbers import whole
from dualnetssl.cli.terminal import Progress
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings

_FIRST, _LAST, _AIM = 0.1, 0.95, 0.2
"""Shares of a run between which its estimates are judged (later, next to nothing is left), and how wrong one may be."""
_USUAL = {"patch": [32, 32, 32], "spacing": [2.4, 2.4, 2.4]}
"""As the demo has it: a patch is nearly a whole phantom."""
_QUICK = {"width": 2, "patch": [32, 16, 16], "spacing": [5, 5, 5]}
_CLOCKS: dict[str, Callable[[], float]] = {"wall": time.monotonic, "cpu": time.process_time}
Samples = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Course:
    """When a command began and ended, and what it said in between.

    Attributes:
        begun: seconds of the clock.
        ended: of the same.
        samples: when something was said, and the seconds that were said to be left.
    """

    begun: float
    ended: float
    samples: Samples

    def errors(self) -> list[float]:
        """Return by what share of the time that was left each estimate was too high (or too low, below 0).

        Example:
            >>> Course(0, 100, [(5, 1), (20, 100), (60, 30), (99, 9)]).errors()
            [0.25, -0.25]
        """
        whole_run = self.ended - self.begun
        judged = [one for one in self.samples if _FIRST <= (one[0] - self.begun) / whole_run <= _LAST]
        return [said / (self.ended - at) - 1 for at, said in judged]


@dataclass
class Recorder(io.TextIOBase):
    """Stands for standard output: notes when a command's objects of ``--json`` come that tell what is left."""

    clock: Callable[[], float]
    samples: list[tuple[float, float]] = field(default_factory=list)

    def write(self, text: str) -> int:
        """Take a line."""
        if text.startswith("{") and (left := json.loads(text).get("seconds_left")) is not None:
            self.samples.append((self.clock(), float(left)))
        return len(text)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--steps", type=whole("--steps", 20), default=100, help="of each training (100)")
    parser.add_argument("--width", type=whole("--width", 2, 64), default=8, help="of the networks (8)")
    parser.add_argument("--cases", type=whole("--cases", 4), default=10, help="scans (10)")
    parser.add_argument("--clock", choices=tuple(_CLOCKS), default="wall", help="cpu: on a busy computer (wall)")
    parser.add_argument("--quick", action="store_true", help="tiny networks: shows that it runs, no more")
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it."""
    from dualnetssl.volumes import phantoms

    load, courses = frame.load(), {}
    with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as scratch, Progress("commands") as progress:
        folder = Path(scratch)
        phantoms.write_sample_data(folder, arguments.cases, 0, "small" if arguments.quick else "standard")
        orders = commands(folder, arguments)
        for done, (name, words) in enumerate(orders.items()):
            progress.count(done, len(orders), name)
            courses[name] = _apart(words, arguments.clock, folder / "told")
    frame.tell(findings(courses, arguments.clock, load), arguments.output)
    return 0


def commands(folder: Path, arguments: argparse.Namespace) -> dict[str, list[str]]:
    """Return the words of the three commands."""
    scans, labels = f"{folder / 'images'}", f"{folder / 'labels'}"
    fields = _QUICK if arguments.quick else {"width": arguments.width, **_USUAL}
    chosen = [word for name, value in fields.items() for word in ("--set", f"{name}={json.dumps(value)}")]
    common = ["train", "--images", scans, "--labels", labels, "--labelled", "3", "--steps", f"{arguments.steps}"]
    common += ["--set", "report_every=2", *chosen, "--device", "cpu", "--json", "--output"]
    validated = ["--set", "validation_scans=1", "--set", f"validate_every={arguments.steps // 4}"]
    model = f"{folder / 'default' / 'model'}"
    predicted = ["predict", "--model", model, "--images", scans, "--output", f"{folder / 'predictions'}", "--json"]
    return {
        "train, supervised": [*common, f"{folder / 'supervised'}", "--preset", "supervised"],
        "train, default, validated 4 times": [*common, f"{folder / 'default'}", *validated],
        "predict": [*predicted, "--device", "cpu"],
    }


def _apart(words: Sequence[str], clock: str, told: Path) -> Course:
    command = [sys.executable, "-m", __spec__.name, clock, f"{told}", *words]
    own = {**os.environ, "DUALNETSSL_PREPARED": "none", **({"OMP_NUM_THREADS": "1"} if clock == "cpu" else {})}
    done = subprocess.run(command, capture_output=True, text=True, env=own)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(words)} failed:\n{done.stderr[-2000:]}")
    return Course(**json.loads(told.read_bytes()))


def follow(words: Sequence[str], clock: Callable[[], float]) -> Course:
    """Run a command of the command line in this process, by a clock that all of it reads, and note what it says.

    Raises:
        RuntimeError: the command failed.
    """
    with mock.patch.multiple(time, monotonic=clock, perf_counter=clock):
        from dualnetssl.cli import main

        recorder, begun = Recorder(clock), clock()
        with contextlib.redirect_stdout(recorder):
            status = main.main(list(words))
        ended = clock()
    if status != 0:
        raise RuntimeError(f"{shlex.join(words)} ended with {status}")
    return Course(begun, ended, recorder.samples)


def findings(courses: dict[str, Course], clock: str, load: float | None) -> Findings:
    """Put the errors into a table."""
    rows, figures = [], {}
    for name, course in courses.items():
        errors, took = course.errors(), course.ended - course.begun
        rows.append([name, f"{took:.0f}", *_cells(errors)])
        figures[name] = {"seconds": took, "errors": [round(error, 4) for error in errors]}
    header = ["command", "s", f"within {_AIM:.0%}", "median error", "errors"]
    return Findings("timeleft", header, rows, {"clock": clock, "load": load, "courses": figures}, _notes(clock, load))


def _cells(errors: Sequence[float]) -> list[str]:
    if not errors:
        return ["none told", "–", "–"]
    within = sum(abs(error) <= _AIM for error in errors)
    middle = statistics.median(abs(error) for error in errors)
    return [f"{within} of {len(errors)}", f"{middle:.0%}", f"{min(errors):+.0%} to {max(errors):+.0%}"]


def _notes(clock: str, load: float | None) -> tuple[str, ...]:
    judged = (
        f"Each estimate between {_FIRST:.0%} and {_LAST:.0%} of the run, against what was left of the whole command."
    )
    if clock == "cpu":
        return judged, "By processor time, one thread: waits for disks and for other work are not in it."
    return judged, f"By the clock on the wall; load at the start {frame.load_in_words(load)}."


def _main(clock: str, told: str, *words: str) -> None:
    course: dict[str, Any] = vars(follow(words, _CLOCKS[clock]))
    Path(told).write_text(json.dumps(course), encoding="utf-8")


if __name__ == "__main__":
    _main(*sys.argv[1:])
