"""Who did what to whose scan: an append-only, hash-chained record."""

from __future__ import annotations

from dualnetssl_server.audit.record import FLUSH_SECONDS, Anchors, Audit
from dualnetssl_server.audit.verify import Finding, verify

__all__ = ["FLUSH_SECONDS", "Anchors", "Audit", "Finding", "verify"]
