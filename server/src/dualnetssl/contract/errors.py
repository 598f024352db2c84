"""Every error that a user can cause or meet, each saying what was received, what is allowed and what to do."""

from __future__ import annotations

import errno


class ProblemError(Exception):
    """Base of all errors shown to a user; becomes an RFC 9457 problem on the wire and a sentence on the command line.

    Attributes:
        kind: stable slug of the problem type, the last part of its ``type`` URI.
        status: HTTP status that the server answers with.
        title: one short phrase, the same for every occurrence of the kind.
        received: what was received (never a path of the server's machine).
        allowed: what would have been accepted.
        remedy: what the user can do now.

    Example:
        >>> error = InvalidVolume("a 2-D image", "3-D scans", "Export the series as one volume.")
        >>> str(error)
        'This volume cannot be used: received a 2-D image; allowed: 3-D scans. Export the series as one volume.'
    """

    kind = "internal"
    status = 500
    title = "The server met an unexpected error"

    def __init__(self, received: str, allowed: str, remedy: str) -> None:
        """Keep the three sentences that every error must give."""
        super().__init__(received, allowed, remedy)
        self.received = received
        self.allowed = allowed
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.title}: received {self.received}; allowed: {self.allowed}. {self.remedy}"


class InvalidRequest(ProblemError):
    """The request or the configuration has a wrong form or value."""

    kind, status, title = "invalid-request", 422, "The request is not valid"


class InvalidVolume(ProblemError):
    """An image, label or mask file is not one that can be used."""

    kind, status, title = "invalid-volume", 422, "This volume cannot be used"


class GeometryMismatch(ProblemError):
    """A label or mask does not lie on the voxel grid of its image."""

    kind, status, title = "geometry-mismatch", 422, "The label does not lie on the image"


class InvalidLabelValue(ProblemError):
    """A label volume holds values outside the label set."""

    kind, status, title = "invalid-label-value", 422, "The label has values outside the label set"


class VolumeTooLarge(ProblemError):
    """A file or the volume it declares is over the server's caps."""

    kind, status, title = "volume-too-large", 413, "The volume is larger than this server takes"


class NotFound(ProblemError):
    """The named resource does not exist."""

    kind, status, title = "not-found", 404, "There is nothing of that name"


class Conflict(ProblemError):
    """The resource is in a state that does not allow the request."""

    kind, status, title = "conflict", 409, "The request does not fit the present state"


class RevisionConflict(ProblemError):
    """The case or draft is not as it was when it was read (``If-Match`` did not match)."""

    kind, status, title = "revision-conflict", 412, "The change was made to what is no longer so"


class PreconditionRequired(ProblemError):
    """A change does not say to which revision it was made (``If-Match`` is missing)."""

    kind, status, title = "precondition-required", 428, "The change does not say what it was made to"


class DigestMismatch(ProblemError):
    """The uploaded bytes do not have the SHA-256 they were announced under."""

    kind, status, title = "digest-mismatch", 422, "The uploaded bytes are damaged"


class OffsetConflict(ProblemError):
    """An upload did not go on where the server's copy ends."""

    kind, status, title = "offset-conflict", 409, "The upload must go on at another place"


class Unauthorized(ProblemError):
    """No token, or not the right one."""

    kind, status, title = "unauthorized", 401, "The server needs a token that it accepts"


class Forbidden(ProblemError):
    """The account behind the token may not do this."""

    kind, status, title = "forbidden", 403, "Your account may not do this"


class AuditFailed(ProblemError):
    """The record of who did what cannot be written, so nothing is done that would have to be in it."""

    kind, status, title = "audit-failed", 503, "The server cannot keep its record of who did what"


class DiskFull(ProblemError):
    """There is no room left to write on."""

    kind, status, title = "disk-full", 507, "The disk is full"


def no_room() -> DiskFull:
    """Return the error of a job for which the server's disk has no room."""
    return DiskFull(
        "a write for which the server's disk has no room",
        "what fits on the disk",
        "Free some space on the server, then resume the job: it goes on from its checkpoint.",
    )


def disk_full(error: BaseException | None) -> DiskFull | None:
    """Return the error to show where no room on the disk is what lies behind another error; None where it is not.

    Example:
        >>> try:
        ...     raise RuntimeError("not written") from OSError(errno.ENOSPC, "No space left on device")
        ... except RuntimeError as error:
        ...     disk_full(error).kind
        'disk-full'
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return no_room()
        error = error.__cause__ or error.__context__
    return None


class InvalidDataset(ProblemError):
    """A folder or data set cannot be trained on or predicted."""

    kind, status, title = "invalid-dataset", 422, "This set of scans cannot be used"


class TrainingFailed(ProblemError):
    """Training had to stop, for instance because losses were no longer finite."""

    kind, status, title = "training-failed", 500, "The training stopped"


class OutOfMemory(ProblemError):
    """The device has too little memory for the patch and networks asked for."""

    kind, status, title = "out-of-memory", 507, "The device has too little memory"


class AddressInUse(ProblemError):
    """The port or the data folder is already used by another server."""

    kind, status, title = "address-in-use", 409, "The server cannot start"


class UnusableDataFolder(ProblemError):
    """The data folder is damaged, incomplete, not what it was, or cannot be written to."""

    kind, status, title = "unusable-data-folder", 500, "The data folder cannot be used"


class UnsafeExposure(ProblemError):
    """The server was asked to listen beyond this computer without protection."""

    kind, status, title = "unsafe-exposure", 403, "The server refuses to open itself to the network"
