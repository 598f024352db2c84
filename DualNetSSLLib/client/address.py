"""Read the address and the certificate fingerprint as people write and paste them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from .errors import InvalidAddress


def normalise_address(text: str) -> str:
    """Return the address without what does not matter: a missing ``http://``, a slash or ``/v1`` at the end.

    All that the server prints when it starts may be given; its address is picked out.

    Raises:
        InvalidAddress: it names no computer, or another protocol, or carries a password or a query.

    Example:
        >>> normalise_address(" localhost:8750/ ")
        'http://localhost:8750'
        >>> normalise_address("https://gpu.example.org/segment/v1/")
        'https://gpu.example.org/segment'
        >>> normalise_address("Paste into 3D Slicer:  address   http://gpu:8765  token     abc")
        'http://gpu:8765'
    """
    printed = re.search(r"\baddress\s+(\S+)", text)
    text = printed[1] if printed else text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        usable = _usable(parts)
    except ValueError:
        usable = False
    if not usable:
        raise InvalidAddress(
            f"The address {text!r} cannot be used.",
            "Paste it as the server shows it when it starts, for instance http://127.0.0.1:8750",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/v1').rstrip('/')}"


def pasted_token(text: str) -> str | None:
    """Return the token in what the server prints when it starts; None if there is none.

    Example:
        >>> pasted_token("address   http://gpu:8765  token     abc"), pasted_token("gpu:8765")
        ('abc', None)
    """
    printed = re.search(r"\btoken\s+([\w-]{3,})(?!\s+needed)", text)
    return printed[1] if printed and printed[1] != "none" else None


def _usable(parts: SplitResult) -> bool:
    plain = parts.username is None and not parts.query and not parts.fragment
    host = re.fullmatch(r"[A-Za-z0-9._:-]+", parts.hostname or "")
    return parts.scheme in ("http", "https") and host is not None and parts.port != 0 and plain


def is_loopback(address: str) -> bool:
    """Tell whether the address is this computer's own.

    Example:
        >>> [is_loopback(f"http://{host}:1") for host in ("localhost", "127.0.0.2", "[::1]", "10.0.0.1", "gpu")]
        [True, True, True, False, False]
    """
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def normalise_fingerprint(text: str) -> str:
    """Return a SHA-256 certificate fingerprint as 64 lower-case hex digits.

    Raises:
        InvalidAddress: it is no SHA-256.

    Example:
        >>> normalise_fingerprint("SHA256:" + ":".join(["AB"] * 32))[:6]
        'ababab'
    """
    digits = re.sub(r"^sha-?256[:=]|[:\s]", "", text.strip().lower())
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise InvalidAddress(
            f"The certificate fingerprint {text!r} is not a SHA-256.",
            "Paste the 64 hex digits that the server shows when it starts.",
        )
    return digits
