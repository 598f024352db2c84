"""The values of a volume as a stream: unpacked piece by piece, counted against what the header declares."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.errors import InvalidVolume, VolumeTooLarge
from dualnetssl.files.formats import GZIP_MAGIC, damaged
from dualnetssl.files.header import Header, unusable

PIECE = 1 << 20
"""Bytes that are in memory at a time."""
_SLACK = 1 << 20
"""Bytes that may follow the voxels: some programs pad their files. They are dropped."""
_WBITS = {"gzip": 31, "zlib": 47}
_PLAIN_GZIP = b"\x1f\x8b\x08\0\0\0\0\0"


class Payload:
    """The values of one file; to be gone through once."""

    def __init__(self, file: IO[bytes], header: Header) -> None:
        """Read from a file whose header was checked."""
        self._file, self._header = file, header
        self._plain = True

    @property
    def exact(self) -> bool:
        """Whether, once all was read, there was nothing in the file but one plain stream of the values."""
        return self._plain

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes of the values, so many as the header declares.

        Raises:
            InvalidVolume: bytes are missing, or packed data is damaged.
            VolumeTooLarge: far more bytes follow.
        """
        skip, left = self._header.skip, self._header.total_bytes
        for piece in self._unpacked():
            values = piece[skip:]
            skip = max(0, skip - len(piece))
            if left > 0 and values:
                yield values[:left]
            left -= len(values)
            self._check_surplus(-left)
        if left > 0:
            held = self._header.total_bytes - left
            raise cut_short(f"{held} of the {self._header.total_bytes} bytes that the header declares")

    def _check_surplus(self, surplus: int) -> None:
        self._plain = self._plain and surplus <= 0
        if surplus > _SLACK:
            raise VolumeTooLarge(
                f"more than the {self._header.total_bytes} bytes that the header declares",
                "files that hold what their header says",
                "Save the scan again.",
            )

    def _unpacked(self) -> Iterator[bytes]:
        self._file.seek(self._header.offset)
        return self._bare() if self._header.encoding == "raw" else self._inflated(_WBITS[self._header.encoding])

    def _bare(self) -> Iterator[bytes]:
        surplus = os.fstat(self._file.fileno()).st_size - self._header.offset - self._header.total_bytes
        self._check_surplus(surplus)
        left = self._header.total_bytes
        while left > 0 and (piece := self._file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece

    def _inflated(self, wbits: int) -> Iterator[bytes]:
        """Unpack every member of a gzip file, or the one stream of a zlib one; what follows is not looked at."""
        data = self._file.read(PIECE)
        self._plain = data.startswith(_PLAIN_GZIP)
        while True:
            inflater = zlib.decompressobj(wbits)
            while not inflater.eof:
                piece, data = self._step(inflater, data)
                yield piece
            data = inflater.unused_data + self._file.read(PIECE)
            self._plain = self._plain and not data
            if not data.startswith(GZIP_MAGIC):
                return

    def _step(self, inflater: Any, data: bytes) -> tuple[bytes, bytes]:
        data = data or self._file.read(PIECE)
        try:
            piece: bytes = inflater.decompress(data, PIECE)
        except zlib.error as error:
            raise damaged() from error
        if not data and not piece and not inflater.eof:
            raise cut_short("its compressed data ends too early")
        return piece, inflater.unconsumed_tail


def cut_short(received: str) -> InvalidVolume:
    """Make the error for a file of which a part is missing."""
    return unusable(f"a file that is cut short: {received}", "Copy or export it again.", "whole files")


def arrays(payload: Payload, header: Header) -> Iterator[NDArray[Any]]:
    """Yield the values in the order of the file, as one-dimensional arrays of numbers that are what they mean."""
    rest = b""
    for piece in payload:
        piece = rest + piece
        whole = len(piece) - len(piece) % header.dtype.itemsize
        rest = piece[whole:]
        values = np.frombuffer(piece[:whole], header.dtype)
        yield values * header.slope + header.intercept if header.scaled else values
