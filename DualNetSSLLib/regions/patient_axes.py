"""How a scan's own axes run in the patient."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np


def patient_axes(direction: Sequence[float]) -> tuple[tuple[int, bool], ...]:
    """Return for each patient axis (L, P, S) the voxel axis (0: i) that runs along it most, and whether against it.

    Example:
        >>> patient_axes((-1, 0, 0, 0, 0, 1, 0, 1, 0))
        ((0, True), (2, False), (1, False))
    """
    cosines = np.reshape(direction, (3, 3))
    order = max(itertools.permutations(range(3)), key=lambda axes: sum(abs(cosines[p, a]) for p, a in enumerate(axes)))
    return tuple((axis, bool(cosines[patient, axis] < 0)) for patient, axis in enumerate(order))
