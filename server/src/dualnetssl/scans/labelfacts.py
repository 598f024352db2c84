"""What a training asks of whole labels before its first step, found once and kept with the prepared scan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.schema import IGNORED, Strict
from dualnetssl.scans.extent import likely_counts, open_sides
from dualnetssl.volumes.counting import count_values


class LabelFacts(Strict):
    """What a label on the training grid tells.

    Attributes:
        counts: voxels that each class has in the scan, background first; see `extent.likely_counts`.
        sides: on which nothing is verified beyond the organ; see `extent.open_sides`.
        shown: classes of which it has a voxel.
    """

    counts: tuple[int, ...]
    sides: tuple[str, ...]
    shown: tuple[int, ...]


def facts_of(label: NDArray[np.uint8], classes: int, spacing: Sequence[float]) -> LabelFacts:
    """Look at a label.

    Args:
        label: class indices ``[D, H, W]``, 255 where nobody verified; somewhere verified.
        classes: C, with the background.
        spacing: mm along (k, j, i).

    Example:
        >>> label = np.zeros((4, 4, 4), np.uint8)
        >>> label[1, 1, 1:3] = 2
        >>> facts_of(label, 3, (1, 1, 1))
        LabelFacts(counts=(62, 0, 2), sides=(), shown=(2,))
    """
    counts = likely_counts(label, classes, spacing)
    return LabelFacts(counts=tuple(counts.tolist()), sides=open_sides(label), shown=_shown(label))


def _shown(label: NDArray[np.uint8]) -> tuple[int, ...]:
    found = np.flatnonzero(count_values(label)).tolist()
    return tuple(index for index in found if index not in (0, IGNORED))
