"""Why a step of the set-up failed, read from what pip, uv or Python said, and what helps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from DualNetSSLLib.client.errors import LaunchFailed

AGAIN = "The same button goes on where it ended."


class SetUpFailed(LaunchFailed):
    """A step of the set-up failed.

    Attributes:
        lasting: whether another build of a package would meet the same: the disk, the network.
    """

    def __init__(self, cause: str, remedy: str, *, lasting: bool = False) -> None:
        """Keep the two sentences, and whether trying another way is of no use."""
        super().__init__(cause, remedy)
        self.lasting = lasting


@dataclass(frozen=True)
class Reason:
    """One kind of failure: words by which it is known, what it is, what helps."""

    known_by: str
    cause: str
    remedy: str
    lasting: bool = True


REASONS = (
    Reason(
        r"No space left on device|Errno 28|WinError 112|disk quota exceeded|not enough space on the disk",
        "The disk is full.",
        f"Make room, or choose a folder on another disk. {AGAIN}",
    ),
    Reason(
        r"WinError 206|filename or extension is too long|File name too long|Long Path support",
        "A file's path would be longer than this system allows.",
        "Choose a folder with a shorter path, such as one directly on a disk.",
    ),
    Reason(
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|UnknownIssuer|invalid peer certificate",
        "The package index could not be trusted: its certificate is not one that this computer knows.",
        "The network may look into encrypted traffic: ask its administrators for their certificate, and name that file "
        f"in the variable PIP_CERT before Slicer starts. {AGAIN}",
    ),
    Reason(
        r"407 Proxy|Proxy Authentication Required|ProxyError|Cannot connect to proxy|Tunnel connection failed",
        "The network's proxy did not let the request for packages through.",
        f"Ask its administrators for the proxy's address, and name it in HTTPS_PROXY before Slicer starts. {AGAIN}",
    ),
    Reason(
        r"Failed to establish a new connection|NewConnectionError|NameResolutionError|getaddrinfo failed"
        r"|Temporary failure in name resolution|Name or service not known|Network is unreachable|Connection refused"
        r"|ConnectTimeout|Read timed out|Connection (reset|aborted|broken)|dns error|error sending request"
        r"|RemoteDisconnected|IncompleteRead",
        "The packages could not be reached over the network.",
        "Check that this computer is online; where a site has a package index of its own, set it in pip's "
        f"configuration. {AGAIN}",
    ),
    Reason(
        r"ensurepip is not available|No module named '?ensurepip",
        "This Python cannot make an environment: its part ensurepip is missing.",
        "On Debian and Ubuntu: sudo apt install python3-venv. Elsewhere install Python 3.12, then try again.",
    ),
    Reason(
        r"No module named 'encodings'",
        "This Python does not find its own library, so it cannot start.",
        "Install Python 3.12 (64 bit), then try again.",
    ),
    Reason(
        r"DO NOT MATCH THE HASHES|Hash mismatch",
        "A package that came is not the one that was asked for.",
        "A proxy may have changed it, or the download broke. Try again; if it stays so, do not go on, and tell the "
        "network's administrators.",
    ),
    Reason(
        r"Permission denied|Errno 13|WinError 5\b|Access is denied|Read-only file system",
        "A file could not be written.",
        "Choose a folder in which you may write. On Windows a virus scanner may hold a file for a while: try again.",
    ),
    Reason(
        r"No matching distribution found|Could not find a version|no wheels with a matching|no version of",
        "The package index has no build of a package for this computer.",
        "Install Python 3.12 (64 bit) and try again; a site's own index has to have PyTorch, too.",
        lasting=False,
    ),
    Reason(
        r"MemoryError|Cannot allocate memory|out of memory",
        "This computer's memory did not suffice.",
        f"Close other programs. {AGAIN}",
        lasting=False,
    ),
)
"""The first that fits is told: without a network, pip says at last that there is no matching distribution."""
_KILLED = Reason(
    "", "The program was ended from outside, perhaps for want of memory.", f"Close other programs. {AGAIN}"
)
_OTHER = Reason("", "", f"If it stays so, install Python 3.12 (64 bit) and remove the server's folder. {AGAIN}", False)


def explain(command: Sequence[str], words: Sequence[str], status: int) -> SetUpFailed:
    """Return the error for a program that failed.

    Args:
        command: the program and its arguments.
        words: lines that it said, the last at the end.
        status: how it ended; negative for a signal.

    Example:
        >>> print(explain(["python"], ["ERROR: [Errno 28] No space left on device"], 1).cause)
        The disk is full. python says: ERROR: [Errno 28] No space left on device
    """
    text = "\n".join(words)
    reason = next((reason for reason in REASONS if re.search(reason.known_by, text, re.IGNORECASE)), _OTHER)
    if reason is _OTHER and (status in (-9, 137)):
        reason = _KILLED
    said = f"{_name(command)} says: {_last_word(words)}"
    return SetUpFailed(f"{reason.cause} {said}".strip(), reason.remedy, lasting=reason.lasting)


def _name(command: Sequence[str]) -> str:
    """Return what ran: pip, uv or venv where it is a module, else the program."""
    words = list(command)
    return words[words.index("-m") + 1] if "-m" in words[:-1] else words[0]


def _last_word(words: Sequence[str]) -> str:
    """Return the last line that says what is wrong, or the last of all."""
    errors = [word for word in words if re.match(r"(error|fatal|.*Error:)", word, re.IGNORECASE)]
    return (errors or list(words) or ["nothing"])[-1][:400]
