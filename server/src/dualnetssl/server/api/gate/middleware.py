"""Pure ASGI middleware: they see a request before a byte of its body is read, and nothing of it is spooled."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import time
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dualnetssl.contract.errors import Forbidden, InvalidRequest
from dualnetssl.server.api.gate.problems import answer, framework_problem, refuse, request_id_of

JSON_BYTES = 1 << 20
"""Cap of every body that is not a blob."""
BLOBS_PREFIX = "/v1/blobs/"
_OWN_SITES = ("same-origin", "none")

_STORE_BROKEN = (sqlite3.DatabaseError, sqlite3.OperationalError)
"""Not what derives from them: that is a fault of ours."""

_audit = logging.getLogger("dualnetssl.server.audit")
_errors = logging.getLogger("dualnetssl.server.api")


@dataclass(frozen=True)
class RequestLog:
    """Outermost: gives each request an identifier, writes the audit log and catches what nobody expected.

    The log has addresses as templates, so that no name of a case gets into it.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["request_id"] = secrets.token_hex(8)
        sent = _Answered(send, request_id_of(scope) or "")
        start = time.perf_counter()
        try:
            await self.app(scope, receive, sent)
        except Exception as error:  # whatever it is, the client gets an answer and the log gets the details
            await self._answer_unexpected(503 if type(error) in _STORE_BROKEN else 500, scope, receive, sent)
        finally:
            _note(scope, sent.status, time.perf_counter() - start)

    async def _answer_unexpected(self, status: int, scope: Scope, receive: Receive, sent: _Answered) -> None:
        _errors.exception("request %s failed", sent.request_id)
        if sent.status is None:
            problem = framework_problem(status, "a request that should have worked", sent.request_id)
            await answer(problem)(scope, receive, sent)


@dataclass
class _Answered:
    """A ``send`` that adds the request's identifier and remembers the status."""

    send: Send
    request_id: str
    status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)["X-Request-Id"] = self.request_id
        await self.send(message)


def _note(scope: Scope, status: int | None, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "-")
    names = {key: value for key, value in scope.get("path_params", {}).items() if key != "case"}
    level = logging.DEBUG if scope["method"] in ("GET", "HEAD") and status and status < 400 else logging.INFO
    client = (scope.get("client") or ("-",))[0]
    _audit.log(
        level,
        "%s %s %s %s %s %.0f ms %s",
        client,
        scope["method"],
        route,
        names,
        status,
        seconds * 1e3,
        request_id_of(scope),
        extra={"stranger": "identity" not in scope.get("state", {})},
    )


@dataclass(frozen=True)
class HostCheck:
    """On loopback, refuses requests that a web page sends here by a name of its own (DNS rebinding)."""

    app: ASGIApp
    hosts: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if it names this computer."""
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else None
        if host is None or _without_port(host) in self.hosts:
            await self.app(scope, receive, send)
            return
        error = InvalidRequest(
            f"a request for the host {host!r:.80}",
            f"requests for {', '.join(sorted(self.hosts))}",
            "Connect to one of these addresses.",
        )
        await refuse(error, scope)(scope, receive, send)


@dataclass(frozen=True)
class OriginCheck:
    """Where no token is asked for, refuses changes that a web page orders: a browser sends them for any page."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on unless it changes something and comes from a page of another origin."""
        page = _foreign_page(scope) if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD") else None
        if page is None:
            await self.app(scope, receive, send)
            return
        error = Forbidden(
            f"a change that the web page {page!r:.80} asks for",
            "changes by programs of this computer, while the server asks for no token",
            "If you did not expect this, close that page. To let a web page in, start the server with a token.",
        )
        error.title = "A web page may not change anything here"
        await refuse(error, scope)(scope, receive, send)


def _foreign_page(scope: Scope) -> str | None:
    """Return the origin of the page that sends a request; None for the server's own and for what is no page."""
    headers = Headers(scope=scope)
    own = f"{scope['scheme']}://{headers.get('host', '')}".lower()
    foreign = [origin for origin in headers.getlist("origin") if origin.lower() != own]
    foreign += [f"unknown ({site})" for site in headers.getlist("sec-fetch-site") if site.lower() not in _OWN_SITES]
    return next(iter(foreign), None)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).strip("[]").lower()


@dataclass(frozen=True)
class BodyCap:
    """Refuses bodies over the cap, announced or not; blobs have a cap of their own."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body counted."""
        if scope["type"] != "http" or scope["path"].startswith(BLOBS_PREFIX):
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced) > JSON_BYTES:
            problem = framework_problem(413, f"a body of {announced} bytes", request_id_of(scope))
            await answer(problem)(scope, receive, send)
            return
        await self.app(scope, _counted(receive), send)


def _counted(receive: Receive) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > JSON_BYTES:
            raise HTTPException(413)
        return message

    return counted
