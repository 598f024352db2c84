"""Intensities brought to one scale; stands alone, so that an exported bundle carries the very same code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_CLIP = (0.5, 99.5)
_TAIL = 0.5
_AIR = 0.02
_LEAST_DEVIATION = 0.05
_LEAST_FILLING = 0.005
_MOST_FILLINGS = 3
_HARDLY_NEGATIVE = 0.1
_FAR = 1.5
_SQUARED = (1e-12, 1e12)
"""Between these, the largest value can be squared and summed in float32."""

Window = tuple[float, float] | None
"""Lowest and highest Hounsfield unit that is told apart; None for MR."""


def without_filling(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Raise the numbers that programs have put where they knew nothing, such as -1024, to what MR has in air.

    Such is a value below zero which the lowest voxels share: it is raised to 0, or as low as the noise of air goes,
    where hardly anything else is negative, and to somewhat below all else in an image that is negative by nature. So
    is a second one above it, as where a scan was resampled twice, and what interpolation made between both.

    Args:
        image: intensities of one channel, any range.

    Example:
        >>> without_filling(np.array([-3024, -1024, 3, 100, 200, 300], np.float32)).tolist()
        [0.0, 0.0, 3.0, 100.0, 200.0, 300.0]
    """
    floor = _floor(image.ravel(), _LEAST_FILLING * image.size)
    return image if floor is None else np.maximum(image, np.float32(floor))


def _floor(values: NDArray[np.float32], fewest: float, fillings: int = _MOST_FILLINGS) -> float | None:
    """Return what the lowest of these values is raised to if it is a filling, of which there are a few at most."""
    lowest = float(np.percentile(values, _CLIP[0], method="lower"))
    rest = values[values > lowest]
    if lowest >= 0 or rest.size == 0 or np.count_nonzero(values == lowest) < fewest:
        return None
    low, high = (float(value) for value in np.percentile(rest, (10, 90)))
    further = _floor(rest, fewest, fillings - 1) if fillings > 1 and lowest < -high else None
    floor = _air(rest, low, high) if further is None else further
    return floor if lowest < floor else None


def _air(values: NDArray[np.float32], low: float, high: float) -> float:
    """Return what a filling below these values becomes: as low as noise around 0 goes, or somewhat below all else."""
    negative = -_HARDLY_NEGATIVE * high
    if low < negative:
        return low - _FAR * (high - low)
    return min(0.0, float(np.percentile(values[values >= negative], _CLIP[0])))


def soft_clip(image: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """Keep what lies between two values, and compress what lies beyond instead of cutting it off.

    Order is kept, so that a small lesion that outshines all else still does; and outliers are bounded: what lies t
    tails beyond an end goes t / (1 + t) tails beyond it, where a tail is half of the distance between the ends.

    Args:
        image: intensities, any range.
        low: the lower end.
        high: the upper end, not below the lower.

    Example:
        >>> soft_clip(np.array([-1e9, 0.0, 5.0, 10.0, 15.0, 1e9], np.float32), 0.0, 10.0).tolist()
        [-5.0, 0.0, 5.0, 10.0, 12.5, 15.0]
    """
    tail = np.float32(_TAIL * (high - low))
    clipped: NDArray[np.float32] = np.clip(image, low, high)
    if tail > 0:
        beyond = image != clipped  # few voxels in MR: only they cost anything
        ends = clipped[beyond]
        over = image[beyond] - ends
        clipped[beyond] = ends + tail * (over / (tail + np.abs(over)))
    return clipped


def normalise_mr(image: NDArray[np.float32], soft: bool = True) -> NDArray[np.float32]:
    """Clip to the 0.5 to 99.5 percentiles and z-score by the voxels that are not air; see `without_filling`.

    Args:
        image: intensities of one channel, any range.
        soft: compress what lies beyond the percentiles, see `soft_clip`, instead of cutting it off.

    Returns:
        float32 of the same shape; mean 0 and standard deviation 1 over the body, less where the body is nearly
        constant (a mask, say), which would else be stretched beyond measure. A constant image becomes 0.

    Example:
        >>> bool(abs(normalise_mr(np.arange(8, dtype=np.float32).reshape(2, 2, 2)).std()) > 0.9)
        True
    """
    image = without_filling(image)
    largest = max(float(image.max()), -float(image.min()))
    if largest > 0 and not _SQUARED[0] < largest < _SQUARED[1]:
        image = image / np.float32(largest)
    low, high = (float(value) for value in np.percentile(image, _CLIP))
    clipped = np.clip(image, low, high)
    body = clipped[clipped > low + _AIR * (high - low)]
    if body.size == 0:
        return np.zeros_like(clipped)
    deviation = max(float(body.std()), _LEAST_DEVIATION * (high - low))
    scaled: NDArray[np.float32] = (soft_clip(image, low, high) if soft else clipped).astype(np.float32, copy=False)
    scaled -= body.mean()
    scaled /= deviation
    return scaled


def normalise_ct(image: NDArray[np.float32], window: tuple[float, float]) -> NDArray[np.float32]:
    """Clip Hounsfield units to a window and map it to -1..1.

    Example:
        >>> normalise_ct(np.array([[[-2000.0, 0.0, 200.0]]], dtype=np.float32), (-200.0, 200.0)).tolist()
        [[[-1.0, 0.0, 1.0]]]
    """
    low, high = window
    # in place: a copy of a large scan takes longer than its arithmetic
    scaled: NDArray[np.float32] = np.clip(image, low, high).astype(np.float32, copy=False)
    scaled -= low
    scaled /= max(high - low, 1e-6)
    scaled *= 2
    scaled -= 1
    return scaled


def normalise(image: NDArray[np.float32], windows: Sequence[Window], soft: bool = True) -> NDArray[np.float32]:
    """Normalise each channel of ``[K, ...]`` by itself: as CT where it has a window, else as MR.

    Args:
        image: of K channels.
        windows: of each channel.
        soft: of MR; see `normalise_mr`.
    """
    pairs = zip(image, windows, strict=True)
    parts = [
        normalise_mr(channel, soft) if window is None else normalise_ct(channel, window) for channel, window in pairs
    ]
    return parts[0][None] if len(parts) == 1 else np.stack(parts)
