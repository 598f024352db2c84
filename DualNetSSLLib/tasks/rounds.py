"""What the background process tells of all scans together: which regions come next, and how good the models are."""

from __future__ import annotations

from dataclasses import dataclass

from DualNetSSLLib.client.records import Record


@dataclass(frozen=True, kw_only=True)
class DealtRegion(Record):
    """A region of the list over all scans.

    Attributes:
        case: name of its scan.
        label: value of the class in question; 0: none.
        volume_mm3: volume of the region.
        mean_uncertainty: mean of the map inside, in [0, 1].
        remaining_error_mm3: what is expected to be wrong in it and nobody has verified.
        centre_ras: centre of mass in patient space, RAS, mm: it tells the region from the others of its scan.
    """

    case: str
    label: int
    volume_mm3: float
    mean_uncertainty: float
    remaining_error_mm3: float
    centre_ras: tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class DealtRegions(Record):
    """The list over all scans.

    Attributes:
        regions: scan by scan, in the order of the walk.
        number: of the round, from 1: how many models there have been.
        threshold: at which the regions were found.
        kind: of the map, ``uncertainty`` or ``disagreement``.
        left: how many regions with something to gain were not dealt.
        looked_at: how many scans took part.
        too_little: names of the scans of which the model knows too little for a walk.
        unpredicted: how many scans have no prediction.
    """

    regions: tuple[DealtRegion, ...]
    number: int
    threshold: float
    kind: str
    left: int = 0
    looked_at: int = 0
    too_little: tuple[str, ...] = ()
    unpredicted: int = 0


@dataclass(frozen=True, kw_only=True)
class AlikeRegions(Record):
    """Regions of the same kind as one of them.

    Attributes:
        members: their places in the list that was asked about, the first one asked for among them, ascending.
        sample: those of them to look at first, the one asked for first of all.
    """

    members: tuple[int, ...]
    sample: tuple[int, ...]
