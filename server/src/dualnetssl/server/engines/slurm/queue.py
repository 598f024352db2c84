"""What is at the cluster: one ``squeue`` for all jobs, every few seconds, however often somebody asks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from dualnetssl.server.engines import Unavailable
from dualnetssl.server.engines.slurm import programs
from dualnetssl.server.engines.slurm.programs import Waiting

EVERY = 5.0
"""Seconds for which an answer of squeue is taken for the present."""

AWAY = 30.0
"""Seconds until a cluster that did not answer is asked again."""

_BEFORE_THEIR_TURN = frozenset({"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED"})
"""Not SUSPENDED: such a worker is there, and has its time to stop when the cluster lets it go on."""
_NEVER = float("-inf")
_LOG = logging.getLogger(__name__)


class Queue:
    """The cluster as it was a few seconds ago; while it does not answer, as it was before."""

    def __init__(
        self, look: Callable[[], tuple[Waiting, ...]] = programs.present, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Know nothing yet.

        Args:
            look: asks the cluster.
            now: seconds of a clock that never goes back.
        """
        self._ask, self._now = look, now
        self._jobs: tuple[Waiting, ...] | None = None
        self._asked = self._next = _NEVER
        self._away = False
        self._handed_in: dict[str, float] = {}

    @property
    def away(self) -> bool:
        """Whether the cluster did not answer when it was last asked."""
        return self._away

    def of(self, directory: Path) -> tuple[Waiting, ...] | None:
        """Return the jobs of a directory that have not ended; None if nobody knows."""
        self.look()
        name = programs.name_of(directory)
        if self._jobs is None or self.fresh(directory):
            return None
        return tuple(job for job in self._jobs if job.name == name)

    def fresh(self, directory: Path) -> bool:
        """Whether a job was handed in since the last answer."""
        return self._handed_in.get(programs.name_of(directory), _NEVER) >= self._asked > _NEVER

    def note(self, directory: Path) -> None:
        """Remember that a job was handed in just now, which the last answer cannot tell of."""
        self._handed_in[programs.name_of(directory)] = self._now()

    def miss(self, why: Unavailable) -> None:
        """Remember that the cluster does not answer, and leave it alone for a while."""
        if not self._away:
            _LOG.warning("the cluster does not answer, its jobs are taken to run on: %s", why)
        self._away, self._next = True, self._now() + AWAY

    def look(self, *, at_once: bool = False) -> None:
        """Ask the cluster if the last answer is too old.

        Args:
            at_once: ask it even if it is not.
        """
        if not at_once and self._now() < self._next:
            return
        asked = self._now()
        try:
            self._jobs = self._ask()
        except Unavailable as error:
            self.miss(error)
            return
        if self._away:
            _LOG.info("the cluster answers again")
        self._away, self._asked, self._next = False, asked, self._now() + EVERY
        self._handed_in = {name: when for name, when in self._handed_in.items() if when >= asked}


def before_their_turn(jobs: tuple[Waiting, ...]) -> bool:
    """Whether there are jobs, and none of them runs.

    Example:
        >>> before_their_turn((Waiting("1", "dualnetssl-a", "PENDING"),)), before_their_turn(())
        (True, False)
        >>> before_their_turn((Waiting("1", "dualnetssl-a", "SUSPENDED"),))
        False
    """
    return bool(jobs) and all(job.state in _BEFORE_THEIR_TURN for job in jobs)
