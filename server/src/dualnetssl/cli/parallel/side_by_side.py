"""Numbered job directories from start to outcome, however often the command that watches them is begun again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from dualnetssl.cli.parallel.places import Place
from dualnetssl.contract.errors import TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.contract.schema import Event, problem_of
from dualnetssl.server.engines import Unavailable

ROUNDS = 3
"""How often a worker is started for a job before a person must decide."""

_LOOK_SECONDS = 0.5

N = TypeVar("N", int, str)


def run(
    root: Path,
    numbers: Sequence[N],
    place: Place,
    stopping: Callable[[], bool],
    on_event: Callable[[N, Event], object],
    on_look: Callable[[int], object] = lambda waiting: None,
) -> dict[N, JobResult]:
    """Run the jobs in ``ROOT/NUMBER`` to their outcomes; those that are there already stay as they are.

    A worker that ends without an outcome is started again, and goes on from what it left. Workers of an earlier
    command that was broken off are found at their work.

    Args:
        root: folder of the job directories.
        numbers: their names.
        place: where they run.
        stopping: whether somebody asked to stop; all are then asked to.
        on_event: told of every event.
        on_look: told after every look how many jobs wait for their turn.

    Returns:
        The outcomes; a job that was stopped before it began has none.
    """
    directories = {number: JobDirectory(root / str(number)) for number in numbers}
    seen = dict.fromkeys(numbers, 0)
    rounds = dict.fromkeys(numbers, 0)
    lost: dict[N, JobResult] = {}
    stopped = False
    while True:
        open_ones = [number for number in numbers if directories[number].read_result() is None and number not in lost]
        gone = [number for number in open_ones if not place.alive(root, number)]
        # the outcome may have been written between both looks
        gone = [number for number in gone if directories[number].read_result() is None]
        for number, directory in directories.items():
            for event in directory.read_events(seen[number]):
                seen[number] = event.seq
                on_event(number, event)
        if stopping() and not stopped:
            stopped = True
            for number in open_ones:
                directories[number].request_cancel()
            place.stop(root)
        if not open_ones or (stopped and len(gone) == len(open_ones)):
            break
        lost.update({number: _lost(directories[number]) for number in gone if rounds[number] == ROUNDS and not stopped})
        fresh = [number for number in gone if number not in lost]
        if fresh and not stopped:
            with suppress(Unavailable):  # asked again at the next look
                place.start(root, fresh)
                rounds.update({number: rounds[number] + 1 for number in fresh})
        on_look(place.waiting(root))
        time.sleep(_LOOK_SECONDS)
    found = {number: directory.read_result() for number, directory in directories.items()}
    return lost | {number: result for number, result in found.items() if result is not None}


def _lost(directory: JobDirectory) -> JobResult:
    error = TrainingFailed(
        f"{ROUNDS} workers that ended without a result",
        "workers that run to their end",
        f"Look at {directory.log_path}; the same command goes on from what they left.",
    )
    return JobResult(outcome="failed", problem=problem_of(error))
