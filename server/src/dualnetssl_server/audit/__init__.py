"""Who did what to whose scan: an append-only, hash-chained record."""

from __future__ import annotations

from dualnetssl_server.audit.record import Anchors, Audit
from dualnetssl_server.audit.verify import Finding, verify

__all__ = ["Anchors", "Audit", "Finding", "verify"]
