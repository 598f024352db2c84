"""Look at a volume's header before a single voxel is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from dualnetssl_server.errors import InvalidVolume, VolumeTooLarge
from dualnetssl_server.schema import Geometry
from dualnetssl_server.volumes.formats import Format, nifti_header, sniff, unusable

MAX_VOXELS = 1 << 29
"""Default cap: 2^29 voxels, 2 GiB as float32."""

MAX_CHANNELS = 8
"""Most values per voxel of a scan, where several are taken."""

_BYTES = {"Int8": 1, "Int16": 2, "Int32": 4, "Int64": 8, "Float32": 4, "Float64": 8}
_BYTES |= {f"U{name}": size for name, size in _BYTES.items() if name.startswith("Int")}
_BYTES_PER_COMPONENT = {getattr(sitk, f"sitk{form}{name}"): _BYTES[name] for form in ("", "Vector") for name in _BYTES}


@dataclass(frozen=True)
class VolumeInfo:
    """What a header declares of a volume.

    Attributes:
        geometry: the voxel grid.
        pixel: SimpleITK's name of the voxel type, such as "16-bit signed integer".
        channels: values per voxel.
        declared_bytes: size of the voxels in memory.
        format: the SimpleITK reader that opens the file.
    """

    geometry: Geometry
    pixel: str
    channels: int
    declared_bytes: int
    format: Format


def probe(path: Path, max_voxels: int = MAX_VOXELS, max_channels: int = 1) -> VolumeInfo:
    """Read the header of a volume and refuse what cannot be used.

    Channels are the values of a voxel, or the volumes of a fourth axis.

    Args:
        path: a NIfTI, NRRD or MetaImage file; the format is told from its content.
        max_voxels: largest number of voxels to accept, those of each channel counted.
        max_channels: most channels to accept.

    Raises:
        InvalidVolume: no 3-D volume, too many channels, colours, or not readable at all.
        VolumeTooLarge: the header declares more than ``max_voxels``.
    """
    path = Path(path)
    image_io = sniff(path)
    if image_io == "NiftiImageIO":
        _check_size(nifti_header(path).dims, max_voxels)
    reader = open_reader(path, image_io)
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        raise unreadable(error) from error
    size = _three(tuple(reader.GetSize()))
    _check_pixel(reader.GetPixelID(), reader.GetNumberOfComponents())
    channels = _count_channels(tuple(reader.GetSize()), reader.GetNumberOfComponents(), max_channels)
    _check_size(size if channels == 1 else (*size, channels), max_voxels)
    return VolumeInfo(
        geometry=_geometry(reader, size),
        pixel=sitk.GetPixelIDValueAsString(reader.GetPixelID()),
        channels=channels,
        declared_bytes=math.prod(size) * channels * _BYTES_PER_COMPONENT[reader.GetPixelID()],
        format=image_io,
    )


def open_reader(path: Path, image_io: Format) -> sitk.ImageFileReader:
    """Make a reader bound to one format, so that no other parser ever sees the file."""
    reader = sitk.ImageFileReader()
    reader.SetImageIO(image_io)
    reader.SetFileName(str(path))
    return reader


def unreadable(error: RuntimeError) -> InvalidVolume:
    """Translate what ITK says of a file, without the path that it mentions."""
    if "orthonormal" in str(error):
        return _sheared()
    return unusable(
        "a file that cannot be read to its end: it is damaged or cut short", "Copy or export it again.", "whole files"
    )


def _three(size: tuple[int, ...]) -> tuple[int, int, int]:
    shape = "x".join(map(str, size))
    if len(size) not in (3, 4):
        raise unusable(f"a {len(size)}-D image of {shape}", "Export the series as one volume.")
    if min(size[:3]) < 2:
        raise unusable(f"a single slice ({shape})", "Export the whole series as one volume.")
    return size[0], size[1], size[2]


def _check_size(size: tuple[int, ...], max_voxels: int) -> None:
    voxels = math.prod(size)
    if voxels > max_voxels:
        raise VolumeTooLarge(
            f"a header that declares {'x'.join(map(str, size))} = {voxels} voxels",
            f"at most {max_voxels} voxels",
            "Crop or resample the scan, or raise the cap of the server.",
        )


def _check_pixel(pixel: int, components: int) -> None:
    name = sitk.GetPixelIDValueAsString(pixel)
    if "complex" in name:
        raise unusable(f"voxels of the kind {name}", "Save the magnitude as a scalar volume.")
    colour = pixel == sitk.sitkVectorUInt8 and components in (3, 4)
    if colour or pixel not in _BYTES_PER_COMPONENT:
        received, allowed = f"{components} values per voxel, as in colour images", "intensities, not colours"
        raise unusable(received, "Save one channel as a scalar volume.", allowed)


def _count_channels(size: tuple[int, ...], components: int, most: int) -> int:
    series = size[3] if len(size) == 4 else 1
    if series * components <= most and 1 in (series, components):
        return series * components
    received = f"{components} values per voxel"
    if series > 1:
        received = f"a series of {series} volumes ({'x'.join(map(str, size))})"
    if most == 1:
        raise unusable(
            received,
            "Save the one volume to be segmented. Scans of several channels are for the command line, "
            "dualnetssl-server train.",
            "one value per voxel",
        )
    raise unusable(received, "Save the channels to be segmented by.", f"scans of 1 to {most} channels")


def _geometry(reader: sitk.ImageFileReader, size: tuple[int, int, int]) -> Geometry:
    count = len(reader.GetSize())
    matrix = reader.GetDirection()
    direction = tuple(matrix[row * count + column] for row in range(3) for column in range(3))
    if min(reader.GetSpacing()[:3]) <= 0:
        raise unusable(f"the spacing {reader.GetSpacing()[:3]}", "Correct the header.", "spacing above 0 mm")
    if not np.allclose(np.reshape(direction, (3, 3)).T @ np.reshape(direction, (3, 3)), np.eye(3), atol=1e-3):
        raise _sheared()
    return Geometry(size=size, spacing=reader.GetSpacing()[:3], origin=reader.GetOrigin()[:3], direction=direction)


def _sheared() -> InvalidVolume:
    return unusable("a volume with sheared axes", "Resample it to a regular grid, for instance in 3D Slicer.")
