"""From a time budget to a number of steps, by the speed that was measured here or, failing that, a typical one."""

from __future__ import annotations

from collections.abc import Iterable

from DualNetSSLLib.records import Device

TYPICAL_SECONDS = {"cuda": 0.2, "cpu": 6.0}
"""Seconds a step of the published width (16), as long as nothing was measured."""
PUBLISHED_WIDTH = 16
FEWEST, MOST = 20, 50_000


def typical_seconds_per_step(devices: Iterable[Device], width: int) -> float:
    """Guess the seconds of one step on the best of the devices; they grow with the square of the width.

    Example:
        >>> typical_seconds_per_step([Device(name="cpu", title="CPU", memory_bytes=0)], 8)
        1.5
    """
    best = "cuda" if any(device.name.startswith("cuda") for device in devices) else "cpu"
    return TYPICAL_SECONDS[best] * (width / PUBLISHED_WIDTH) ** 2


def steps_within(seconds: float, seconds_per_step: float) -> int:
    """Return how many steps fit into a time, to two significant digits, at least 20.

    Example:
        >>> steps_within(1800, 1.5), steps_within(60, 7.0), steps_within(1000, 0.3)
        (1200, 20, 3300)
    """
    steps = min(MOST, max(FEWEST, seconds / seconds_per_step))
    unit = 10 ** (len(str(int(steps))) - 2)
    return int(steps // unit * unit)
