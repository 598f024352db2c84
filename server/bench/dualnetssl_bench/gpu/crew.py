"""Child processes that share a device, each with its order and log in a file, isolated from each other's failures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.jobdir import write_atomic
from dualnetssl_bench.gpu.orders import SpeedOrder, TrainingOrder

_CHILD = "dualnetssl_bench.gpu.child"
_POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Member:
    """One process.

    Attributes:
        name: of its order and log.
        process: itself.
        log: what it prints.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    @property
    def failure(self) -> str | None:
        """How it failed, with the last line it printed; None if it did not, or still runs."""
        status = self.process.poll()
        if status in (None, 0):
            return None
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return f"{self.name} ended with status {status}: {lines[-1] if lines else 'it said nothing'}"


def start(work: str, name: str, order: SpeedOrder | TrainingOrder, folder: Path, threads: int) -> Member:
    """Start a process.

    Args:
        work: see `child.main`.
        name: of its files.
        order: what to do.
        folder: gets order and log.
        threads: of the CPU that it may keep busy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, log = folder / f"{name}.{work}.json", folder / f"{name}.{work}.log"
    write_atomic(path, order.model_dump_json(indent=1).encode())
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", _CHILD, work, str(path)],
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
        )
    return Member(f"{name}, {work}", process, log)


def attend(members: Sequence[Member], look: Callable[[], bool]) -> None:
    """Wait until all have ended, or until ``look``, called again and again, says that it is enough; end the rest.

    ``look`` may add members; it is called once more when all have ended.
    """
    try:
        while True:
            busy = any(member.running for member in members)
            if look() or not (busy or any(member.running for member in members)):
                return
            time.sleep(_POLL_SECONDS)
    finally:
        end(members)


def end(members: Sequence[Member]) -> None:
    """End those that still run, at once."""
    for member in members:
        if member.running:
            member.process.kill()
        member.process.wait()


def threads_each(count: int) -> int:
    """Return how many threads each of some processes may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // max(1, count))
