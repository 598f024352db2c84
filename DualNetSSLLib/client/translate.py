"""From what HTTP, TLS and the sockets say to the errors of this library."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Any

from .errors import (
    ConnectionLost,
    ConnectionRefused,
    DualNetSSLError,
    Forbidden,
    NotADualNetSSLServer,
    NotFound,
    RedirectRefused,
    ServerNotFound,
    ServerProblem,
    ServerUnavailable,
    TimedOut,
    TransportError,
    Unauthorized,
    UntrustedCertificate,
    problem_error,
)


def refusal(response: Any, address: str) -> DualNetSSLError:
    """Choose the error for an answer that is not what was asked for."""
    status, form = response.status_code, response.headers.get("Content-Type", "")
    if status < 400:
        return RedirectRefused(
            f"{address} points to {response.headers.get('Location', 'another place')!r}.",
            "Your token was not sent there. If you trust that place, enter its address instead.",
        )
    problem = _problem(response) if form.startswith("application/problem+json") else None
    if status in (502, 503, 504):
        said = problem.cause if problem else f"it answered {status}."
        advice = (problem.remedy if problem else "") or "Try again in a minute."
        return ServerUnavailable(f"The server at {address} cannot answer now: {said}", advice)
    if problem is not None:
        return problem
    if response.request.method == "HEAD":
        return _bare_refusal(status, response.headers.get("X-Request-Id"))
    return stranger(address)


def _problem(response: Any) -> ServerProblem | None:
    try:
        return problem_error(response.json())
    except ValueError:
        return None


def _bare_refusal(status: int, request_id: str | None) -> ServerProblem:
    """Choose the error for the answer to HEAD, which has no body to explain itself."""
    if status == 401:
        return Unauthorized(
            "The server does not accept the token, or no longer.",
            "Connect again, which says why; then paste the one that it shows when it starts, or ask for a new one.",
            status=status,
            request_id=request_id,
        )
    if status == 403:
        return Forbidden(
            "Your account may not do this.", "Ask who runs the server.", status=status, request_id=request_id
        )
    kind = NotFound if status == 404 else ServerProblem
    return kind(f"The server answered {status}.", "", status=status, request_id=request_id)


def stranger(address: str) -> NotADualNetSSLServer:
    """Return the error for an answer that does not come from a DualNetSSL server."""
    return NotADualNetSSLServer(
        f"Something answers at {address}, but it is no DualNetSSL server.", "Check the address and the port."
    )


def translate(error: BaseException, address: str) -> TransportError:
    """Turn a failure of requests, urllib3 or the sockets below into one of our errors."""
    import requests
    from urllib3 import exceptions

    chain = list(_chain(error))

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(link, kinds) for link in chain)

    if caused_by(ssl.SSLError, exceptions.SSLError, requests.exceptions.SSLError):
        return _certificate_error(str(error), address)
    if caused_by(socket.gaierror, exceptions.LocationParseError, requests.exceptions.InvalidURL):
        return ServerNotFound(f"No computer is known by the name in {address}.", "Check the spelling and the network.")
    if caused_by(requests.exceptions.ProxyError):
        return ServerUnavailable(
            f"The proxy did not let us through to {address}.", "Check the proxy settings of this computer (NO_PROXY)."
        )
    if caused_by(ConnectionRefusedError):
        return ConnectionRefused(f"No server listens at {address}.", "Start the server, or check the port.")
    if caused_by(exceptions.NewConnectionError):
        return ServerNotFound(f"{address} cannot be reached from here.", "Check the network and the address.")
    if caused_by(requests.exceptions.Timeout, TimeoutError, exceptions.TimeoutError):
        return TimedOut(
            f"{address} did not answer in time.", "Check the network and the firewall; a busy server may need longer."
        )
    return ConnectionLost(f"The connection to {address} broke.", "Try again; what arrived is kept.")


def _certificate_error(words: str, address: str) -> UntrustedCertificate:
    """Say which of the three usual TLS troubles it was."""
    if "ingerprint" in words:
        return UntrustedCertificate(
            f"The certificate of {address} is not the one whose fingerprint was given.",
            "Compare it with what the server shows. If it differs there too, somebody may be in between: do not go on.",
        )
    if "WRONG_VERSION_NUMBER" in words or "record layer" in words:
        return UntrustedCertificate(f"{address} does not speak TLS.", "Use an address that starts with http://")
    return UntrustedCertificate(
        f"The certificate of {address} is not vouched for.",
        "If the server made it itself, give the fingerprint that it shows when it starts.",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that led to it, through causes, contexts, reasons and arguments."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop()
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            yield link
            waiting += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
