"""Lesions counted one by one: Dice hardly sees one that is missed where another is twenty times as large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_TOUCHING = np.ones((3, 3, 3), bool)


@dataclass(frozen=True)
class Lesions:
    """The lesions of one scan.

    Attributes:
        sizes: voxels of each true lesion.
        found: for each, whether at least one of its voxels was predicted.
        false_alarms: predicted components that touch no true lesion.
    """

    sizes: tuple[int, ...]
    found: tuple[bool, ...]
    false_alarms: int


def count_lesions(predicted: NDArray[np.bool_], true: NDArray[np.bool_]) -> Lesions:
    """Compare components, of voxels that touch at least at a corner.

    Args:
        predicted: where the class was predicted ``[D, H, W]``.
        true: where it is.

    Example:
        >>> true = np.array([[[1, 1, 0, 1, 0, 0]]], bool)
        >>> count_lesions(np.array([[[0, 1, 0, 0, 0, 1]]], bool), true)
        Lesions(sizes=(2, 1), found=(True, False), false_alarms=1)
    """
    numbers, count = ndimage.label(true, _TOUCHING)
    alarms, raised = ndimage.label(predicted, _TOUCHING)
    sizes = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    hit = np.isin(np.arange(1, count + 1), numbers[predicted])
    right = np.unique(alarms[true & predicted])
    return Lesions(tuple(sizes.tolist()), tuple(hit.tolist()), int(raised) - len(right))


def sensitivity(lesions: list[Lesions], least: int = 1, most: int | None = None) -> float | None:
    """Return the share of lesions of ``least`` to ``most`` voxels that were found, None if there is none.

    Example:
        >>> scans = [Lesions((4, 60), (False, True), 0), Lesions((5,), (True,), 2)]
        >>> sensitivity(scans), sensitivity(scans, 1, 9), sensitivity(scans, 100)
        (0.6666666666666666, 0.5, None)
    """
    hits = [
        found
        for scan in lesions
        for size, found in zip(scan.sizes, scan.found, strict=True)
        if least <= size and (most is None or size <= most)
    ]
    return sum(hits) / len(hits) if hits else None
