"""``/models``: trained models and their bundles."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from dualnetssl.contract.schema import Erasure, Model
from dualnetssl.server.api.resources.erasing import carry_out, keeper
from dualnetssl.server.api.resources.freshness import IF_CHANGED, NOT_MODIFIED
from dualnetssl.server.api.resources.ranges import file_response
from dualnetssl.server.api.resources.services import Served

router = APIRouter(prefix="/models", tags=["models"])


@router.get("", dependencies=[IF_CHANGED], responses=NOT_MODIFIED)
def list_models(services: Served, dataset: str | None = None) -> list[Model]:
    """List the models of a data set or of all, newest first."""
    return services.store.models.find(dataset)


@router.get("/{model}")
def get_model(model: str, services: Served) -> Model:
    """Read one model."""
    return services.store.models.get(model)


@router.get("/{model}/bundle", response_class=Response)
def download_bundle(model: str, request: Request, services: Served) -> Response:
    """Send the zipped MONAI bundle of a model, or a range of it."""
    digest = services.store.models.get(model).bundle
    return file_response(request, services.blobs.path(digest), digest, "application/zip")


@router.delete("/{model}")
def delete_model(model: str, services: Served) -> Erasure:
    """Erase a model and its predictions."""
    return carry_out(services, services.store.erasures.model(model, keeper(services)))
