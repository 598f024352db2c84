"""``/datasets``: data sets, their label sets and their worklists."""

from __future__ import annotations

from fastapi import APIRouter, Request

from dualnetssl.contract.schema import Dataset, DatasetCreate, Erasure, NextRequest, WorklistEntry, WorklistOrder
from dualnetssl.server.api.gate.access import Who
from dualnetssl.server.api.gate.audit import note
from dualnetssl.server.api.resources.annotators import check_claim
from dualnetssl.server.api.resources.erasing import carry_out, keeper
from dualnetssl.server.api.resources.freshness import IF_CHANGED, NOT_MODIFIED
from dualnetssl.server.api.resources.pages import After, Limit
from dualnetssl.server.api.resources.services import Served

router = APIRouter(prefix="/datasets", tags=["datasets"])


@router.post("", status_code=201)
def create_dataset(body: DatasetCreate, request: Request, services: Served) -> Dataset:
    """Make a data set."""
    made = services.store.datasets.create(body)
    note(request, dataset=made.id)
    return made


@router.get("", dependencies=[IF_CHANGED], responses=NOT_MODIFIED)
def list_datasets(services: Served) -> list[Dataset]:
    """List the data sets, oldest first."""
    return services.store.datasets.find()


@router.get("/{dataset}")
def get_dataset(dataset: str, services: Served) -> Dataset:
    """Read one data set."""
    return services.store.datasets.get(dataset)


@router.delete("/{dataset}")
def delete_dataset(dataset: str, services: Served) -> Erasure:
    """Erase a data set with its cases, revisions, drafts, jobs, models, predictions and all their files."""
    return carry_out(services, services.store.erasures.dataset(dataset, keeper(services)))


@router.get("/{dataset}/worklist", dependencies=[IF_CHANGED], responses=NOT_MODIFIED)
def worklist(
    dataset: str,
    services: Served,
    who: Who,
    order: WorklistOrder = WorklistOrder.BENEFIT,
    annotator: str = "",
    after: After = "",
    limit: Limit = None,
) -> list[WorklistEntry]:
    """List the cases that are not wholly verified; those without a prediction last, where the order needs one.

    Pages of one list carry the same ETag; if it is another one, the order has changed in between.
    """
    services.store.datasets.get(dataset)
    claimed = check_claim(services, who, annotator)
    return services.store.worklist.entries(dataset, order, claimed, after=after, limit=-1 if limit is None else limit)


@router.post("/{dataset}/worklist/next")
def next_case(dataset: str, body: NextRequest, request: Request, services: Served, who: Who) -> WorklistEntry | None:
    """Serve the next case to an annotator: none that was just served, while others remain; null if none is left."""
    services.store.datasets.get(dataset)
    asked = body.model_copy(update={"annotator": check_claim(services, who, body.annotator)})
    entry = services.store.worklist.serve(dataset, asked)
    note(request, case=None if entry is None else entry.case)
    return entry
