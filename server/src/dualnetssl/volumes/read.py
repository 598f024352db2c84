"""Read images and labels whole, or refuse them with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.errors import InvalidLabelValue, InvalidVolume
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.volumes.formats import opened, read_header
from dualnetssl.volumes.header import Header, check_header
from dualnetssl.volumes.payload import Payload, arrays
from dualnetssl.volumes.probe import MAX_CHANNELS, MAX_VOXELS


def read_image(path: Path, max_voxels: int = MAX_VOXELS) -> tuple[NDArray[np.float32], Geometry]:
    """Read a scan of one channel, or a map.

    Returns:
        voxels ``[k, j, i]`` as float32, all finite, and their grid.

    Raises:
        InvalidVolume: not a usable volume, cut short, or some voxels are not finite.
        VolumeTooLarge: over the cap.
    """
    array, geometry = _read(Path(path), max_voxels)
    return _finite(array[0]), geometry


def read_channels(
    path: Path, max_voxels: int = MAX_VOXELS, max_channels: int = MAX_CHANNELS
) -> tuple[NDArray[np.float32], Geometry]:
    """Read a scan that may have several channels.

    Returns:
        voxels ``[c, k, j, i]`` as float32, all finite, and their grid.

    Raises:
        InvalidVolume: not a usable volume, cut short, or some voxels are not finite.
        VolumeTooLarge: over the cap.
    """
    array, geometry = _read(Path(path), max_voxels, max_channels)
    return _finite(array), geometry


def _finite(array: NDArray[Any]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        image = array.astype(np.float32, copy=False)
    wrong = image.size - int(np.isfinite(image).sum())
    if wrong:
        raise InvalidVolume(
            f"{wrong} of {image.size} voxels that are not finite (NaN or infinite)",
            "finite numbers in every voxel",
            "Replace them, for instance with the value of air, and save the scan again.",
        )
    return image


def read_label(path: Path, max_voxels: int = MAX_VOXELS) -> tuple[NDArray[np.uint8], Geometry]:
    """Read a label or a mask; real numbers are accepted if they are whole.

    Returns:
        voxels ``[k, j, i]`` as uint8, and their grid.

    Raises:
        InvalidVolume: not a usable volume, or cut short.
        InvalidLabelValue: values that are not whole numbers of 0 to 255.
    """
    channels, geometry = _read(Path(path), max_voxels)
    array = channels[0]
    if array.dtype == np.uint8:
        return array, geometry
    wrong = ~((array >= 0) & (array <= 255))
    if array.dtype.kind == "f":
        wrong |= array != np.floor(array)
    if wrong.any():
        raise InvalidLabelValue(
            f"{int(wrong.sum())} voxels such as {float(array[wrong].flat[0]):g}",
            "whole numbers from 0 to 255",
            "Save the segmentation as a label map.",
        )
    return array.astype(np.uint8), geometry


def check_channels(found: int, wanted: int) -> None:
    """Refuse a scan with more or fewer channels than it should have.

    Raises:
        InvalidVolume: naming both numbers.
    """
    if found != wanted:
        raise InvalidVolume(
            f"a scan of {found} channel{'s' * (found != 1)}",
            f"{wanted} channel{'s' * (wanted != 1)} as in the other scans, or in those the model was trained on",
            "Save the scan with the same channels in the same order, or leave it out.",
        )


def check_values(array: NDArray[np.uint8], allowed: Collection[int]) -> None:
    """Refuse values that are not in ``allowed``.

    Raises:
        InvalidLabelValue: naming the values that are too many.
    """
    counts = np.bincount(array.ravel(), minlength=256)
    unknown = [value for value in np.flatnonzero(counts).tolist() if value not in allowed]
    if unknown:
        raise InvalidLabelValue(
            f"the values {', '.join(map(str, unknown))} ({int(counts[unknown].sum())} voxels)",
            ", ".join(map(str, sorted(allowed))),
            "Give these voxels a value of the label set, or add the label to the set.",
        )


def check_label_values(array: NDArray[np.uint8], labels: Iterable[LabelDefinition]) -> None:
    """Refuse a label volume with values other than background (0) and those of the label set.

    Raises:
        InvalidLabelValue: naming the values that are too many.
    """
    check_values(array, {0, *(label.value for label in labels)})


def _read(path: Path, max_voxels: int, max_channels: int = 1) -> tuple[NDArray[Any], Geometry]:
    with opened(path) as file:
        header = read_header(file)
        geometry = check_header(header, max_voxels, max_channels)
        values = _collected(file, header)
    shape = geometry.size[::-1]
    if header.interleaved:
        return np.moveaxis(values.reshape(*shape, header.channels), -1, 0), geometry
    return values.reshape(-1, *shape), geometry


def _collected(file: IO[bytes], header: Header) -> NDArray[Any]:
    """Join the pieces of a file in place, so that no second copy is ever in memory."""
    kind = np.dtype(np.float64) if header.scaled else header.dtype.newbyteorder("=")
    values, at = np.empty(header.voxels, kind), 0
    for piece in arrays(Payload(file, header), header):
        values[at : at + piece.size] = piece
        at += piece.size
    return values
