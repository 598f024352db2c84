"""Dice of a scan that is verified in part: measured where somebody has looked, as the model expects elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from DualNetSSLLib.comparison.compare_labels import Labels, counted, overlaps
from DualNetSSLLib.regions.uncertain_voxels import UncertainVoxels


def mixed_dice(
    segmentation: Labels, truth: Labels, verified: Labels | None, doubt: UncertainVoxels, values: Sequence[int]
) -> dict[int, float | None]:
    """Return the Dice of each class, None where it occurs nowhere.

    Verified voxels count as they are. Of the others the calibrated map says how many are wrong: a voxel of the class
    may not be one, a background voxel beside it may be one. Without that, a scan of which the most doubtful places
    alone were verified would look much worse than it is, and one of which the rest counts as right much better.

    Args:
        segmentation: uint8 ``[k, j, i]``.
        truth: label volume of the same shape.
        verified: mask of the same shape, not 0 where somebody vouches for the truth; None: everywhere.
        doubt: the uncertain voxels of the segmentation.
        values: of the classes, without the background.
    """
    seen, everywhere = overlaps(segmentation, truth, verified, values), counted(segmentation)
    open_ = np.zeros(len(doubt.flat), bool) if verified is None else verified.reshape(-1)[doubt.flat] == 0
    predicted = segmentation.reshape(-1)[doubt.flat]
    dice: dict[int, float | None] = {}
    for value in values:
        unseen = int(everywhere[value]) - seen[value].segmented
        wrong = float(doubt.errors[open_ & (predicted == value)].sum())
        missed = float(doubt.errors[open_ & (predicted == 0) & (doubt.labels == value)].sum())
        common = seen[value].common + unseen - wrong
        both = int(everywhere[value]) + seen[value].truth + unseen - wrong + missed
        dice[value] = 2 * common / both if both > 0 else None
    return dice
