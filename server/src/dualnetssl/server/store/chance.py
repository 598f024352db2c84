"""An order by chance that stays: each name has a place that a seed decides, whatever other names there are."""

from __future__ import annotations

import hashlib
import json

_QUOTED = json.JSONEncoder().encode


def chance(seed: str, name: str) -> bytes:
    """Return where a name stands in the order of a seed, as 32 bytes to sort by.

    Example:
        >>> sorted("abc", key=lambda name: chance("ann", name)), sorted("abc", key=lambda name: chance("bob", name))
        (['b', 'c', 'a'], ['c', 'a', 'b'])
    """
    return hashlib.sha256(f"[{_QUOTED(seed)}, {_QUOTED(name)}]".encode()).digest()
