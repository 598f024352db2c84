"""Every error of the library, each with its cause and what to do.

::

    DualNetSSLError
    ├── TransportError                  no usable answer came back
    │   ├── InvalidAddress              the address cannot be used as it is written
    │   ├── ServerNotFound              the name of the computer is not known
    │   ├── ConnectionRefused           the computer is there, but nothing listens on that port
    │   ├── ConnectionLost              the connection broke before the answer was complete
    │   ├── TimedOut                    no answer within the time allowed
    │   ├── UntrustedCertificate        TLS: the server could not prove who it is
    │   ├── ServerUnavailable           something in between says that the server cannot answer now
    │   ├── RedirectRefused             the answer points elsewhere; the token is not sent there
    │   ├── NotADualNetSSLServer        somebody else answers at this address
    │   ├── VersionMismatch             the server speaks another version of the interface
    │   └── UnexpectedAnswer            a field is missing or has a wrong type
    ├── ServerProblem                   the server said no, and why (one class per problem kind)
    │   ├── Unauthorized                wrong, expired, revoked or missing token
    │   ├── Forbidden                   the account behind the token may not do this
    │   ├── AuditFailed                 the server cannot keep its record of who did what
    │   ├── InvalidRequest  InvalidVolume  GeometryMismatch  InvalidLabelValue  InvalidDataset  VolumeTooLarge
    │   ├── NotFound  Conflict  RevisionConflict  OffsetConflict  DigestMismatch
    │   ├── PreconditionRequired
    │   ├── DiskFull  OutOfMemory  TrainingFailed  InternalError
    │   └── AddressInUse  UnusableDataFolder  UnsafeExposure
    ├── UnusableVolume                  a local file is no volume that can be sent
    ├── LocalFileError                  a local file cannot be read or written
    │   └── FileChanged                 a file changed while it was sent
    ├── DamagedDownload                 the bytes that came are not the ones that were asked for
    ├── NotConnected                    no server was chosen yet
    ├── LaunchFailed                    a server could not be set up or started on this computer
    ├── BackgroundFault                 the background process met an error of its own, or ended
    └── Cancelled                       somebody asked to stop
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROBLEM_PREFIX = "urn:dualnetssl:problem:"


class DualNetSSLError(Exception):
    """Base of all errors of the library.

    Attributes:
        cause: what happened.
        remedy: what the user can do now.

    Example:
        >>> print(ConnectionRefused("Nothing listens on port 8750.", "Start the server."))
        Nothing listens on port 8750. Start the server.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        """Keep the two sentences that every error must give."""
        super().__init__(cause, remedy)
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.cause} {self.remedy}".strip()


class TransportError(DualNetSSLError):
    """No usable answer came back."""


class InvalidAddress(TransportError):
    """The address cannot be used as it is written."""


class ServerNotFound(TransportError):
    """The name of the computer is not known."""


class ConnectionRefused(TransportError):
    """The computer is there, but nothing listens on that port."""


class ConnectionLost(TransportError):
    """The connection broke before the answer was complete."""


class TimedOut(TransportError):
    """No answer within the time allowed."""


class UntrustedCertificate(TransportError):
    """The server could not prove by its certificate who it is.

    Attributes:
        fingerprint: SHA-256 of the certificate that it showed, as 64 hex digits; None if that is not known.
    """

    fingerprint: str | None = None


class ServerUnavailable(TransportError):
    """Something in between says that the server cannot answer now."""


class RedirectRefused(TransportError):
    """The answer points elsewhere; the token is not sent there."""


class NotADualNetSSLServer(TransportError):
    """Somebody else answers at this address."""


class VersionMismatch(TransportError):
    """The server speaks another version of the interface."""


class UnexpectedAnswer(TransportError):
    """A field of the answer is missing or has a wrong type."""


class ServerProblem(DualNetSSLError):
    """The server said no, and why.

    Attributes:
        kind: stable slug of the problem.
        status: HTTP status.
        received: what the server received, or None.
        allowed: what it would have accepted, or None.
        request_id: the mark of this request in the server's log, or None.
    """

    kind = ""

    def __init__(
        self,
        cause: str,
        remedy: str,
        *,
        status: int = 0,
        received: str | None = None,
        allowed: str | None = None,
        request_id: str | None = None,
        kind: str | None = None,
    ) -> None:
        """Keep what the server told."""
        super().__init__(cause, remedy)
        self.kind = kind or type(self).kind
        self.status = status
        self.received = received
        self.allowed = allowed
        self.request_id = request_id


class InternalError(ServerProblem):
    """The server met an error of its own."""

    kind = "internal"


class InvalidRequest(ServerProblem):
    """The request or the configuration has a wrong form or value."""

    kind = "invalid-request"


class InvalidVolume(ServerProblem):
    """An image, label or mask is not one that can be used."""

    kind = "invalid-volume"


