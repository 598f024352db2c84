"""Slices between painted ones, by the distance from each label's border in mm: a proposal for somebody to look at."""

from __future__ import annotations

import base64
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from DualNetSSLLib.tasks.call import Task

Plane = npt.NDArray[np.uint8]
Distances = npt.NDArray[np.float64]


def between(painted: Mapping[int, Plane], spacing: Sequence[float]) -> dict[int, Plane]:
    """Propose every slice that lies between two painted ones.

    Where a label is in one of two slices alone, it tapers off and ends halfway to the other.

    Args:
        painted: labels of slices by their numbers, each of the same shape (rows, columns).
        spacing: distance of rows and of columns, in mm.

    Example:
        >>> disc = np.zeros((5, 9), np.uint8); disc[1:4, 2:7] = 3
        >>> proposed = between({0: disc, 2: disc, 3: 0 * disc}, (1.0, 1.0))
        >>> list(proposed), bool((proposed[1] == disc).all())
        ([1], True)
    """
    numbers = sorted(painted)
    depths = {number: _depths(plane, spacing) for number, plane in painted.items()}
    missing = set(range(numbers[0], numbers[-1] + 1)) - set(numbers) if numbers else set()
    result = {}
    for number in sorted(missing):
        place = bisect_left(numbers, number)
        low, high = numbers[place - 1], numbers[place]
        share = (number - low) / (high - low)
        result[number] = _mixed(depths[low], depths[high], share, painted[low].shape)
    return result


def _mixed(
    below: Mapping[int, Distances], above: Mapping[int, Distances], share: float, shape: tuple[int, ...]
) -> Plane:
    """Give each voxel the label in which it lies deepest, at this share of the way from one slice to the next."""
    result, deepest = np.zeros(shape, np.uint8), np.zeros(shape)
    for label in sorted(below.keys() | above.keys()):
        # where a label is not in a slice, it is as far off there as it is deep in the other one
        first = below[label] if label in below else -above[label].max()
        second = above[label] if label in above else -below[label].max()
        depth = (1 - share) * first + share * second
        result[depth > deepest] = label
        deepest = np.maximum(depth, deepest)
    return result


def _depths(plane: Plane, spacing: Sequence[float]) -> dict[int, Distances]:
    """Return for each label of a slice how deep each voxel lies in it, in mm; less than 0 outside."""
    result = {}
    for label in np.unique(plane[plane != 0]).tolist():
        framed = np.pad(plane == label, 1)  # a label at the edge of the scan ends there
        result[label] = (_distance(~framed, spacing) - _distance(framed, spacing))[1:-1, 1:-1]
    return result


def _distance(to: npt.NDArray[np.bool_], spacing: Sequence[float]) -> Distances:
    """Return the distance of each voxel from the nearest one of a set, in mm."""
    image = sitk.GetImageFromArray(to.astype(np.uint8))
    image.SetSpacing((float(spacing[1]), float(spacing[0])))
    signed = sitk.SignedMaurerDistanceMap(image, insideIsPositive=False, squaredDistance=False, useImageSpacing=True)
    return np.maximum(sitk.GetArrayFromImage(signed).astype(np.float64), 0.0)


# in the background process


def interpolate_slices(
    task: Task, slices: Mapping[str, str], shape: Sequence[int], spacing: Sequence[float]
) -> dict[str, str]:
    """Propose the slices between painted ones; planes travel as `packed` text, by their numbers.

    Args:
        task: the call.
        slices: the painted ones.
        shape: of each (rows, columns).
        spacing: distance of rows and of columns, in mm.
    """
    task.cancel.check()
    painted = {int(number): unpacked(text, shape) for number, text in slices.items()}
    return {str(number): packed(plane) for number, plane in between(painted, spacing).items()}


def packed(plane: Plane) -> str:
    """Write a plane of labels as text.

    Example:
        >>> unpacked(packed(np.eye(2, dtype=np.uint8)), (2, 2)).tolist()
        [[1, 0], [0, 1]]
    """
    return base64.b64encode(zlib.compress(np.ascontiguousarray(plane, np.uint8).tobytes(), 1)).decode("ascii")


def unpacked(text: str, shape: Sequence[int]) -> Plane:
    """Read a plane of labels of this shape out of such text."""
    plane = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
    return plane.reshape(tuple(shape)).copy()
