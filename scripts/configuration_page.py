"""Writes docs/configuration.md anew: the page that documents every field of the configuration."""

from __future__ import annotations

from pathlib import Path

from dualnetssl.cli.fields import page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
