"""What the simulated clinician sees of a scan, and the places that are worth a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from scipy import ndimage

from dualnetssl_bench.correction.effort import Mask

if TYPE_CHECKING:
    from DualNetSSLLib.regions.in_memory import Region
    from DualNetSSLLib.scans.opinions import Opinions

_THRESHOLDS = (0.3, 0.15, 0.05)
_MOST_OF_THE_SCAN = 3.0


@dataclass(frozen=True)
class Look:
    """One scan as the clinician sees it.

    Attributes:
        case: its name.
        segmentation: the present prediction.
        uncertainty: its map.
        verified: voxels verified before, ``[k, j, i]``.
        opinions: what both networks say where they doubt; None: not known.
    """

    case: str
    segmentation: sitk.Image
    uncertainty: sitk.Image
    verified: Mask
    opinions: Opinions | None = None

    @property
    def predicted(self) -> npt.NDArray[Any]:
        """Label values of the prediction, ``[k, j, i]``."""
        return sitk.GetArrayFromImage(self.segmentation)


@dataclass(frozen=True)
class Proposal:
    """A place to look at next: its scan and its voxels ``[k, j, i]``."""

    look: Look
    place: Mask


def opinions_beside(segmentation: Path, size: Sequence[int]) -> Opinions | None:
    """Read what both networks say of a scan of this size (i, j, k), where it was kept beside its segmentation."""
    from DualNetSSLLib.scans.opinions import read_opinions

    file = segmentation.with_name(segmentation.name.replace(".seg.nrrd", ".opinions.npz"))
    return read_opinions(file, size) if file.is_file() else None


def uncertain_regions(look: Look, classes: int, most: int) -> list[Region]:
    """Return so many regions at most, the largest gain first; less uncertain ones only if there are no others.

    They lie in the most uncertain 3 % of the scan: where a network doubts everything, nobody can look at everything.
    Doubt far from all that was predicted counts less for these, as it does for the order of regions. ``classes`` counts
    the background.
    """
    from DualNetSSLLib.regions.finder import Query
    from DualNetSSLLib.regions.in_memory import regions

    limit = float(np.percentile(_weighted(look), 100 - _MOST_OF_THE_SCAN))
    for threshold in (max(limit, base) for base in _THRESHOLDS):
        query = Query(threshold, limit=most)
        found = regions(
            look.uncertainty,
            look.segmentation,
            query,
            classes=classes,
            verified=look.verified,
            opinions=look.opinions,
        )
        left = [region for region in found if region.found.remaining_error_mm3 > 0]
        if left:
            return left
    return []


def _weighted(look: Look) -> npt.NDArray[Any]:
    from DualNetSSLLib.client.volumes import geometry_of
    from DualNetSSLLib.regions.nearness import near_prediction
    from DualNetSSLLib.regions.uncertain_voxels import FAR

    doubt = sitk.GetArrayViewFromImage(look.uncertainty)
    near = near_prediction(look.predicted, geometry_of(look.segmentation), np.arange(doubt.size))
    return np.where(near.reshape(doubt.shape), doubt, FAR * doubt)


def reviewed_mask(look: Look, found: Sequence[Region], around_mm: float) -> Mask:
    """Return the voxels ``[k, j, i]`` that a person looks at: the regions and some mm around them."""
    mask = np.zeros(look.verified.shape, np.bool_)
    for region in found:
        mask |= region.mask()
    if mask.any():
        spacing = look.uncertainty.GetSpacing()
        mask = ndimage.distance_transform_edt(~mask, sampling=spacing[::-1]) <= around_mm
    return mask
