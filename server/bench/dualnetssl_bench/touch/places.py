"""Uncertain regions of predicted scans with what belongs to them: what the networks say, the scan, and the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidDataset

if TYPE_CHECKING:
    from DualNetSSLLib.mending.site import Site

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Region:
    """A region as the walk of the panel leads to it, cut out of its scan.

    Attributes:
        case: the scan.
        site: the region, its label that of the prediction.
        image: intensities of the site's box, ``[k, j, i]``.
        truth: true label values of the box.
        value: label value of the class in question.
    """

    case: str
    site: Site
    image: Array
    truth: Array
    value: int

    def wrong(self, label: Array) -> Array:
        """Return where a label of the box is wrong, of the voxels that may change."""
        wrong: Array = (label != self.truth) & self.site.free
        return wrong


def regions_of(predictions: Path, case: str, image: Path, label: Path, most: int) -> Iterator[Region]:
    """Yield the first regions of a scan, as the panel finds them until somebody moves its controls.

    Args:
        predictions: folder that predict has written.
        case: the scan.
        image: its file.
        label: file of the true label.
        most: yield at most so many.

    Raises:
        InvalidDataset: predictions without opinions.
    """
    from DualNetSSLLib.mending.site import Site, box_around, flat_of_box, inside_box
    from DualNetSSLLib.regions.finder import Query
    from DualNetSSLLib.regions.in_memory import regions
    from DualNetSSLLib.scans.opinions import read_opinions

    file = predictions / f"{case}.opinions.npz"
    if not file.is_file():
        received, allowed = f"the folder {predictions.name!r} without opinions", "predictions of this version"
        raise InvalidDataset(received, allowed, "Predict again.")
    segmentation = sitk.ReadImage(str(predictions / f"{case}.seg.nrrd"))
    doubt = sitk.ReadImage(str(predictions / f"{case}.uncertainty.nrrd"))
    predicted, truth = sitk.GetArrayFromImage(segmentation), volumes.read_label(label)[0]
    scan, size = volumes.read_image(image)[0], segmentation.GetSize()
    said = read_opinions(file, size)
    for found in regions(doubt, segmentation, Query(limit=most), classes=len(said.values), opinions=said):
        box = box_around(found.flat, size)
        own = predicted[box]
        chances = said.at(flat_of_box(box, size).ravel(), own.ravel()).reshape(2, -1, *own.shape)
        inside = inside_box(found.flat, box, size)
        k, j, i = segmentation.GetSpacing()[::-1]
        site = Site(own, inside, np.zeros_like(inside), chances, said.values, (k, j, i))
        yield Region(case, site, scan[box], truth[box], found.found.label)
