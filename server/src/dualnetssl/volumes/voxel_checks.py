"""Checks of voxels that come in pieces, so that a volume of any size is checked in the same little memory.

What is said of a file here counts voxels and never quotes one: the file came from outside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.errors import InvalidLabelValue, InvalidVolume
from dualnetssl.volumes.expected_error import expected_error_ml

BLOCK = 1 << 17
"""Voxels of a block."""

Pieces = Iterable[NDArray[Any]]


def check_finite(pieces: Pieces) -> None:
    """Refuse a scan with voxels that are no finite numbers as float32.

    Raises:
        InvalidVolume: saying how many.
    """
    wrong = total = 0
    for piece in pieces:
        total += piece.size
        if piece.dtype.kind == "f":
            with np.errstate(over="ignore"):
                wrong += piece.size - int(np.isfinite(piece.astype(np.float32, copy=False)).sum())
    if wrong:
        raise InvalidVolume(
            f"{wrong} of {total} voxels that are not finite (NaN or infinite)",
            "finite numbers in every voxel",
            "Replace them, for instance with the value of air, and save the scan again.",
        )


def count_labels(pieces: Pieces, allowed: Collection[int]) -> float:
    """Refuse a label with other values than these; return the mean of its values.

    Raises:
        InvalidLabelValue: saying how many voxels.
    """
    counts, odd = np.zeros(256, np.int64), 0
    for piece in pieces:
        whole = (piece >= 0) & (piece <= 255)
        if piece.dtype.kind == "f":
            whole &= piece == np.floor(piece)
        odd += piece.size - int(whole.sum())
        counts += np.bincount(piece[whole].astype(np.uint8), minlength=256)
    wrong = odd + int(np.delete(counts, sorted(allowed)).sum())
    if wrong:
        raise InvalidLabelValue(
            f"{wrong} voxels of other values",
            f"the values {', '.join(map(str, sorted(allowed)))}",
            "Give these voxels a value of the label set, or add the label to the set.",
        )
    return float(counts @ np.arange(256) / counts.sum())


def sum_of_doubt(uncertainty: Pieces, verified: Pieces | None, spacing: tuple[float, ...], classes: int) -> float:
    """Return the volume that is expected to be wrong outside the mask, ml; see `expected_error_ml`."""
    blocks = in_blocks(uncertainty)
    if verified is None:
        return sum(expected_error_ml(block, spacing, classes) for block in blocks)
    pairs = zip(blocks, in_blocks(verified), strict=True)
    return sum(expected_error_ml(block, spacing, classes, mask) for block, mask in pairs)


def in_blocks(pieces: Pieces) -> Iterator[NDArray[Any]]:
    """Cut a stream of voxels into blocks of `BLOCK`; the last one may be smaller.

    Example:
        >>> [block.size for block in in_blocks([np.zeros(BLOCK - 1), np.zeros(3)])]
        [131072, 2]
    """
    rest: NDArray[Any] = np.empty(0)
    for piece in pieces:
        joined = np.concatenate([rest, piece]) if rest.size else piece
        whole = joined.size - joined.size % BLOCK
        yield from (joined[at : at + BLOCK] for at in range(0, whole, BLOCK))
        rest = joined[whole:]
    if rest.size:
        yield rest
