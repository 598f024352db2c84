"""Pictures of slices: the scan in grey, outlines of truth and prediction, and uncertainty over the anatomy.

All are axial and radiological (the patient's right on the left), in RGB ``[rows, columns, 3]`` uint8.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from scipy import ndimage

from dualnetssl.contract.schema import LabelDefinition
from dualnetssl.pictures import colours, png
from dualnetssl.pictures.colours import Rgb
from dualnetssl_bench.findings.colours import REVIEW

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

PIXEL_MM = 0.3
_PLANE = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Slice:
    """An axial plane through a scan: its height (LPS z) and extent in mm; ``size`` is columns, rows."""

    z: float
    corner: tuple[float, float]
    size: tuple[int, int]

    def sample(self, volume: sitk.Image, *, smooth: bool = True, outside: float = 0.0) -> Floats:
        """Return the values of a volume on this plane, float ``[rows, columns]``."""
        resampler: Any = sitk.ResampleImageFilter()
        resampler.SetSize((*self.size, 1))
        resampler.SetOutputSpacing((PIXEL_MM, PIXEL_MM, 1.0))
        resampler.SetOutputOrigin((*self.corner, self.z))
        resampler.SetOutputDirection(_PLANE)
        resampler.SetInterpolator(sitk.sitkLinear if smooth else sitk.sitkNearestNeighbor)
        resampler.SetDefaultPixelValue(outside)
        plane: Floats = sitk.GetArrayFromImage(resampler.Execute(sitk.Cast(volume, sitk.sitkFloat32)))[0]
        return plane


def plane_through(volume: sitk.Image, z: float, width_mm: float = 78.0, height_mm: float = 66.0) -> Slice:
    """Return the axial plane at height ``z`` about the middle of a volume."""
    middle = volume.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in volume.GetSize()])
    size = (round(width_mm / PIXEL_MM), round(height_mm / PIXEL_MM))
    return Slice(z, (middle[0] - width_mm / 2, middle[1] - height_mm / 2), size)


def height_of(mask: Mask, volume: sitk.Image) -> float:
    """Return the height (LPS z, mm) at which a mask ``[k, j, i]`` on the volume's grid is largest."""
    k, j, i = np.nonzero(mask)
    if not len(k):
        middle = [(n - 1) / 2 for n in volume.GetSize()]
        return float(volume.TransformContinuousIndexToPhysicalPoint(middle)[2])
    direction, spacing = np.reshape(volume.GetDirection(), (3, 3)), np.array(volume.GetSpacing())
    z = volume.GetOrigin()[2] + np.stack([i, j, k], axis=1) @ (direction[2] * spacing)
    counts, edges = np.histogram(z, bins=max(1, round(float(np.ptp(z)) / 2)))
    best = int(counts.argmax())
    return float(edges[best] + edges[best + 1]) / 2


def grey(plane: Slice, scan: sitk.Image) -> Picture:
    """Draw the scan; the darkest 1 % and brightest 0.5 % of its voxels are cut off."""
    low, high = np.percentile(sitk.GetArrayViewFromImage(scan), [1, 99.5])
    unit = np.clip((plane.sample(scan, outside=low) - low) / max(1e-6, high - low), 0, 1)
    return np.repeat(np.rint(235 * unit).astype(np.uint8)[..., None], 3, axis=2)


def outlined(picture: Picture, inside: Floats, colour: Rgb, width: int = 2, dashed: bool = False) -> Picture:
    """Draw the contour where ``inside`` (a smooth share in [0, 1]) crosses one half."""
    mask = inside > 0.5
    line = mask & ~ndimage.binary_erosion(mask, iterations=width, border_value=1)
    if dashed:
        rows, columns = np.indices(mask.shape)
        line &= (rows + columns) % 10 < 6
    drawn = picture.copy()
    drawn[line] = colour
    return drawn


def share_of(plane: Slice, segmentation: sitk.Image, value: int) -> Floats:
    """Return how much of each pixel belongs to a class, smooth between voxels."""
    share: Floats = ndimage.gaussian_filter(plane.sample(segmentation == value), 0.8)
    return share


def with_outlines(
    picture: Picture, plane: Slice, prediction: sitk.Image, truth: sitk.Image | None, labels: Sequence[LabelDefinition]
) -> Picture:
    """Draw the truth as a dashed white line below the prediction in the colours of its classes."""
    for label in labels:
        if truth is not None:
            picture = outlined(picture, share_of(plane, truth, label.value), colours.TRUTH, dashed=True)
        picture = outlined(picture, share_of(plane, prediction, label.value), label.colour)
    return picture


def with_uncertainty(picture: Picture, plane: Slice, uncertainty: sitk.Image) -> Picture:
    """Lay the uncertainty over the anatomy, the more opaque the more uncertain; certain places stay grey."""
    value = plane.sample(uncertainty)
    opacity = colours.opacity(value)[..., None]
    mixed = picture * (1 - opacity) + colours.uncertainty_colours(value) * opacity
    drawn: Picture = np.rint(mixed).astype(np.uint8)
    return drawn


def with_review(picture: Picture, plane: Slice, verified: sitk.Image) -> Picture:
    """Draw a line around the places that were reviewed."""
    return outlined(picture, share_of(plane, verified, 1), REVIEW, width=2)


def colour_bar(width: int, height: int) -> Picture:
    """Draw the colours of uncertainty from 0 (left) to 1 (right) as they appear over mid-grey anatomy."""
    value = np.linspace(0, 1, width)
    opacity = colours.opacity(value)[:, None]
    row = 105 * (1 - opacity) + colours.uncertainty_colours(value) * opacity
    return np.rint(np.broadcast_to(row, (height, width, 3))).astype(np.uint8)


def data_uri(picture: Picture) -> str:
    """Return a picture as an address that carries its own bytes, for reports in one file."""
    return "data:image/png;base64," + base64.b64encode(png.plain(picture)).decode()
