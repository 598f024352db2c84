"""``/datasets/{dataset}/cases``: scans with their labels and verified masks, every revision of them, predictions."""

from __future__ import annotations

import re
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from dualnetssl.contract.errors import InvalidRequest, NotFound, PreconditionRequired
from dualnetssl.contract.schema import Case, CaseName, CasePut, Erasure, Identity, Prediction, Revision, Role
from dualnetssl.server.api.gate.access import Who, require
from dualnetssl.server.api.gate.audit import note
from dualnetssl.server.api.resources.annotators import signed
from dualnetssl.server.api.resources.checking import check, forget_originals
from dualnetssl.server.api.resources.erasing import carry_out, keeper, learners, worker_of
from dualnetssl.server.api.resources.freshness import IF_CHANGED, NOT_MODIFIED
from dualnetssl.server.api.resources.pages import After, Limit
from dualnetssl.server.api.resources.services import Served, Services

IfMatch = Annotated[str | None, Header(description="revision that the change was made to, in double quotes")]
IfNoneMatch = Annotated[str | None, Header(description="* for a case that must not exist yet")]
router = APIRouter(prefix="/datasets/{dataset}/cases", tags=["cases"])


@router.get("", dependencies=[IF_CHANGED], responses=NOT_MODIFIED)
def list_cases(dataset: str, services: Served, after: After = "", limit: Limit = None) -> list[Case]:
    """List the cases of a data set by name, all or a page of them."""
    services.store.datasets.get(dataset)
    return services.store.cases.find(dataset, after=after, limit=-1 if limit is None else limit)


@router.get("/{case}")
def get_case(dataset: str, case: CaseName, response: Response, services: Served) -> Case:
    """Read one case; its ETag is its revision."""
    return _tagged(services.store.cases.get(dataset, case), response)


@router.put("/{case}", responses={201: {"model": Case, "description": "The case is new"}})
async def put_case(
    dataset: str,
    case: CaseName,
    body: CasePut,
    request: Request,
    response: Response,
    services: Served,
    who: Who,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Case:
    """Make or change a case whose volumes were uploaded before; nothing is stored if a check fails."""
    content = await run_sync(_permitted, services, who, dataset, case, body)
    expected = await run_sync(_expected, services, dataset, case, if_match, if_none_match)
    checked = await check(services, dataset, content, case)
    note(request, **checked.content.model_dump())
    response.status_code = 201 if expected is None else 200
    stored = await run_sync(services.store.cases.put, dataset, case, checked, expected, services.blobs.has)
    await run_sync(forget_originals, services, dataset, case, body, checked.content)
    return _tagged(stored, response)


@router.delete("/{case}")
def delete_case(dataset: str, case: CaseName, services: Served, if_match: IfMatch = None) -> Erasure:
    """Erase a case with every revision, draft and prediction of it, unless a job that uses it has not ended."""
    services.store.cases.revisions(dataset, case)
    expected, learnt = revision_in(if_match), learners(services, dataset, case)
    uses = worker_of(services, case)
    return carry_out(services, services.store.erasures.case(dataset, case, expected, keeper(services), uses), learnt)


@router.get("/{case}/revisions")
def list_revisions(dataset: str, case: CaseName, services: Served) -> list[Revision]:
    """List all revisions of a case, oldest first."""
    return services.store.cases.revisions(dataset, case)


@router.get("/{case}/predictions")
def list_predictions(dataset: str, case: CaseName, services: Served) -> list[Prediction]:
    """List what models said of a case, the newest model first."""
    services.store.cases.get(dataset, case)
    return services.store.predictions.find(dataset, case)


def _tagged(case: Case, response: Response) -> Case:
    response.headers["ETag"] = f'"{case.revision}"'
    return case


def _expected(
    services: Services, dataset: str, case: str, if_match: str | None, if_none_match: str | None
) -> int | None:
    if if_match is None and (if_none_match == "*" or not _exists(services, dataset, case)):
        return None
    return revision_in(if_match)


def _exists(services: Services, dataset: str, case: str) -> bool:
    return _case_if_any(services, dataset, case) is not None


def _case_if_any(services: Services, dataset: str, case: str) -> Case | None:
    try:
        return services.store.cases.get(dataset, case)
    except NotFound:
        return None


def _permitted(services: Services, who: Identity, dataset: str, case: str, content: CasePut) -> CasePut:
    """Return the content under the name of who made it, provided that they may bring what they bring."""
    present = _case_if_any(services, dataset, case)
    if present is None:
        require(who, Role.TRAINER, "a new scan")
    elif present.image != content.image:
        require(who, Role.TRAINER, "another scan for a case")
    return signed(services, who, content, present)


def revision_in(if_match: str | None) -> int:
    """Return the revision that an ``If-Match`` header names.

    Raises:
        PreconditionRequired: there is none.
        InvalidRequest: it is not a revision.

    Example:
        >>> revision_in('"3"')
        3
    """
    allowed, remedy = (
        'If-Match: "REVISION"',
        "Send the revision that the change was made to; a GET of the case gives it as ETag.",
    )
    if if_match is None:
        raise PreconditionRequired("a change without the header If-Match", allowed, remedy)
    found = re.fullmatch(r'"(0|[1-9]\d{0,17})"', if_match, re.ASCII)
    if found is None:
        raise InvalidRequest(f"If-Match: {if_match:.80}", allowed, remedy)
    return int(found[1])
