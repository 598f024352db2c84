"""A simulated clinician: looks at the most uncertain regions of a scan and corrects what is wrong there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from scipy import ndimage

from dualnetssl.contract.schema import LabelDefinition
from dualnetssl_bench.showcase.story import Correction, NextLook

if TYPE_CHECKING:
    from DualNetSSLLib.regions.in_memory import Region

Mask = npt.NDArray[np.bool_]

_THRESHOLDS = (0.3, 0.15, 0.05)
_MOST_REGIONS = 12
_MOST_OF_THE_SCAN = 3.0
_LOOK_AROUND_MM = 3.0


def uncertain_regions(
    uncertainty: sitk.Image, segmentation: sitk.Image, classes: int, most: int, verified: Mask | None = None
) -> list[Region]:
    """Return so many regions at most, the largest gain first; less uncertain ones only if there are no others.

    They lie in the most uncertain 3 % of the scan: where a network doubts everything, nobody can look at everything.
    """
    from DualNetSSLLib.regions.finder import Query
    from DualNetSSLLib.regions.in_memory import regions

    limit = float(np.percentile(sitk.GetArrayViewFromImage(uncertainty), 100 - _MOST_OF_THE_SCAN))
    for threshold in (max(limit, base) for base in _THRESHOLDS):
        query = Query(threshold, limit=most)
        found = regions(uncertainty, segmentation, query, classes=classes, verified=verified)
        left = [region for region in found if region.found.remaining_error_mm3 > 0]
        if left:
            return left
    return []


def reviewed_mask(
    found: list[Region], spacing: tuple[float, ...], shape: tuple[int, ...], around_mm: float = _LOOK_AROUND_MM
) -> Mask:
    """Return the voxels ``[k, j, i]`` that a person looks at: the regions and some mm around them."""
    mask = np.zeros(shape, np.bool_)
    for region in found:
        mask |= region.mask()
    if mask.any():
        mask = ndimage.distance_transform_edt(~mask, sampling=spacing[::-1]) <= around_mm
    return mask


def correct(
    case: str,
    uncertainty: sitk.Image,
    segmentation: sitk.Image,
    truth: sitk.Image,
    classes: int,
    folder: Path,
) -> tuple[Correction, Path]:
    """Correct the uncertain regions of a scan.

    Args:
        case: its name.
        uncertainty: of the present prediction.
        segmentation: the present prediction.
        truth: what the clinician knows.
        classes: number of classes with the background.
        folder: where to write the corrected label and the verified mask.

    Returns:
        What was done, and the file of the corrected label.
    """
    found = uncertain_regions(uncertainty, segmentation, classes, _MOST_REGIONS)
    predicted, known = sitk.GetArrayFromImage(segmentation), sitk.GetArrayFromImage(truth)
    mask = reviewed_mask(found, uncertainty.GetSpacing(), predicted.shape)
    corrected = np.where(mask, known, predicted).astype(np.uint8)
    label_path = _write(folder / f"{case}.label.nrrd", corrected, segmentation)
    mask_path = _write(folder / f"{case}.verified.nrrd", mask.astype(np.uint8), segmentation)
    voxel_ml = float(np.prod(segmentation.GetSpacing())) / 1000
    changed = int((corrected != predicted).sum())
    done = Correction(case, len(found), int(mask.sum()) * voxel_ml, changed * voxel_ml, float(mask.mean()), mask_path)
    return done, label_path


def _write(path: Path, voxels: npt.NDArray[np.uint8], grid: sitk.Image) -> Path:
    image = sitk.GetImageFromArray(voxels)
    image.CopyInformation(grid)
    sitk.WriteImage(image, str(path), useCompression=True)
    return path


def look_next(
    case: str, uncertainty: sitk.Image, segmentation: sitk.Image, labels: tuple[LabelDefinition, ...]
) -> NextLook | None:
    """Return the place of a scan where a look would help most; None if it is certain everywhere."""
    found = uncertain_regions(uncertainty, segmentation, len(labels) + 1, most=1)
    if not found:
        return None
    names = {0: "background", **{label.value: label.name for label in labels}}
    first = found[0].found
    return NextLook(case, first.centre_lps, first.remaining_error_mm3, names[first.label])
