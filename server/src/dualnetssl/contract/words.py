"""What is told of jobs in the same words on the terminal and in reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def duration(seconds: float) -> str:
    """Format a duration.

    Example:
        >>> duration(42), duration(150), duration(7500)
        ('42 s', '2 min 30 s', '2 h 05 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size_in_words(count: float) -> str:
    """Say a number of bytes in the unit that suits it.

    Example:
        >>> size_in_words(1_550_000_000), size_in_words(12_300_000), size_in_words(900)
        ('1.6 GB', '12 MB', '1 kB')
    """
    if count >= 0.9995e9:
        return f"{count / 1e9:.1f} GB"
    if count >= 0.9995e6:
        return f"{count / 1e6:.0f} MB"
    return f"{count / 1e3:.0f} kB"


def mean_losses(losses: Mapping[str, Any]) -> dict[str, float]:
    """Average each term over the networks; a former version told them flat, the network's index behind the name.

    Example:
        >>> mean_losses({"vnet": {"supervised": 1.0, "contrast": 0.5}, "residual": {"supervised": 3.0}})
        {'supervised': 2.0, 'contrast': 0.5}
        >>> mean_losses({"supervised_0": 1.0, "supervised_1": 3.0})
        {'supervised': 2.0}
    """
    terms: dict[str, list[float]] = {}
    for name, told in losses.items():
        own = told if isinstance(told, dict) else {name.rpartition("_")[0]: told}
        for term, value in own.items():
            terms.setdefault(term, []).append(value)
    return {term: sum(values) / len(values) for term, values in terms.items()}
