"""Headers of NIfTI-1 files, checked against themselves."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from dualnetssl.volumes.header import ORTHONORMAL, Header, Vector, triples, unusable

NIFTI_BYTES = 348
_LARGEST_OFFSET = 1 << 20
_SCANNER = 1
_VECTOR_AXIS = 4
_TYPES = {2: "u1", 256: "i1", 4: "i2", 512: "u2", 8: "i4", 768: "u4", 1024: "i8", 1280: "u8", 16: "f4", 64: "f8"}
_NAMED = {32: "complex", 1792: "complex", 2048: "complex", 128: "RGB", 2304: "RGBA"}


def parse_nifti(data: bytes, packed: bool) -> Header:
    """Read the header at the beginning of a file.

    Args:
        data: the first 348 bytes, unpacked.
        packed: whether the file is a gzip file.

    Raises:
        InvalidVolume: the voxels lie in another file, or the header contradicts itself.
    """
    if data[344:346] == b"ni":
        raise unusable("a NIfTI header whose voxels lie in another file", "Save the volume as one .nii.gz file.")
    order = "<" if data[:4] == struct.pack("<i", NIFTI_BYTES) else ">"
    (length,) = struct.unpack_from(f"{order}i", data, 0)
    count, *sizes = struct.unpack_from(f"{order}8h", data, 40)
    (offset,) = struct.unpack_from(f"{order}f", data, 108)
    dims = tuple(sizes[: max(count, 0)])
    if length != NIFTI_BYTES or not 1 <= count <= 7 or min(dims) < 1 or not NIFTI_BYTES <= offset <= _LARGEST_OFFSET:
        raise unusable(f"a NIfTI header with the sizes {dims} and voxels at byte {offset}", "Save the scan again.")
    size, channels = _axes(dims)
    slope, intercept = _scaling(data, order)
    steps, origin = _place(data, order)
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
    )


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


def _place(data: bytes, order: str) -> tuple[tuple[Vector, ...], Vector]:
    """Return steps and origin, from the one of the two transforms that ITK takes."""
    qform, sform = struct.unpack_from(f"{order}2h", data, 252)
    affine = np.array(struct.unpack_from(f"{order}12f", data, 280), dtype=float).reshape(3, 4)
    if not (sform > 0 and (qform <= 0 or sform == _SCANNER) and (qform <= 0 or _regular(affine))):
        affine = _of_quaternion(data, order) if qform > 0 else _of_spacing(data, order)
    with np.errstate(invalid="ignore"):
        turned = affine * np.array([[-1.0], [-1.0], [1.0]])  # RAS to LPS
    (origin,) = triples((turned[:, 3] + 0.0).tolist())
    return triples((turned[:, :3].T + 0.0).ravel().tolist()), origin


def _regular(affine: npt.NDArray[np.float64]) -> bool:
    with np.errstate(all="ignore"):
        cosines = affine[:, :3] / np.linalg.norm(affine[:, :3], axis=0)
        return bool(np.allclose(cosines.T @ cosines, np.eye(3), rtol=0, atol=ORTHONORMAL))


def _of_spacing(data: bytes, order: str) -> npt.NDArray[np.float64]:
    spacing = np.array(struct.unpack_from(f"{order}3f", data, 80), dtype=float)
    return np.column_stack([np.diag(spacing * (-1.0, -1.0, 1.0)), np.zeros(3)])  # ITK takes it for LPS


def _of_quaternion(data: bytes, order: str) -> npt.NDArray[np.float64]:
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
