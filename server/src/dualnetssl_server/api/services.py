"""What the handlers work with, given to the app from outside so that tests can give something else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from dualnetssl_server.blobs import Blobs
from dualnetssl_server.schema import Device, Geometry, Job, JobCreate
from dualnetssl_server.settings import Settings
from dualnetssl_server.store import Store


class Supervisor(Protocol):
    """What the handlers need of the supervisor."""

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


class Inspector(Protocol):
    """Checks of volumes, each in a process of its own that may die of a bad file."""

    def inspect_image(self, path: Path, *, max_voxels: int) -> Geometry:
        """Return the grid of a usable image.

        Raises:
            InvalidVolume: it cannot be used.
            VolumeTooLarge: it declares more voxels than allowed.
        """

    def inspect_label(self, path: Path, image_geometry: Geometry, allowed_values: Collection[int]) -> None:
        """Check that a label lies on its image and holds nothing but background and the values given.

        Raises:
            InvalidVolume: it cannot be used.
            GeometryMismatch: it lies on another grid.
            InvalidLabelValue: it holds another value.
        """

    def inspect_mask(self, path: Path, image_geometry: Geometry) -> float:
        """Check that a mask lies on its image and holds only 0 and 1; return the share of ones.

        Raises:
            InvalidVolume: it cannot be used.
            GeometryMismatch: it lies on another grid.
            InvalidLabelValue: it holds another value.
        """


@dataclass(frozen=True)
class Services:
    """All that a handler may use."""

    settings: Settings
    store: Store
    blobs: Blobs
    supervisor: Supervisor
    inspector: Inspector
    devices: tuple[Device, ...] = ()


def services_of(request: Request) -> Services:
    """Return the services of the app that a request came to."""
    return cast(Services, request.app.state.services)


Served = Annotated[Services, Depends(services_of)]
