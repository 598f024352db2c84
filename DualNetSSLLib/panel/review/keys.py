"""Which keys the review has: letters that Slicer leaves free, and that every Latin keyboard has in the same place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SHIFT, ARROW = "Shift+", "⇧"
"""As Qt writes it, and in so little room that all keys can be seen at once."""

SETTING = "reviewKeys"
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "next": "N",
        "previous": "P",
        "accept": "D",
        "edit": "E",
        "restore": "O",
        "map": "H",
        "undo": "U",
        "erase": "Shift+E",
        "class": "Shift+H",
        "next-slice": "Shift+N",
        "previous-slice": "Shift+P",
    }
)
FORMER = ("] [ A E R U Z",)
"""What versions before 2026-11-27 began with: Slicer needs most of these itself."""

MENDING_SETTING = "mendingKeys"
MENDING_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "first": "J",
        "second": "K",
        "touch": "C",
        "clear": "L",
        "runner-up": "Shift+J",
        "smaller": "Shift+K",
        "larger": "Shift+L",
        "all": "Shift+C",
        "nothing": "Shift+O",
        "between": "Shift+D",
        "grown": "Shift+U",
    }
)
"""Touches are without Shift: Slicer moves the views while it is held and the mouse moves."""


def short(keys: str) -> str:
    """Write keys with an arrow for Shift.

    Example:
        >>> short("J Shift+K"), full("J ⇧k")
        ('J ⇧K', 'J Shift+k')
    """
    return keys.replace(SHIFT, ARROW)


def full(keys: str) -> str:
    """Write keys that somebody has typed as Qt takes them."""
    return keys.replace(ARROW, SHIFT)
