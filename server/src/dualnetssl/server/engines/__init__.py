"""Where workers run. An engine starts, watches and ends processes; everything else is said in the job directory."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Unavailable(Exception):
    """The place where workers run does not answer now; what was asked of it is asked again later."""


class Engine(Protocol):
    """What the supervisor needs of a place to run jobs."""

    def start(self, directory: Path, device: str) -> None:
        """Start a worker on a job directory.

        Args:
            directory: the job directory.
            device: name of the device it may use, such as ``cpu`` or ``cuda:0``; ``auto`` leaves it the choice.

        Raises:
            OSError: the worker cannot be started.
            Unavailable: nobody can say at present whether it can.
        """

    def ready(self) -> bool:
        """Whether it takes jobs now."""

    def waiting(self, directory: Path) -> bool:
        """Whether a worker that was started waits for its turn, at a cluster whose nodes are all in use."""

    def alive(self, directory: Path) -> bool:
        """Whether a worker that this engine object started is still there; others show by their lock alone."""

    def exit_status(self, directory: Path) -> int | None:
        """Return how the worker that this engine object started ended; None if it did not, or is unknown."""

    def stop(self, directory: Path) -> None:
        """Kill a worker at once, also one that an earlier run of the server started."""
