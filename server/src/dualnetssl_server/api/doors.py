"""Which requests need no token."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Scope

from dualnetssl_server.settings import is_loopback

OPEN_PATHS = ("/v1/health",)
"""Paths that need no token."""
LOCAL_PATHS = ("/v1/ready", "/v1/metrics")
"""Paths that need none from this computer."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def is_open(scope: Scope) -> bool:
    """Tell whether a request may be answered without a token."""
    path = scope["path"]
    return path in OPEN_PATHS or (path in LOCAL_PATHS and is_local(scope))


def is_local(scope: Scope) -> bool:
    """Tell whether a request was made on this computer, as far as can be known: none that a proxy passed on."""
    address = (scope.get("client") or ("",))[0]
    return is_loopback(address) and not any(name in Headers(scope=scope) for name in _FORWARDED)
