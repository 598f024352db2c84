"""Volumes as the server's records have them: probe, read, compare, reorient, resample, write."""

from dualnetssl.files.reading import MAX_CHANNELS, MAX_VOXELS
from dualnetssl.volumes.geometry import (
    canonical_geometry,
    check_same_geometry,
    from_canonical,
    geometry_of,
    places_from_canonical,
    same_geometry,
    to_canonical,
)
from dualnetssl.volumes.probe import VolumeInfo, probe, segment_fields
from dualnetssl.volumes.read import (
    Image,
    check_channels,
    check_label_values,
    check_values,
    read_channels,
    read_image,
    read_label,
    read_label_onto,
)
from dualnetssl.volumes.resample import resample, resample_to
from dualnetssl.volumes.write import write_channels, write_nifti, write_segmentation, write_volume

__all__ = [
    "MAX_CHANNELS",
    "MAX_VOXELS",
    "Image",
    "VolumeInfo",
    "canonical_geometry",
    "check_channels",
    "check_label_values",
    "check_same_geometry",
    "check_values",
    "from_canonical",
    "geometry_of",
    "places_from_canonical",
    "probe",
    "read_channels",
    "read_image",
    "read_label",
    "read_label_onto",
    "resample",
    "resample_to",
    "same_geometry",
    "segment_fields",
    "to_canonical",
    "write_channels",
    "write_nifti",
    "write_segmentation",
    "write_volume",
]
