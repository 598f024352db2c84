"""``train --gpus``: one training on several GPUs of this computer."""

from __future__ import annotations

import threading

from dualnetssl.cli.monitor import Monitor, graceful_stop
from dualnetssl.cli.parallel.places import Processes
from dualnetssl.cli.parallel.side_by_side import run
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.server.engines.local import WORKER, LocalEngine
from dualnetssl.server.engines.ranks import together


def train(directory: JobDirectory, gpus: int) -> JobResult:
    """Train in processes that torchrun starts, show how it goes, and return the outcome.

    Args:
        directory: of the job, with its order.
        gpus: one process each; where there is no GPU, so many processes share the CPU.
    """
    place = Processes(("auto",), LocalEngine(together(WORKER, gpus), niceness=0, workers=gpus))
    stopping = threading.Event()
    path = directory.path.resolve()
    with Monitor() as monitor, graceful_stop(stopping.set, monitor.say):
        found = run(path.parent, [path.name], place, stopping.is_set, lambda name, event: monitor(event))
    return found.get(path.name, JobResult(outcome="cancelled", step=0))
