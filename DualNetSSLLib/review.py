"""From a map of uncertainty to the few places worth a clinician's look, the most rewarding first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """One connected place of high uncertainty.

    Attributes:
        centroid: centre of mass in patient space, LPS, mm.
        lower: first voxel (i, j, k) of the bounding box.
        size: voxels (i, j, k) of the bounding box.
        volume_mm3: volume of the region.
        mean_uncertainty: mean of the map inside, in [0, 1].
        expected_error_mm3: volume that is expected to be wrong; regions are ranked by it.
        labels: values of the segmentation inside, if one was given: the classes in question.
    """

    centroid: tuple[float, float, float]
    lower: tuple[int, int, int]
    size: tuple[int, int, int]
    volume_mm3: float
    mean_uncertainty: float
    expected_error_mm3: float
    labels: tuple[int, ...]
    _components: npt.NDArray[Any] = field(repr=False, compare=False)
    _component: int = field(repr=False, compare=False)

    def box(self) -> tuple[slice, slice, slice]:
        """Return the bounding box as slices of an array ``[k, j, i]``."""
        k, j, i = (slice(low, low + length) for low, length in zip(self.lower[::-1], self.size[::-1], strict=True))
        return k, j, i

    def mask(self) -> npt.NDArray[np.bool_]:
        """Return the region's voxels, true inside, in the shape ``[k, j, i]`` of the whole map."""
        inside: npt.NDArray[np.bool_] = self._components == self._component
        return inside


def expected_error(uncertainty: npt.ArrayLike, classes: int = 2) -> Floats:
    """Return the chance that a voxel's label is wrong, from its entropy divided by ``ln(classes)``.

    Exact for two classes, the inverse of the binary entropy. With more, the doubt is taken to lie between the two
    best classes for as long as their entropy can explain it, and to spread evenly over all classes from there on.

    Args:
        uncertainty: values in [0, 1], any shape.
        classes: number of classes with the background, at least 2.

    Returns:
        Chances in [0, 1 - 1/classes], same shape, rising with the uncertainty.

    Example:
        >>> expected_error([0.0, 1.0]).tolist()
        [0.0, 0.5]
        >>> round(float(expected_error(0.469)), 2)
        0.1
    """
    wrong = np.concatenate([[0.0], np.geomspace(1e-9, 0.5, 512)])
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -(wrong * np.log(wrong) + (1 - wrong) * np.log1p(-wrong))
    entropy[0] = 0.0
    entropy = np.append(entropy / np.log(classes), 1.0)
    chance: Floats = np.interp(np.asarray(uncertainty, np.float64), entropy, np.append(wrong, 1 - 1 / classes))
    return chance


def regions(
    uncertainty: sitk.Image,
    *,
    threshold: float = 0.3,
    minimum_mm3: float = 0.0,
    limit: int | None = None,
    classes: int = 2,
    segmentation: sitk.Image | None = None,
    reach_mm: float | None = None,
) -> list[Region]:
    """Find the connected regions whose uncertainty is above a threshold, largest expected error volume first.

    Doubt often covers the whole outline of an organ as one connected shell, which is nothing to jump to. With
    ``reach_mm`` it is cut into compact places: the densest first, each all that lies within reach of its middle.

    Args:
        uncertainty: 3-D map with values in [0, 1].
        threshold: a voxel belongs to a region if its value is greater.
        minimum_mm3: regions smaller than this are left out.
        limit: return at most so many.
        classes: number of classes with the background, for the expected error.
        segmentation: label volume on the same grid; gives each region its ``labels``.
        reach_mm: if given, no voxel of a region lies further than this from the region's middle.

    Raises:
        ValueError: the map is not 3-D or not in [0, 1], or the segmentation has another size.
    """
    values = _checked(uncertainty, segmentation)
    voxel_mm3 = float(np.prod(uncertainty.GetSpacing()))
    fewest = max(1, math.ceil(minimum_mm3 / voxel_mm3))
    if reach_mm is None:
        numbered = sitk.ConnectedComponent(uncertainty > threshold)
    else:
        numbered = _places(uncertainty, values > threshold, expected_error(values, classes), reach_mm, fewest, limit)
    components, shapes = _measured(numbered, fewest)
    inside = components > 0
    owner, doubt = components[inside], values[inside].astype(np.float64)
    voxels = np.bincount(owner)
    total_doubt = np.bincount(owner, weights=doubt)
    error_mm3 = voxel_mm3 * np.bincount(owner, weights=expected_error(doubt, classes))
    labels = None if segmentation is None else sitk.GetArrayViewFromImage(segmentation)
    return [
        _with_labels(
            Region(
                centroid=shapes.GetCentroid(component),
                lower=shapes.GetBoundingBox(component)[:3],
                size=shapes.GetBoundingBox(component)[3:],
                volume_mm3=float(voxel_mm3 * voxels[component]),
                mean_uncertainty=float(total_doubt[component] / voxels[component]),
                expected_error_mm3=float(error_mm3[component]),
                labels=(),
                _components=components,
                _component=component,
            ),
            labels,
        )
        for component in sorted(shapes.GetLabels(), key=lambda component: -error_mm3[component])[:limit]
    ]


