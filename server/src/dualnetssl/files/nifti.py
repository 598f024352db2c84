"""Headers of NIfTI-1 files, checked against themselves."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np

from dualnetssl.files.header import Header, unusable
from dualnetssl.files.nifti_place import place

NIFTI_BYTES = 348
_LARGEST_OFFSET = 1 << 20
_VECTOR_AXIS = 4
_TYPES = {2: "u1", 256: "i1", 4: "i2", 512: "u2", 8: "i4", 768: "u4", 1024: "i8", 1280: "u8", 16: "f4", 64: "f8"}
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
    steps, origin, noticed = place(data, order, size[:3])
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
