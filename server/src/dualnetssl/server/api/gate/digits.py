"""Numbers of headers and addresses: plain decimal digits, and nothing that another program would read otherwise."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BeforeValidator

_WHOLE = re.compile(r"[0-9]{1,16}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def _whole(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("a whole number in plain decimal digits, such as 10")
    return value


def _decimal(value: Any) -> Any:
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        raise ValueError("a number in plain decimal digits, such as 10 or 0.5")
    return value


WHOLE = BeforeValidator(_whole)
"""Takes 10, but not 1_0, +10 or 10.0."""
DECIMAL = BeforeValidator(_decimal)
"""Takes 10 and 0.5, but not 1_0, 1e1 or +10."""
