"""Headers of FreeSurfer's volumes (.mgh, and .mgz, which is packed)."""

from __future__ import annotations

import struct

import numpy as np

from dualnetssl.files.header import Header, triples, unusable

_BYTES = 284
_LEAST = 90
_VERSION = b"\0\0\0\1"
_TYPES = {0: "u1", 1: "i4", 3: "f4", 4: "i2", 10: "u2"}
_CORONAL = (-1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0)


def is_mgh(data: bytes) -> bool:
    """Whether a file begins as one of FreeSurfer."""
    return data[:4] == _VERSION and len(data) >= _LEAST


def parse_mgh(data: bytes, packed: bool) -> Header:
    """Read the header at the beginning of a file.

    Args:
        data: the first 90 bytes at least, unpacked.
        packed: whether the file is a gzip file.

    Raises:
        InvalidVolume: voxels of a kind that is not read, or sizes below 1.
    """
    *size, frames, kind, _ = struct.unpack_from(">6i", data, 4)
    if kind not in _TYPES or min(*size, frames) < 1:
        raise unusable(f"a FreeSurfer header with the sizes {(*size, frames)} and voxels of the kind {kind}")
    (told,) = struct.unpack_from(">h", data, 28)
    spacing, axes, centre = (1.0, 1.0, 1.0), _CORONAL, (0.0, 0.0, 0.0)
    if told:
        values = struct.unpack_from(">15f", data, 30)
        spacing, axes, centre = values[:3], values[3:12], values[12:]
    steps = np.reshape(axes, (3, 3)) * np.reshape(spacing, (3, 1)) * (-1.0, -1.0, 1.0)  # an axis a row; RAS to LPS
    origin = np.array(centre) * (-1.0, -1.0, 1.0) - np.array(size) / 2 @ steps
    (place,) = triples(origin.tolist())
    return Header(
        format="MGH",
        size=tuple(size) if frames == 1 else (*size, frames),
        dtype=np.dtype(f">{_TYPES[kind]}"),
        encoding="gzip" if packed else "raw",
        offset=0 if packed else _BYTES,
        skip=_BYTES if packed else 0,
        steps=triples((steps + 0.0).ravel().tolist()),
        origin=place,
        noticed=() if told else ("its header does not say where it lies: FreeSurfer's coronal axes are taken",),
    )
