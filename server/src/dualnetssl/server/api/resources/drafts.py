"""``/datasets/{dataset}/cases/{case}/drafts``: labels that were begun and not submitted, one for each annotator."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from dualnetssl.contract.schema import CaseName, CasePut, Draft, DraftPut
from dualnetssl.server.api.gate.access import Who
from dualnetssl.server.api.gate.audit import note
from dualnetssl.server.api.resources.annotators import check_own
from dualnetssl.server.api.resources.cases import IfMatch, IfNoneMatch, revision_in
from dualnetssl.server.api.resources.checking import check, forget_originals
from dualnetssl.server.api.resources.services import Served

Annotator = Annotated[str, Path(min_length=1, max_length=100, description="whose work it is, percent-encoded")]
router = APIRouter(prefix="/datasets/{dataset}/cases/{case}/drafts", tags=["drafts"])


@router.get("")
def list_drafts(dataset: str, case: CaseName, services: Served) -> list[Draft]:
    """List the drafts of a case, the newest first."""
    services.store.datasets.get(dataset)
    return services.store.drafts.find(dataset, case)


@router.get("/{annotator:path}")
def get_draft(dataset: str, case: CaseName, annotator: Annotator, response: Response, services: Served) -> Draft:
    """Read one draft; its ETag is its generation."""
    return _tagged(services.store.drafts.get(dataset, case, annotator), response)


@router.put("/{annotator:path}", responses={201: {"model": Draft, "description": "The draft is new"}})
async def put_draft(
    dataset: str,
    case: CaseName,
    annotator: Annotator,
    body: DraftPut,
    request: Request,
    response: Response,
    services: Served,
    who: Who,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Draft:
    """Keep a draft whose volumes were uploaded before; the case stays as it is, and nothing learns from it."""
    await run_sync(check_own, services, who, annotator)
    image = (await run_sync(services.store.cases.get, dataset, case)).image
    checked = await check(services, dataset, CasePut(image=image, label=body.label, verified=body.verified))
    kept = body.model_copy(update={"label": checked.content.label, "verified": checked.content.verified})
    note(request, label=kept.label, verified=kept.verified)
    expected = None if if_match is None and if_none_match == "*" else revision_in(if_match)
    response.status_code = 201 if expected is None else 200
    put, has = services.store.drafts.put, services.blobs.has
    draft = await run_sync(put, dataset, case, annotator, kept, expected, has)
    sent = CasePut(image=image, label=body.label, verified=body.verified)
    await run_sync(forget_originals, services, dataset, case, sent, checked.content)
    return _tagged(draft, response)


@router.delete("/{annotator:path}", status_code=204, response_class=Response)
def delete_draft(
    dataset: str, case: CaseName, annotator: Annotator, services: Served, who: Who, if_match: IfMatch = None
) -> None:
    """Forget a draft, provided that this is still its generation."""
    check_own(services, who, annotator)
    services.store.drafts.delete(dataset, case, annotator, revision_in(if_match))


def _tagged(draft: Draft, response: Response) -> Draft:
    response.headers["ETag"] = f'"{draft.generation}"'
    return draft
