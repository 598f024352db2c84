"""What a value of a map means: how often the label was wrong where the map showed it, once it is calibrated.

Counted on scans that were kept out of training where there are any. On scans that taught the networks they are right
more often than elsewhere at the same doubt, so such a table is too hopeful, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from dualnetssl.prediction.temperature import temper
from dualnetssl.prediction.uncertainty import combine

KINDS = ("uncertainty", "disagreement")
STEPS = 20
"""Bins of equal width before those with few voxels are joined to their neighbours."""
FEWEST = 200
"""Voxels of a bin."""

Sample = tuple[Tensor, Tensor, Tensor]
"""Both networks' probabilities ``[C, N]`` at temperature 1, and the true class indices ``[N]``."""
Rows = list[list[float]]
"""Bins by rising value: lowest value, highest value, voxels, wrong ones."""


def tables(samples: Iterable[Sample], temperature: float, held_out: bool) -> dict[str, Any]:
    """Count right and wrong voxels by the value that the maps show.

    Args:
        samples: voxels of each scan.
        temperature: of the model.
        held_out: whether training never saw these scans.

    Returns:
        The rows of each kind of map, ``scans`` and ``held_out``, fit for JSON.
    """
    counts = torch.zeros(len(KINDS), 2, STEPS, dtype=torch.int64)
    scans = 0
    for first, second, truth in samples:
        counts += _counted(temper(first, temperature), temper(second, temperature), truth)
        scans += 1
    rows = {kind: joined(*counts[place].tolist()) for place, kind in enumerate(KINDS)}
    return {**rows, "scans": scans, "held_out": held_out}


def _counted(first: Tensor, second: Tensor, truth: Tensor) -> Tensor:
    """Return voxels and wrong voxels in each bin of each map, int64 ``[2, 2, STEPS]``."""
    grid = (len(first), 1, 1, -1)
    beliefs = combine(first.reshape(grid), second.reshape(grid))
    wrong = beliefs.classes.flatten() != truth
    found = []
    for values in (beliefs.total, beliefs.disagreement):
        place = (values.flatten() * STEPS).long().clamp(max=STEPS - 1)
        found.append(torch.stack([torch.bincount(part, minlength=STEPS) for part in (place, place[wrong])]))
    return torch.stack(found)


def joined(voxels: list[int], wrong: list[int]) -> Rows:
    """Join bins of equal width until each has voxels enough; too few at the upper end join the bin below.

    Example:
        >>> joined([900, 150, 100, 10], [9, 3, 7, 8])
        [[0.0, 0.25, 900, 9], [0.25, 1.0, 260, 18]]
    """
    rows: Rows = []
    low, seen, bad = 0.0, 0, 0
    for number, (more, worse) in enumerate(zip(voxels, wrong, strict=True), start=1):
        seen, bad = seen + more, bad + worse
        if seen >= FEWEST:
            rows.append([low, number / len(voxels), seen, bad])
            low, seen, bad = number / len(voxels), 0, 0
    if seen and rows:
        rows[-1] = [rows[-1][0], 1.0, rows[-1][2] + seen, rows[-1][3] + bad]
    return rows
