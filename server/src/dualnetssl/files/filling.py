"""Voxels that are no numbers, as programs leave them around a body: filled with what a scan has where nothing is."""

from __future__ import annotations

import numpy as np

from dualnetssl.contract.errors import InvalidVolume
from dualnetssl.files.grid import Array

FAT_HU = -30.0
LEAST_FAT = 0.05
_AIR_HU = -1024.0
FILLED = "are NaN or infinite"
"""What is said of a scan with such voxels."""


def filled(scan: Array) -> tuple[Array, tuple[str, ...]]:
    """Replace NaN and infinities of a scan, channel by channel, and say so.

    NaN and -infinity become the lowest value of their channel, +infinity the highest. Where much lies below water, as
    fat in CT does, they become -1024 unless it goes lower: what is missing there is air.

    Args:
        scan: ``[c, k, j, i]`` of any type; numbers beyond float32 count as infinite.

    Raises:
        InvalidVolume: a channel has no finite number.

    Example:
        >>> filled(np.array([[[[np.nan, 2.0, 5.0, np.inf]]]], np.float32))
        (array([[[[2., 2., 5., 5.]]]], dtype=float32), ('2 of 4 voxels are NaN or infinite; they count as 2 and 5',))
    """
    if scan.dtype.kind != "f":
        return scan, ()
    with np.errstate(over="ignore"):
        known = np.isfinite(scan.astype(np.float32, copy=False))
    if known.all():
        return scan, ()
    parts = [_channel(channel, here) for channel, here in zip(scan, known, strict=True)]
    said = ", ".join(dict.fromkeys(text for _, text in parts if text))
    wrong = known.size - int(np.count_nonzero(known))
    return np.stack([part for part, _ in parts]), (f"{wrong} of {known.size} voxels {FILLED}; {said}",)


def _channel(channel: Array, known: Array) -> tuple[Array, str]:
    if known.all():
        return channel, ""
    values = channel[known]
    if values.size == 0:
        raise InvalidVolume(
            f"{channel.size} of {channel.size} voxels that are not finite (NaN or infinite)",
            "finite numbers in the voxels of the body",
            "Export the scan again.",
        )
    low, high = float(values.min()), float(values.max())
    if np.count_nonzero(values < FAT_HU) >= LEAST_FAT * values.size:
        low = min(low, _AIR_HU)
    above = ~known & (channel > 0)
    counted = dict.fromkeys((low,) * bool((~known & ~above).any()) + (high,) * bool(above.any()))
    whole = np.where(known, channel, np.where(above, high, low)).astype(channel.dtype)
    return whole, f"they count as {' and '.join(f'{value:g}' for value in counted)}"
