"""One scan looked at: that it can be used, and what a person would want to know of it before training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualnetssl.contract.schema import Geometry
from dualnetssl.files.pairing import Scan
from dualnetssl.intake.made import read_files

_SAMPLE = 100_000
_PERCENTILES = (0.5, 50.0, 99.5)


@dataclass(frozen=True)
class Looked:
    """What was seen of a scan.

    Attributes:
        geometry: its grid.
        channels: of it.
        lowest: value of its first channel.
        percentiles: 0.5, 50 and 99.5 % of the first channel.
        noticed: sentences on what its files leave open, and what was taken.
        counts: voxels of each value in its label; None where there is none that can be used.
    """

    geometry: Geometry
    channels: int
    lowest: float
    percentiles: tuple[float, float, float]
    noticed: tuple[str, ...]
    counts: dict[int, int] | None = None


def look(scan: Scan) -> Looked:
    """Read a scan whole and sum up what is in it.

    Raises:
        InvalidVolume: it is not a usable volume, cut short, or no voxel is finite.
        GeometryMismatch: its channels do not lie on one grid.
    """
    image, geometry, noticed = read_files(scan.channels)
    first = image[0].ravel()
    low, middle, high = np.percentile(first[:: max(1, first.size // _SAMPLE)], _PERCENTILES).tolist()
    return Looked(geometry, len(image), float(first.min()), (low, middle, high), (*noticed, *_flat(low, high)))


def _flat(low: float, high: float) -> tuple[str, ...]:
    return ("all its voxels are alike",) if low == high else ()
