"""One scan looked at: that it can be used, and what a person would want to know of it before training."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from dualnetssl.contract.schema import Geometry
from dualnetssl.files.filling import FILLED
from dualnetssl.files.pairing import Scan
from dualnetssl.intake.made import read_files
from dualnetssl.volumes.modality import in_hounsfield_units

_SAMPLE = 100_000
_HIGHER = 0.25
_PERCENTILES = (0.5, 50.0, 99.5)


@dataclass(frozen=True)
class Looked:
    """What was seen of a scan.

    Attributes:
        geometry: its grid.
        channels: of it.
        lowest: value of its first channel.
        percentiles: 0.5, 50 and 99.5 % of the first channel.
        hounsfield: whether the values of its first channel are those of CT.
        tissue: the middle one of its higher values, which air and fillings are not among.
        digest: of the values of the first channel, a sample of large ones; 0 where all are alike.
        filled: whether it had voxels without a number.
        noticed: sentences on what its files leave open, and what was taken.
        counts: voxels of each value in its label; None where there is none that can be used.
    """

    geometry: Geometry
    channels: int
    lowest: float
    percentiles: tuple[float, float, float]
    noticed: tuple[str, ...]
    hounsfield: bool = False
    tissue: float = 0.0
    digest: int = 0
    filled: bool = False
    counts: dict[int, int] | None = None


def look(scan: Scan) -> Looked:
    """Read a scan whole and sum up what is in it.

    Raises:
        InvalidVolume: it is not a usable volume, cut short, or no voxel is finite.
        GeometryMismatch: its channels do not lie on one grid.
    """
    image, geometry, noticed = read_files(scan.channels)
    first = image[0].ravel()
    sample = first[:: max(1, first.size // _SAMPLE)]
    low, middle, high = np.percentile(sample, _PERCENTILES).tolist()
    return Looked(
        geometry,
        len(image),
        float(first.min()),
        (low, middle, high),
        (*noticed, *_flat(low, high)),
        hounsfield=in_hounsfield_units(sample),
        tissue=float(np.median(sample[sample >= low + _HIGHER * (high - low)])) if high > low else middle,
        digest=zlib.crc32(np.ascontiguousarray(sample).data) if high > low else 0,
        filled=any(FILLED in text for text in noticed),
    )


def _flat(low: float, high: float) -> tuple[str, ...]:
    return ("all its voxels are alike",) if low == high else ()
