"""Maps of doubt as they are written: in 255 steps, which pack into a fifth of what exact numbers take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEPS = 255
"""Of a map from 0 to 1, as many as a byte tells apart."""
BOUND = 1 / (2 * STEPS)
"""Most by which a step differs from the number it stands for, beside rounding to float32."""


def in_steps(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each value of a map in [0, 1] as the nearest of its steps, still float32.

    They stay numbers of four bytes, which every reader of earlier versions and every other program knows. What makes
    them small is that few different ones follow each other.

    Example:
        >>> in_steps(np.array([0, 0.001, 0.02, 1], np.float32)).tolist()
        [0.0, 0.0, 0.019607843831181526, 1.0]
    """
    steps: NDArray[np.float32] = values * np.float32(STEPS)
    np.rint(steps, out=steps)
    steps /= np.float32(STEPS)
    return steps
