"""A label put on the grid of its scan, where every voxel of one is a voxel of the other; no value is interpolated."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from dualnetssl.contract.errors import GeometryMismatch
from dualnetssl.files.grid import NEAR, SAME, Grid, OnGrid, affine_of, apart, displacement

Scalar = TypeVar("Scalar", bound=np.generic)
Told = tuple[str, ...]
_FAR = 1.0
_RESAMPLE = (
    "Resample the label to the image with the interpolation 'nearest', for instance with Slicer's "
    "'Resample Scalar/Vector/DWI Volume'."
)
_RESAMPLE_CHANNEL = (
    "Resample the channel to the first one, for instance with Slicer's 'Resample Scalar/Vector/DWI Volume', or train "
    "on one channel."
)


def onto(
    label: npt.NDArray[Scalar], grid: OnGrid, scan: OnGrid, crops: bool = False
) -> tuple[npt.NDArray[Scalar], Told]:
    """Put a label on the grid of its scan, and say what was done.

    Args:
        label: ``[k, j, i]`` on ``grid``.
        grid: where it lies.
        scan: where its scan lies.
        crops: whether it may be a part of the scan, or reach beyond it, as segmentations do; the rest is background.

    Raises:
        GeometryMismatch: its voxels are not voxels of the scan; corners differ by half a voxel or more.

    Example:
        >>> scan = Grid((4, 2, 2), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1, 0, 0, 0, 1, 0, 0, 0, 1))
        >>> part = Grid((2, 2, 2), (1.0, 1.0, 1.0), (1.0, 0.0, 0.0), scan.direction)
        >>> onto(np.ones((2, 2, 2), np.uint8), part, scan, crops=True)[0][0, 0].tolist()
        [0, 1, 1, 0]
    """
    if (moved := displacement(scan, grid)) < SAME:
        return label, ()
    turned, place = turned_like(label, grid, scan)
    said: Told = ("its axes were in another order or direction than its scan's",) if turned is not label else ()
    if (moved := displacement(scan, place)) < NEAR:
        return np.ascontiguousarray(turned), (*said, *_shifted(moved))
    if crops:
        filled, more = _padded(turned, place, scan)
        return filled, (*said, *more)
    raise mismatch(scan, grid, moved)


def _shifted(moved: float) -> Told:
    return (f"its grid lies up to {moved:.2f} voxels from its scan's, whose grid is taken",) if moved >= SAME else ()


def turned_like(label: npt.NDArray[Scalar], grid: OnGrid, scan: OnGrid) -> tuple[npt.NDArray[Scalar], OnGrid]:
    """Put the axes of a volume in the order and direction of another grid's, as near as they are; no voxel moves."""
    steps, origin = affine_of(grid)
    turn = np.linalg.solve(np.reshape(scan.direction, (3, 3)), np.reshape(grid.direction, (3, 3)))
    source = np.abs(turn).argmax(axis=1)
    signs = np.sign(turn[range(3), source]).astype(int)
    if sorted(source.tolist()) != [0, 1, 2] or (source.tolist() == [0, 1, 2] and (signs > 0).all()):
        return label, grid
    moved = label.transpose([2 - int(source[axis]) for axis in (2, 1, 0)])
    moved = moved[tuple(slice(None, None, int(signs[axis])) for axis in (2, 1, 0))]
    size = tuple(int(grid.size[axis]) for axis in source)
    ends = np.zeros(3)
    ends[source] = np.where(signs < 0, np.array(size) - 1, 0)
    columns = np.reshape(grid.direction, (3, 3))[:, source] * signs
    return moved, Grid(
        size=_triple(size),
        spacing=_triple(grid.spacing[axis] for axis in source),
        origin=_triple((origin + steps @ ends).tolist()),
        direction=tuple(columns.ravel().tolist()),
    )


def _triple(values: Any) -> Any:
    return tuple(values)


def _padded(label: npt.NDArray[Scalar], grid: OnGrid, scan: OnGrid) -> tuple[npt.NDArray[Scalar], Told]:
    """Lay a part on the scan's grid, whose voxels it must share."""
    (steps, origin), (own, start) = affine_of(scan), affine_of(grid)
    exact = np.linalg.solve(steps, start - origin)
    first = np.rint(exact).astype(int)
    moved = apart(steps, origin + steps @ first, own, start, grid.size)
    if moved >= SAME:  # any place is within half a voxel of some voxel, so a part must lie on the scan's own
        raise mismatch(scan, grid, moved)
    filled = np.zeros(scan.size[::-1], label.dtype)
    last = first + np.array(grid.size)
    inner = tuple(slice(max(0, a), min(b, n)) for a, b, n in zip(first, last, scan.size, strict=True))[::-1]
    outer = tuple(slice(part.start - a, part.stop - a) for part, a in zip(inner, first[::-1], strict=True))
    if any(part.stop <= part.start for part in inner):
        raise mismatch(scan, grid, moved)
    filled[inner] = label[outer]
    lost = int(np.count_nonzero(label)) - int(np.count_nonzero(filled))
    told = [f"it covers a part of its scan, from voxel {tuple(first.tolist())}; the rest is background"]
    if lost:
        told.append(f"{lost} voxels of its segments lie outside the scan and are left out")
    return filled, tuple(told)


def mismatch(scan: OnGrid, grid: OnGrid, moved: float, channel: str | None = None) -> GeometryMismatch:
    """Make the error for a label that does not lie on its scan, naming what differs with both values.

    Args:
        scan: where the scan lies.
        grid: where the label lies.
        moved: how far apart they are, in voxels.
        channel: name of the file, if it is no label but a channel of the scan.
    """
    part = _difference(scan, grid)
    remedy = _RESAMPLE if channel is None else _RESAMPLE_CHANNEL
    if tuple(scan.size) == tuple(grid.size) and moved >= _FAR:
        remedy = (
            "If its voxels are the scan's own, and only its header is another, give it the scan's: CopyInformation of "
            "SimpleITK does, for spacing and origin also 3D Slicer's module Volumes (Volume Information). Else: "
            + remedy
        )
    by = f", which puts a corner {moved:.2g} voxels elsewhere" if np.isfinite(moved) else ""
    return GeometryMismatch(
        f"{f'a channel {channel}' if channel else 'a label'} of {part} {_text(getattr(grid, part))}{by}",
        f"the image's {part} {_text(getattr(scan, part))}, to less than half a voxel",
        remedy,
    )


def _difference(first: OnGrid, second: OnGrid) -> str:
    """Return which part of two grids differs most evidently."""
    if tuple(first.size) != tuple(second.size):
        return "size"
    if not np.allclose(first.spacing, second.spacing, rtol=1e-3, atol=0):
        return "spacing"
    same = np.allclose(first.direction, second.direction, rtol=0, atol=1e-3)
    return "origin" if same else "direction"


def _text(values: Any) -> str:
    return "(" + ", ".join(f"{value:.6g}" for value in values) + ")"
