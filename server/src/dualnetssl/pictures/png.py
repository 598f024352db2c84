"""PNG by the standard library: pictures of few colours by a palette, and of all colours."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.uint8]
Rgba = tuple[int, int, int, int]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE = 0, 2, 3


def with_palette(indices: Indices, palette: Sequence[Rgba]) -> bytes:
    """Encode a picture of at most 256 colours.

    Args:
        indices: into the palette, uint8 ``[rows, columns]``.
        palette: red, green, blue and opacity, each 0 to 255.
    """
    colours = np.array(palette, np.uint8)
    chunks = [(b"PLTE", colours[:, :3].tobytes()), (b"tRNS", colours[:, 3].tobytes())]
    return _encoded(indices, _PALETTE, chunks)


def plain(picture: npt.NDArray[np.uint8]) -> bytes:
    r"""Encode a grey picture ``[rows, columns]`` or a coloured one ``[rows, columns, 3]``, uint8.

    Example:
        >>> plain(np.zeros((2, 3), np.uint8))[:4], size_of(plain(np.zeros((2, 3, 3), np.uint8)))
        (b'\x89PNG', (3, 2))
    """
    return _encoded(picture, _GREY if picture.ndim == 2 else _RGB, [])


def size_of(data: bytes) -> tuple[int, int]:
    """Return the columns and rows of a PNG.

    Raises:
        ValueError: it is none.
    """
    if data[:8] != _SIGNATURE or len(data) < 24:
        raise ValueError("not a PNG")
    columns, rows = struct.unpack(">II", data[16:24])
    return columns, rows


def _encoded(picture: npt.NDArray[Any], kind: int, chunks: Sequence[tuple[bytes, bytes]]) -> bytes:
    rows, columns = picture.shape[:2]
    flat = np.ascontiguousarray(picture).reshape(rows, -1)
    lines = np.concatenate([np.zeros((rows, 1), np.uint8), flat], axis=1)  # each line says first that it is unfiltered
    header = struct.pack(">IIBBBBB", columns, rows, 8, kind, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
