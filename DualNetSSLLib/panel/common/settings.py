"""What is remembered from one start of Slicer to the next; never a token."""

from __future__ import annotations

import json
from typing import Any

import qt

PREFIX = "DualNetSSL/"


class PanelSettings:
    """Values by name in Slicer's own settings, as JSON: so a number stays a number on every platform."""

    def get(self, name: str, default: Any) -> Any:
        """Return what was remembered, or ``default`` where there is nothing or nothing readable."""
        text = qt.QSettings().value(PREFIX + name)
        try:
            return default if text is None else json.loads(str(text))
        except ValueError:
            return default

    def put(self, name: str, value: Any) -> None:
        """Remember a JSON value."""
        qt.QSettings().setValue(PREFIX + name, json.dumps(value))

    def consented(self, address: str) -> bool:
        """Tell whether the user has agreed to send scans to this server."""
        return address in self.get("consented", [])

    def consent(self, address: str, agreed: bool) -> None:
        """Remember whether the user agrees to send scans to this server."""
        others = [known for known in self.get("consented", []) if known != address]
        self.put("consented", [*others, address] if agreed else others)
