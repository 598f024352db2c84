"""A worker of several processes, one for each GPU."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_RESTARTS = 2


def together(worker: Sequence[str], gpus: int) -> list[str]:
    """Return the command that runs a worker on several GPUs of a computer: torchrun, as a module of our own Python.

    If a rank dies all are started again, and go on from the last checkpoint.

    Args:
        worker: ``python -m MODULE``, to which the job directory is added.
        gpus: one process for each.

    Example:
        >>> together(("python", "-m", "work"), 1)
        ['python', '-m', 'work']
        >>> together(("python", "-m", "work"), 2)[-4:]
        ['--nproc-per-node=2', '--max-restarts=2', '-m', 'work']
    """
    if gpus < 2:
        return list(worker)
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return [*start, f"--nproc-per-node={gpus}", f"--max-restarts={_RESTARTS}", *worker[1:]]
