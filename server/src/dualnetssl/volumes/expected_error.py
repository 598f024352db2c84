"""How much of a volume is expected to be wrong, from its map of uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_STEPS = 4096
_PART = 1 << 16


def expected_error_ml(
    uncertainty: npt.NDArray[Any], spacing: Sequence[float], classes: int, verified: npt.NDArray[Any] | None = None
) -> float:
    """Return the volume that is expected to be wrong, in ml.

    The chance that a voxel is wrong is the one whose entropy, divided by ``ln(classes)``, is the voxel's uncertainty:
    the inverse of the binary entropy, and beyond what two classes can explain a straight line to ``1 - 1/classes``.

    Args:
        uncertainty: values in [0, 1], any shape.
        spacing: of its voxels, mm.
        classes: number of classes with the background, at least 2.
        verified: same shape; voxels other than 0 are right and do not count.

    Example:
        >>> expected_error_ml(np.ones((10, 10, 10)), (1, 1, 2), 2)
        1.0
        >>> expected_error_ml(np.ones(2), (10, 10, 10), 2, np.array([0, 1]))
        0.5
    """
    chance = np.concatenate([[0.0], np.geomspace(1e-9, 0.5, 512)])
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -(chance * np.log(chance) + (1 - chance) * np.log1p(-chance)) / np.log(classes)
    entropy[0] = 0.0
    table = np.interp(np.linspace(0, 1, _STEPS), np.append(entropy, 1.0), np.append(chance, 1 - 1 / classes))
    return float(_counted(uncertainty, verified) @ table * np.prod(spacing) / 1000)


def _counted(uncertainty: npt.NDArray[Any], verified: npt.NDArray[Any] | None) -> npt.NDArray[np.int64]:
    """Count the voxels of each step: so the map's own precision is not in the sum; in parts that a cache holds."""
    flat, voxels = uncertainty.ravel(), np.zeros(_STEPS, np.int64)
    for begin in range(0, flat.size, _PART):
        part = flat[begin : begin + _PART]
        if verified is not None:
            part = part[verified.ravel()[begin : begin + _PART] == 0]
        places = np.rint(np.clip(part, 0, 1) * (_STEPS - 1)).astype(np.int64)
        voxels += np.bincount(places, minlength=_STEPS)
    return voxels
