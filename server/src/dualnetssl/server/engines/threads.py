"""How many threads a worker computes with, and how they wait: somebody works on the same computer."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

_FEW_CORES = 4
_BRIEF = (("OMP_WAIT_POLICY", "PASSIVE"), ("GOMP_SPINCOUNT", "700"))
"""The first is every OpenMP's; the second is that of PyTorch's on Linux, and counts before the first there."""


def cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def brief_waiting(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return variables by which threads look 700 times for what they wait for, then sleep; none if chosen.

    Threads that spin until all are there keep a core from whoever needs it, and are then all late, as each step takes
    as long as its last thread. Those that sleep at once must be woken, which costs more than most waits last. A
    few looks, a pause of the processor each, bridge those and keep nobody from a core (``bench neighbour``).

    Example:
        >>> brief_waiting({})
        {'OMP_WAIT_POLICY': 'PASSIVE', 'GOMP_SPINCOUNT': '700'}
        >>> brief_waiting({"OMP_WAIT_POLICY": "ACTIVE"})
        {}
    """
    return {} if any(name in chosen for name, _ in _BRIEF) else dict(_BRIEF)


def thread_environment(available: int, workers: int, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return variables for a worker; what somebody chose for the server stays as it is.

    Workers share the cores. From four cores on one stays free for the person at the computer. Threads wait as
    `brief_waiting` says.

    Args:
        available: cores.
        workers: that may run at a time.
        chosen: the server's own variables.

    Example:
        >>> thread_environment(8, 2, {})
        {'OMP_NUM_THREADS': '3', 'OMP_WAIT_POLICY': 'PASSIVE', 'GOMP_SPINCOUNT': '700'}
        >>> thread_environment(2, 1, {"OMP_WAIT_POLICY": "ACTIVE"})
        {'OMP_NUM_THREADS': '2'}
    """
    free = available - 1 if available >= _FEW_CORES else available
    number = {} if "OMP_NUM_THREADS" in chosen else {"OMP_NUM_THREADS": str(max(1, free // workers))}
    return number | brief_waiting(chosen)


def wait_briefly(own: MutableMapping[str, str]) -> None:
    """Have the threads of this process wait as `brief_waiting` says; it must be said before PyTorch is loaded.

    Args:
        own: the variables of this process; what somebody chose stays.

    Example:
        >>> own = {"OMP_WAIT_POLICY": "ACTIVE"}
        >>> wait_briefly(own)
        >>> own
        {'OMP_WAIT_POLICY': 'ACTIVE'}
    """
    own.update(brief_waiting(own))
