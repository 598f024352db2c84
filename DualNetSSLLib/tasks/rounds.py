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


@dataclass(frozen=True, kw_only=True)
class TriedScan(Record):
    """A labelled scan, and how the last model did on it that had not learnt from it.

    Attributes:
        case: name of the scan.
        model: id of that model.
        taught: how many labelled scans had taught it; 0: it does not say.
        labelled: when the label came, in seconds since 1970.
        dice: mean over the classes, 0 to 1: measured where somebody has verified, as the model expects elsewhere; None
            where neither truth nor prediction has a class.
        measured: share of the voxels that are verified, 0 to 1.
        regions: uncertain regions whose every voxel is verified.
        as_predicted: those of them in which nothing had to be changed.
    """

    case: str
    model: str
    taught: int
    labelled: float
    dice: float | None
    measured: float
    regions: int
    as_predicted: int


@dataclass(frozen=True, kw_only=True)
class TriedModels(Record):
    """How good the models were on scans that they had not learnt from.

    Attributes:
        scans: by when they were labelled, the last one at the end.
        taught: how many labelled scans taught the newest model; 0: it does not say.
        agreement: mean Dice of the last model's segmentations with those of the one before, on scans without a label;
            None: there are no two models, or no such scans.
        untouched: how many scans that was measured on.
    """

    scans: tuple[TriedScan, ...]
    taught: int = 0
    agreement: float | None = None
    untouched: int = 0
