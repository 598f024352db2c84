"""``/datasets``: data sets, their label sets and their worklists."""

from __future__ import annotations

import shutil

from fastapi import APIRouter, Request
from starlette.responses import Response

from dualnetssl_server.api.access import Who
from dualnetssl_server.api.annotators import check_claim
from dualnetssl_server.api.audit import note
from dualnetssl_server.api.services import Served
from dualnetssl_server.schema import Dataset, DatasetCreate, NextRequest, WorklistEntry, WorklistOrder

router = APIRouter(prefix="/datasets", tags=["datasets"])


@router.post("", status_code=201)
def create_dataset(body: DatasetCreate, request: Request, services: Served) -> Dataset:
    """Make a data set."""
    made = services.store.datasets.create(body)
    note(request, dataset=made.id)
    return made


@router.get("")
def list_datasets(services: Served) -> list[Dataset]:
    """List the data sets, oldest first."""
    return services.store.datasets.find()


@router.get("/{dataset}")
def get_dataset(dataset: str, services: Served) -> Dataset:
    """Read one data set."""
    return services.store.datasets.get(dataset)


@router.delete("/{dataset}", status_code=204, response_class=Response)
def delete_dataset(dataset: str, services: Served) -> None:
    """Erase a data set with its cases, revisions, jobs, models and predictions."""
    for job in services.store.datasets.delete(dataset):
        shutil.rmtree(services.settings.jobs_root / job, ignore_errors=True)


@router.get("/{dataset}/worklist")
def worklist(
    dataset: str, services: Served, who: Who, order: WorklistOrder = WorklistOrder.BENEFIT, annotator: str = ""
) -> list[WorklistEntry]:
    """List the cases that are not wholly verified; those without a prediction last, where the order needs one."""
    services.store.datasets.get(dataset)
    return services.store.worklist.entries(dataset, order, check_claim(services, who, annotator))


@router.post("/{dataset}/worklist/next")
def next_case(dataset: str, body: NextRequest, request: Request, services: Served, who: Who) -> WorklistEntry | None:
    """Serve the next case to an annotator: none that was just served, while others remain; null if none is left."""
    services.store.datasets.get(dataset)
    asked = body.model_copy(update={"annotator": check_claim(services, who, body.annotator)})
    entry = services.store.worklist.serve(dataset, asked)
    note(request, case=None if entry is None else entry.case)
    return entry
