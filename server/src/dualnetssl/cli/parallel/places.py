"""Where numbered job directories run side by side: processes of this computer, or an array of a Slurm cluster."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.server.engines import Unavailable
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.engines.ranks import together
from dualnetssl.server.engines.slurm import SlurmOptions, programs
from dualnetssl.server.engines.slurm.engine import WORKER
from dualnetssl.server.engines.slurm.queue import Queue
from dualnetssl.worker.needs import needed_bytes

Name = int | str
"""Of a job's folder: a number, which a task of an array must have, or any."""


class Place(Protocol):
    """Starts workers in the folders ``ROOT/NAME`` and knows which of them are at work."""

    def start(self, root: Path, numbers: Sequence[Name]) -> None:
        """Start a worker in each of these folders."""

    def alive(self, root: Path, number: Name) -> bool:
        """Whether a worker is there, or waits for its turn; one of an earlier command, too."""

    def waiting(self, root: Path) -> int:
        """Return how many wait for their turn."""

    def stop(self, root: Path) -> None:
        """Take back what has not begun; those at work were asked in their directories."""


class Processes:
    """Processes of this computer, one for each slot; more jobs than slots share them in turns."""

    def __init__(self, slots: Sequence[str], engine: LocalEngine | None = None) -> None:
        """Choose the devices.

        Args:
            slots: a device for each that runs at a time.
            engine: what starts them.
        """
        self._slots, self._engine = tuple(slots), engine or LocalEngine(niceness=0, workers=len(slots))
        self._started: dict[Path, str] = {}
        self._queue: list[Path] = []

    def start(self, root: Path, numbers: Sequence[Name]) -> None:
        """Start as many as there are slots; the others follow when one is free and somebody asks."""
        self._queue += [root / str(number) for number in numbers]
        self._fill()

    def _fill(self) -> None:
        free = list(self._slots)
        for directory, slot in self._started.items():
            if self._engine.alive(directory) and slot in free:
                free.remove(slot)
        while free and self._queue:
            directory, slot = self._queue.pop(0), free.pop(0)
            self._started[directory] = slot
            self._engine.start(directory, slot)

    def alive(self, root: Path, number: Name) -> bool:
        """Whether a process is there or will be; the lock tells of those of an earlier command."""
        self._fill()
        directory = root / str(number)
        if directory in self._queue or self._engine.alive(directory):
            return True
        return directory not in self._started and JobDirectory(directory).worker_alive()

    def waiting(self, root: Path) -> int:
        """Return how many wait for a slot."""
        return len(self._queue)

    def stop(self, root: Path) -> None:
        """Start none of those that wait."""
        self._queue.clear()


class Array:
    """Tasks of an array of a Slurm cluster, each named by its folder's number."""

    def __init__(
        self, options: SlurmOptions, gpus: int, command: Sequence[str] = WORKER, queue: Queue | None = None
    ) -> None:
        """Choose what each task asks of the cluster.

        Args:
            options: for all of them.
            gpus: that each takes.
            command: to which the folder is added.
            queue: what is at the cluster.
        """
        self._options, self._gpus, self._queue = options, gpus, queue or Queue()
        self._command = tuple(command)

    def start(self, root: Path, numbers: Sequence[Name]) -> None:
        """Hand in one array; what its largest job is estimated to need is asked for each.

        Raises:
            InvalidRequest: Slurm refused it.
            Unavailable: Slurm cannot be asked.
        """
        memory = None
        if self._options.memory_gb is None:
            specs = [JobDirectory(root / str(number)).read_spec() for number in numbers]
            memory = max(needed_bytes(spec, on_gpu=self._gpus > 0) for spec in specs)
        options = self._options.arguments(memory, self._gpus)
        try:
            command = [*together(self._command, self._gpus), "."]
            programs.submit(root, command, options, tasks=numbers, at_a_time=self._options.jobs)
        except Unavailable as error:
            self._queue.miss(error)
            raise
        self._queue.note(root)

    def alive(self, root: Path, number: Name) -> bool:
        """Whether the cluster has the task; what nobody knows is taken to be there."""
        jobs = self._queue.of(root)
        return jobs is None or any(job.number.endswith(f"_{number}") for job in jobs)

    def waiting(self, root: Path) -> int:
        """Return how many tasks do not run yet."""
        return sum(job.state == "PENDING" for job in self._queue.of(root) or ())

    def stop(self, root: Path) -> None:
        """Take the tasks that do not run yet from the cluster."""
        pending = [job.number for job in self._queue.of(root) or () if job.state == "PENDING"]
        try:
            if pending:
                programs.cancel(pending)
        except Unavailable as error:
            print(f"The cluster does not answer, so what waits there stays: {error}", file=sys.stderr)
