"""Whether a scan is CT, by its numbers: by the air in it, or by whole numbers around that of water.

More than one low number is needed, since programs fill up MR with such.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dualnetssl.files.filling import FAT_HU, LEAST_FAT

Modality = Literal["auto", "ct", "mr"]

AIR_HU = -500.0
_LEAST_AIR = 0.005
_MIDDLE_OF_AIR = -650.0
_MOST_BEYOND = 0.08
_TISSUE_HU = 150.0
_LEAST_TISSUE = 0.6
_LEAST_BELOW_WATER = 0.01
_BONE_HU = (300.0, 3100.0)
_LOWEST_HU = -1150.0
_FEW = 100

Array = NDArray[np.float32]


def in_hounsfield_units(channel: Array) -> bool:
    """Tell whether the values of a scan are Hounsfield units, as far as they show it.

    Args:
        channel: values ``[D, H, W]`` of one channel.
    """
    return holds_air(channel) or around_water(channel)


def holds_air(channel: Array) -> bool:
    """Tell whether the lowest values of a scan are air in Hounsfield units.

    Air has noise and edges: its values differ, and lie about -1000, while those of MR around 0 run out below. Where all
    values below -500 are one, it is the filling of a program, as of MR resampled with -1024, unless a good part of the
    rest lies below that of water, as fat in CT does.

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
    if low.size < _LEAST_AIR * channel.size or low.size == 0:
        return False
    varied = low[low != low.min()]
    if varied.size >= _LEAST_AIR * channel.size:
        beyond = np.count_nonzero(varied < _LOWEST_HU)
        return bool(np.median(varied) <= _MIDDLE_OF_AIR and beyond <= _MOST_BEYOND * varied.size)
    rest = channel[channel > AIR_HU]
    return bool(np.count_nonzero(rest < FAT_HU) >= LEAST_FAT * max(1, rest.size))


def around_water(channel: Array) -> bool:
    """Tell whether a scan without air is CT: whole numbers, most within 150 of water, some below it, and bone.

    So is CT of which the air is cut off, or was NaN or any one number. The lowest value is left out where it is that of
    a filling. MR has its own scale, of which nothing lies around 0 on both sides.

    Args:
        channel: values ``[D, H, W]`` of one channel.

    Example:
        >>> scan = np.arange(-60, 140, dtype=np.float32).repeat(5).reshape(10, 10, 10)
        >>> scan[0] = 700
        >>> around_water(scan), around_water(scan + 200), around_water(scan + 0.5)
        (True, False, False)
    """
    lowest = channel.min()
    values = channel[channel > lowest] if lowest < 0 else channel.ravel()
    if values.size < _FEW or values.min() < _LOWEST_HU or not (values == np.rint(values)).all():
        return False
    tissue = np.count_nonzero(np.abs(values) <= _TISSUE_HU) >= _LEAST_TISSUE * values.size
    below = np.count_nonzero(values < 0) >= _LEAST_BELOW_WATER * values.size
    return bool(tissue and below and _BONE_HU[0] <= values.max() <= _BONE_HU[1])
