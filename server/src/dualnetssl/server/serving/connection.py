"""One connection: asks the guard for its place, speaks TLS in limited time, and knows whether it only waits."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from dualnetssl.server.serving.guard import Guard

HEADER_SECONDS = 20.0
"""Time from the connection, or the answer before, until a request's header is whole."""
HANDSHAKE_SECONDS = 10.0
READER_SECONDS = 60.0
"""Time for which a client may take nothing of an answer that waits for it."""

_LOG = logging.getLogger(__name__)
_STATE = "connection"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 54\r\n\r\n"
    b"The server has as many connections as it can. Wait 5 s"
)


@dataclass
class Connections:
    """Makes the protocol of each new connection; given to uvicorn in place of its own.

    Attributes:
        guard: who may stay.
        context: gives the present TLS context, or None to speak without TLS.
    """

    guard: Guard
    context: Callable[[], ssl.SSLContext | None]
    _handshakes: set[asyncio.Task[None]] = field(default_factory=set)

    def __call__(self, *, app_state: Mapping[str, Any], **parts: Any) -> asyncio.Protocol:
        """Return a new connection's protocol; the arguments are those that uvicorn gives."""
        watched = Watched(self)
        watched.inner = cast(Any, H11Protocol)(app_state={**app_state, _STATE: watched}, **parts)
        return watched

    def start_tls(self, connection: Watched, transport: asyncio.Transport, context: ssl.SSLContext) -> None:
        """Begin the handshake of a connection."""
        transport.pause_reading()  # until TLS reads
        task = asyncio.get_running_loop().create_task(_shake_hands(connection, transport, context))
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)


async def _shake_hands(connection: Watched, transport: asyncio.Transport, context: ssl.SSLContext) -> None:
    try:
        secure = await asyncio.get_running_loop().start_tls(
            transport, connection, context, server_side=True, ssl_handshake_timeout=HANDSHAKE_SECONDS
        )
    except OSError:  # TLS errors and time that ran out are such, too: a stranger's, and nothing to log
        secure = None
    if secure is None:
        transport.abort()
        connection.connection_lost(None)
    else:
        connection.open(secure)


class Watched(asyncio.Protocol):
    """A connection under the guard's eyes, around uvicorn's own protocol.

    Attributes:
        address: the peer's network address.
        inner: uvicorn's protocol.
    """

    inner: asyncio.Protocol

    def __init__(self, connections: Connections) -> None:
        """Belong to the connections of one server."""
        self._of = connections
        self.address = "-"
        self._raw: asyncio.Transport | None = None
        self._opened = False
        self._early = bytearray()
        self._requests = 0
        self._since = time.monotonic()
        self._unread_since: float | None = None

    @property
    def waiting(self) -> bool:
        """Whether no request of it is being answered."""
        return self._requests == 0

    def overdue(self, now: float) -> bool:
        """Whether a header or the reading of an answer takes too long."""
        if self._unread_since is not None:
            return now - self._unread_since > READER_SECONDS
        unread = self._raw is not None and self._raw.get_write_buffer_size() > 0
        return self.waiting and now - self._since > (READER_SECONDS if unread else HEADER_SECONDS)

    def drop(self) -> None:
        """Break it off."""
        if self._raw is not None:
            self._raw.abort()

    def break_off(self) -> None:
        """Drop it at once, so that uvicorn does not look for an answer that will not come."""
        self.drop()
        self.connection_lost(None)

    def begin(self) -> None:
        """Note that a request is being answered."""
        self._requests += 1

    def end(self) -> None:
        """Note that a request was answered."""
        self._requests -= 1
        self._since = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a place, then speak TLS or HTTP."""
        raw = self._raw = cast(asyncio.Transport, transport)
        self.address = str((raw.get_extra_info("peername") or ("-",))[0])
        context = self._of.context()
        if not self._of.guard.admit(self):
            _turn_away(raw, encrypted=context is not None)
        elif context is None:
            self.open(raw)
        else:
            self._of.start_tls(self, raw, context)

    def open(self, transport: asyncio.Transport) -> None:
        """Begin to speak HTTP."""
        if transport.is_closing():
            return
        self._opened = True
        self.inner.connection_made(transport)
        early, self._early = bytes(self._early), bytearray()
        if early:
            self.inner.data_received(early)

    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        if self._opened:
            self.inner.data_received(data)
        else:  # it came with the end of the TLS handshake, of which we are told a moment later
            self._early += data

    def eof_received(self) -> bool | None:
        """Pass on that nothing more comes."""
        return self.inner.eof_received() if self._opened else None

    def pause_writing(self) -> None:
        """Note that the client is behind in reading."""
        self._unread_since = time.monotonic()
        if self._opened:
            self.inner.pause_writing()

    def resume_writing(self) -> None:
        """Note that the client reads on."""
        self._unread_since = None
        if self._opened:
            self.inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._of.guard.release(self)
        if self._opened:
            self._opened = False
            self.inner.connection_lost(exc)


def _turn_away(transport: asyncio.Transport, *, encrypted: bool) -> None:
    if encrypted:
        transport.abort()
    else:
        transport.write(_FULL)
        transport.close()


@dataclass(frozen=True)
class Attended:
    """Outermost of the app: tells a connection when a request of it begins and ends.

    A request that has not ended when the server stops is broken off, as if the network had failed: that is what the
    client can deal with, and for the log a sentence is enough.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        connection: Watched | None = scope.get("state", {}).pop(_STATE, None)
        if connection is None or scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        connection.begin()
        try:
            await self.app(scope, receive, send)
        except asyncio.CancelledError:
            _LOG.warning("a %s request had not ended when the server stopped; it was broken off", scope["method"])
            connection.break_off()
        finally:
            connection.end()
