"""What of each request goes into the audit, and when.

A write has two lines: that it began, on the disk before it is carried out, and how it ended, on the disk before the
answer goes out. So no crash leaves a change of which the audit knows nothing, and a full disk refuses a write before
it is done. A read has one line, written before its answer and flushed with the next write or after a second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dualnetssl.contract.errors import ProblemError
from dualnetssl.server.api.gate.problems import refuse, request_id_of
from dualnetssl.server.audit import Audit

STRANGERS_SECONDS = 60.0
"""Least time between two lines about requests without a valid token."""
_LONGEST = 200
_log = logging.getLogger(__name__)


def note(request: Request, **facts: Any) -> None:
    """Add to the audit's line of a request what its address does not say."""
    request.scope["state"].setdefault("facts", {}).update(facts)


@dataclass(frozen=True)
class Trail:
    """Writes lines about requests."""

    audit: Audit

    async def begin(self, scope: Scope) -> None:
        """Note that a write is about to be carried out."""
        await self._append({**_who_and_what(scope), "outcome": "begun"}, flush=True)

    async def end(self, scope: Scope, status: int, headers: Mapping[str, str], *, flush: bool) -> None:
        """Note how a request was answered."""
        revision = {"revision": headers["etag"].strip('"')} if _tells_revision(scope, headers) else {}
        facts = scope["state"].get("facts", {})
        await self._append({**_who_and_what(scope), **facts, **revision, "outcome": status}, flush=flush)

    async def strangers(self, count: int, scope: Scope) -> None:
        """Note how many requests without a valid token there were, and where the last came from."""
        fields = {"what": "requests without a valid token", "count": count, "from": _address(scope), "outcome": 401}
        await self._append(fields, flush=False)

    def refused(self, answer: Response) -> ASGIApp:
        """Return what gives an answer to somebody who is known, and notes it."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await self.end(scope, answer.status_code, {}, flush=False)
            except ProblemError:
                _log.exception("a refusal is not in the audit")
            await answer(scope, receive, send)

        return app

    async def _append(self, fields: Mapping[str, Any], *, flush: bool) -> None:
        await run_sync(partial(self.audit.append, fields, flush=flush))


@dataclass
class Strangers:
    """Counts requests of people who are not known, so that they cannot fill the disk with lines."""

    waiting: int = 0
    told: float = field(default_factory=lambda: -STRANGERS_SECONDS)

    async def count(self, trail: Trail, scope: Scope) -> None:
        """Count one more, and tell the audit now and then."""
        self.waiting += 1
        if time.monotonic() - self.told < STRANGERS_SECONDS:
            return
        self.told, count, self.waiting = time.monotonic(), self.waiting, 0
        try:
            await trail.strangers(count, scope)
        except ProblemError:
            _log.exception("strangers are not in the audit")


@dataclass(frozen=True)
class AuditTrail:
    """Passes on what can be noted, and notes it."""

    app: ASGIApp
    trail: Trail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note a request before it is carried out, if it writes, and before its answer goes out."""
        operation = scope.get("state", {}).get("operation") if scope["type"] == "http" else None
        if operation is None or not operation.noted or "identity" not in scope["state"]:
            await self.app(scope, receive, send)
            return
        if operation.writes:
            try:
                await self.trail.begin(scope)
            except ProblemError as error:
                await refuse(error, scope)(scope, receive, send)
                return
        noted = _Noted(self.trail, scope, receive, send, flush=operation.writes)
        try:
            await self.app(scope, receive, noted)
        except Exception:
            await noted.broke_off()
            raise


@dataclass
class _Noted:
    """A ``send`` that lets no answer go out before it is noted."""

    trail: Trail
    scope: Scope
    receive: Receive
    send: Send
    flush: bool
    started: bool = False
    refused: bool = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            try:
                await self.trail.end(self.scope, message["status"], Headers(raw=message["headers"]), flush=self.flush)
            except ProblemError as error:
                self.refused = True
                await refuse(error, self.scope)(self.scope, self.receive, self.send)
        if not self.refused:
            await self.send(message)

    async def broke_off(self) -> None:
        """Note an error that nobody expected, unless the answer had begun."""
        if self.started:
            return
        try:
            await self.trail.end(self.scope, 500, {}, flush=self.flush)
        except ProblemError:
            _log.exception("an error is not in the audit")


def _who_and_what(scope: Scope) -> dict[str, Any]:
    state = scope["state"]
    operation, identity = state.get("operation"), state["identity"]
    what = {"what": str(operation)} if operation else {"what": scope["method"]}
    names = {name: value[:_LONGEST] for name, value in operation.names.items()} if operation else {}
    who = {"who": identity.name, "role": identity.role.value, "from": _address(scope)}
    return {**who, **what, **names, "request": request_id_of(scope)}


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("-",))[0])


def _tells_revision(scope: Scope, headers: Mapping[str, str]) -> bool:
    return "etag" in headers and "case" in scope["state"]["operation"].names
