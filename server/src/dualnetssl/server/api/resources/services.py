"""What the handlers work with, given to the app from outside so that tests can give something else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request

from dualnetssl.contract.schema import Device, Job, JobCreate
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.inspection import PARALLEL, CaseFacts
from dualnetssl.server.settings import Settings
from dualnetssl.server.store import Store


class Supervisor(Protocol):
    """What the handlers need of the supervisor."""

    @property
    def alive(self) -> bool:
        """Whether it watches over the jobs."""

    def start(self) -> None:
        """Take up the jobs that an earlier run of the server left, and begin to work."""

    def stop(self) -> None:
        """Stop watching; workers go on by themselves."""

    def submit(self, request: JobCreate, idempotency_key: str | None = None) -> tuple[Job, bool]:
        """Queue a checked order; return the job and whether it is new.

        Raises:
            Conflict: the key was used for another order.
        """

    def cancel(self, job: str) -> Job:
        """End a queued job, or ask the worker of a running one to stop gracefully; ended jobs stay as they are.

        Raises:
            NotFound: there is no such job.
        """

    def resume(self, job: str) -> Job:
        """Queue a failed or cancelled job again, to go on from its checkpoint.

        Raises:
            NotFound: there is no such job.
            Conflict: the job is in another state.
        """


class Inspect(Protocol):
    """Check of a case's volumes; see `dualnetssl.server.inspection.Inspectors`."""

    def __call__(
        self,
        image: Path,
        label: Path | None = None,
        verified: Path | None = None,
        uncertainty: Path | None = None,
        *,
        allowed_values: Collection[int],
        max_voxels: int,
        rewrite_to: Path | None,
    ) -> CaseFacts:
        """Return the grid, the share of voxels that teach and what is left to find, or raise what is wrong."""

    def close(self) -> None:
        """End what checks, at once."""


@dataclass(frozen=True)
class Services:
    """All that a handler may use.

    ``checks`` lets so many checks of volumes run at a time; the others wait without a thread.
    """

    settings: Settings
    store: Store
    blobs: Blobs
    supervisor: Supervisor
    inspect: Inspect
    devices: tuple[Device, ...] = ()
    checks: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(PARALLEL))


def services_of(request: Request) -> Services:
    """Return the services of the app that a request came to."""
    return cast(Services, request.app.state.services)


Served = Annotated[Services, Depends(services_of)]
