"""The form of the record: files, lines, and the hash by which each line vouches for all before it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

START = "0" * 64
"""What the first line of all carries in place of the hash of the one before."""
NAME = "audit.jsonl"
REPAIR = "repair"
ACCEPT = "audit accept"
LONGEST = 1 << 20
"""Bytes that no line of ours is longer than; longer ones are not read as lines."""
_NUMBERS = range(1, 1 << 62)
TROUBLE = (OSError, ValueError, RecursionError, MemoryError)
"""All that a damaged record, or a folder that cannot be used, raises."""


def reason(error: BaseException) -> str:
    """Say in a few words, without a path, why something failed.

    Example:
        >>> reason(IsADirectoryError(21, "Is a directory", "/secret")), reason(MemoryError())
        ('Is a directory', 'MemoryError')
    """
    return getattr(error, "strerror", None) or type(error).__name__


def digest(line: bytes) -> str:
    """Return the hash of a line without its line feed."""
    return hashlib.sha256(line).hexdigest()


def encode(fields: Mapping[str, Any]) -> bytes:
    r"""Write one line without its line feed, in ASCII, so that no character of it can end it early.

    Example:
        >>> encode({"n": 1, "case": "a\nb"})
        b'{"n":1,"case":"a\\nb"}'
    """
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def decode(line: bytes) -> dict[str, Any] | None:
    """Read one line; None if it is none of ours."""
    if len(line) > LONGEST:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(found, dict) and _is_number(found.get("n")) and isinstance(found.get("prev"), str)
    return found if whole else None


def _is_number(found: object) -> bool:
    return type(found) is int and found in _NUMBERS


def files(folder: Path) -> list[Path]:
    """Return the files of the record, the oldest first.

    Full ones are named by the number of their first line, so that names sort by age.
    """
    present = folder / NAME
    return [*sorted(folder.glob("audit-*.jsonl")), *([present] if os.path.lexists(present) else [])]
