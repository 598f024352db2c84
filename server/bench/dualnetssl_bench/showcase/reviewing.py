"""What the simulated clinician of `dualnetssl_bench.correction` does in the demo, as the report tells it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dualnetssl import volumes
from dualnetssl.contract.schema import LabelDefinition
from dualnetssl_bench.correction.corrections import Corrections, write_correction
from dualnetssl_bench.correction.looking import Look, Proposal, opinions_beside, reviewed_mask, uncertain_regions
from dualnetssl_bench.showcase.story import Correction, NextLook, Round

_MOST_REGIONS = 12
_LOOK_AROUND_MM = 3.0


def look_at(told: Round, case: str) -> Look:
    """Return a scan as the clinician sees it after a training: nothing of it was verified before."""
    segmentation = told.volume(case, "seg")
    size = segmentation.GetSize()
    said = opinions_beside(told.file(case, "seg"), size)
    return Look(case, segmentation, told.volume(case, "uncertainty"), np.zeros(size[::-1], bool), said)


def correct(look: Look, truth: Path, classes: int, folder: Path) -> tuple[Correction, Path]:
    """Correct the uncertain regions of a scan.

    Args:
        look: the scan.
        truth: what the clinician knows: a file of label values.
        classes: number of classes with the background.
        folder: where to write the corrected label and the verified mask.

    Returns:
        What was done, and the file of the corrected label: the prediction where nobody looked.
    """
    found = uncertain_regions(look, classes, _MOST_REGIONS)
    place = reviewed_mask(look, found, _LOOK_AROUND_MM)
    known, geometry = volumes.read_label(truth)
    done = Corrections()
    done.correct(Proposal(look, place), known, opens=True)
    corrected = np.where(place, known, look.predicted)
    label, mask = write_correction(folder, look.case, corrected, place, geometry)
    voxel_ml = float(np.prod(look.segmentation.GetSpacing())) / 1000
    reviewed_ml, changed_ml = int(place.sum()) * voxel_ml, done.effort.voxels * voxel_ml
    return Correction(look.case, len(found), reviewed_ml, changed_ml, float(place.mean()), mask), label


def look_next(look: Look, labels: tuple[LabelDefinition, ...]) -> NextLook | None:
    """Return the place of a scan where a look would help most; None if it is certain everywhere."""
    found = uncertain_regions(look, len(labels) + 1, most=1)
    if not found:
        return None
    names = {0: "background", **{label.value: label.name for label in labels}}
    first = found[0].found
    return NextLook(look.case, first.centre_lps, first.remaining_error_mm3, names[first.label])
