"""The web server: uvicorn, with limits on what strangers may take of it."""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from dualnetssl.server.serving.certificate import Certificate
from dualnetssl.server.serving.connection import Attended, Connections
from dualnetssl.server.serving.guard import Guard, connections_for
from dualnetssl.server.settings import Settings

QUEUED_CONNECTIONS = 128
"""Connections that the kernel keeps until the server takes them."""
_ACCEPTED_AT_ONCE = 8
_SECONDS_TO_FINISH = 3
_LOOPBACK = ("127.0.0.1", "::1")


def guard_for(chosen: Settings) -> Guard:
    """Return the guard of a server: half of the connections for one address, all for this computer and the proxies."""
    most = connections_for(chosen.max_connections)
    return Guard(most, max(1, most // 2), shared=frozenset({*_LOOPBACK, *chosen.trusted_proxies}))


def certificate_of(chosen: Settings) -> Certificate | None:
    """Read certificate and key, if there are any.

    Raises:
        OSError: they cannot be used.
    """
    if chosen.tls_certificate is None or chosen.tls_key is None:
        return None
    return Certificate(chosen.tls_certificate, chosen.tls_key)


def server_of(
    app: ASGIApp, chosen: Settings, guard: Guard, certificate: Certificate | None, listener: socket.socket
) -> uvicorn.Server:
    """Return the web server around the app, to be run on the listener."""
    connections = Connections(guard, lambda: None if certificate is None else certificate.context())
    server = uvicorn.Server(
        uvicorn.Config(
            Attended(app),
            http=cast(Any, connections),  # called as the protocol's class would be
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(chosen.trusted_proxies),
            forwarded_allow_ips=list(chosen.trusted_proxies),
            backlog=_ACCEPTED_AT_ONCE,
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
            timeout_notify=1,
        )
    )
    server.config.callback_notify = _each_second(server, chosen.stop_path, guard, certificate, listener)
    return server


@dataclass
class _Renewal:
    """Whether somebody asked, by SIGHUP, that the certificate be read anew."""

    asked: bool = False

    def ask(self, *_: object) -> None:
        self.asked = True

    def take(self) -> bool:
        asked, self.asked = self.asked, False
        return asked


def _each_second(
    server: uvicorn.Server, stop: Path, guard: Guard, certificate: Certificate | None, listener: socket.socket
) -> Callable[[], Awaitable[None]]:
    renewal = _Renewal()
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, renewal.ask)

    async def look() -> None:
        if listener.fileno() >= 0:
            # asyncio takes as many connections at once as it lets the kernel queue, all before the guard sees one
            listener.listen(QUEUED_CONNECTIONS)
        guard.sweep(time.monotonic())
        if stop.exists():
            server.should_exit = True
            with contextlib.suppress(OSError):
                stop.unlink()
        if certificate is not None:
            certificate.renew(always=renewal.take())

    return look
