"""Whether a walk through the regions of a scan is worth a person's time, or the model knows too little for that."""

from __future__ import annotations

from collections.abc import Sequence

LEAST_DICE = 0.5
"""Below this predicted Dice a label painted anew is quicker than one mended place by place."""
MOST_OF_THE_SCAN = 1 / 3
"""Regions that cover more than this say no more than that the model doubts everything."""


def knows_too_little(predicted_dice: float | None, regions_mm3: float, scan_mm3: float) -> bool:
    """Tell whether a model knows too little of a scan for its regions to be walked through.

    Args:
        predicted_dice: what the model expects of itself, 0 to 1; None: it does not say.
        regions_mm3: volume of all regions.
        scan_mm3: volume of the scan.

    Example:
        >>> knows_too_little(0.9, 1.0, 100.0), knows_too_little(0.02, 1.0, 100.0), knows_too_little(None, 90.0, 100.0)
        (False, True, True)
    """
    return hopeless([predicted_dice]) or regions_mm3 > MOST_OF_THE_SCAN * scan_mm3


def hopeless(predicted: Sequence[float | None]) -> bool:
    """Tell whether a model expects too little of itself in every one of some scans; not where it does not say.

    Args:
        predicted: Dice of each scan as the model expects it, 0 to 1; None: it does not say.

    Example:
        >>> hopeless([0.3, 0.4]), hopeless([0.3, 0.9]), hopeless([0.3, None]), hopeless([])
        (True, False, False, False)
    """
    return bool(predicted) and all(dice is not None and dice < LEAST_DICE for dice in predicted)