def _checked(uncertainty: sitk.Image, segmentation: sitk.Image | None) -> npt.NDArray[Any]:
    """Return the map's values [k, j, i] once they are known to be usable."""
    if uncertainty.GetDimension() != 3 or uncertainty.GetNumberOfComponentsPerPixel() != 1:
        raise ValueError(f"regions need a 3-D map of numbers; received {uncertainty.GetDimension()}-D")
    if segmentation is not None and segmentation.GetSize() != uncertainty.GetSize():
        raise ValueError(f"the segmentation has size {segmentation.GetSize()}, the map {uncertainty.GetSize()}")
    values = sitk.GetArrayFromImage(uncertainty)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(f"the uncertainty must lie in [0, 1]; received {values.min():g} to {values.max():g}")
    return values


def _places(
    grid: sitk.Image, inside: npt.NDArray[np.bool_], error: Floats, reach_mm: float, fewest: int, limit: int | None
) -> sitk.Image:
    """Number compact places, until ``limit`` of at least ``fewest`` voxels are found or no voxel is left."""
    wrong = sitk.GetImageFromArray(np.where(inside, error, 0.0))
    around = sitk.BoxMean(wrong, [max(1, round(0.8 * reach_mm / step)) for step in grid.GetSpacing()])
    density = sitk.GetArrayFromImage(around)[inside]
    middles = np.argwhere(inside) * np.array(grid.GetSpacing()[::-1])
    number, found = np.zeros(len(middles), np.uint32), 0
    while (number == 0).any() and (limit is None or found < limit):
        middle = middles[np.argmax(np.where(number == 0, density, -1.0))]
        reached = (number == 0) & (((middles - middle) ** 2).sum(axis=1) <= reach_mm**2)
        number[reached] = number.max() + 1
        found += int(reached.sum() >= fewest)
    numbered = np.zeros(inside.shape, np.uint32)
    numbered[inside] = number
    image = sitk.GetImageFromArray(numbered)
    image.CopyInformation(grid)
    return image


def _measured(numbered: sitk.Image, fewest: int) -> tuple[npt.NDArray[Any], sitk.LabelShapeStatisticsImageFilter]:
    """Leave out small components (voxels of one number) and measure boxes and centres of the others."""
    kept = sitk.RelabelComponent(numbered, minimumObjectSize=fewest)
    shapes = sitk.LabelShapeStatisticsImageFilter()
    shapes.ComputePerimeterOff()
    shapes.Execute(kept)
    return sitk.GetArrayFromImage(kept), shapes


def _with_labels(region: Region, labels: npt.NDArray[Any] | None) -> Region:
    """Add the values that the label volume [k, j, i] takes inside the region."""
    if labels is None:
        return region
    values = np.unique(labels[region.box()][region.mask()[region.box()]])
    return replace(region, labels=tuple(int(value) for value in values))
