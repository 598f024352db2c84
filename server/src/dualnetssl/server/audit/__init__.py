"""Who did what to whose scan: an append-only, hash-chained record."""

from __future__ import annotations

from dualnetssl.server.audit.record import FLUSH_SECONDS, Anchors, Audit
from dualnetssl.server.audit.verify import Finding, verify
from dualnetssl.server.audit.watch import LOOK_SECONDS, Watch, accept, is_missing, looked_through

__all__ = [
    "FLUSH_SECONDS",
    "LOOK_SECONDS",
    "Anchors",
    "Audit",
    "Finding",
    "Watch",
    "accept",
    "is_missing",
    "looked_through",
    "verify",
]
