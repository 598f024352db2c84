"""Where windows lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

Place = tuple[int, int, int]
"""First voxel of a window, (k, j, i)."""


def starts(size: int, patch: int, overlap: float) -> list[int]:
    """Return where windows of an axis begin; the last one ends where the axis ends.

    Example:
        >>> starts(100, 48, 0.5), starts(48, 48, 0.5)
        ([0, 24, 48, 52], [0])
    """
    step = max(1, int(patch * (1 - overlap)))
    return [*range(0, size - patch, step), size - patch]


def windows_of(size: Sequence[int], patch: Sequence[int], overlap: float) -> int:
    """Return how many windows an image has.

    Example:
        >>> windows_of((100, 48, 20), (48, 48, 48), 0.5)
        4
    """
    return prod(len(starts(max(edge, own), own, overlap)) for edge, own in zip(size, patch, strict=True))


def layers(size: Sequence[int], patch: Sequence[int], overlap: float) -> Iterator[tuple[int, int, list[Place]]]:
    """Yield of each layer of windows its first slice, that of the next one, and where its windows begin.

    Args:
        size: of an image (D, H, W) that is as large as a window at least.
        patch: size of a window (d, h, w).
        overlap: share of a window that the next one covers, in [0, 1).

    Example:
        >>> [(first, following, len(places)) for first, following, places in layers((6, 4, 8), (4, 4, 4), 0.5)]
        [(0, 2, 3), (2, 6, 3)]
    """
    begins, high, wide = (starts(edge, own, overlap) for edge, own in zip(size, patch, strict=True))
    for layer, following in zip(begins, [*begins[1:], size[0]], strict=True):
        yield layer, following, list(product([layer], high, wide))
