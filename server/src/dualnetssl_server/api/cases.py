"""``/datasets/{dataset}/cases``: scans with their labels and verified masks, every revision of them, predictions."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from dualnetssl_server.api.access import Who, require
from dualnetssl_server.api.annotators import signed
from dualnetssl_server.api.audit import note
from dualnetssl_server.api.services import Served, Services
from dualnetssl_server.errors import InvalidRequest, NotFound
from dualnetssl_server.schema import Case, CaseName, CasePut, Dataset, Identity, Prediction, Revision, Role
from dualnetssl_server.store.cases import CheckedCase

IfMatch = Annotated[str | None, Header(description="revision that the change was made to, in double quotes")]
IfNoneMatch = Annotated[str | None, Header(description="* for a case that must not exist yet")]
router = APIRouter(prefix="/datasets/{dataset}/cases", tags=["cases"])


@router.get("")
def list_cases(dataset: str, services: Served) -> list[Case]:
    """List the cases of a data set by name."""
    services.store.datasets.get(dataset)
    return services.store.cases.find(dataset)


@router.get("/{case}")
def get_case(dataset: str, case: CaseName, response: Response, services: Served) -> Case:
    """Read one case; its ETag is its revision."""
    return _tagged(services.store.cases.get(dataset, case), response)


@router.put("/{case}", responses={201: {"model": Case, "description": "The case is new"}})
def put_case(
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
    content = _permitted(services, who, dataset, case, body)
    note(request, **content.model_dump())
    expected = _expected(services, dataset, case, if_match, if_none_match)
    checked = check(services, services.store.datasets.get(dataset), content, case)
    response.status_code = 201 if expected is None else 200
    return _tagged(services.store.cases.put(dataset, case, checked, expected), response)


@router.delete("/{case}", status_code=204, response_class=Response)
def delete_case(dataset: str, case: CaseName, services: Served, if_match: IfMatch = None) -> None:
    """Take a case out of its data set; its revisions stay until the data set is deleted."""
    services.store.cases.get(dataset, case)
    services.store.cases.delete(dataset, case, revision_in(if_match))


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
        InvalidRequest: there is none, or it is not a revision.

    Example:
        >>> revision_in('"3"')
        3
    """
    found = re.fullmatch(r'"(\d{1,18})"', if_match or "")
    if found is None:
        raise InvalidRequest(
            "a change of a case without the header If-Match" if if_match is None else f"If-Match: {if_match:.80}",
            'If-Match: "REVISION"',
            "Send the revision that the change was made to; a GET of the case gives it as ETag.",
        )
    return int(found[1])


def check(services: Services, dataset: Dataset, content: CasePut, case: str | None = None) -> CheckedCase:
    """Inspect the volumes of a case.

    Args:
        services: what the handlers work with.
        dataset: data set of the case.
        content: digests of the volumes.
        case: its name, to find out what is left of the error that its newest prediction expects.

    Raises:
        NotFound: a digest names no whole blob.
        InvalidVolume: a file cannot be used.
        VolumeTooLarge: a volume is over the cap.
        GeometryMismatch: label or mask do not lie on the image.
        InvalidLabelValue: the label has values outside the label set, or the mask others than 0 and 1.
    """
    label, verified = (services.blobs.path(digest) if digest else None for digest in (content.label, content.verified))
    prediction = _newest_prediction(services, dataset.id, case) if case is not None and verified is not None else None
    facts = services.inspect(
        services.blobs.path(content.image),
        label,
        verified,
        None if prediction is None else services.blobs.path(prediction.uncertainty),
        allowed_values=[definition.value for definition in dataset.labels],
        max_voxels=services.settings.voxels,
    )
    judge = None if prediction is None else prediction.model
    return CheckedCase(content, facts.geometry, facts.verified_fraction, facts.benefit_ml, judge)


def _newest_prediction(services: Services, dataset: str, case: str) -> Prediction | None:
    return next(iter(services.store.predictions.find(dataset, case)), None)
