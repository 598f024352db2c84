"""Whether a scan is CT, by the air in it: more than one low number is needed, since programs fill up MR with such."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dualnetssl.files.filling import FAT_HU, LEAST_FAT

Modality = Literal["auto", "ct", "mr"]

AIR_HU = -500.0
_LEAST_AIR = 0.005


def holds_air(channel: NDArray[np.float32]) -> bool:
    """Tell whether the lowest values of a scan are air in Hounsfield units.

    Air has noise and edges: its values differ. Where all values below -500 are one, it is the filling of a program, as
    of MR resampled with -1024, unless a good part of the rest lies below that of water, as fat in CT does.

    Args:
        channel: values ``[D, H, W]`` of one channel.

    Example:
        >>> scan = np.full((4, 8, 8), 90, np.float32)
        >>> scan[:, :2] = -1024
        >>> holds_air(scan)
        False
        >>> scan[:, :2] += np.arange(8)
        >>> holds_air(scan)
        True
    """
    low = channel[channel <= AIR_HU]
    if low.size == 0:
        return False
    if np.count_nonzero(low != low.min()) >= _LEAST_AIR * channel.size:
        return True
    rest = channel[channel > AIR_HU]
    return bool(np.count_nonzero(rest < FAT_HU) >= LEAST_FAT * max(1, rest.size))
