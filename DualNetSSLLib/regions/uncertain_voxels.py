"""The doubtful voxels of a map alone, kept in memory, so that nothing has to go through the whole volume again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.regions.nearness import near_prediction
from DualNetSSLLib.scans.opinions import Opinions

FLOOR = 0.02
"""Doubt up to this is left out of everything."""
EXACT = 2.0**16
"""Expected errors are whole multiples of 1 / this: their sums are then exact, in whatever order."""
FAR = 0.5
"""What doubt counts far from all that was predicted: it is mostly of air, but may be an organ that was missed."""
_SHADES = 4096
_AT_ONCE = 2**22

Array = npt.NDArray[Any]


def expected_error(uncertainty: npt.ArrayLike, classes: int = 2) -> Array:
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
    chance: Array = np.interp(np.asarray(uncertainty, np.float64), entropy, np.append(wrong, 1 - 1 / classes))
    return chance


@dataclass(frozen=True)
class UncertainVoxels:
    """The voxels of a map that are above `FLOOR`; all arrays have one entry for each, in the volume's own order.

    Attributes:
        geometry: the map's grid.
        flat: indices into the map ``[k, j, i]`` in C order, ascending.
        values: of the map, float32 in (0.02, 1].
        errors: chance that the voxel's label is wrong, float32; half of it far from all that was predicted.
        labels: value of the label that the doubt is about: the one found there, else the one next to it, else the one
            that the networks find likeliest beside background; 0 if that is not known.
        organ_mm3: mean volume of the labels that occur in the segmentation; 0 if it is empty.
    """

    geometry: Geometry
    flat: Array
    values: Array
    errors: Array
    labels: Array
    organ_mm3: float

    @property
    def voxel_mm3(self) -> float:
        """Volume of a voxel."""
        return math.prod(self.geometry.spacing)

    def indices(self) -> tuple[Array, Array, Array]:
        """Return the indices (i, j, k) of the voxels."""
        row_length, rows = self.geometry.size[:2]
        row = self.flat // row_length
        k = row // rows
        return self.flat - row * row_length, row - k * rows, k


def gather_uncertain(
    values: Array,
    segmentation: Array,
    geometry: Geometry,
    *,
    classes: int = 2,
    uncertainty: Array | None = None,
    opinions: Opinions | None = None,
) -> UncertainVoxels:
    """Find the doubtful voxels of a map.

    Args:
        values: the map ``[k, j, i]``, in [0, 1]; it may be memory-mapped.
        segmentation: label values on the same grid.
        geometry: of both.
        classes: number of classes with the background.
        uncertainty: map of total uncertainty, for the expected errors, if ``values`` is another one.
        opinions: what both networks say; None: not known.

    Raises:
        ValueError: sizes differ, or a value is above 1.
    """
    shapes = {geometry.size[::-1], *(part.shape for part in (values, segmentation, uncertainty) if part is not None)}
    if len(shapes) > 1:
        raise ValueError(f"maps, segmentation and grid must have one size; received {sorted(shapes)}")
    line = values.reshape(-1)
    flat = np.concatenate([start + np.flatnonzero(line[start:stop] > FLOOR) for start, stop in _pieces(line.size)])
    found = np.asarray(line[flat], np.float32)
    if found.size and found.max() > 1:
        raise ValueError(f"a map must lie in [0, 1]; received {found.max():g}")
    doubt = found if uncertainty is None else np.asarray(uncertainty.reshape(-1)[flat], np.float32)
    voxel_mm3 = math.prod(geometry.spacing)
    labels = _labels_about(segmentation, flat)
    if opinions is not None:
        bare = np.flatnonzero(labels == 0)
        labels[bare] = opinions.doubted(flat[bare])
    near = near_prediction(segmentation, geometry, flat)
    errors = _errors(doubt, classes, near)
    return UncertainVoxels(geometry, flat, found, errors, labels, _organ_mm3(segmentation, voxel_mm3))


def _pieces(length: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + _AT_ONCE, length)) for start in range(0, length, _AT_ONCE))


def _errors(doubt: Array, classes: int, near: Array) -> Array:
    """Return expected errors by a table of fine steps, which is several times as fast as the function itself."""
    steps = expected_error(np.linspace(0, 1, _SHADES + 1), classes)
    table = (np.round(np.stack([FAR * steps, steps]) * EXACT) / EXACT).astype(np.float32)
    errors: Array = table[near.view(np.uint8), np.rint(doubt * _SHADES).astype(np.int16)]
    return errors


def _labels_about(segmentation: Array, flat: Array) -> Array:
    """Return the label of each voxel, or the largest value of its six neighbours where it has none."""
    line = segmentation.reshape(-1)
    labels = np.asarray(line[flat], np.uint8)
    bare = np.flatnonzero(labels == 0)
    place = flat[bare]
    stride = 1
    for size in reversed(segmentation.shape):
        along = (place // stride) % size
        for step, inside in ((-1, along > 0), (1, along < size - 1)):
            own = bare[inside]
            labels[own] = np.maximum(labels[own], line[place[inside] + step * stride])
        stride *= size
    return labels


def _organ_mm3(segmentation: Array, voxel_mm3: float) -> float:
    """Return the mean volume of the labels that occur."""
    line = segmentation.reshape(-1)
    counts = sum((np.bincount(line[start:stop], minlength=256) for start, stop in _pieces(line.size)), np.zeros(256))
    present = counts[1:][counts[1:] > 0]
    return float(present.mean()) * voxel_mm3 if present.size else 0.0
