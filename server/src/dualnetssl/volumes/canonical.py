"""The one form in which the server keeps volumes: NRRD with a header that we wrote, and nothing that names a patient.

It is byte for byte what ITK writes, so that files of our own client are in it already.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO

import numpy as np

from dualnetssl.files.grid import Vector
from dualnetssl.files.header import Encoding, Header
from dualnetssl.files.nrrd import TYPES
from dualnetssl.files.payload import PIECE, Payload, arrays

_MAGIC = (
    "NRRD0004\n"
    "# Complete NRRD file format specification at:\n"
    "# http://teem.sourceforge.net/nrrd/format.html\n"
)  # fmt: skip
_FAST = 1


def is_canonical(file: IO[bytes], header: Header, exact: bool) -> bool:
    """Tell whether a file is what `write_canonical` would make of it.

    Args:
        file: the file.
        header: its header.
        exact: whether there is nothing behind and nothing beside the voxels, see `Payload.exact`.
    """
    if not _keeps_payload(header, exact):
        return False
    file.seek(0)
    return file.read(header.offset) == canonical_header(header, header.encoding)


def write_canonical(file: IO[bytes], header: Header, exact: bool, target: IO[bytes]) -> None:
    """Write a volume in the form that is kept; the packed voxels stay as they are where they can."""
    if _keeps_payload(header, exact):
        target.write(canonical_header(header, header.encoding))
        file.seek(header.offset)
        while piece := file.read(PIECE):
            target.write(piece)
        return
    target.write(canonical_header(header, "gzip"))
    packer = zlib.compressobj(_FAST, wbits=31)
    for plain in _plain_bytes(file, header):
        target.write(packer.compress(plain))
    target.write(packer.flush())


def canonical_header(header: Header, encoding: Encoding) -> bytes:
    """Return the header of the form that is kept; the values of a voxel lie as they lay in the file."""
    kind = np.dtype(_kind(header))
    channels = header.channels * header.series
    sizes, directions = [*map(str, header.size[:3])], [*map(_vector, header.steps)]
    kinds = ["domain"] * 3
    if channels > 1:
        for axes, word in ((sizes, str(channels)), (directions, "none"), (kinds, "vector")):
            axes.insert(0 if header.interleaved else 3, word)
    lines = [
        f"type: {next(name for name, dtype in TYPES.items() if dtype == kind)}",
        f"dimension: {len(sizes)}",
        "space: left-posterior-superior",
        f"sizes: {' '.join(sizes)}",
        f"space directions: {' '.join(directions)}",
        f"kinds: {' '.join(kinds)}",
        *(["endian: little"] if kind.itemsize > 1 else []),
        f"encoding: {encoding}",
        f"space origin: {_vector(header.origin)}",
        *(f"{name}:={value}" for name, value in header.fields.items()),
    ]
    return (_MAGIC + "\n".join(lines) + "\n\n").encode()


def _keeps_payload(header: Header, exact: bool) -> bool:
    big = header.dtype.newbyteorder("<") != header.dtype and header.dtype.itemsize > 1
    return exact and header.format == "NRRD" and not big


def _kind(header: Header) -> str:
    return "f4" if header.scaled else f"{header.dtype.kind}{header.dtype.itemsize}"


def _plain_bytes(file: IO[bytes], header: Header) -> Iterator[bytes]:
    kind = np.dtype(_kind(header)).newbyteorder("<")
    for values in arrays(Payload(file, header), header):
        yield values.astype(kind, copy=False).tobytes()


def _vector(values: Vector) -> str:
    return "(" + ",".join(f"{value:.17g}" for value in values) + ")"
