"""Where the voxels of a NIfTI file lie: its transforms, voxel sizes and units, taken as ITK and 3D Slicer take them."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dualnetssl.files.grid import NEAR, Vector, apart, straightened
from dualnetssl.files.header import sheared, triples, unusable

_SCANNER = 1
_ITK_ORTHONORMAL = 1e-3
_ROUNDED = 1e-3
_UNITS = {1: ("metres", 1e3), 3: ("micrometres", 1e-3)}
_FARTHEST_MM = 100.0
"""No voxels lie so far apart: a header that says so has its units wrong."""
_AS_ITK = "as 3D Slicer and ITK do, while nibabel and FSL"
_NOWHERE = "left and right are a convention, not a fact"

Affine = npt.NDArray[np.float64]
Told = tuple[str, ...]


def place(data: bytes, order: str, size: Sequence[int]) -> tuple[tuple[Vector, ...], Vector, Told]:
    """Return steps and origin, mm, LPS, from the one of the two transforms that ITK takes, and what is odd about them.

    Args:
        data: the header.
        order: of its bytes, ``<`` or ``>``.
        size: voxels along the first axes, at most three.

    Raises:
        InvalidVolume: a voxel size that nothing tells, or a sform that is sheared while a qform hides it.
    """
    affine, noticed = _chosen(data, order, size)
    affine, told = _in_mm(affine, data[123] & 7)
    with np.errstate(invalid="ignore"):
        turned = affine * np.array([[-1.0], [-1.0], [1.0]])  # RAS to LPS
    (origin,) = triples((turned[:, 3] + 0.0).tolist())
    return triples((turned[:, :3].T + 0.0).ravel().tolist()), origin, (*noticed, *told)


def _chosen(data: bytes, order: str, size: Sequence[int]) -> tuple[Affine, Told]:
    """Return the transform in the units of the file."""
    qform, code = struct.unpack_from(f"{order}2h", data, 252)
    sform = _sform(data, order) if code > 0 else None
    sizes, noticed = _voxel_sizes(struct.unpack_from(f"{order}3f", data, 80), sform, len(size))
    rotated = _of_quaternion(data, order, sizes) if qform > 0 else None
    if sform is not None and (rotated is None or (code == _SCANNER and _regular(sform))):
        scaled = np.column_stack([sform[:, :3] / np.linalg.norm(sform[:, :3], axis=0) * sizes, sform[:, 3]])
        return scaled, (*noticed, *_compared(scaled, sform, size, "voxel sizes (pixdim)", "are"))
    if rotated is None:
        _refuse_infinite(data, order, qform, code)
        lost = "neither sform nor qform" if code <= 0 else "no qform, and a sform that is no transform"
        flat = np.column_stack([np.diag(sizes * (-1.0, -1.0, 1.0)), np.zeros(3)])  # ITK takes it for LPS
        return flat, (*noticed, f"its header has {lost}: {_NOWHERE}")
    if sform is None:
        return rotated, noticed
    _refuse_hidden_shear(sform, size)
    return rotated, (*noticed, *_compared(rotated, sform, size, "qform", "is"))


def _sform(data: bytes, order: str) -> Affine | None:
    """Return the sform, None if it is no transform: zeros, or axes that lie in one plane."""
    affine = np.array(struct.unpack_from(f"{order}12f", data, 280), dtype=float).reshape(3, 4)
    if not np.isfinite(affine).all() or np.linalg.matrix_rank(affine[:, :3]) < len(affine):
        return None
    return affine


def _refuse_infinite(data: bytes, order: str, qform: int, sform: int) -> None:
    """Refuse a transform that is declared and has no finite numbers: such a file is damaged."""
    for code, count, at in ((qform, 6, 256), (sform, 12, 280)):
        if code > 0 and not all(map(math.isfinite, struct.unpack_from(f"{order}{count}f", data, at))):
            raise unusable("a NIfTI header whose transform has no finite numbers", allowed="finite numbers")


def _voxel_sizes(declared: Sequence[float], sform: Affine | None, axes: int) -> tuple[Affine, Told]:
    """Return the voxel sizes, those of the sform where the header has none, and what is odd about them."""
    sizes = np.array(declared, dtype=float)
    wrong = ~np.isfinite(sizes) | (sizes == 0)
    missing = ", ".join(name for name, bad in zip("ijk"[:axes], wrong, strict=False) if bad)
    if missing and sform is None:
        raise unusable(
            f"a NIfTI header without a voxel size along {missing}",
            "Load the scan in 3D Slicer, set its spacing in the module Volumes (Volume Information), save it as NRRD.",
            "a voxel size along each axis",
        )
    told = []
    known = sizes if sform is None else np.linalg.norm(sform[:, :3], axis=0)
    if missing:
        told.append(f"its header has no voxel size along {missing}; its sform's is taken, where 3D Slicer takes 1 mm")
    elif (sizes == 1).all() and not np.allclose(known, 1, rtol=0, atol=_ROUNDED):
        wrong[:] = True  # as of who writes a sform alone
        told.append("its voxel sizes (pixdim) are all 1; those of its sform are taken, where 3D Slicer takes 1 mm")
    if (sizes[:axes] < 0).any():
        told.append(f"its header has a negative voxel size: that axis is turned, {_AS_ITK} leave it")
    return np.where(wrong, np.where(np.isfinite(known), known, 1), sizes), tuple(told)


def _compared(taken: Affine, sform: Affine, size: Sequence[int], what: str, verb: str) -> Told:
    """Say how far the sform lies from what is taken instead."""
    if len(size) < 3 or not np.isfinite(taken).all():
        return ()
    moved = apart(taken[:, :3], taken[:, 3], sform[:, :3], sform[:, 3], size)
    if moved < NEAR:
        return ()
    told = f"its sform lies up to {moved:.1f} voxels from its {what}; the {what} {verb} taken, {_AS_ITK} take the sform"
    return (told,)


def _refuse_hidden_shear(sform: Affine, size: Sequence[int]) -> None:
    """Refuse a sform that is sheared, which a qform cannot say: as a tilted gantry is written down."""
    if len(size) < 3:
        return
    steps, origin = sform[:, :3], sform[:, 3]
    straight, middle = straightened(steps, origin, size)
    if (moved := apart(straight, middle, steps, origin, size)) >= NEAR:
        raise sheared(moved)


def _in_mm(affine: Affine, unit: int) -> tuple[Affine, Told]:
    """Return a transform in millimetres; files that do not say their unit mean those."""
    if unit not in _UNITS:
        return affine, ()
    name, factor = _UNITS[unit]
    farthest = float(np.linalg.norm(affine[:, :3], axis=0).max()) * factor
    if farthest > _FARTHEST_MM:
        return affine, (f"its header says {name}, which puts voxels {farthest:g} mm apart; mm are taken",)
    return affine * factor, (f"its header counts in {name}, which is heeded, {_AS_ITK} take them for mm",)


def _regular(affine: Affine) -> bool:
    cosines = affine[:, :3] / np.linalg.norm(affine[:, :3], axis=0)
    return bool(np.allclose(cosines.T @ cosines, np.eye(3), rtol=0, atol=_ITK_ORTHONORMAL))


def _of_quaternion(data: bytes, order: str, sizes: Affine) -> Affine | None:
    """Return the qform, None if it is not finite."""
    b, c, d, *offset = struct.unpack_from(f"{order}6f", data, 256)
    (handed,) = struct.unpack_from(f"{order}f", data, 76)
    if not all(map(math.isfinite, (b, c, d, *offset))):
        return None
    a = math.sqrt(max(0.0, 1.0 - (b * b + c * c + d * d)))
    length = math.sqrt(a * a + b * b + c * c + d * d) or 1.0
    a, b, c, d = a / length, b / length, c / length, d / length
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    signs = np.array([1.0, 1.0, -1.0 if handed < 0 else 1.0])
    return np.column_stack([rotation * sizes * signs, offset])
