"""The worker process: does the job whose directory it is given, and always leaves an outcome that can be read.

Run as ``python -m dualnetssl.worker.process JOBDIR``. The exit status is 0 once ``result.json`` is written,
75 if another worker has the job, `NO_ROOM_STATUS` if the disk has no room for the outcome, and `PAUSED_STATUS` if it
was asked to pause: the next worker goes on from its checkpoint.

Started by torchrun, or by srun with several tasks, the ranks train together; the first of them is the worker, and the
others are told what to do by it. If one ends before its time torchrun ends all of them and starts them again.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout

from dualnetssl.contract.errors import disk_full
from dualnetssl.contract.jobdir import NO_ROOM_STATUS, PAUSED_STATUS, EventLog, JobDirectory, JobResult
from dualnetssl.contract.schema import Event

if TYPE_CHECKING:
    from dualnetssl.worker.ranks import Seat

_TAKEN = 75
_FAILED = 1
_LAST_WORDS = 30.0

OnEvent = Callable[[Event], object]


class Paused(Exception):
    """The worker was asked to pause; there is no outcome yet."""


def run(directory: JobDirectory, on_event: OnEvent = lambda event: None, seat: Seat | None = None) -> JobResult:
    """Do a job in this process and return its outcome, which is also in ``result.json``.

    Args:
        directory: a job directory with its ``job.json``.
        on_event: told of every event as it is written.
        seat: the first one, where other ranks `follow`.

    Raises:
        filelock.Timeout: another worker has the job.
        Paused: somebody asked for that; the job goes on when it is run again.
    """
    with directory.worker_lock():
        directory.pause_path.unlink(missing_ok=True)  # meant for the worker before this one
        done = directory.read_result()
        if done is not None:
            return done
        log = EventLog(directory)

        def report(kind: str, **fields: object) -> None:
            event = log.append(kind, **fields)
            if event is not None:
                on_event(event)

        result = directory.held_result()
        if result is None:
            from dualnetssl.worker.jobs import perform

            result = perform(directory, report) if seat is None else perform(directory, report, seat)
            if result.outcome == "cancelled" and not directory.cancel_requested():
                raise Paused
            directory.hold_result(result)
        if not log.ended:
            report("finished", outcome=result.outcome, metrics=result.metrics)
        directory.release_result()
        return result


def follow(directory: JobDirectory, seat: Seat) -> int:
    """Train as a further rank, which writes nothing; return the exit status."""
    if directory.read_result() is not None or directory.held_result() is not None:
        return 0
    from dualnetssl.worker.jobs import perform

    result = perform(directory, lambda kind, **fields: None, seat)
    if result.outcome != "failed":
        return 0
    # what is wrong for all ranks the first one writes down; what is wrong here alone it waits for in vain
    until = time.monotonic() + _LAST_WORDS
    while directory.read_result() is None and time.monotonic() < until:
        time.sleep(0.1)
    return _FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job named on the command line."""
    (path,) = sys.argv[1:] if arguments is None else arguments
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    directory = JobDirectory(Path(path))
    from dualnetssl.worker.ranks import seat_of

    seat = seat_of(os.environ)
    if seat.rank:
        return follow(directory, seat)
    try:
        result = run(directory, seat=seat)
    except Timeout:
        return _TAKEN
    except Paused:
        return PAUSED_STATUS if seat.size == 1 else 0  # torchrun would start the ranks again
    except OSError as error:
        if disk_full(error) is None:
            raise
        logging.getLogger(__name__).exception("no room for the outcome")
        return NO_ROOM_STATUS
    return _FAILED if seat.size > 1 and result.outcome == "failed" else 0  # other ranks may wait for this one


if __name__ == "__main__":
    raise SystemExit(main())
