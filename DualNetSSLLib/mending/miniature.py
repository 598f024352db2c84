"""A small picture of what an answer changes in a region: numbers only, no Slicer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

KEPT, CHANGED = 0.25, 0.7
"""How much of a class's colour is laid over the scan: where the label stays, and where it changes."""
REMOVED = (255, 40, 40)
"""What becomes background."""
LOW, HIGH = 1, 99
"""Percentiles of the scan's values in the region's box that are shown black and white."""

Array = npt.NDArray[Any]
Colours = Mapping[int, tuple[int, int, int]]


@dataclass(frozen=True)
class Miniature:
    """A slice of a region's box as a radiologist sees it: the patient's right at the left, anterior and head on top.

    Attributes:
        pixels: red, green, blue, uint8 ``[rows, columns, 3]``.
        size_mm: width and height of the slice, mm.
    """

    pixels: Array
    size_mm: tuple[float, float]


def miniature(scan: Array, label: Array, answer: Array, colours: Colours, grid: tuple[Array, Array]) -> Miniature:
    """Return a picture of the slice in which an answer changes most.

    Args:
        scan: values of the box, ``[k, j, i]``.
        label: label values of the box as they are, ``[k, j, i]``.
        answer: label values of the box with the answer, ``[k, j, i]``.
        colours: of each class, by label value, 0 to 255.
        grid: spacing (k, j, i) in mm, and the directions of the axes i, j, k in LPS as columns, 3 x 3.

    Example:
        >>> small = miniature(np.zeros((1, 2, 2)), np.zeros((1, 2, 2)), np.ones((1, 2, 2)), {1: (0, 200, 0)},
        ...                   (np.ones(3), np.eye(3)))
        >>> small.pixels[0, 0].tolist(), small.size_mm
        ([0, 140, 0], (2.0, 2.0))
    """
    spacing, directions = grid
    changed = label != answer
    axis = int(np.argmax(spacing)) if np.ptp(spacing) > 0 else 0
    number = int(np.argmax(changed.sum(axis=tuple(other for other in range(3) if other != axis))))
    seen, before, after = (np.take(each, number, axis=axis) for each in (scan, label, answer))
    turned, flipped = _upright([other for other in range(3) if other != axis], directions)
    picture = _painted(seen, before, after, colours)
    picture = picture.swapaxes(0, 1) if turned else picture
    for way, back in enumerate(flipped):
        picture = np.flip(picture, way) if back else picture
    edges = [float(spacing[other]) for other in range(3) if other != axis]
    rows, columns = edges[::-1] if turned else edges
    return Miniature(np.ascontiguousarray(picture), (picture.shape[1] * columns, picture.shape[0] * rows))


def _painted(scan: Array, label: Array, answer: Array, colours: Colours) -> Array:
    """Lay what is labelled, and what would be, over grey."""
    low, high = np.percentile(scan, (LOW, HIGH))
    grey = 255 * np.clip((scan - low) / max(float(high - low), 1e-6), 0, 1)
    picture = np.repeat(grey[..., None], 3, axis=-1)
    for value in np.union1d(label, answer).tolist():
        gained, kept = (answer == value) & (label != answer), (answer == value) & (label == answer)
        colour = REMOVED if value == 0 else colours.get(int(value), REMOVED)
        _lay(picture, gained, colour, CHANGED)
        if value:
            _lay(picture, kept, colour, KEPT)
    painted: Array = picture.round().astype(np.uint8)
    return painted


def _lay(picture: Array, where: Array, colour: Sequence[int], share: float) -> None:
    picture[where] = (1 - share) * picture[where] + share * np.asarray(colour, float)


def _upright(axes: Sequence[int], directions: Array) -> tuple[bool, tuple[bool, bool]]:
    """Tell whether a slice's two axes change places to stand upright, and which of rows and columns run backwards then.

    Args:
        axes: of the array ``[k, j, i]`` that the slice keeps, in their order.
        directions: of the axes i, j, k in LPS, as columns.
    """
    along = [directions[:, 2 - axis] for axis in axes]
    facing = [int(np.argmax(np.abs(way))) for way in along]
    turned = facing[0] < facing[1]  # rows run down the patient or to the back, columns to the left or to the back
    rows, columns = (1, 0) if turned else (0, 1)
    down = 1.0 if facing[rows] == 1 else -1.0
    return turned, (bool(along[rows][facing[rows]] * down < 0), bool(along[columns][facing[columns]] < 0))
