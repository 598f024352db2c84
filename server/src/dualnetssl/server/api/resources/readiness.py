"""``/ready`` and ``/metrics``: for what watches over the server."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import Field
from starlette.responses import Response

from dualnetssl.contract.errors import ProblemError
from dualnetssl.contract.schema import Strict
from dualnetssl.server.api.resources.metrics import Metrics
from dualnetssl.server.api.resources.services import Served, Services
from dualnetssl.server.audit import Watch
from dualnetssl.server.blobs import RESERVE

_OK = "ok"
_FROM_HERE: dict[str, Any] = {"security": [{}]}
"""Besides the token, nothing: on this computer, see `dualnetssl.server.api.gate.rules`."""
router = APIRouter(tags=["server"])


class Readiness(Strict):
    """Whether the server can do its work now, and if not, what is wrong."""

    ready: bool
    disk: str = Field(description="'ok', or what is wrong")
    store: str = Field(description="'ok', or what is wrong")
    supervisor: str = Field(description="'ok', or what is wrong")
    audit: str = Field(description="'ok', or what is wrong with the record of who did what")


@router.get(
    "/ready",
    responses={503: {"model": Readiness, "description": "Not ready; it says why"}},
    openapi_extra=_FROM_HERE,
)
def ready(services: Served, request: Request, response: Response) -> Readiness:
    """Tell whether disk, store and supervisor work and the audit is whole; needs no token on this computer."""
    watch = cast(Watch, request.app.state.watch)
    looks: dict[str, Callable[[], str]] = {name: partial(look, services) for name, look in _LOOKS}
    found = {name: _looked_at(look) for name, look in {**looks, "audit": watch.word}.items()}
    good = all(word == _OK for word in found.values())
    response.status_code = 200 if good else 503
    response.headers["Cache-Control"] = "no-store"
    return Readiness(ready=good, **found)


@router.get(
    "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}}, openapi_extra=_FROM_HERE
)
def metrics(request: Request) -> Response:
    """Give the figures in Prometheus' format; needs no token on the server's own computer."""
    figures = cast(Metrics, request.app.state.metrics)
    return Response(generate_latest(figures.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _looked_at(look: Callable[[], str]) -> str:
    try:
        return look()
    except (OSError, sqlite3.Error, ProblemError):  # the words of such errors name paths
        logging.getLogger(__name__).exception("the server is not ready")
        return "cannot be used; the server's log says why"


def _disk(services: Services) -> str:
    free = shutil.disk_usage(services.settings.data_folder).free
    return _OK if free > RESERVE else f"{free >> 20} MiB free, of which {RESERVE >> 20} MiB are kept back"


def _store(services: Services) -> str:
    services.store.probe()
    return _OK


def _supervisor(services: Services) -> str:
    return _OK if services.supervisor.alive else "has stopped; restart the server"


_LOOKS = (("disk", _disk), ("store", _store), ("supervisor", _supervisor))
