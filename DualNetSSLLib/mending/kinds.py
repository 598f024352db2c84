"""What answers for a region are called; nothing here loads scipy, so that Slicer's own process can know it."""

from __future__ import annotations

FIRST, SECOND, RUNNER_UP, ALL, NOTHING, LARGER, SMALLER = (
    "first",
    "second",
    "runner-up",
    "all",
    "nothing",
    "larger",
    "smaller",
)
KINDS = (FIRST, SECOND, RUNNER_UP, ALL, NOTHING, LARGER, SMALLER)
"""The first network's answer, the second's, the second most likely class, all of one class, all background, one voxel
larger, one voxel smaller: the order in which they are told, and of two that are equal the earlier one stays."""
TOUCHED = "touched"
"""What a touch gives once it has spread."""
BETWEEN, GROWN = "between", "grown"
FROM_PAINT = (BETWEEN, GROWN)
"""What goes on from paint: the slices between painted ones filled, and the region grown from seeds."""
