"""The app factory: composes routers, middleware and error handlers around the services it is given."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, FastAPI, Security
from fastapi.security import HTTPBearer

from dualnetssl.contract.schema import Problem
from dualnetssl.server.api.gate.access import Access, check_ruled
from dualnetssl.server.api.gate.audit import AuditTrail, Trail
from dualnetssl.server.api.gate.bodies import BodyPace, JsonCheck
from dualnetssl.server.api.gate.middleware import BodyCap, HostCheck, OriginCheck, RequestLog
from dualnetssl.server.api.gate.names import check_names
from dualnetssl.server.api.gate.problems import MEDIA_TYPE, add_handlers
from dualnetssl.server.api.resources import about, blobs, cases, datasets, drafts, events, jobs, models, readiness
from dualnetssl.server.api.resources.browser import page_router
from dualnetssl.server.api.resources.checking import forget_unfinished
from dualnetssl.server.api.resources.metrics import Figures, Measured, Metrics
from dualnetssl.server.api.resources.services import Services
from dualnetssl.server.audit import FLUSH_SECONDS, LOOK_SECONDS, Audit, Watch
from dualnetssl.server.datafolder import tidy
from dualnetssl.version import VERSION

TIDY_EVERY = 3600.0
"""Seconds between two looks for files that are to be removed."""

_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    code: {"description": "A problem (RFC 9457)", "content": {MEDIA_TYPE: _PROBLEM}} for code in ("4XX", "5XX")
}


def create_app(services: Services, connections: Callable[[], int] = lambda: 0) -> FastAPI:
    """Build the app; starting it starts the supervisor, stopping it stops it.

    Args:
        services: what the handlers work with.
        connections: tells how many are open, for the metrics.
    """
    metrics = Metrics()
    services = replace(services, inspect=metrics.timed(services.inspect))
    metrics.registry.register(Figures(services, connections))
    audit = Audit(services.settings.audit_root, services.store.anchor)
    watch = Watch(audit)
    app = FastAPI(
        title="DualNetSSL",
        version=VERSION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(services, audit, watch),
        redirect_slashes=False,
    )
    app.state.services, app.state.metrics, app.state.watch = services, metrics, watch
    app.include_router(_routes(), prefix="/v1", responses=_REFUSED)
    app.include_router(page_router())
    add_handlers(app)
    _add_middleware(app, services, metrics, audit)
    return app


def _routes() -> APIRouter:
    bearer = HTTPBearer(auto_error=False, description="an account's token; Access is what looks at it")
    router = APIRouter(dependencies=[Security(bearer), Depends(check_ruled), Depends(check_names)])
    for part in (about, readiness, blobs, datasets, cases, drafts, jobs, events, models):
        router.include_router(part.router)
    everybody = APIRouter()
    for open_to_all in (about.everybody, router):
        everybody.include_router(open_to_all)
    return everybody


def _add_middleware(app: FastAPI, services: Services, metrics: Metrics, audit: Audit) -> None:
    """Wrap the app, innermost first: the body is counted last, the log sees everything."""
    settings = services.settings
    trail, accounts = Trail(audit), services.store.accounts
    if settings.token is not None:
        accounts.keep_owner(settings.token)
    app.add_middleware(JsonCheck)
    app.add_middleware(BodyCap)
    app.add_middleware(BodyPace)
    app.add_middleware(AuditTrail, trail=trail)
    app.add_middleware(Access, accounts=accounts, trail=trail, open=settings.token is None)
    if settings.token is None:
        app.add_middleware(OriginCheck)
    if settings.loopback:
        own = {"127.0.0.1", "localhost", "::1", settings.host.lower()}
        app.add_middleware(HostCheck, hosts=frozenset(own.union(name.lower() for name in settings.allowed_hosts)))
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(RequestLog)


def _lifespan(services: Services, audit: Audit, watch: Watch) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_sync(forget_unfinished, services.settings.data_folder)
        await run_sync(services.supervisor.start)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_tidy, services)
            tasks.start_soon(_settle_audit, audit)
            tasks.start_soon(_watch_audit, watch)
            yield
            tasks.cancel_scope.cancel()
        await run_sync(services.supervisor.stop)
        await run_sync(services.inspect.close)
        await run_sync(_settle, audit)

    return lifespan


async def _settle_audit(audit: Audit) -> None:
    """Note the end of the audit soon after the last line, so that nothing can be cut off it unseen."""
    while True:
        await anyio.sleep(FLUSH_SECONDS)
        await run_sync(_settle, audit)


async def _watch_audit(watch: Watch) -> None:
    """Read the audit at the start and once a day, so that a gap is told though nobody asks for it."""
    while True:
        await run_sync(_look, watch)
        await anyio.sleep(LOOK_SECONDS)


def _look(watch: Watch) -> None:
    try:
        watch.look_if_due()
    except Exception as error:  # a damaged store, too, must not end the server; tried again in a minute
        logging.getLogger(__name__).warning("the audit could not be looked through: %s", error)


def _settle(audit: Audit) -> None:
    try:
        audit.settle()
    except Exception as error:  # a damaged store, too, must not end the server; tried again in a second, so no trace
        logging.getLogger(__name__).warning("the end of the audit could not be noted: %s", error)


async def _tidy(services: Services) -> None:
    while True:
        await run_sync(tidy, services.settings, services.store, services.blobs)
        await anyio.sleep(TIDY_EVERY)


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the contract that the app keeps, for ``server/openapi.json``."""
    contract = app.openapi()
    contract["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return contract
