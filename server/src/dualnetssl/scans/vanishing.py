"""Classes that a coarser training grid passes over: counted, so that nobody believes that they are learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.schema import LabelDefinition
from dualnetssl.volumes.counting import count_values

Counts = Mapping[int, tuple[int, int]]
"""Voxels of a class, by its index, in the label and on the training grid."""
FEW = 4
"""Voxels of a structure that are next to nothing if there are fewer."""


def vanished(before: NDArray[np.uint8], after: NDArray[np.uint8], classes: int) -> Counts:
    """Return the classes of which a label keeps next to nothing on the training grid.

    Args:
        before: class indices of the label.
        after: on the training grid.
        classes: how many there are, background not counted.

    Example:
        >>> dict(vanished(np.array([1, 1, 2, 0], np.uint8), np.array([2], np.uint8), 2))
        {1: (2, 0)}
    """
    old, new = (count_values(label) for label in (before, after))
    pairs = {index: (int(old[index]), int(new[index])) for index in range(1, classes + 1)}
    return {index: (had, has) for index, (had, has) in pairs.items() if has < min(had, FEW)}


def in_words(case: str, counts: Counts, labels: Sequence[LabelDefinition], spacing: Sequence[float]) -> str:
    """Say what a scan's label loses, and what keeps it.

    Args:
        case: name of the scan.
        counts: see `vanished`; not empty.
        labels: the label set.
        spacing: of the training grid in mm, (k, j, i).
    """
    names = [label.name for label in sorted(labels, key=lambda label: label.value)]
    told = ", ".join(f"{names[index - 1]} {had} voxels, then {has}" for index, (had, has) in counts.items())
    grid = " x ".join(f"{step:g}" for step in spacing)
    finer = ", ".join(f"{step / 2:g}" for step in spacing)
    return (
        f"{case} loses small structures on the training grid of {grid} mm: {told}. A finer one keeps more of them: "
        f"--set spacing=[{finer}]"
    )
