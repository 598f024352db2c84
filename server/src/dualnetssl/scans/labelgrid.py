"""Labels on another grid: by the nearest voxel, but what is verified in a thin slice is not lost between two others.

A painted slice is one voxel thin. On a grid that is coarser, the nearest voxel alone would pass over it as often as
not, and the work of whoever painted it would teach nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.schema import IGNORED

Indices = NDArray[np.uint8]


def resampled(label: Indices, size: Sequence[int]) -> Indices:
    """Bring a label ``[D, H, W]`` to another size over the same extent.

    A voxel is the nearest one of the label. Where that is not verified, and nothing beside it is, it is the nearest
    verified one of those whose centres it covers: so verified parts keep their borders, and none is passed over.

    Args:
        label: any values, 255 where nobody verified.
        size: wanted (D, H, W).

    Example:
        >>> label = np.full((8, 1, 1), 255, np.uint8)
        >>> label[2] = 7
        >>> resampled(label, (2, 1, 1)).ravel().tolist(), resampled(label, (4, 1, 1)).ravel().tolist()
        ([7, 255], [255, 7, 255, 255])
    """
    for axis, wanted in enumerate(size):
        if wanted != label.shape[axis]:
            label = np.moveaxis(_along_first(np.moveaxis(label, axis, 0), wanted), 0, axis)
    return np.ascontiguousarray(label)


def _along_first(label: Indices, wanted: int) -> Indices:
    """Do so along the first axis."""
    step = len(label) / wanted
    middles = (np.arange(wanted) + 0.5) * step
    nearest = np.minimum(middles.astype(np.int64), len(label) - 1)
    found = label[nearest]
    if step <= 1 or not (found == IGNORED).any():
        return found
    open_ = _lonely(found)
    for places in _covered(nearest, wanted, step)[1:]:
        here = label[places]
        found = np.where(open_ & (found == IGNORED), here, found)
    return found


def _lonely(label: Indices) -> NDArray[np.bool_]:
    """Tell where neither a voxel nor those before and after it along the first axis are verified."""
    known = label != IGNORED
    beside = known.copy()
    beside[1:] |= known[:-1]
    beside[:-1] |= known[1:]
    lonely: NDArray[np.bool_] = ~beside
    return lonely


def _covered(nearest: NDArray[np.int64], wanted: int, step: float) -> list[NDArray[np.int64]]:
    """List the indices that each new voxel covers, the nearest ones first; one that covers fewer repeats its ends."""
    ends = np.ceil(np.arange(wanted + 1) * step - 0.5).astype(np.int64)
    first, last = np.minimum(ends[:-1], nearest), np.maximum(ends[1:] - 1, nearest)
    shifts = range(1, int((last - first).max()) + 1)
    shifted = [np.clip(nearest + sign * shift, first, last) for shift in shifts for sign in (-1, 1)]
    return [nearest, *shifted]
