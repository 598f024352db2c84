"""The worker process: does the job whose directory it is given, and always leaves an outcome that can be read.

Run as ``python -m dualnetssl.worker.process JOBDIR``. The exit status is 0 once ``result.json`` is written,
75 if another worker has the job, `NO_ROOM_STATUS` if the disk has no room for the outcome, and `PAUSED_STATUS` after
SIGUSR1, by which a cluster says that the time of this worker is up: the next worker goes on from its checkpoint.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import Timeout

from dualnetssl.contract.errors import disk_full
from dualnetssl.contract.jobdir import NO_ROOM_STATUS, PAUSED_STATUS, EventLog, JobDirectory, JobResult
from dualnetssl.contract.schema import Event

_TAKEN = 75

OnEvent = Callable[[Event], object]


class Paused(Exception):
    """The worker was asked to pause; there is no outcome yet."""


def run(directory: JobDirectory, on_event: OnEvent = lambda event: None) -> JobResult:
    """Do a job in this process and return its outcome, which is also in ``result.json``.

    Args:
        directory: a job directory with its ``job.json``.
        on_event: told of every event as it is written.

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

            result = perform(directory, report)
            if result.outcome == "cancelled" and not directory.cancel_requested():
                raise Paused
            directory.hold_result(result)
        if not log.ended:
            report("finished", outcome=result.outcome, metrics=result.metrics)
        directory.release_result()
        return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job named on the command line."""
    (path,) = sys.argv[1:] if arguments is None else arguments
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    directory = JobDirectory(Path(path))
    if hasattr(signal, "SIGUSR1"):  # not on Windows
        signal.signal(signal.SIGUSR1, lambda number, frame: directory.request_pause())
    try:
        run(directory)
    except Timeout:
        return _TAKEN
    except Paused:
        return PAUSED_STATUS
    except OSError as error:
        if disk_full(error) is None:
            raise
        logging.getLogger(__name__).exception("no room for the outcome")
        return NO_ROOM_STATUS
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
