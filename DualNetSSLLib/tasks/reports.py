"""What the background process tells the panel beside the server's own records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from DualNetSSLLib.client.records import Case, Draft, Geometry, Prediction, Record


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
    """What a model said of a case, with its volumes.

    ``opinions_file`` is the path of what each network says where they doubt, see docs/formats.md; None: there is none.
    """

    prediction: Prediction
    segmentation: CachedVolume
    uncertainty: CachedVolume
    disagreement: CachedVolume
    opinions_file: str | None = None


@dataclass(frozen=True, kw_only=True)
class OpenedCase(Record):
    """Everything that is needed to show and label a case; ``channels`` are those of the scan beyond its first."""

    case: Case
    image: CachedVolume
    label: CachedVolume | None = None
    verified: CachedVolume | None = None
    prediction: CachedPrediction | None = None
    channels: tuple[CachedVolume, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OpenedDraft(Record):
    """A label that was begun, with its volumes."""

    draft: Draft
    label: CachedVolume
    verified: CachedVolume


@dataclass(frozen=True, kw_only=True)
class ComparedWork(Record):
    """My label of a case beside the one that the server has; all counts are voxels, and no voxel counts twice.

    Attributes:
        theirs: the case as the server has it: who, when, and which revision.
        agreed: verified by both with the same label.
        mine: verified by me alone, or changed by me alone since I began.
        theirs_alone: verified by them alone, or changed by them alone since I began.
        conflict: verified by both with different labels.
    """

    theirs: Case
    agreed: int
    mine: int
    theirs_alone: int
    conflict: int


@dataclass(frozen=True, kw_only=True)
class MergedWork(Record):
    """Both labels of a case in one; to be submitted for the revision in ``compared.theirs``.

    Attributes:
        compared: how the two relate.
        label_file: path of a ``.npy`` file of the label ``[k, j, i]``, uint8. It may be gone a day later.
        verified_file: the same of the mask of verified voxels.
    """

    compared: ComparedWork
    label_file: str
    verified_file: str


@dataclass(frozen=True, kw_only=True)
class FoundRegion(Record):
    """One place worth a look; its voxels are ``start`` to ``start + voxels`` of the answer's ``voxels_file``.

    Attributes:
        rank: place in the order of the remaining expected error, from 1.
        label: value of the class in question: the one that the model found most often in the region or directly next to
            it; 0 where it found none.
        volume_mm3: volume of the region.
        mean_uncertainty: mean of the map inside, in [0, 1].
        expected_error_mm3: volume that is expected to be wrong, verified or not.
        remaining_error_mm3: what of it nobody has verified, which is the gain to expect from a look.
        verified_voxels: how many of the voxels are verified.
        centre_ras: centre of mass in patient space, RAS, mm.
        centre_lps: the same, LPS.
        lower: first voxel (i, j, k) of a box around the region, up to a third of its reach larger than it must be.
        size: voxels (i, j, k) of that box.
        start: of the region's voxels in the file.
        voxels: how many there are.
    """

    rank: int
    label: int
    volume_mm3: float
    mean_uncertainty: float
    expected_error_mm3: float
    remaining_error_mm3: float
    verified_voxels: int
    centre_ras: tuple[float, float, float]
    centre_lps: tuple[float, float, float]
    lower: tuple[int, int, int]
    size: tuple[int, int, int]
    start: int
    voxels: int


@dataclass(frozen=True, kw_only=True)
class FoundRegions(Record):
    """The regions of a case at a threshold.

    Attributes:
        regions: by expected gain, the largest first.
        voxels_file: path of a ``.npy`` file of all regions' voxels, one region after the other, int64: flat indices
            into the volume ``[k, j, i]`` in C order. It may be gone after the next few answers.
        threshold: at which they were found.
        expected_error_mm3: volume that is expected to be wrong of all that the map gives more than 0.02, within regions
            or not.
        remaining_error_mm3: what of it nobody has verified.
        model: whose map it is.
        kind: of the map, ``uncertainty`` or ``disagreement``.
    """

    regions: tuple[FoundRegion, ...]
    voxels_file: str
    threshold: float
    expected_error_mm3: float
    remaining_error_mm3: float
    model: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class RegionBox(Record):
    """A region as it is labelled now, cut out of its scan, one voxel wider where the scan goes on.

    Masks and labels are bytes ``[k, j, i]``, packed as `DualNetSSLLib.labels.interpolation` does it.

    Attributes:
        lower: first voxel (i, j, k) of the box.
        shape: voxels (k, j, i) of the box.
        inside: not 0 in the region.
        held: not 0 where somebody has verified.
        label: label values.
        locked: label values of classes that neither lose nor gain a voxel.
    """

    lower: tuple[int, int, int]
    shape: tuple[int, int, int]
    inside: str
    held: str
    label: str
    locked: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MendedRegion(Record):
    """Another label for a region.

    Attributes:
        kind: what it comes of: one of `DualNetSSLLib.mending.kinds`.
        label: label values of the region's box, packed.
        changed_mm3: volume of the voxels whose label it changes.
        gained_mm3: volume that each class gains, by its value as text; classes without any are left out.
        lost_mm3: volume that each class loses, likewise.
    """

    kind: str
    label: str
    changed_mm3: float
    gained_mm3: dict[str, Any]
    lost_mm3: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ComparedLabel(Record):
    """What two models say of one label in one case.

    Attributes:
        name: of the label.
        dice_before: of the earlier model over verified voxels; None where neither it nor the truth has the label.
        dice_after: of the later model, likewise.
        ml_before: volume in the earlier model's segmentation.
        ml_after: volume in the later model's segmentation.
    """

    name: str
    dice_before: float | None = None
    dice_after: float | None = None
    ml_before: float = 0.0
    ml_after: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ComparedCase(Record):
    """What two models say of one case.

    Attributes:
        case: name of the case.
        verified_voxels: voxels that Dice was measured on; 0: nobody has verified any.
        learnt_before: whether the earlier model, or one that it began from, learnt from this case's label.
        learnt_after: whether the later model did.
        labels: one for each label of the data set.
        regions_before: uncertain regions with voxels that nobody has verified, in the earlier model's map.
        regions_after: in the later model's map.
        changed_ml: volume whose label changed.
    """

    case: str
    verified_voxels: int
    learnt_before: bool
    learnt_after: bool
    labels: tuple[ComparedLabel, ...]
    regions_before: int
    regions_after: int
    changed_ml: float


@dataclass(frozen=True, kw_only=True)
class Comparison(Record):
    """Two models over the cases that both have predicted.

    Attributes:
        before: id of the earlier model.
        after: id of the later model.
        threshold: uncertainty above which a voxel belongs to a region.
        cases: one for each case, by name.
        missing: names of the cases that one of the two has not predicted.
    """

    before: str
    after: str
    threshold: float
    cases: tuple[ComparedCase, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ExportedLabels(Record):
    """What an export has written.

    Attributes:
        folder: where the files lie.
        files: names of the files, the table first.
        cases: names of the cases whose label was written.
        left_out: names of the cases without a label that could be written.
    """

    folder: str
    files: tuple[str, ...]
    cases: tuple[str, ...]
    left_out: tuple[str, ...]
