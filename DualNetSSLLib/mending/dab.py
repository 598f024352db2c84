"""Which voxels a round brush covers on its way from one point to the next: numbers only, no Slicer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

HAIR = 1.001
"""A hair more than the radius, so that a brush in the middle of a voxel is as wide on both sides."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def covered(
    shape: Sequence[int],
    way: tuple[Sequence[float], Sequence[float]],
    radius_mm: float,
    spacing: Sequence[float],
    normal: Sequence[float] | None = None,
) -> Mask:
    """Return the voxels of a box ``[k, j, i]`` that a brush covers.

    Args:
        shape: of the box (k, j, i).
        way: voxels (k, j, i), not rounded, of the box, where the brush begins and where it ends.
        radius_mm: of the brush; at least the voxel in its middle is covered.
        spacing: of the voxels (k, j, i), mm.
        normal: direction across the slice that is painted in, along the axes (k, j, i), of length 1: only voxels that
            the slice runs through are covered; None: a ball.

    Example:
        >>> covered((1, 1, 5), ((0, 0, 1), (0, 0, 2)), 0.5, (1, 1, 1))[0, 0].tolist()
        [False, True, True, False, False]
    """
    mask = np.zeros(tuple(shape), np.bool_)
    edges = np.reshape(np.asarray(spacing, float), (3,))
    start, end = (np.asarray(point, float) for point in way)
    reach = max(radius_mm, float(edges.max())) / edges + 1
    low = np.maximum(np.floor(np.minimum(start, end) - reach), 0).astype(int)
    high = np.minimum(np.ceil(np.maximum(start, end) + reach) + 1, shape).astype(int)
    if (high <= low).any():
        return mask
    part = tuple(slice(first, last) for first, last in zip(low, high, strict=True))
    at = np.moveaxis(np.indices(high - low) + low.reshape(3, 1, 1, 1), 0, -1)
    away = (at - start) * edges
    along = (end - start) * edges
    if normal is not None:
        across = np.asarray(normal, float)
        depth = away @ across
        near = np.abs(depth) <= np.abs(across) @ edges / 2 + 1e-6
        away, along = away - depth[..., None] * across, along - (along @ across) * across
        mask[part] = near & _within(away, along, radius_mm)
    else:
        mask[part] = _within(away, along, radius_mm)
    return _with_middles(mask, start, end)


def _within(away: Floats, along: Floats, radius: float) -> Mask:
    """Tell which points lie within a distance of a straight way that begins at the origin."""
    length = float(along @ along)
    share = np.clip(away @ along / length, 0.0, 1.0) if length > 0 else np.zeros(away.shape[:-1])
    rest = away - share[..., None] * along
    near: Mask = (rest**2).sum(axis=-1) <= (HAIR * radius) ** 2
    return near


def _with_middles(mask: Mask, *points: Floats) -> Mask:
    """Cover the voxels that hold the ends of the way, however small the brush is."""
    for point in points:
        place = np.rint(point).astype(int)
        if ((place >= 0) & (place < mask.shape)).all():
            mask[tuple(place)] = True
    return mask
