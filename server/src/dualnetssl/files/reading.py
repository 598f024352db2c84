"""Files of voxels read whole: their values as they are meant, where they lie, and what was noticed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from dualnetssl.files.formats import opened, read_header
from dualnetssl.files.grid import Array, Grid
from dualnetssl.files.header import Header, check_header, noticed_of
from dualnetssl.files.payload import Payload, arrays
from dualnetssl.files.segments import is_segmentation

_BYTES_EACH = 16
"""What reading a scan takes of memory for each voxel: those of the file, turned, and as float32."""


def most_voxels(memory_bytes: int | None) -> int:
    """Return how many voxels a file may have on a computer: 2^29, or more where its memory holds more.

    Args:
        memory_bytes: that the computer has, None if it does not tell.

    Example:
        >>> most_voxels(None) == most_voxels(4 << 30) == 1 << 29, most_voxels(32 << 30) == 1 << 31
        (True, True)
    """
    return max(1 << 29, (memory_bytes or 0) // _BYTES_EACH)


def memory_of_this_computer() -> int | None:
    """Return the bytes of memory, None where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None


MAX_VOXELS = most_voxels(memory_of_this_computer())
"""Default cap of files that a person names; a server has its own."""

MAX_CHANNELS = 8
"""Most values per voxel of a scan, where several are taken."""


@dataclass(frozen=True)
class Volume:
    """What a file holds.

    Attributes:
        values: ``[c, k, j, i]``, of the type that the file has, scaling applied.
        grid: where they lie.
        header: what the file declares.
        noticed: sentences on what the file leaves open, and what was taken.
    """

    values: Array
    grid: Grid
    header: Header
    noticed: tuple[str, ...]


def read_volume(path: Path, max_voxels: int = MAX_VOXELS, max_channels: int = 1, label: bool = False) -> Volume:
    """Read a file of any format that is accepted; see `check_header` for the limits.

    Args:
        path: of the file.
        max_voxels: largest number of values to accept.
        max_channels: most values of a voxel to accept.
        label: whether it may be a segmentation: of several layers, cropped to its segments, or empty.

    Raises:
        InvalidVolume: not a usable volume, or cut short.
        VolumeTooLarge: over the cap.
    """
    with opened_with_header(path) as (file, header):
        layered = label and is_segmentation(header.fields)
        grid = check_header(header, max_voxels, max_channels, layered)
        values = _collected(file, header)
    return Volume(_shaped(values, header), grid, header, noticed_of(header, grid))


@contextmanager
def opened_with_header(path: Path) -> Iterator[tuple[IO[bytes], Header]]:
    """Open a file, and lend the one in which its voxels lie, with its header.

    Raises:
        InvalidVolume: it cannot be read, or is no volume.
    """
    with opened(path) as file, ExitStack() as stack:
        beside = _beside(path)
        voxels = stack.enter_context(opened(beside)) if beside else None
        header = read_header(file, voxels, more=True)
        yield (voxels if header.elsewhere and voxels else file), header


def label_grid(path: Path) -> Grid:
    """Return where the voxels of a label or a segmentation lie, by its header.

    Raises:
        InvalidVolume: it cannot be read, or is no volume.
    """
    with opened_with_header(path) as (_, header):
        return check_header(header, MAX_VOXELS, 1, is_segmentation(header.fields))


def _beside(path: Path) -> Path | None:
    """Return the file in which the voxels of a NIfTI pair lie, if there is one."""
    if path.suffix.lower() != ".hdr":
        return None
    names = (path.with_suffix(ending) for ending in (".img", ".IMG", ".img.gz"))
    return next((name for name in names if name.is_file()), None)


def _shaped(values: Array, header: Header) -> Array:
    shape = header.size[2::-1]
    if header.interleaved:
        return np.moveaxis(values.reshape(*shape, header.channels), -1, 0)
    return values.reshape(-1, *shape)


def _collected(file: IO[bytes], header: Header) -> Array:
    """Join the pieces of a file in place, so that no second copy is ever in memory."""
    kind = np.dtype(np.float64) if header.scaled else header.dtype.newbyteorder("=")
    values, at = np.empty(header.voxels, kind), 0
    for piece in arrays(Payload(file, header), header):
        values[at : at + piece.size] = piece
        at += piece.size
    return values
