"""Bring volumes from one voxel grid to another."""

from __future__ import annotations

from typing import Literal

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from dualnetssl.contract.schema import Geometry
from dualnetssl.volumes.geometry import Scalar

Kind = Literal["linear", "bspline", "nearest"]

_INTERPOLATORS = {"linear": sitk.sitkLinear, "bspline": sitk.sitkBSpline, "nearest": sitk.sitkNearestNeighbor}


def resample(
    array: NDArray[Scalar], geometry: Geometry, spacing: tuple[float, float, float], kind: Kind = "linear"
) -> tuple[NDArray[Scalar], Geometry]:
    """Bring a volume to another spacing; centre, orientation and, to a voxel, extent stay.

    Args:
        array: voxels ``[k, j, i]``.
        geometry: their grid.
        spacing: mm along i, j, k (the order of `Geometry`, not of the array).
        kind: ``linear`` or ``bspline`` for images and probabilities, ``nearest`` for labels.
    """
    target = grid_of_spacing(geometry, spacing)
    return resample_to(array, geometry, target, kind), target


def grid_of_spacing(geometry: Geometry, spacing: tuple[float, float, float]) -> Geometry:
    """Lay a grid of another spacing over the same extent, around the same centre.

    Example:
        >>> grid = Geometry(size=(4, 4, 2), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
        >>> grid_of_spacing(grid, (2, 2, 2)).origin
        (0.5, 0.5, 0.0)
    """
    old, new = np.array(geometry.spacing), np.array(spacing, dtype=float)
    sizes = np.maximum(1, np.rint(np.array(geometry.size) * old / new)).astype(int)
    half_widths = ((np.array(geometry.size) - 1) * old - (sizes - 1) * new) / 2
    origin = np.array(geometry.origin) + np.reshape(geometry.direction, (3, 3)) @ half_widths
    return geometry.model_copy(
        update={"size": tuple(sizes.tolist()), "spacing": tuple(new.tolist()), "origin": tuple(origin.tolist())}
    )


def resample_to(array: NDArray[Scalar], source: Geometry, target: Geometry, kind: Kind = "linear") -> NDArray[Scalar]:
    """Bring a volume from one grid to another; places outside the source take its nearest voxel.

    Args:
        array: voxels ``[k, j, i]`` on ``source``.
        source: present grid.
        target: grid to come to.
        kind: ``linear`` or ``bspline`` for images and probabilities, ``nearest`` for labels.
    """
    if source == target:
        return array.copy()
    resampler = sitk.ResampleImageFilter()
    resampler.SetSize(target.size)
    resampler.SetOutputSpacing(target.spacing)
    resampler.SetOutputOrigin(target.origin)
    resampler.SetOutputDirection(target.direction)
    resampler.SetInterpolator(_INTERPOLATORS[kind])
    resampler.SetUseNearestNeighborExtrapolator(True)
    result = sitk.GetArrayFromImage(resampler.Execute(as_image(array, source)))
    return result.astype(array.dtype, copy=False)


def as_image(array: NDArray[Scalar], geometry: Geometry) -> sitk.Image:
    """Join voxels ``[k, j, i]`` and grid to a SimpleITK image.

    Raises:
        ValueError: the array has another shape than the grid.
    """
    if array.shape != geometry.size[::-1]:
        raise ValueError(f"an array of shape {array.shape} does not fit a grid of size {geometry.size} (i, j, k)")
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(geometry.spacing)
    image.SetOrigin(geometry.origin)
    image.SetDirection(geometry.direction)
    return image
