"""A guess at the Dice of a scan that nobody labelled: from how far both networks mark the same voxels.

Where labels are, the loss of Dice is compared with the networks' loss of agreement; the ratio carries over to other
scans. One number is fitted, because three or four labelled scans carry no more.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

Scores = tuple[float | None, ...]
"""One figure for each foreground class; None where the class is nowhere."""

_PRIOR = 0.05
_MOST = 10.0


def overlaps(first: Tensor, second: Tensor, classes: int) -> Scores:
    """Return the Dice of two volumes of class indices, any shape, for each of ``classes`` foreground classes.

    Example:
        >>> overlaps(torch.tensor([0, 1, 1, 1]), torch.tensor([1, 1, 1, 0]), 2)
        (0.666..., None)
    """
    return agreement(confusion(first, second, classes + 1))


def confusion(first: Tensor, second: Tensor, classes: int) -> Tensor:
    """Count how often two volumes of class indices say each pair of classes, int64 ``[C, C]``; sums over parts."""
    # counting bytes takes half as long as counting whole numbers of eight
    small = first.dtype == second.dtype == torch.uint8 and classes**2 <= 256
    pairs = (first if small else first.long()).flatten() * classes + second.flatten()
    return torch.bincount(pairs, minlength=classes**2).view(classes, classes)


def agreement(counts: Tensor) -> Scores:
    """Return the Dice of each foreground class from what `confusion` counted; None where neither shows it."""
    total, shared = (counts.sum(dim=0) + counts.sum(dim=1)).tolist(), counts.diagonal().tolist()
    return tuple(2 * shared[index] / total[index] if total[index] else None for index in range(1, len(total)))


def fit_quality(pairs: Iterable[tuple[float | None, float | None]]) -> float:
    """Return the loss of Dice per loss of agreement, at most 10.

    Args:
        pairs: agreement of the networks, and Dice of their mean with the truth, of each labelled scan and class.

    Example:
        >>> round(fit_quality([(0.95, 0.9), (0.85, 0.7)]), 1)
        1.8
    """
    known = [(agreement, dice) for agreement, dice in pairs if agreement is not None and dice is not None]
    lost_dice = _PRIOR + sum(1 - dice for _, dice in known)
    lost_agreement = _PRIOR + sum(1 - agreement for agreement, _ in known)
    return min(_MOST, lost_dice / lost_agreement)


def predict_dice(agreements: Scores, quality: float | None) -> Scores:
    """Return the Dice in [0, 1] to expect of each class, None without a fit or where the class is nowhere.

    Example:
        >>> predict_dice((0.9, 0.2, None), 2.0)
        (0.8, 0.0, None)
    """
    return tuple(
        None if quality is None or agreement is None else max(0.0, 1 - quality * (1 - agreement))
        for agreement in agreements
    )
