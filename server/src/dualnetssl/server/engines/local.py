"""Workers as processes of this computer, in sessions of their own so that they outlive the server."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from dualnetssl import processes
from dualnetssl.contract.jobdir import JobDirectory, write_atomic
from dualnetssl.server.engines.threads import cores, thread_environment

WORKER = (sys.executable, "-m", "dualnetssl.worker.process")

NICENESS = 5
"""How far workers stand back (0 to 19), so that the server answers at once while they compute."""


class LocalEngine:
    """Starts ``python -m dualnetssl.worker.process JOBDIR``."""

    def __init__(self, command: Sequence[str] = WORKER, niceness: int = NICENESS, workers: int = 1) -> None:
        """Choose how workers run.

        Args:
            command: to which the job directory is added.
            niceness: how far workers stand back.
            workers: most that run at a time; they share the cores.
        """
        self._command, self._niceness, self._workers = tuple(command), niceness, workers
        self._children: dict[Path, processes.Process] = {}

    def start(self, directory: Path, device: str) -> None:
        """Start a worker; what it prints goes to ``worker.log``.

        Raises:
            OSError: the worker cannot be started.
        """
        threads = thread_environment(cores(), self._workers, os.environ)
        with JobDirectory(directory).log_path.open("ab") as log:
            child = processes.start(
                [*self._command, str(directory)],
                writing=log,
                errors=processes.TOGETHER,
                environment={**os.environ, **threads, **_device_environment(device)},
                apart=True,
            )
        self._children[directory] = child
        write_atomic(_pid_path(directory), str(child.pid).encode())
        if self._niceness and hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, child.pid, self._niceness)

    def ready(self) -> bool:
        """Return true: this computer takes a job wherever a slot is free.

        As it is asked at every look, workers that have ended since are let go of here: a job is over with its result,
        which comes before the end of its worker, and nobody asks for that one again.
        """
        for child in self._children.values():
            child.poll()
        return True

    def waiting(self, directory: Path) -> bool:
        """Return false: a process runs as soon as it is started."""
        return False

    def alive(self, directory: Path) -> bool:
        """Whether a worker that this object started is still there."""
        child = self._children.get(directory)
        return child is not None and child.poll() is None

    def exit_status(self, directory: Path) -> int | None:
        """Return the exit status of a worker that this object started, negative for a signal."""
        child = self._children.get(directory)
        return None if child is None else child.poll()

    def stop(self, directory: Path) -> None:
        """End the worker; call it only while the worker is known to live, as its number may be another's later.

        On Windows that is an end without a last word. A training that is asked to stop is asked by a file in its
        directory, which every system has, and keeps its model.
        """
        os.kill(int(_pid_path(directory).read_text()), signal.SIGTERM)


def _pid_path(directory: Path) -> Path:
    return directory / "worker.pid"


def _device_environment(device: str) -> dict[str, str]:
    """Show the worker its own device alone."""
    if device == "auto":
        return {}
    return {"CUDA_VISIBLE_DEVICES": device.removeprefix("cuda:") if device.startswith("cuda:") else ""}
