"""Numbers and folders of the command line: read once, so that no command meets one that makes no sense."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from dualnetssl.contract.errors import InvalidRequest

LARGEST_SEED = 2**63 - 1
_N = TypeVar("_N", int, float)


def whole(option: str, low: int | None = None, high: int | None = None) -> Callable[[str], int]:
    """Return a parser of a whole number for an option.

    Args:
        option: its name.
        low: the least that is taken.
        high: the most that is taken.

    Example:
        >>> whole("--port", 0, 65535)("8765")
        8765
        >>> whole("--port", 0, 65535)("70000")
        Traceback (most recent call last):
        dualnetssl.contract.errors.InvalidRequest: ...allowed: a whole number from 0 to 65535. Correct --port.
    """
    return _reader(option, int, f"a whole number{_limits(low, high)}", lambda value: _between(value, low, high))


def number(option: str, low: float | None = None, high: float | None = None) -> Callable[[str], float]:
    """Return what reads a number with a fraction, which is finite and within limits that may be taken, too.

    Example:
        >>> number("--overlap", 0, 0.95)("0.5")
        0.5
    """
    allowed = f"a finite number{_limits(low, high)}"
    return _reader(option, float, allowed, lambda value: math.isfinite(value) and _between(value, low, high))


def above_zero(option: str, high: float | None = None) -> Callable[[str], float]:
    """Return what reads a finite number above 0.

    Example:
        >>> above_zero("--minutes")("0.5")
        0.5
    """
    allowed = f"a finite number above 0{_limits(None, high)}"
    return _reader(
        option, float, allowed, lambda value: math.isfinite(value) and value > 0 and _between(value, 0, high)
    )


def named_folder(option: str) -> Callable[[str], Path]:
    """Return a parser of a folder's name; an empty one, of a variable that is not set, is not the folder one is in.

    Example:
        >>> named_folder("--data-folder")("data").name
        'data'
        >>> named_folder("--data-folder")("")
        Traceback (most recent call last):
        dualnetssl.contract.errors.InvalidRequest: ...the name of a folder. Correct --data-folder, or leave it out.
    """

    def read(text: str) -> Path:
        if not text.strip():
            raise InvalidRequest(
                f"{option} without a name", "the name of a folder", f"Correct {option}, or leave it out."
            )
        return Path(text)

    return read


def _reader(option: str, kind: Callable[[str], _N], allowed: str, fits: Callable[[_N], bool]) -> Callable[[str], _N]:
    def read(text: str) -> _N:
        value = None
        with suppress(ValueError):  # no number, or one of thousands of digits
            value = kind(text)
        if value is None or not fits(value):
            raise InvalidRequest(f"{option} {text:.40}", allowed, f"Correct {option}.")
        return value

    return read


def _between(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _limits(low: float | None, high: float | None) -> str:
    words = [f" from {low:.15g}" if low is not None else "", f" to {high:.15g}" if high is not None else ""]
    if low is not None and high is None:
        return words[0] + " on"
    return "".join(words) if low is not None else words[1].replace(" to ", " and at most ")
