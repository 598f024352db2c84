"""One HTTP session: explicit timeouts, safe retries, and failures translated at this one edge."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .address import is_loopback, normalise_address, normalise_fingerprint
from .cancel import CancelToken
from .errors import (
    ConnectionLost,
    ConnectionRefused,
    InvalidAddress,
    ServerUnavailable,
    TimedOut,
    Unauthorized,
    UnexpectedAnswer,
)
from .translate import refusal, stranger, translate

PASSING = (ConnectionLost, ConnectionRefused, TimedOut, ServerUnavailable)
"""Failures that may be over at the next try."""

SEND_BYTES = 65_536


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long to wait, in seconds, for each kind of thing.

    Attributes:
        connect: for the connection to stand.
        read: for the answer to a small call.
        poll: for the answer to a long poll, beyond the time that the poll itself asked for.
        transfer: for the next bytes of an upload or download.
    """

    connect: float = 5.0
    read: float = 60.0
    poll: float = 15.0
    transfer: float = 120.0


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """How often and after what pauses a safe call is tried again."""

    attempts: int = 5
    first: float = 0.2
    longest: float = 5.0

    def seconds(self, failures: int) -> float:
        """Return the pause after so many failures: twice as long each time, and at random up to half shorter.

        Example:
            >>> 0.4 <= Backoff().seconds(3) <= 0.8
            True
        """
        longest = min(self.longest, self.first * 2.0 ** (failures - 1))
        return longest * random.SystemRandom().uniform(0.5, 1.0)


class Transport:
    """Sends requests to one server. Not to be shared by threads: give each its own."""

    def __init__(
        self,
        address: str,
        token: str = "",
        *,
        timeouts: Timeouts | None = None,
        backoff: Backoff | None = None,
        certificate_fingerprint: str | None = None,
    ) -> None:
        """Prepare, without connecting yet.

        Args:
            address: of the server; a missing ``http://`` is forgiven.
            token: that the server printed when it started.
            timeouts: how long to wait.
            backoff: how often to try again.
            certificate_fingerprint: SHA-256 of the only certificate to accept, for servers with one of their own
                making; without it, the certificate must be vouched for as usual.

        Raises:
            InvalidAddress: the address or fingerprint cannot be used.
        """
        self.address = normalise_address(address)
        self.timeouts = timeouts or Timeouts()
        self.backoff = backoff or Backoff()
        self._pin = normalise_fingerprint(certificate_fingerprint) if certificate_fingerprint else None
        if self._pin and not self.address.startswith("https://"):
            raise InvalidAddress(
                f"A certificate fingerprint was given, but {self.address} is not encrypted.",
                "Use an address that starts with https:// or leave the fingerprint empty.",
            )
        self._session = _session(token.strip(), self._pin, trust_environment=not is_loopback(self.address))

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        read: float | None = None,
        retry: bool | None = None,
        accept: tuple[int, ...] = (),
        cancel: CancelToken | None = None,
        **arguments: Any,
    ) -> Any:
        """Send a request and return the response (`requests.Response`).

        Args:
            method: GET, HEAD, POST, PUT, PATCH or DELETE.
            path: below ``/v1``, with a leading slash.
            read: seconds to wait for the answer; `Timeouts.read` by default.
            retry: try again after failures that may pass; by default for GET and HEAD.
            accept: statuses of 400 and above that the caller deals with.
            cancel: stops the pauses between the tries.
            arguments: ``params``, ``json``, ``data``, ``headers``, ``stream`` of requests.

        Raises:
            TransportError: no usable answer came back.
            ServerProblem: the server said no.
        """
        tries = self.backoff.attempts if (method in ("GET", "HEAD") if retry is None else retry) else 1
        failures = 0
        while True:
            try:
                return self._once(method, path, read or self.timeouts.read, accept, arguments)
            except PASSING:
                failures += 1
                if failures >= tries:
                    raise
                self.pause(failures, cancel)

    def pause(self, failures: int, cancel: CancelToken | None = None) -> None:
        """Wait before the next try."""
        seconds = self.backoff.seconds(failures)
        if cancel is None:
            time.sleep(seconds)
        else:
            cancel.sleep(seconds)

    def json(self, method: str, path: str, **arguments: Any) -> Any:
        """Send a request as `send` does and return the JSON of its answer."""
        return self.body(self.send(method, path, **arguments))

    def body(self, response: Any) -> Any:
        """Return the JSON of an answer.

        Raises:
            NotADualNetSSLServer: it is none.
        """
        try:
            return response.json()
        except ValueError as error:
            raise stranger(self.address) from error

    def pieces(self, response: Any, size: int) -> Iterator[bytes]:
        """Yield the body of a streamed response in pieces of at most ``size`` bytes."""
        import requests

        try:
            yield from response.iter_content(size)
        except requests.RequestException as error:
            raise translate(error, self.address) from error

    def _once(self, method: str, path: str, read: float, accept: tuple[int, ...], arguments: Mapping[str, Any]) -> Any:
        import requests

        try:
            response = self._session.request(
                method,
                f"{self.address}/v1{path}",
                timeout=(self.timeouts.connect, read),
                verify=self._pin is None,
                allow_redirects=False,
                **arguments,
            )
        except requests.RequestException as error:
            raise translate(error, self.address) from error
        if response.status_code >= 300 and response.status_code not in accept:
            raise refusal(response, self.address)
        return response


def _session(token: str, pin: str | None, *, trust_environment: bool) -> Any:
    """Make the session; the environment's proxies count only beyond this computer."""
    import requests

    if not token.isascii() or not token.isprintable():
        raise Unauthorized("The token has characters that no token has.", "Paste it as the server shows it.")
    session = requests.Session()
    session.trust_env = trust_environment

    def authorise(request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    # A function, because a plain header would give way to an entry of the user's netrc file.
    session.auth = authorise if token else None
    adapter = _adapter(pin)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _adapter(pin: str | None) -> Any:
    """Make an adapter that sends in larger blocks and holds every TLS connection, also through a proxy, to the pin."""
    from requests.adapters import HTTPAdapter

    pool: dict[str, Any] = {"blocksize": SEND_BYTES} | ({"assert_fingerprint": pin} if pin else {})

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> Any:
            return super().init_poolmanager(connections, maxsize, block, **options, **pool)

        def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
            return super().proxy_manager_for(proxy, **options, **pool)

    return Adapter()


def header_number(response: Any, header: str) -> int:
    """Return a header that must be a whole number.

    Raises:
        UnexpectedAnswer: it is missing or something else.
    """
    text = response.headers.get(header, "")
    if not text.isdigit():
        raise UnexpectedAnswer(f"The answer says {text!r} for {header}.", "Check the address and proxies in between.")
    return int(text)
