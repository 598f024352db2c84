"""The engine: four methods over what Slurm keeps. A server that starts anew finds its jobs there by their names."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dualnetssl import processes
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobSpec
from dualnetssl.contract.schema import JobKind
from dualnetssl.server.engines import Unavailable
from dualnetssl.server.engines.ranks import together
from dualnetssl.server.engines.slurm import programs
from dualnetssl.server.engines.slurm.options import SlurmOptions
from dualnetssl.server.engines.slurm.programs import Waiting
from dualnetssl.server.engines.slurm.queue import Queue, before_their_turn
from dualnetssl.server.engines.slurm.script import STATUS_FILE, exit_status

WORKER = (sys.executable, "-m", "dualnetssl.worker.process")
_NEEDS = (sys.executable, "-m", "dualnetssl.worker.needs")
_SECONDS_TO_ESTIMATE = 300.0
_LOG = logging.getLogger(__name__)

Estimate = Callable[[Path, bool], int | None]
"""Returns the bytes of a node's memory that a job needs, by its directory and whether it has a GPU; None: unknown."""


def estimated_bytes(directory: Path, on_gpu: bool) -> int | None:
    """Estimate a job's memory in a process of its own: the server itself knows nothing of networks."""
    try:
        done = processes.run([*_NEEDS, str(directory), *(["--gpu"] if on_gpu else [])], seconds=_SECONDS_TO_ESTIMATE)
    except (OSError, processes.TooLong):
        return None
    said = done.stdout.decode(errors="replace").strip()
    if done.returncode or not said.isdecimal():
        _LOG.warning("what job %s needs could not be estimated; the cluster's usual memory holds", directory.name)
        return None
    return int(said)


class SlurmEngine:
    """Hands in each job as one batch job that runs ``python -m dualnetssl.worker.process .`` in its directory."""

    def __init__(
        self,
        options: SlurmOptions,
        command: Sequence[str] = WORKER,
        estimate: Estimate = estimated_bytes,
        queue: Queue | None = None,
    ) -> None:
        """Choose how jobs are handed in.

        Args:
            options: what each asks of the cluster.
            command: to which the job directory is added.
            estimate: what a job needs.
            queue: what is at the cluster.
        """
        self._options, self._command, self._estimate = options, tuple(command), estimate
        self._queue, self._ended = queue or Queue(), set[str]()

    def start(self, directory: Path, device: str) -> None:
        """Hand a job in, unless it is at the cluster already, as after a server that died while it did so.

        Raises:
            InvalidRequest: Slurm refused it.
            Unavailable: Slurm cannot be asked.
        """
        if self._known(directory):
            return
        spec = JobDirectory(directory).read_spec()
        gpus = self._gpus(spec)
        memory = None if self._options.memory_gb is not None else self._estimate(directory, gpus > 0)
        (directory / STATUS_FILE).unlink(missing_ok=True)
        command = [*together(self._command, gpus), "."]
        try:
            number = programs.submit(directory, command, self._options.arguments(memory, gpus))
        except Unavailable as error:
            self._queue.miss(error)
            raise
        self._queue.note(directory)
        _LOG.info("job %s is job %s of the cluster", directory.name, number)

    def _gpus(self, spec: JobSpec) -> int:
        return self._options.gpus if spec.kind is JobKind.TRAIN else min(1, self._options.gpus)

    def ready(self) -> bool:
        """Whether the cluster answered when it was last asked."""
        self._queue.look()
        return not self._queue.away

    def waiting(self, directory: Path) -> bool:
        """Whether a job is at the cluster and none of its nodes runs it yet."""
        jobs = self._queue.of(directory)
        return self._queue.fresh(directory) if jobs is None else before_their_turn(jobs)

    def alive(self, directory: Path) -> bool:
        """Whether a job is at the cluster, whichever server handed it in; what nobody knows is taken to be there."""
        jobs = self._queue.of(directory)
        return jobs is None or bool(jobs)

    def exit_status(self, directory: Path) -> int | None:
        """Return how the last worker ended, as its script wrote it down; None if it runs or its node died."""
        try:
            return exit_status((directory / STATUS_FILE).read_text(encoding="ascii"))
        except FileNotFoundError:
            return None

    def stop(self, directory: Path) -> None:
        """Take a job from the cluster; if that does not answer, the supervisor asks for it again."""
        jobs = () if self._queue.away else self._queue.of(directory) or ()
        numbers = [job.number for job in jobs if job.number not in self._ended]
        if not numbers:
            return
        try:
            programs.cancel(numbers)
        except Unavailable as error:
            self._queue.miss(error)
        else:
            self._ended.update(numbers)

    def _known(self, directory: Path) -> tuple[Waiting, ...]:
        """Return what is at the cluster of a directory at this moment."""
        self._queue.look(at_once=True)
        jobs = self._queue.of(directory)
        if jobs is None or self._queue.away:
            raise Unavailable("the cluster does not answer")
        return jobs
