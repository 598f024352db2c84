"""How many threads a worker computes with, and how they wait: somebody works on the same computer."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

_FEW_CORES = 4
_WAITING, _ASLEEP = "OMP_WAIT_POLICY", "PASSIVE"


def cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def thread_environment(available: int, workers: int, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return variables for a worker; what somebody chose for the server stays as it is.

    Workers share the cores. From four cores on one stays free for the person at the computer. Threads that wait for
    each other sleep: those that spin meanwhile keep a core from whoever needs it, and are then all late, as each step
    takes as long as its last thread.

    Args:
        available: cores.
        workers: that may run at a time.
        chosen: the server's own variables.

    Example:
        >>> thread_environment(8, 2, {})
        {'OMP_NUM_THREADS': '3', 'OMP_WAIT_POLICY': 'PASSIVE'}
        >>> thread_environment(2, 1, {"OMP_WAIT_POLICY": "ACTIVE"})
        {'OMP_NUM_THREADS': '2'}
    """
    free = available - 1 if available >= _FEW_CORES else available
    usual = {"OMP_NUM_THREADS": str(max(1, free // workers)), _WAITING: _ASLEEP}
    return {name: value for name, value in usual.items() if name not in chosen}


def wait_asleep(own: MutableMapping[str, str]) -> None:
    """Have the threads of this process sleep while they wait; it must be said before PyTorch is loaded.

    Args:
        own: the variables of this process; what somebody chose stays.

    Example:
        >>> own = {"OMP_WAIT_POLICY": "ACTIVE"}
        >>> wait_asleep(own)
        >>> own
        {'OMP_WAIT_POLICY': 'ACTIVE'}
    """
    own.setdefault(_WAITING, _ASLEEP)