class GeometryMismatch(ServerProblem):
    """A label or mask does not lie on the voxel grid of its image."""

    kind = "geometry-mismatch"


class InvalidLabelValue(ServerProblem):
    """A label volume holds values outside the label set."""

    kind = "invalid-label-value"


class VolumeTooLarge(ServerProblem):
    """A file or the volume it declares is over the server's caps."""

    kind = "volume-too-large"


class NotFound(ServerProblem):
    """The named resource does not exist."""

    kind = "not-found"


class Conflict(ServerProblem):
    """The resource is in a state that does not allow the request."""

    kind = "conflict"


class RevisionConflict(ServerProblem):
    """Somebody else changed the case since it was read."""

    kind = "revision-conflict"


class PreconditionRequired(ServerProblem):
    """A change did not say to which revision it was made; an older module than the server sends such."""

    kind = "precondition-required"


class DigestMismatch(ServerProblem):
    """The bytes that arrived do not have the SHA-256 they were announced under; nothing of them was kept."""

    kind = "digest-mismatch"


class OffsetConflict(ServerProblem):
    """An upload did not go on where the server's copy ends."""

    kind = "offset-conflict"


class Unauthorized(ServerProblem):
    """No token, or not the right one."""

    kind = "unauthorized"


class Forbidden(ServerProblem):
    """The account behind the token may not do this."""

    kind = "forbidden"


class AuditFailed(ServerProblem):
    """The server cannot keep its record of who did what, so it does nothing that would have to be in it."""

    kind = "audit-failed"


class DiskFull(ServerProblem):
    """The server has no room left to write on."""

    kind = "disk-full"


class InvalidDataset(ServerProblem):
    """A data set cannot be trained on or predicted."""

    kind = "invalid-dataset"


class TrainingFailed(ServerProblem):
    """Training had to stop."""

    kind = "training-failed"


class OutOfMemory(ServerProblem):
    """The server's device has too little memory."""

    kind = "out-of-memory"


class AddressInUse(ServerProblem):
    """The port or the data folder is used by another server."""

    kind = "address-in-use"


class UnusableDataFolder(ServerProblem):
    """The server's data folder is damaged, incomplete, or cannot be written to."""

    kind = "unusable-data-folder"


class UnsafeExposure(ServerProblem):
    """A server was asked to listen beyond its computer without protection."""

    kind = "unsafe-exposure"


class UnusableVolume(DualNetSSLError):
    """A local file is no volume that can be sent."""


class LocalFileError(DualNetSSLError):
    """A local file cannot be read or written."""


class FileChanged(LocalFileError):
    """A file changed while it was sent."""


class DamagedDownload(DualNetSSLError):
    """The bytes that came are not the ones that were asked for."""


class NotConnected(DualNetSSLError):
    """No server was chosen yet."""

    def __init__(self, cause: str = "No server is connected.", remedy: str = "Connect to one first.") -> None:
        """Say what is missing."""
        super().__init__(cause, remedy)


class LaunchFailed(DualNetSSLError):
    """A server could not be set up or started on this computer."""


class BackgroundFault(DualNetSSLError):
    """The background process met an error of its own, or ended."""


class Cancelled(DualNetSSLError):
    """Somebody asked to stop."""

    def __init__(self, cause: str = "Cancelled.", remedy: str = "What was transferred so far is kept.") -> None:
        """Say that the stop was asked for."""
        super().__init__(cause, remedy)


def problem_error(problem: Mapping[str, Any]) -> ServerProblem:
    """Turn an RFC 9457 problem of the server into the exception of its kind.

    A kind that this library does not know yet gives a plain `ServerProblem`, with all its words.

    Example:
        >>> problem_error({"type": "urn:dualnetssl:problem:not-found", "title": "Nothing", "status": 404})
        NotFound('Nothing.', '')
    """
    kind = str(problem.get("type", "")).removeprefix(PROBLEM_PREFIX)
    classes = {known.kind: known for known in ServerProblem.__subclasses__()}
    title, received, allowed = (problem.get(key) for key in ("title", "received", "allowed"))
    cause = f"{title or kind or 'The server answered ' + str(problem.get('status', 'no'))}."
    if received and allowed:
        cause = f"{title}: received {received}; allowed: {allowed}."
    elif problem.get("detail"):
        cause = f"{title}: {problem['detail']}"
    return classes.get(kind, ServerProblem)(
        cause,
        problem.get("remedy") or "",
        status=int(problem.get("status", 0)),
        received=received,
        allowed=allowed,
        request_id=problem.get("request_id"),
        kind=kind,
    )


OF_ALL = (TransportError, Unauthorized, Forbidden, DiskFull, Cancelled, NotFound)
"""Errors that the next of many scans would meet as well, so that going on is of no use."""
