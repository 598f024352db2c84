"""What a training will take: steps within a time budget, and memory, before anything has started."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence

from DualNetSSLLib.client.records import Device, Geometry

TYPICAL_SECONDS = {"cuda": 0.2, "cpu": 6.0}
"""Seconds a step of the published width (16), as long as nothing was measured."""
PUBLISHED_WIDTH = 16
FEWEST, MOST = 20, 50_000
LARGEST_PATCH, PATCH_STEP = 96**3, 16
WEIGHT_BYTES = 2.14e6
PATCH_BYTES = {"classes": 96.0, "width": 94.0, "flat width": 140.0}
"""Bytes a patch voxel, for each class and for each channel; networks for flat voxels keep more.

Fitted to the server's own estimate (``worker/memory.py``), which counts every layer and is told once a training begins.
"""


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


def training_bytes(geometries: Sequence[Geometry], width: int, classes: int, patches: int) -> float:
    """Estimate the memory that a training takes on its device, beside the program itself.

    Args:
        geometries: of all scans.
        width: channels at full resolution.
        classes: with the background.
        patches: that one step looks at.

    Example:
        >>> scan = {"size": (96, 96, 96), "spacing": (1, 1, 1), "origin": (0, 0, 0), "direction": (1, 0, 0) * 3}
        >>> round(training_bytes([Geometry(**scan)], 16, 2, 4) / 1e9, 1)
        6.6
    """
    if not geometries:
        return 0.0
    spacing = [statistics.median(grid.spacing[axis] for grid in geometries) for axis in range(3)]
    lengths = [statistics.median(grid.size[axis] * grid.spacing[axis] for grid in geometries) for axis in range(3)]
    edges = [math.ceil(length / step / PATCH_STEP) * PATCH_STEP for length, step in zip(lengths, spacing, strict=True)]
    patch = min(LARGEST_PATCH, math.prod(edges))
    channels = PATCH_BYTES["flat width" if max(spacing) >= 2 * min(spacing) else "width"]
    voxels = sum(math.prod(grid.size) * math.prod(grid.spacing) for grid in geometries) / math.prod(spacing)
    return (
        WEIGHT_BYTES * width**2 + patches * patch * (PATCH_BYTES["classes"] * classes + channels * width) + 3 * voxels
    )
