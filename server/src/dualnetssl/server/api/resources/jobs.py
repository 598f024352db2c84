"""``/jobs``: order, watch, cancel and resume."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from dualnetssl.contract.schema import Job, JobCreate
from dualnetssl.server.api.gate.audit import note
from dualnetssl.server.api.resources.freshness import IF_CHANGED, NOT_MODIFIED
from dualnetssl.server.api.resources.orders import check_order
from dualnetssl.server.api.resources.services import Served

Key = Annotated[str | None, Header(max_length=200, description="repeat an order under it without a second job")]
router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.post("", status_code=201, responses={200: {"model": Job, "description": "The job of an earlier, same order"}})
def create_job(
    body: JobCreate, request: Request, response: Response, services: Served, idempotency_key: Key = None
) -> Job:
    """Order a job."""
    check_order(services.store, body, services.settings.voxels)
    job, new = services.supervisor.submit(body, idempotency_key)
    note(request, dataset=job.dataset, job=job.id, kind=job.kind.value)
    response.status_code = 201 if new else 200
    return job


@router.get("", dependencies=[IF_CHANGED], responses=NOT_MODIFIED)
def list_jobs(services: Served, dataset: str | None = None) -> list[Job]:
    """List the jobs of a data set or of all, oldest first."""
    return services.store.jobs.find(dataset=dataset)


@router.get("/{job}")
def get_job(job: str, services: Served) -> Job:
    """Read one job."""
    return services.store.jobs.get(job)


@router.post("/{job}/cancel")
def cancel_job(job: str, services: Served) -> Job:
    """Stop a job gracefully; a training keeps a usable model."""
    return services.supervisor.cancel(job)


@router.post("/{job}/resume")
def resume_job(job: str, services: Served) -> Job:
    """Queue a failed or cancelled job again; it goes on from its checkpoint."""
    return services.supervisor.resume(job)
