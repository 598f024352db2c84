"""The app factory: composes routers, middleware and error handlers around the services it is given."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, FastAPI, Security
from fastapi.security import HTTPBearer

from dualnetssl_server import __version__
from dualnetssl_server.api import blobs, cases, datasets, drafts, events, jobs, models, server
from dualnetssl_server.api.access import Access, check_ruled
from dualnetssl_server.api.audit import AuditTrail, Trail
from dualnetssl_server.api.middleware import BodyCap, HostCheck, RequestLog
from dualnetssl_server.api.problems import MEDIA_TYPE, add_handlers
from dualnetssl_server.api.services import Services
from dualnetssl_server.audit import Audit
from dualnetssl_server.schema import Problem

COLLECT_EVERY = 3600.0
"""Seconds between two looks for blobs that nobody needs."""

_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    code: {"description": "A problem (RFC 9457)", "content": {MEDIA_TYPE: _PROBLEM}} for code in ("4XX", "5XX")
}


def create_app(services: Services) -> FastAPI:
    """Build the app; starting it starts the supervisor, stopping it stops it."""
    app = FastAPI(
        title="DualNetSSL",
        version=__version__,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(services),
        redirect_slashes=False,
    )
    app.state.services = services
    app.include_router(_routes(), prefix="/v1", responses=_REFUSED)
    add_handlers(app)
    _add_middleware(app, services)
    return app


def _routes() -> APIRouter:
    bearer = HTTPBearer(auto_error=False, description="an account's token; Access is what looks at it")
    router = APIRouter(dependencies=[Security(bearer), Depends(check_ruled)])
    for part in (server, blobs, datasets, cases, drafts, jobs, events, models):
        router.include_router(part.router)
    return router


def _add_middleware(app: FastAPI, services: Services) -> None:
    """Wrap the app, innermost first: the body is counted last, the log sees everything."""
    settings = services.settings
    trail, accounts = Trail(Audit(settings.audit_root, services.store.anchor)), services.store.accounts
    if settings.token is not None:
        accounts.keep_owner(settings.token)
    app.add_middleware(BodyCap)
    app.add_middleware(AuditTrail, trail=trail)
    app.add_middleware(Access, accounts=accounts, trail=trail, open=settings.token is None)
    if settings.loopback:
        app.add_middleware(HostCheck, hosts=frozenset({"127.0.0.1", "localhost", "::1", settings.host.lower()}))
    app.add_middleware(RequestLog)


def _lifespan(services: Services) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_sync(services.supervisor.start)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_collect_garbage, services)
            yield
            tasks.cancel_scope.cancel()
        await run_sync(services.supervisor.stop)

    return lifespan


async def _collect_garbage(services: Services) -> None:
    while True:
        try:
            await run_sync(services.blobs.collect, services.store.referenced_digests)
        except OSError:
            logging.getLogger(__name__).exception("garbage was not collected")
        await anyio.sleep(COLLECT_EVERY)


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the contract that the app keeps, for ``server/openapi.json``."""
    contract = app.openapi()
    contract["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return contract
