"""The life of jobs: queued, running, ended; workers that die are started again, servers that die take up the rest.

All state is in the store and in the job directories, so that a new supervisor knows what the one before knew.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from dualnetssl.contract.errors import Conflict, ProblemError, TrainingFailed, disk_full, no_room
from dualnetssl.contract.jobdir import NO_ROOM_STATUS, PAUSED_STATUS, JobDirectory, JobResult, write_atomic
from dualnetssl.contract.schema import AT_WORK, Device, Job, JobCreate, JobState, problem_of
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.engines import Engine, Unavailable
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.store import Store
from dualnetssl.server.supervisor.aside import Aside
from dualnetssl.server.supervisor.orders import prepare
from dualnetssl.server.supervisor.outcomes import take_in
from dualnetssl.server.supervisor.turns import in_turn

ATTEMPTS = 3
"""Workers that are started for a job before a person must decide."""

START_GRACE = 20.0
"""Seconds that a worker started by an earlier run of the server has to take its lock."""

CANCEL_GRACE = 300.0
"""Seconds that a worker has to stop gracefully."""

POLL_SECONDS = 0.2

SCARCE = 1 << 20
"""Free bytes below which a worker that ended without a result is taken to have found no room for one."""

_LOG = logging.getLogger(__name__)
_STOPPABLE = (JobState.FAILED, JobState.CANCELLED)


def slots_on(devices: Sequence[Device], each: int = 1) -> tuple[str, ...]:
    """Return one slot, or ``each`` of them, per GPU, or on the CPU where there is no GPU.

    Example:
        >>> slots_on([Device(name="cuda:0", title="GPU", memory_bytes=1), Device(name="cpu", title="", memory_bytes=1)])
        ('cuda:0',)
    """
    gpus = [device.name for device in devices if device.name != "cpu"]
    return tuple(name for name in gpus or ["cpu"] for _ in range(each))


class Supervisor:
    """Starts queued jobs where a slot is free, watches running ones and takes in what they made."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        jobs_root: Path,
        *,
        engine: Engine | None = None,
        slots: Sequence[str] = ("auto",),
        start_grace: float = START_GRACE,
        cancel_grace: float = CANCEL_GRACE,
    ) -> None:
        """Make a supervisor; it does nothing until it is started.

        Args:
            store: the server's memory.
            blobs: the server's files.
            jobs_root: folder of the job directories, each named by its job.
            engine: where workers run; processes of this computer by default.
            slots: a device name per job that may run at a time.
            start_grace: seconds that a worker of an earlier run of the server has to take its lock.
            cancel_grace: seconds that a worker has to stop gracefully.
        """
        self._store, self._blobs, self._root = store, blobs, jobs_root
        self._engine: Engine = engine or LocalEngine(workers=len(slots))
        self._slots = tuple(slots)
        self._start_grace, self._cancel_grace = start_grace, cancel_grace
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._aside = Aside(self._wake.set)

    @property
    def alive(self) -> bool:
        """Whether the thread that watches over the jobs runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Take up the jobs that an earlier run of the server left, and begin to work."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; workers go on by themselves."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._aside.close()

    def submit(self, request: JobCreate, idempotency_key: str | None = None) -> tuple[Job, bool]:
        """Queue a checked order; return the job and whether it is new.

        Raises:
            Conflict: the key was used for another order.
        """
        job, new = self._store.jobs.create(request, idempotency_key)
        self._wake.set()
        return job, new

    def cancel(self, job: str) -> Job:
        """End a queued job, or ask the worker of a running one to stop gracefully; ended jobs stay as they are.

        Raises:
            NotFound: there is no such job.
        """
        at_once = self._store.jobs.transition(job, [JobState.QUEUED], JobState.CANCELLED)
        if at_once is not None:
            return at_once
        present = self._store.jobs.get(job)
        if present.state in AT_WORK:
            self._directory(job).request_cancel()
            self._wake.set()
        return present

    def resume(self, job: str) -> Job:
        """Queue a failed or cancelled job again, to go on from its checkpoint.

        Raises:
            NotFound: there is no such job.
            Conflict: the job is in another state.
        """
        state = self._store.jobs.get(job).state
        if state in _STOPPABLE:
            self._directory(job).withdraw_cancel()
        queued = self._store.jobs.transition(job, _STOPPABLE, JobState.QUEUED, attempt=0)
        if queued is None:
            raise Conflict(
                f"the order to resume a job that is {state.value}", "failed or cancelled jobs", "Order a new job."
            )
        self._wake.set()
        return queued

    def reconcile(self) -> None:
        """Look once at every job that has not ended, and do what is due."""
        for job in self._store.jobs.find(states=AT_WORK):
            self._guarded(job, self._watch)
        running = self._store.jobs.find(states=AT_WORK)
        free = self._free_slots(running) if self._engine.ready() else []
        waiting = self._store.jobs.find(states=[JobState.QUEUED]) if free else []
        for job in in_turn(waiting, running):
            if free:  # a thousand jobs may wait: none of them is looked at in vain
                self._guarded(job, lambda job: self._launch(job, free))

    def _run(self) -> None:
        trouble = ""
        while not self._stopping.is_set():
            self._wake.clear()
            trouble = self._look(trouble)
            self._wake.wait(POLL_SECONDS)

    def _look(self, known: str) -> str:
        """Look at all jobs, and return what came in the way; trouble that is known already is not told again."""
        try:
            self.reconcile()
        except ProblemError as error:
            if str(error) != known:
                _LOG.warning("the jobs cannot be looked at until this is cured: %s", error)
            return str(error)
        except Exception as error:
            if str(error) != known:
                _LOG.exception("the jobs could not be looked at; trying again")
            return str(error)
        return ""

    def _guarded(self, job: Job, step: Callable[[Job], None]) -> None:
        """Let an error end its own job and no other."""
        try:
            step(job)
        except Unavailable as error:
            _LOG.warning("job %s has to wait: %s", job.id, error)
        except ProblemError as error:
            self._fail(job, error)
            _LOG.warning("job %s failed: %s", job.id, error)
        except Exception as error:
            self._fail(job, disk_full(error) or _internal())
            _LOG.exception("job %s failed", job.id)

    def _fail(self, job: Job, error: ProblemError) -> None:
        self._store.jobs.transition(job.id, [JobState.QUEUED, *AT_WORK], JobState.FAILED, problem=problem_of(error))

    def _directory(self, job: str) -> JobDirectory:
        return JobDirectory(self._root / job)

    def _launch(self, job: Job, free: list[str]) -> None:
        directory = self._directory(job.id)
        if self._engine.alive(directory.path):
            # it was handed in by a server that did not come to write that down
            self._store.jobs.transition(job.id, [JobState.QUEUED], JobState.RUNNING)
            return
        if directory.path.exists() and directory.worker_alive():
            return
        prepare(self._store, self._blobs, job, directory)
        write_atomic(_slot_path(directory), free[0].encode())
        # a worker without the state would run unseen; the state without a worker is found and repaired
        started = self._store.jobs.transition(job.id, [JobState.QUEUED], JobState.RUNNING, attempt=job.attempt + 1)
        if started:
            self._start(job, directory, free)

    def _start(self, job: Job, directory: JobDirectory, free: list[str]) -> None:
        try:
            self._engine.start(directory.path, free.pop(0))
        except Unavailable:
            free.clear()
            self._store.jobs.transition(job.id, [JobState.RUNNING], JobState.QUEUED, attempt=job.attempt)
            raise

    def _free_slots(self, running: Sequence[Job]) -> list[str]:
        free = list(self._slots)
        for job in running:
            taken = _slot_path(self._directory(job.id)).read_text()
            # a server that was restarted with fewer slots lets the jobs of the others run on
            free = free[1:] if taken not in free else [*free[: free.index(taken)], *free[free.index(taken) + 1 :]]
        return free

    def _watch(self, job: Job) -> None:
        directory = self._directory(job.id)
        result = directory.read_result()
        if result is None and self._running(directory):
            waiting = self._engine.waiting(directory.path)
            self._show(job, JobState.PENDING if waiting else JobState.RUNNING)
            self._enforce_cancel(job, directory, self._cancel_grace if not waiting else 0.0)
            return
        # the worker may have written its result after the first look and before it was seen to be gone
        result = result or directory.read_result()
        if result is None:
            self._lost(job, directory)
        else:
            self._finish(job, directory, result)

    def _show(self, job: Job, state: JobState) -> None:
        if job.state is not state:
            self._store.jobs.transition(job.id, AT_WORK, state)

    def _running(self, directory: JobDirectory) -> bool:
        """Whether a worker lives or may still be starting.

        The lock is only tried when no start can be under way: trying it takes it for a moment, and a worker that
        asks for it in that moment would go away.
        """
        if self._engine.alive(directory.path):
            return True
        ours = self._engine.exit_status(directory.path) is not None
        # a start that seems to lie far in the future was before the clock was set back
        starting = abs(time.time() - _slot_path(directory).stat().st_mtime) < self._start_grace
        return (starting and not ours) or directory.worker_alive()

    def _enforce_cancel(self, job: Job, directory: JobDirectory, grace: float) -> None:
        """End a worker that had its time to stop; one that waits for its turn has nothing to stop."""
        if not directory.cancel_requested():
            return
        if time.time() - directory.cancel_path.stat().st_mtime >= grace:
            _LOG.warning("job %s did not stop within %g seconds and is ended", job.id, grace)
            self._engine.stop(directory.path)

    def _lost(self, job: Job, directory: JobDirectory) -> None:
        if directory.cancel_requested():
            self._store.jobs.transition(job.id, AT_WORK, JobState.CANCELLED)
        elif self._engine.exit_status(directory.path) == NO_ROOM_STATUS:
            raise no_room()
        elif self._engine.exit_status(directory.path) == PAUSED_STATUS:
            # its time at the cluster was up, which is no failure
            self._store.jobs.transition(job.id, AT_WORK, JobState.QUEUED, attempt=job.attempt - 1)
        elif job.attempt < ATTEMPTS:
            _LOG.warning("job %s lost its worker in attempt %d and is queued again", job.id, job.attempt)
            self._store.jobs.transition(job.id, AT_WORK, JobState.QUEUED)
        elif shutil.disk_usage(directory.path).free < SCARCE:
            raise no_room()
        else:
            raise _worker_lost(job.attempt, self._engine.exit_status(directory.path))

    def _finish(self, job: Job, directory: JobDirectory, result: JobResult) -> None:
        if not self._aside.finished(job.id, partial(take_in, self._store, self._blobs, job, directory, result)):
            return
        self._store.jobs.transition(job.id, AT_WORK, JobState(result.outcome), problem=result.problem)


def _slot_path(directory: JobDirectory) -> Path:
    """The name of the device that the job's worker was given, written just before each start."""
    return directory.path / "slot"


def _worker_lost(attempts: int, status: int | None) -> TrainingFailed:
    if status is None:
        last = "the last one disappeared"
    elif status < 0:
        last = f"the last one was ended by signal {-status}, as happens when memory runs out"
    else:
        last = f"the last one ended with status {status}"
    return TrainingFailed(
        f"{attempts} workers that ended without a result; {last}",
        "workers that run to their end",
        "Choose a smaller width or patch if memory is short, look at worker.log in the job's folder on the server, "
        "then resume the job: it goes on from its checkpoint.",
    )


def _internal() -> TrainingFailed:
    return TrainingFailed(
        "an error of the server that nobody foresaw",
        "a job that runs",
        "Resume the job; if it fails again, report it with the server's log.",
    )
