"""Follows one job at a time by its events, from wherever the panel comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from DualNetSSLLib.background.session import Call, Session
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.records import Event, Job
from DualNetSSLLib.panel.training.curves import TrainingCurves


class Follower:
    """Collects what a job tells; a job that ended is read to its end and left."""

    def __init__(
        self,
        session: Session,
        told: Callable[[], None],
        ended: Callable[[Job], None],
        failed: Callable[[DualNetSSLError], None],
    ) -> None:
        """Call ``told`` after every event, ``ended`` when the job will not go on by itself."""
        self._session, self._told, self._ended, self._failed = session, told, ended, failed
        self._call: Call | None = None
        self.job: Job | None = None
        self.curves = TrainingCurves()

    @property
    def running(self) -> bool:
        """Whether events are still waited for."""
        return self._call is not None

    def follow(self, job: Job) -> None:
        """Follow this job and no other; one that is resumed goes on from the last event."""
        if self.job is None or self.job.id != job.id:
            self.stop()
            self.curves = TrainingCurves()
        self.job = job
        if self._call is None:
            self._call = self._session.call(
                "follow", job=job.id, after=self.curves.last, progress=self._event, done=self._done, failed=self._lost
            )

    def stop(self) -> None:
        """Stop listening; the job goes on."""
        if self._call is not None:
            self._call.cancel()
        self._call = None

    def forget(self) -> None:
        """Stop listening and forget what was heard."""
        self.stop()
        self.job, self.curves = None, TrainingCurves()

    def _event(self, event: Event) -> None:
        self.curves.add(event)
        self._told()

    def _done(self, answer: Any) -> None:
        self._call = None
        if isinstance(answer, Job):
            self.job = answer
        if self.job is not None:
            self._ended(self.job)

    def _lost(self, error: DualNetSSLError) -> None:
        self._call = None
        self._failed(error)
