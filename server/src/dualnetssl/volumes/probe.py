"""Look at a volume's header before a single voxel is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.schema import Geometry
from dualnetssl.files.grid import Grid
from dualnetssl.files.header import Format, Header, check_header
from dualnetssl.files.reading import MAX_VOXELS, opened_with_header
from dualnetssl.volumes.geometry import geometry_of


@dataclass(frozen=True)
class VolumeInfo:
    """What a header declares of a volume.

    Attributes:
        geometry: the voxel grid.
        pixel: numpy's name of the voxel type, such as "int16".
        channels: values per voxel.
        declared_bytes: size of the voxels in memory.
        format: of the file.
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
    with opened_with_header(Path(path)) as (_, header):
        pass
    return info_of(header, check_header(header, max_voxels, max_channels))


def info_of(header: Header, grid: Grid) -> VolumeInfo:
    """Sum up a header that was checked."""
    return VolumeInfo(
        geometry=geometry_of(grid),
        pixel=header.dtype.name,
        channels=header.channels * header.series,
        declared_bytes=header.total_bytes,
        format=header.format,
    )


def segment_fields(path: Path) -> dict[str, str]:
    """Return what the header of a segmentation says of its segments.

    Raises:
        InvalidVolume: the header cannot be read.
    """
    with opened_with_header(Path(path)) as (_, header):
        return dict(header.fields)
