"""What happened in the demo, for the report to tell."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import SimpleITK as sitk

from dualnetssl.contract.schema import LabelDefinition


@dataclass(frozen=True)
class Round:
    """One training and the predictions made with its model.

    Attributes:
        events: the training's history.
        folder: predictions of all scans, with ``predictions.json``.
        evaluation: what `dualnetssl.scores.evaluate.evaluate_predictions` says of them.
        seconds: time that training and prediction took.
    """

    events: tuple[dict[str, Any], ...]
    folder: Path
    evaluation: dict[str, Any]
    seconds: float

    def dice(self, case: str, name: str | None = None) -> float | None:
        """Return the Dice of a class of a case, or of the case's mean over classes."""
        row = next(row for row in self.evaluation["cases"] if row["case"] == case)
        score: float | None = row["classes"][name]["dice"] if name else row["dice"]
        return score

    def summaries(self) -> dict[str, dict[str, Any]]:
        """Return what prediction says of each scan, see formats.md."""
        table = json.loads((self.folder / "predictions.json").read_bytes())
        return {row["case"]: row["summary"] for row in table["cases"]}

    def file(self, case: str, part: str) -> Path:
        """Return the file of the segmentation (``seg``), ``uncertainty`` or ``disagreement`` of a case."""
        return self.folder / f"{case}.{part}.nrrd"

    def volume(self, case: str, part: str) -> sitk.Image:
        """Read the segmentation (``seg``), ``uncertainty`` or ``disagreement`` of a case."""
        return sitk.ReadImage(str(self.file(case, part)))


@dataclass(frozen=True)
class Correction:
    """What the simulated clinician did in one scan.

    Attributes:
        case: the scan.
        regions: number of uncertain regions looked at.
        reviewed_ml: volume inside the verified mask.
        changed_ml: volume whose label the clinician changed.
        share: reviewed share of the whole scan.
        mask: file of the verified mask.
    """

    case: str
    regions: int
    reviewed_ml: float
    changed_ml: float
    share: float
    mask: Path


@dataclass(frozen=True)
class NextLook:
    """An uncertain place of a scan after the second training: its centre in mm (LPS), expected gain and class."""

    case: str
    centre: tuple[float, float, float]
    gain_mm3: float
    label: str


@dataclass(frozen=True)
class Story:
    """Everything the report tells; ``config`` is that of the second training."""

    labels: tuple[LabelDefinition, ...]
    samples: Path
    cases: tuple[str, ...]
    labelled: tuple[str, ...]
    first: Round
    second: Round
    corrections: tuple[Correction, ...]
    next_looks: tuple[NextLook, ...]
    seconds: float
    config: Mapping[str, Any]
    quick: bool

    @property
    def corrected(self) -> tuple[str, ...]:
        """The scans that were corrected in part."""
        return tuple(correction.case for correction in self.corrections)

    @property
    def untouched(self) -> tuple[str, ...]:
        """The scans of which training saw no voxel of the truth."""
        return tuple(case for case in self.cases if case not in self.labelled + self.corrected)

    def role(self, case: str) -> str:
        """Return what a scan was in this story."""
        return "labelled" if case in self.labelled else "corrected in part" if case in self.corrected else "untouched"

    def scan_file(self, case: str) -> Path:
        """Return the file of a scan."""
        return self.samples / "images" / f"{case}.nrrd"

    def truth_file(self, case: str) -> Path:
        """Return the file of the truth of a scan."""
        return self.samples / "labels" / f"{case}.nrrd"

    def scan(self, case: str) -> sitk.Image:
        """Read a scan."""
        return sitk.ReadImage(str(self.scan_file(case)))

    def truth(self, case: str) -> sitk.Image:
        """Read the truth of a scan."""
        return sitk.ReadImage(str(self.truth_file(case)))


def mean_dice(told: Round, cases: Sequence[str], name: str | None = None) -> float | None:
    """Return the mean Dice over scans, of one class or of each scan's mean; None where none exists."""
    known = [dice for case in cases if (dice := told.dice(case, name)) is not None]
    return sum(known) / len(known) if known else None
