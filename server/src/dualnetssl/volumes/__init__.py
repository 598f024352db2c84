"""Volumes on disk and on their voxel grids: probe, read, compare, reorient, resample, write; no library opens one."""

from dualnetssl.volumes.geometry import (
    canonical_geometry,
    check_same_geometry,
    from_canonical,
    places_from_canonical,
    same_geometry,
    to_canonical,
)
from dualnetssl.volumes.probe import MAX_CHANNELS, MAX_VOXELS, VolumeInfo, probe, segment_fields
from dualnetssl.volumes.read import (
    check_channels,
    check_label_values,
    check_values,
    read_channels,
    read_image,
    read_label,
)
from dualnetssl.volumes.resample import resample, resample_to
from dualnetssl.volumes.write import write_segmentation, write_volume

__all__ = [
    "MAX_CHANNELS",
    "MAX_VOXELS",
    "VolumeInfo",
    "canonical_geometry",
    "check_channels",
    "check_label_values",
    "check_same_geometry",
    "check_values",
    "from_canonical",
    "places_from_canonical",
    "probe",
    "read_channels",
    "read_image",
    "read_label",
    "resample",
    "resample_to",
    "same_geometry",
    "segment_fields",
    "to_canonical",
    "write_segmentation",
    "write_volume",
]
