"""What the background process tells the panel beside the server's own records."""

from __future__ import annotations

from dataclasses import dataclass

from DualNetSSLLib.records import Case, Geometry, Prediction, Record


@dataclass(frozen=True, kw_only=True)
class Progress(Record):
    """How far a call is: ``done`` of ``total``, where ``total`` None says that nobody knows; ``text`` says of what."""

    done: int
    total: int | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class CachedVolume(Record):
    """A volume that lies ready to be memory-mapped.

    Attributes:
        file: path of a ``.npy`` file with the voxels ``[k, j, i]``, C order; never written again.
        geometry: its grid.
        digest: SHA-256 of the file that the server keeps.
        low: value that nearly all voxels are above (1st percentile); the smallest one of a label volume.
        high: value that nearly all voxels are below (99th percentile); the largest one of a label volume.
    """

    file: str
    geometry: Geometry
    digest: str
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class CachedPrediction(Record):
    """What a model said of a case, with its volumes."""

    prediction: Prediction
    segmentation: CachedVolume
    uncertainty: CachedVolume
    disagreement: CachedVolume


@dataclass(frozen=True, kw_only=True)
class OpenedCase(Record):
    """Everything that is needed to show and label a case."""

    case: Case
    image: CachedVolume
    label: CachedVolume | None = None
    verified: CachedVolume | None = None
    prediction: CachedPrediction | None = None
