"""Whether a walk through the regions of a scan is worth a person's time, or the model knows too little for that."""

from __future__ import annotations

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
    hopeless = predicted_dice is not None and predicted_dice < LEAST_DICE
    return hopeless or regions_mm3 > MOST_OF_THE_SCAN * scan_mm3
