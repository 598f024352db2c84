"""What a sparse label tells of the whole scan: how much of each class there is, and where it cannot be.

A reader who paints three slices, or a box, paints where the organ is. Counted as they come, such voxels tell of far
more organ than there is, and nothing may tell where it is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dualnetssl.contract.schema import IGNORED
from dualnetssl.scans.labelgrid import resampled
from dualnetssl.volumes.counting import count_values

SIDES = (("inferior", "superior"), ("anterior", "posterior"), ("right", "left"))
"""Low and high end of the axes (k, j, i) of a canonical scan."""

MOST_VOXELS = 1 << 23
"""Distances are measured on no more voxels than this; they take some 50 bytes and a quarter of a microsecond each."""

Indices = NDArray[np.uint8]


def likely_counts(label: Indices, classes: int, spacing: Sequence[float]) -> NDArray[np.int64]:
    """Estimate how many voxels of each class a scan has from the part of it that is verified, ``[C]``.

    A voxel that nobody verified counts as the verified one nearest to it: between evenly spaced slices that is
    Cavalieri's estimate of a volume. Beyond `reach` it counts as background, for organs end.

    Args:
        label: class indices ``[D, H, W]``, 255 where nobody verified; somewhere verified.
        classes: C, with the background.
        spacing: mm along (k, j, i).

    Example:
        >>> label = np.full((8, 8, 8), 255, np.uint8)
        >>> label[1::3] = 0
        >>> label[1::3, 2:6, 2:6] = 1
        >>> likely_counts(label, 2, (1, 1, 1)).tolist()  # 4 x 4 voxels in each of 8 slices are organ
        [384, 128]
    """
    if (label != IGNORED).all():
        return _counted(label, classes)
    coarse, step = _coarse(label, spacing)
    distance, nearest = ndimage.distance_transform_edt(coarse == IGNORED, sampling=step, return_indices=True)
    near = distance <= _reach(_likely_organ(label, spacing), coarse, distance, step)
    counts = _counted(np.where(near, coarse[tuple(nearest)], 0), classes)
    estimate: NDArray[np.int64] = np.rint(counts * (label.size / coarse.size)).astype(np.int64)
    return estimate


def _counted(label: Indices, classes: int) -> NDArray[np.int64]:
    """Count the voxels of each class."""
    return count_values(label)[:classes]


def reach(label: Indices, spacing: Sequence[float]) -> float:
    """Return how far in mm from what is verified organ may be that nobody painted; a voxel at least.

    Half the widest gap within what is verified, or half the edge of a cube as large as the organ is likely to be, if
    that is less or if there is no gap, as in a single box. The organ likely fills as much of the box around all that
    was painted of it as it fills of what is verified there; an axis along which but one slice shows it counts as long
    as the geometric mean of the others.

    Args:
        label: class indices ``[D, H, W]``, 255 where nobody verified; somewhere verified.
        spacing: mm along (k, j, i).

    Example:
        >>> label = np.full((9, 20, 20), 255, np.uint8)
        >>> label[1::5] = 1
        >>> reach(label, (1, 1, 1))
        2.0
        >>> label[2:] = 255
        >>> label[1, :4] = label[1, :, :4] = 0
        >>> reach(label, (1, 1, 1))  # one slice, 16 x 16 of it organ
        8.0
    """
    coarse, step = _coarse(label, spacing)
    distance = ndimage.distance_transform_edt(coarse == IGNORED, sampling=step)
    return _reach(_likely_organ(label, spacing), coarse, distance, step)


def reach_in_voxels(label: Indices, spacing: Sequence[float]) -> tuple[int, int, int]:
    """Return `reach` in whole voxels along (k, j, i); zeros where all or nothing is verified."""
    if (label == IGNORED).all() or (label != IGNORED).all():
        return 0, 0, 0
    millimetres = reach(label, spacing)
    k, j, i = (max(1, round(millimetres / edge)) for edge in spacing)
    return k, j, i


def _coarse(label: Indices, spacing: Sequence[float]) -> tuple[Indices, tuple[float, float, float]]:
    """Return a label of `MOST_VOXELS` at most, and its spacing; the finest axis is halved until it is."""
    size, step = list(label.shape), list(spacing)
    while np.prod(size) > MOST_VOXELS:
        axis = min((axis for axis in range(3) if size[axis] > 1), key=lambda axis: step[axis])
        size[axis] = -(-size[axis] // 2)
        step[axis] = spacing[axis] * label.shape[axis] / size[axis]
    return resampled(label, size), (step[0], step[1], step[2])


def _likely_organ(label: Indices, spacing: Sequence[float]) -> float:
    """Return how large the organ is likely to be, in mm³, as `reach` says; 0 where none was painted."""
    organ = (label > 0) & (label != IGNORED)
    shown = [np.flatnonzero(organ.any(axis=others)) for others in ((1, 2), (0, 2), (0, 1))]
    if not len(shown[0]):
        return 0.0
    ends = [(int(each[0]), int(each[-1]) + 1) for each in shown]
    box = tuple(slice(first, last) for first, last in ends)
    share = np.count_nonzero(organ[box]) / np.count_nonzero(label[box] != IGNORED)
    edges = [(last - first) * edge for (first, last), edge in zip(ends, spacing, strict=True)]
    known = [edge for edge, (first, last) in zip(edges, ends, strict=True) if last - first > 1]
    guessed = float(np.exp(np.mean(np.log(known)))) if known else max(edges)
    return float(share * np.prod([edge if edge in known else guessed for edge in edges]))


def _reach(organ: float, label: Indices, distance: NDArray[np.float64], spacing: Sequence[float]) -> float:
    """Return `reach`, given the organ's likely size in mm³ and the distance in mm to the nearest verified voxel."""
    verified = label != IGNORED
    lines = (verified.any(axis=others) for others in ((1, 2), (0, 2), (0, 1)))
    ends = [np.flatnonzero(line)[[0, -1]] for line in lines]
    gap = float(distance[tuple(slice(first, last + 1) for first, last in ends)].max())
    half_an_edge = float(np.cbrt(organ)) / 2
    return max(min(gap, half_an_edge) if gap > 0 else half_an_edge, *spacing)


def open_sides(label: Indices) -> tuple[str, ...]:
    """Return the sides on which nothing is verified beyond the outermost organ that was painted.

    There the label does not tell where organs end. Beyond the end of the scan there is nothing to be told.

    Args:
        label: class indices ``[D, H, W]`` of a canonical scan, 255 where nobody verified.

    Example:
        >>> label = np.full((9, 4, 4), 255, np.uint8)
        >>> label[2:7:2] = 0
        >>> label[2:7:2, 1:3, 1:3] = 1
        >>> open_sides(label)
        ('inferior', 'superior')
        >>> label[8] = 0
        >>> open_sides(label)
        ('inferior',)
    """
    verified = label != IGNORED
    organ = verified & (label > 0)
    found = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        ends = np.flatnonzero(organ.any(axis=others))
        if not len(ends):
            continue
        known = verified.any(axis=others)
        low, high = SIDES[axis]
        if ends[0] > 0 and not known[: ends[0]].any():
            found.append(low)
        if ends[-1] < len(known) - 1 and not known[ends[-1] + 1 :].any():
            found.append(high)
    return tuple(found)
