"""Read images and labels whole, or refuse them with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.errors import InvalidLabelValue, InvalidVolume
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.files.filling import filled
from dualnetssl.files.labelling import by_value
from dualnetssl.files.placing import onto
from dualnetssl.files.reading import MAX_CHANNELS, MAX_VOXELS, read_volume
from dualnetssl.volumes.counting import count_values
from dualnetssl.volumes.geometry import geometry_of

Image = NDArray[np.float32]


def read_image(path: Path, max_voxels: int = MAX_VOXELS) -> tuple[NDArray[np.float32], Geometry]:
    """Read a map, or a scan of one channel of which every voxel is told.

    Returns:
        voxels ``[k, j, i]`` as float32, all finite, and their grid.

    Raises:
        InvalidVolume: not a usable volume, cut short, or some voxels are not finite.
        VolumeTooLarge: over the cap.
    """
    array, geometry = _read(Path(path), max_voxels)
    return finite(array[0]), geometry


def read_channels(
    path: Path, max_voxels: int = MAX_VOXELS, max_channels: int = MAX_CHANNELS
) -> tuple[NDArray[np.float32], Geometry]:
    """Read a scan that may have several channels; voxels that are no finite numbers are filled, see `filled`.

    Returns:
        voxels ``[c, k, j, i]`` as float32, all finite, and their grid.

    Raises:
        InvalidVolume: not a usable volume, cut short, or no voxel is finite.
        VolumeTooLarge: over the cap.
    """
    array, geometry = _read(Path(path), max_voxels, max_channels)
    return filled(in_four_bytes(array))[0], geometry


def finite(array: NDArray[Any]) -> Image:
    """Return an array as float32.

    Raises:
        InvalidVolume: some voxels are not finite.
    """
    image = in_four_bytes(array)
    wrong = image.size - int(np.isfinite(image).sum())
    if wrong:
        raise InvalidVolume(
            f"{wrong} of {image.size} voxels that are not finite (NaN or infinite)",
            "finite numbers in every voxel",
            "Replace them, for instance with the value of air, and save the scan again.",
        )
    return image


def in_four_bytes(array: NDArray[Any]) -> Image:
    """Return an array as float32; numbers beyond it are infinite."""
    with np.errstate(over="ignore"):
        return array.astype(np.float32, copy=False)


def read_label(path: Path, max_voxels: int = MAX_VOXELS) -> tuple[NDArray[np.uint8], Geometry]:
    """Read a label or a mask; real numbers are accepted if they are whole but for rounding.

    Returns:
        voxels ``[k, j, i]`` as uint8, and their grid.

    Raises:
        InvalidVolume: not a usable volume, or cut short.
        InvalidLabelValue: values that are not whole numbers of 0 to 255.
    """
    channels, geometry = _read(Path(path), max_voxels)
    return by_value(channels[0])[0], geometry


def read_label_onto(path: Path, scan: Geometry) -> NDArray[np.uint8]:
    """Read a label or a mask voxel for voxel as its scan lies, ``[k, j, i]``.

    Never by its own header alone: where axes run 45 degrees between two others, what a format rounds away decides
    which is the closest, and a label that is turned by itself would be turned otherwise than its scan.

    Raises:
        InvalidVolume: not a usable volume, or cut short.
        InvalidLabelValue: values that are not whole numbers of 0 to 255.
        GeometryMismatch: it does not lie on the scan.
    """
    label, own = read_label(path)
    return onto(label, own, scan)[0]


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
    counts = count_values(array)
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
    volume = read_volume(path, max_voxels, max_channels)
    return volume.values, geometry_of(volume.grid)
