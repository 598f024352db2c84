"""The regions of a scan that are worth a look, from its maps in memory: the same that the panel's walk shows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from DualNetSSLLib.client.volumes import geometry_of
from DualNetSSLLib.regions.finder import Finder, Query
from DualNetSSLLib.regions.uncertain_voxels import Array, gather_uncertain
from DualNetSSLLib.scans.opinions import Opinions
from DualNetSSLLib.tasks.reports import FoundRegion


@dataclass(frozen=True)
class Region:
    """One place of doubt.

    Attributes:
        found: what is known of it: rank, class in question, volume, expected gain, where it lies.
        shape: of the map ``[k, j, i]``.
        flat: its voxels, indices into the map in C order.
    """

    found: FoundRegion
    shape: tuple[int, int, int]
    flat: Array = field(repr=False, compare=False)

    def box(self) -> tuple[slice, slice, slice]:
        """Return a box around it as slices of an array ``[k, j, i]``."""
        lower, size = self.found.lower[::-1], self.found.size[::-1]
        k, j, i = (slice(low, low + length) for low, length in zip(lower, size, strict=True))
        return k, j, i

    def mask(self) -> npt.NDArray[np.bool_]:
        """Return its voxels, true inside, in the shape ``[k, j, i]`` of the whole map."""
        inside = np.zeros(math.prod(self.shape), np.bool_)
        inside[self.flat] = True
        return inside.reshape(self.shape)


def regions(
    uncertainty: sitk.Image,
    segmentation: sitk.Image,
    query: Query | None = None,
    *,
    classes: int = 2,
    verified: Array | None = None,
    opinions: Opinions | None = None,
) -> list[Region]:
    """Find the regions of a map, the largest gain to be expected from a look first.

    Args:
        uncertainty: 3-D map with values in [0, 1].
        segmentation: label volume on the same grid.
        query: which regions are wanted; None: those that the walk shows at first.
        classes: number of classes with the background, for which the map was scaled.
        verified: mask ``[k, j, i]``, not 0 where somebody vouches: nothing is to be gained there.
        opinions: what both networks say, which tells what a place amid background is doubted for; None: not known.

    Raises:
        ValueError: the map is not 3-D or not in [0, 1], or the segmentation or the mask has another size.
    """
    if uncertainty.GetDimension() != 3 or uncertainty.GetNumberOfComponentsPerPixel() != 1:
        raise ValueError(f"regions need a 3-D map of numbers; received {uncertainty.GetDimension()}-D")
    values, labels = sitk.GetArrayViewFromImage(uncertainty), sitk.GetArrayViewFromImage(segmentation)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(f"the uncertainty must lie in [0, 1]; received {values.min():g} to {values.max():g}")
    doubt = gather_uncertain(values, labels, geometry_of(uncertainty), classes=classes, opinions=opinions)
    finder = Finder(doubt, (query or Query()).reach_mm)
    answer = finder.find(query or Query(), None if verified is None else finder.marks(verified))
    k, j, i = values.shape
    return [Region(one, (k, j, i), answer.voxels[one.start : one.start + one.voxels]) for one in answer.regions]
