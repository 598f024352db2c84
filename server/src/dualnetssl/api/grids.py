"""Volumes as others hold them: arrays with an affine matrix, SimpleITK images, MONAI's tensors; in and out again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from dualnetssl.contract.errors import InvalidVolume
from dualnetssl.contract.schema import Geometry
from dualnetssl.volumes.read import finite

Array = NDArray[Any]

_LPS = np.diag([-1.0, -1.0, 1.0])
_SHEAR = 1e-3
_REMEDY = "Give volume and affine as nibabel has them, a SimpleITK image, or a MetaTensor with channels first."


@dataclass(frozen=True)
class Given:
    """A volume that somebody gave.

    Attributes:
        image: voxels ``[c, k, j, i]``, float32, all finite.
        geometry: their grid.
        like: turns an array ``[k, j, i]`` or ``[c, k, j, i]`` on this grid into what was given.
    """

    image: NDArray[np.float32]
    geometry: Geometry
    like: Callable[[Array], Any]


def taken(volume: Any, affine: Any = None) -> Given:
    """Return a volume of any of the forms that are known.

    Args:
        volume: a ``SimpleITK.Image``; a MONAI ``MetaTensor`` ``[c, x, y, z]``; or an array ``[x, y, z]`` or
            ``[c, x, y, z]``, as nibabel and MONAI order axes.
        affine: 4×4, from voxel indices (x, y, z) to mm in RAS; of arrays alone.

    Raises:
        InvalidVolume: none of these, without an affine, sheared, or not finite.
    """
    if isinstance(volume, sitk.Image):
        return _of_image(volume)
    if affine is None:
        affine = getattr(volume, "affine", None)
    if affine is None:
        raise InvalidVolume(f"a {type(volume).__name__} without an affine", "a volume that says where it lies", _REMEDY)
    array = np.asarray(volume.detach().cpu() if hasattr(volume, "detach") else volume)
    matrix = np.asarray(affine.detach().cpu() if hasattr(affine, "detach") else affine, np.float64)
    if array.ndim not in (3, 4) or matrix.shape != (4, 4):
        received = f"an array of {array.ndim} axes with an affine of shape {matrix.shape}"
        raise InvalidVolume(received, "3 axes, or 4 with the channels first, and 4×4", _REMEDY)
    image = np.ascontiguousarray((array if array.ndim == 4 else array[None]).transpose(0, 3, 2, 1))
    return Given(finite(image), geometry_of_affine(matrix, array.shape[-3:]), _like(volume, matrix))


def _of_image(image: sitk.Image) -> Given:
    if image.GetDimension() != 3:
        raise InvalidVolume(f"an image of {image.GetDimension()} dimensions", "3-D scans", "Give one volume.")
    array = sitk.GetArrayFromImage(image)
    channels = np.moveaxis(array, -1, 0) if array.ndim == 4 else array[None]
    size, spacing, origin = image.GetSize(), image.GetSpacing(), image.GetOrigin()
    geometry = Geometry(size=size, spacing=spacing, origin=origin, direction=image.GetDirection())

    def like(found: Array) -> sitk.Image:
        made = sitk.GetImageFromArray(np.moveaxis(found, 0, -1) if found.ndim == 4 else found, isVector=found.ndim == 4)
        made.CopyInformation(image)
        return made

    return Given(finite(np.ascontiguousarray(channels)), geometry, like)


def geometry_of_affine(affine: NDArray[np.float64], size: tuple[int, ...]) -> Geometry:
    """Return the grid of an array ``[x, y, z]`` with an affine to RAS.

    Raises:
        InvalidVolume: the affine is sheared or has no extent.

    Example:
        >>> geometry_of_affine(np.diag([2.0, 1.0, 3.0, 1.0]), (4, 5, 6)).direction
        (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0)
    """
    columns = _LPS @ affine[:3, :3]
    spacing = np.linalg.norm(columns, axis=0)
    direction = columns / np.where(spacing > 0, spacing, 1)
    if not np.isfinite(affine).all() or np.abs(direction.T @ direction - np.eye(3)).max() > _SHEAR:
        received = "an affine with sheared or vanishing axes"
        raise InvalidVolume(received, "axes at right angles", "Resample the volume onto a regular grid first.")
    x, y, z = size
    origin = _LPS @ affine[:3, 3]
    i, j, k = spacing.tolist()
    turned = tuple(float(value) + 0.0 for value in direction.ravel())
    return Geometry(size=(x, y, z), spacing=(i, j, k), origin=tuple(origin.tolist()), direction=turned)


def _like(volume: Any, affine: NDArray[np.float64]) -> Callable[[Array], Any]:
    """Return arrays as they came; as MONAI's tensors where such a one came, with a channel in front."""
    monai = sys.modules.get("monai.data.meta_tensor")
    if monai is None or not isinstance(volume, monai.MetaTensor):
        return _turned

    def like(found: Array) -> Any:
        import torch

        first = _turned(found if found.ndim == 4 else found[None])
        return monai.MetaTensor(torch.from_numpy(first), affine=torch.from_numpy(affine))

    return like


def _turned(found: Array) -> Array:
    axes = (0, 3, 2, 1) if found.ndim == 4 else (2, 1, 0)
    return np.ascontiguousarray(found.transpose(axes))
