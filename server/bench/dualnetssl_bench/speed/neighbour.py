"""``bench neighbour``: training steps beside a program that keeps a core busy, by how threads wait for each other.

On the same computer somebody works with 3D Slicer. Each way runs in a process of its own, in turns, as the threads of a
process learn how to wait when it starts. The figures are wall-clock ratios: on a computer that is busy already they say
nothing, and the load is told.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dualnetssl.cli.numbers import whole
from dualnetssl.cli.terminal import Progress
from dualnetssl.server.engines.threads import brief_waiting, cores, thread_environment
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings

_QUICK = (2, (16, 16, 32))
_USUAL = (8, (32, 48, 32))
_BUSY = "import sys\nprint(flush=True)\nwhile True: pass"
_THREADS = "OMP_NUM_THREADS"
_MOST_TIMES = 1.6
_TOO_BUSY = 0.5


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--steps", type=whole("--steps", 1), default=24, help="of a training (24)")
    parser.add_argument("--rounds", type=whole("--rounds", 1), default=2, help="of all ways in turns (2)")
    parser.add_argument("--width", type=whole("--width", 1), default=_USUAL[0], help=f"of the networks ({_USUAL[0]})")
    voxels = " ".join(map(str, _USUAL[1]))
    parser.add_argument(
        "--patch", type=whole("--patch", 16), nargs=3, metavar=("K", "J", "I"), default=_USUAL[1], help=f"({voxels})"
    )
    parser.add_argument("--threads", type=whole("--threads", 1), default=_usual_threads(), help="(as on a server)")
    parser.add_argument("--looks", type=whole("--looks", 0), help="before a thread sleeps (as on a server)")
    parser.add_argument("--quick", action="store_true", help="tiny networks: shows that it runs, no more")
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it."""
    width, patch = _QUICK if arguments.quick else (arguments.width, arguments.patch)
    words, load = [str(number) for number in (arguments.steps, width, *patch)], frame.load()
    times: dict[str, list[float]] = {}
    with Progress("rounds") as progress:
        for number in range(arguments.rounds):
            progress.count(number, arguments.rounds, "steps alone and beside a busy core")
            for way, environment in ways(arguments.threads, arguments.looks).items():
                times.setdefault(f"{way}, alone", []).append(_apart(words, environment))
                with busy_core():
                    times.setdefault(f"{way}, beside", []).append(_apart(words, environment))
    found = {way: min(taken) for way, taken in times.items()}
    frame.tell(findings(found, arguments.steps, load), arguments.output)
    return 0


def _usual_threads() -> int:
    return int(thread_environment(cores(), 1, {})[_THREADS])


def ways(threads: int, looks: int | None = None) -> dict[str, dict[str, str]]:
    """Return the variables of workers whose threads wait in either extreme way, and of those that the server starts.

    Example:
        >>> ways(2)["that spin"]
        {'OMP_NUM_THREADS': '2', 'OMP_WAIT_POLICY': 'ACTIVE'}
        >>> ways(2, 5)["that look 5 times"]
        {'OMP_NUM_THREADS': '2', 'OMP_WAIT_POLICY': 'PASSIVE', 'GOMP_SPINCOUNT': '5'}
    """
    extremes = {"that spin": {"OMP_WAIT_POLICY": "ACTIVE"}, "that sleep at once": {"OMP_WAIT_POLICY": "PASSIVE"}}
    told = {name: {_THREADS: str(threads)} | chosen for name, chosen in extremes.items()}
    brief = brief_waiting({}) | ({} if looks is None else {"GOMP_SPINCOUNT": str(looks)})
    name = "as the server starts them" if looks is None else f"that look {looks} times"
    return told | {name: {_THREADS: str(threads)} | brief}


@contextmanager
def busy_core() -> Iterator[None]:
    """Keep one core busy meanwhile."""
    with subprocess.Popen([sys.executable, "-S", "-c", _BUSY], stdout=subprocess.PIPE) as busy:
        try:
            assert busy.stdout is not None  # noqa: S101 - it was asked for
            busy.stdout.readline()
            yield
        finally:
            busy.kill()


def _apart(words: list[str], environment: Mapping[str, str]) -> float:
    own = {**os.environ, **environment}
    command = [sys.executable, "-m", __spec__.name, *words]
    found: float = json.loads(subprocess.run(command, check=True, capture_output=True, env=own).stdout)
    return found


def seconds_for(steps: int, width: int, patch: tuple[int, int, int]) -> float:
    """Return the time of some steps, after two that are not counted: their median times their number."""
    import torch

    from dualnetssl.worker.loop import train_step
    from dualnetssl_bench.speed.throughput import example

    torch.set_flush_denormal(True)
    times = []
    with tempfile.TemporaryDirectory() as folder:
        order, state = example(torch.device("cpu"), width, patch, Path(folder))
        for _ in range(steps + 2):
            begun = time.perf_counter()
            train_step(order, state, False)
            state.step += 1
            times.append(time.perf_counter() - begun)
    return statistics.median(times[2:]) * steps


def findings(times: dict[str, float], steps: int, load: float | None) -> Findings:
    """Put the times into a table."""
    names = list(dict.fromkeys(way.rpartition(", ")[0] for way in times))
    ratios = {name: times[f"{name}, beside"] / times[f"{name}, alone"] for name in names}
    rows = [
        [name, f"{times[f'{name}, alone']:.1f}", f"{times[f'{name}, beside']:.1f}", f"{ratios[name]:.2f}"]
        for name in names
    ]
    header = ["threads", f"s for {steps} steps alone", "beside a busy core", "times"]
    verdict = "kept" if ratios[names[-1]] <= _MOST_TIMES else "NOT kept"
    if load is None:
        verdict += ", unless the computer was busy without it (its load is unknown)"
    elif load > _TOO_BUSY:
        verdict = f"not judged, as the computer was busy without it (load {load:.1f})"
    notes = (f"A busy neighbour is to cost {_MOST_TIMES} times at most: {verdict}.",)
    return Findings("neighbour", header, rows, {"seconds": times, "times": ratios, "load": load}, notes)


if __name__ == "__main__":
    count, channels, k, j, i = (int(word) for word in sys.argv[1:])
    sys.stdout.write(json.dumps(seconds_for(count, channels, (k, j, i))))
