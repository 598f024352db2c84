"""Writes a label a few milliseconds at a time, so that the event loop goes round in between."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.files import local_error
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.desk.labelmap import Found

SLOT_SECONDS = 0.015
TRIES = 3
"""How often a label is begun because somebody painted meanwhile. The last time it is copied first, and strokes that
come after that are not in the file: to write all of it at once would hold up the brush for half a second."""

Steps = Callable[[Callable[[], None] | None], Iterator[Found]]


class LabelWriter:
    """Labels are written one after the other; one that changes meanwhile is written again from the start."""

    def __init__(self) -> None:
        """Prepare, with nothing to write."""
        self._wiring = Wiring()
        self._timer = self._wiring.timer(0, self._tick)
        self._jobs: deque[_Writing] = deque()

    @property
    def busy(self) -> bool:
        """Whether a label is being written."""
        return bool(self._jobs)

    def write(
        self,
        steps: Steps,
        version: Callable[[], int],
        done: Callable[[Found], None],
        failed: Callable[[DualNetSSLError], None],
    ) -> None:
        """Begin to write, once what is still being written is finished.

        Args:
            steps: begins to write, and returns what writes a piece for each `next`. It is given None; or what it calls
                once it has a copy of all, and then whatever is painted after that is not in the file.
            version: a number that is another one once the label has changed.
            done: told what was found and in which version, once all is written.
            failed: told what went wrong.
        """
        self._jobs.append(_Writing(steps, version, done, failed))
        self._timer.start()

    def finish(self) -> None:
        """Write the rest at once, without returning to the event loop."""
        while self._jobs:
            self._work(float("inf"))

    def close(self) -> None:
        """Stop, whatever is left; the file of before stays."""
        self._wiring.close()
        self._jobs.clear()

    def _tick(self) -> None:
        self._work(time.perf_counter() + SLOT_SECONDS)

    def _work(self, until: float) -> None:
        job = self._jobs[0]
        try:
            ended = job.work(until)
        except DualNetSSLError as error:
            self._end()
            job.failed(error)
            return
        if ended:
            self._end()
            if job.found is not None:
                job.done(job.found)

    def _end(self) -> None:
        self._jobs.popleft()
        if not self._jobs:
            self._timer.stop()


class _Writing:
    """A label on its way to a file."""

    def __init__(
        self,
        steps: Steps,
        version: Callable[[], int],
        done: Callable[[Found], None],
        failed: Callable[[DualNetSSLError], None],
    ) -> None:
        self._begin, self._version = steps, version
        self.done, self.failed = done, failed
        self._steps: Iterator[Found] | None = None
        self._begun_at, self._tries = 0, 0
        self.found: Found | None = None

    def work(self, until: float) -> bool:
        """Write until that time, and tell whether all is written.

        Raises:
            LocalFileError: the disk is full, or may not be written on.
            UnusableVolume: the segmentation cannot be made into a label.
        """
        try:
            while time.perf_counter() < until:
                if self._piece():
                    return True
        except OSError as error:
            raise local_error(Path(error.filename or "label"), error) from error
        return False

    def _taken(self) -> None:
        self._begun_at = self._version()

    def _piece(self) -> bool:
        if self._steps is None:
            self._begun_at, self._steps = (
                self._version(),
                self._begin(self._taken if self._tries == TRIES - 1 else None),
            )
        try:
            self.found = next(self._steps)
        except StopIteration:
            self._steps, self._tries = None, self._tries + 1
            if self.found is not None:
                self.found.version = self._begun_at
            return self._version() == self._begun_at or self._tries == TRIES
        return False
