"""Headers of NIfTI-1 files, checked against themselves."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dualnetssl.files.grid import NEAR, Vector, apart, straightened
from dualnetssl.files.header import Header, sheared, triples, unusable

NIFTI_BYTES = 348
_LARGEST_OFFSET = 1 << 20
_SCANNER = 1
_ITK_ORTHONORMAL = 1e-3
_VECTOR_AXIS = 4
_TYPES = {2: "u1", 256: "i1", 4: "i2", 512: "u2", 8: "i4", 768: "u4", 1024: "i8", 1280: "u8", 16: "f4", 64: "f8"}
Affine = npt.NDArray[np.float64]
_NAMED = {32: "complex", 1792: "complex", 2048: "complex", 128: "RGB", 2304: "RGBA"}


def parse_nifti(data: bytes, packed: bool, pairs: bool = False) -> Header:
    """Read the header at the beginning of a file.

    Args:
        data: the first 348 bytes, unpacked.
        packed: whether the file is a gzip file.
        pairs: whether the voxels may lie in a file beside; then ``packed`` speaks of that one.

    Raises:
        InvalidVolume: the voxels lie in another file, or the header contradicts itself.
    """
    elsewhere = data[344:346] == b"ni"
    if elsewhere and not pairs:
        raise unusable("a NIfTI header whose voxels lie in another file", "Save the volume as one .nii.gz file.")
    order = "<" if data[:4] == struct.pack("<i", NIFTI_BYTES) else ">"
    (length,) = struct.unpack_from(f"{order}i", data, 0)
    count, *sizes = struct.unpack_from(f"{order}8h", data, 40)
    (offset,) = struct.unpack_from(f"{order}f", data, 108)
    dims = _declared(sizes[: max(count, 0)])
    least = 0 if elsewhere else NIFTI_BYTES
    if length != NIFTI_BYTES or not 1 <= count <= 7 or min(dims) < 1 or not least <= offset <= _LARGEST_OFFSET:
        raise unusable(f"a NIfTI header with the sizes {dims} and voxels at byte {offset}", "Save the scan again.")
    size, channels = _axes(dims)
    slope, intercept = _scaling(data, order)
    steps, origin, noticed = _place(data, order, size[:3])
    return Header(
        format="NIfTI",
        size=size,
        dtype=_dtype(data, order),
        encoding="gzip" if packed else "raw",
        offset=0 if packed else int(offset),
        skip=int(offset) if packed else 0,
        steps=steps,
        origin=origin,
        channels=channels,
        slope=slope,
        intercept=intercept,
        noticed=noticed,
        elsewhere=elsewhere,
    )


def _declared(sizes: list[int]) -> tuple[int, ...]:
    """Return the sizes; an axis beyond the third of which the header says 0 is one that is not used."""
    return tuple(size or 1 if axis > 2 else size for axis, size in enumerate(sizes))


def _axes(dims: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Return the axes of place and time, and the number of values that the fifth axis holds for each voxel."""
    used = len(dims)
    while used > 3 and dims[used - 1] == 1:
        used -= 1
    if used == _VECTOR_AXIS + 1 and dims[3] == 1:
        return dims[:3], dims[_VECTOR_AXIS]
    return dims[:used], 1


def _dtype(data: bytes, order: str) -> np.dtype[Any]:
    kind, bits = struct.unpack_from(f"{order}2h", data, 70)
    if kind not in _TYPES:
        named = _NAMED.get(kind, "an unknown kind")
        raise unusable(
            f"voxels of the kind {named} ({kind})", "Save the magnitude, or one channel, as a scalar volume."
        )
    dtype = np.dtype(f"{order}{_TYPES[kind]}")
    if bits != dtype.itemsize * 8:
        raise unusable(f"a NIfTI header with {bits} bits for voxels of {dtype.itemsize * 8}", "Save the scan again.")
    return dtype


def _scaling(data: bytes, order: str) -> tuple[float, float]:
    slope, intercept = struct.unpack_from(f"{order}2f", data, 112)
    if slope == 0 or not math.isfinite(slope):  # as the standard says: the values are what they are
        return 1.0, 0.0
    if not math.isfinite(intercept):
        raise unusable("a NIfTI header with scaling that is not finite", "Save the scan again.")
    return slope, intercept


def _place(data: bytes, order: str, size: Sequence[int]) -> tuple[tuple[Vector, ...], Vector, tuple[str, ...]]:
    """Return steps and origin, from the one of the two transforms that ITK takes, and what is odd about them."""
    qform, sform = struct.unpack_from(f"{order}2h", data, 252)
    own = np.array(struct.unpack_from(f"{order}12f", data, 280), dtype=float).reshape(3, 4)
    affine, noticed = own, tuple[str, ...]()
    if not (sform > 0 and (qform <= 0 or sform == _SCANNER) and (qform <= 0 or _regular(own))):
        affine = _of_quaternion(data, order) if qform > 0 else _of_spacing(data, order)
        if qform > 0:
            noticed = _compared(affine, own, size) if sform > 0 else ()
        else:
            noticed = ("its header has neither sform nor qform: left and right are a convention, not a fact",)
    with np.errstate(invalid="ignore"):
        turned = affine * np.array([[-1.0], [-1.0], [1.0]])  # RAS to LPS
    (origin,) = triples((turned[:, 3] + 0.0).tolist())
    return triples((turned[:, :3].T + 0.0).ravel().tolist()), origin, noticed


def _compared(taken: Affine, left: Affine, size: Sequence[int]) -> tuple[str, ...]:
    """Say how far the sform, which is not taken, lies from the qform.

    Raises:
        InvalidVolume: the sform is sheared, which a qform cannot say: as a tilted gantry is written down.
    """
    if len(size) < 3 or not (np.isfinite(taken).all() and np.isfinite(left).all()):
        return ()
    steps, origin = left[:, :3], left[:, 3]
    if np.linalg.norm(steps, axis=0).min() == 0 or np.linalg.norm(taken[:, :3], axis=0).min() == 0:
        return ()
    straight, place = straightened(steps, origin, size)
    if (moved := apart(straight, place, steps, origin, size)) >= NEAR:
        raise sheared(moved)
    moved = apart(taken[:, :3], taken[:, 3], steps, origin, size)
    if moved < NEAR:
        return ()
    return (
        f"its sform lies up to {moved:.1f} voxels from its qform; the qform is taken, as 3D Slicer and ITK do, while "
        "nibabel and FSL take the sform",
    )


def _regular(affine: Affine) -> bool:
    with np.errstate(all="ignore"):
        cosines = affine[:, :3] / np.linalg.norm(affine[:, :3], axis=0)
        return bool(np.allclose(cosines.T @ cosines, np.eye(3), rtol=0, atol=_ITK_ORTHONORMAL))


def _of_spacing(data: bytes, order: str) -> Affine:
    spacing = np.array(struct.unpack_from(f"{order}3f", data, 80), dtype=float)
    return np.column_stack([np.diag(spacing * (-1.0, -1.0, 1.0)), np.zeros(3)])  # ITK takes it for LPS


def _of_quaternion(data: bytes, order: str) -> Affine:
    b, c, d, *offset = struct.unpack_from(f"{order}6f", data, 256)
    handed, *spacing = struct.unpack_from(f"{order}4f", data, 76)
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
    with np.errstate(all="ignore"):  # what is not finite is refused later, by its name
        return np.column_stack([rotation * np.array(spacing) * signs, offset])
