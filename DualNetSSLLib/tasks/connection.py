"""Find out whether a server can be used, and if not, which of name, port, TLS, token and version is the matter."""

from __future__ import annotations

import hashlib
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

from DualNetSSLLib.client.address import normalise_fingerprint
from DualNetSSLLib.client.errors import UntrustedCertificate
from DualNetSSLLib.client.records import ServerInfo
from DualNetSSLLib.client.transport import Backoff, Timeouts
from DualNetSSLLib.tasks.call import Server, Task

PATIENCE = Timeouts(connect=4.0, read=10.0)


def try_server(address: str, token: str, fingerprint: str | None = None) -> tuple[Server, ServerInfo]:
    """Ask a server who it is, with and without the token.

    Raises:
        InvalidAddress: address or fingerprint cannot be used as they are written.
        ServerNotFound: no computer has that name.
        ConnectionRefused: nothing listens on that port.
        TimedOut: no answer.
        UntrustedCertificate: TLS; the error carries the fingerprint of the certificate that was shown.
        NotADualNetSSLServer: somebody else answers.
        Unauthorized: the token is wrong.
        VersionMismatch: the server speaks another version of the interface.
    """
    server = Server(address, token, fingerprint or None)
    with server.client(timeouts=PATIENCE, backoff=Backoff(attempts=1)) as client:
        server = Server(client.address, token, fingerprint or None)
        try:
            client.health()
            return server, client.server()
        except UntrustedCertificate as error:
            raise _with_fingerprint(error, client.address, fingerprint) from error


def connected(task: Task, server: Server, info: ServerInfo) -> dict[str, Any]:
    """Use a server from now on, and return what the panel shows of it."""
    with server.client() as client:
        datasets, identity = client.datasets(), client.whoami()
    task.cancel.check()
    task.desk.server = server
    return {"address": server.address, "server": info, "datasets": datasets, "identity": identity}


def shown_fingerprint(address: str) -> str | None:
    """Return the SHA-256 of the certificate that a server shows, trusted or not; None if it shows none."""
    parts = urlsplit(address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=PATIENCE.connect) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
        ):
            shown = secured.getpeercert(binary_form=True)
    except OSError:
        return None
    return hashlib.sha256(shown).hexdigest() if shown else None


def in_groups(fingerprint: str) -> str:
    """Write a fingerprint as tools show it.

    Example:
        >>> in_groups("ab01")
        'AB:01'
    """
    return ":".join(fingerprint[start : start + 2] for start in range(0, len(fingerprint), 2)).upper()


def _with_fingerprint(error: UntrustedCertificate, address: str, expected: str | None) -> UntrustedCertificate:
    """Say which certificate was shown, and how to decide about it."""
    shown = shown_fingerprint(address)
    if shown is None:
        return error
    if expected is None:
        changed = UntrustedCertificate(
            f"The certificate of {address} is not vouched for. Its SHA-256 is {in_groups(shown)}.",
            "If the server's owner tells you the same fingerprint, enter it to trust this certificate and no other.",
        )
    else:
        changed = UntrustedCertificate(
            f"Danger: the certificate of {address} is not the one that you trust. It shows {in_groups(shown)}; "
            f"trusted is {in_groups(normalise_fingerprint(expected))}.",
            "Somebody may be in between: do not go on before the server's owner has told you the new fingerprint.",
        )
    changed.fingerprint = shown
    return changed
