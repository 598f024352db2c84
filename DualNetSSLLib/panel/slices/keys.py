"""The keys of slices and boxes: letters that Slicer has no use for, where possible those of the review."""

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
        "between": "M",
        "take": "D",
        "undo": "U",
        "scan": "K",
    }
)
