"""The keys of slices and boxes: letters that Slicer leaves free and that keyboards have in the same place.

What is new comes last: keys that somebody chose before it came are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SETTING = "slicesKeys"
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "next": "N",
        "previous": "P",
        "empty": "O",
        "first": "J",
        "last": "L",
        "fit": "C",
        "here": "H",
        "between": "E",
        "take": "D",
        "undo": "U",
        "scan": "K",
        "corner": "Shift+C",
    }
)
