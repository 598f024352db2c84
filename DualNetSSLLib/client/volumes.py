"""Volumes made ready for the server: voxels and geometry as NRRD, and nothing that names the patient."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from .errors import UnusableVolume
from .files import PIECE, local_error, local_file
from .records import Geometry

Volume = sitk.Image | Path | str
"""A SimpleITK image, or the path of a NIfTI, NRRD or MHA file."""

SUFFIXES = (".nrrd", ".nii", ".nii.gz", ".mha")


MOST_CHANNELS = 8
"""Most values of a voxel of a scan."""


def volume_from_array(voxels: npt.NDArray[Any], geometry: Geometry) -> sitk.Image:
    """Put voxels ``[k, j, i]``, or ``[c, k, j, i]`` of several channels, on a grid.

    Raises:
        UnusableVolume: the array has not the size of the grid.
    """
    if voxels.shape[-3:] != geometry.size[::-1] or voxels.ndim not in (3, 4):
        raise UnusableVolume(
            f"An array of shape {voxels.shape} [k, j, i] was given for a grid of {geometry.size} [i, j, k].",
            "Take both from the same volume.",
        )
    several = voxels.ndim == 4
    image = sitk.GetImageFromArray(np.moveaxis(voxels, 0, -1) if several else voxels, isVector=several)
    image.SetSpacing(geometry.spacing)
    image.SetOrigin(geometry.origin)
    image.SetDirection(geometry.direction)
    return image


def channels_of(image: sitk.Image) -> npt.NDArray[Any]:
    """Return a view of the voxels ``[c, k, j, i]`` of an image, which must live as long."""
    view: npt.NDArray[Any] = sitk.GetArrayViewFromImage(image)
    return view[None] if view.ndim == 3 else np.moveaxis(view, -1, 0)


def geometry_of(image: sitk.Image) -> Geometry:
    """Return the grid of an image."""
    return Geometry(
        size=image.GetSize(),
        spacing=image.GetSpacing(),
        origin=image.GetOrigin(),
        direction=image.GetDirection(),
    )


def image_for_upload(volume: Volume, target: Path) -> Path:
    """Write a scan as NRRD with voxels and geometry only; the same voxels give the same bytes.

    Raises:
        UnusableVolume: it is not 3-D with 1 to 8 values per voxel, or the file is damaged or of another format.
        LocalFileError: a file cannot be read or written.
    """
    return _write(_load(volume, MOST_CHANNELS), target)


def label_for_upload(volume: Volume, target: Path) -> Path:
    """Write a label volume or mask as `image_for_upload` does, its whole-numbered values in one byte each.

    Raises:
        UnusableVolume: as there; or a value is no whole number from 0 to 255.
    """
    image = _load(volume)
    voxels = sitk.GetArrayViewFromImage(image)
    if not ((voxels >= 0) & (voxels <= 255) & (np.mod(voxels, 1) == 0)).all():
        raise UnusableVolume(
            f"A label volume with values from {voxels.min():g} to {voxels.max():g} was given.",
            "Labels are whole numbers from 0 to 255; check that this is no scan or probability map.",
        )
    return _write(sitk.Cast(image, sitk.sitkUInt8), target)


def _write(image: sitk.Image, target: Path) -> Path:
    """Write a copy that has lost all metadata; compressed lightly, as the disk is faster than packing is."""
    voxels = channels_of(image)
    clean = volume_from_array(voxels if len(voxels) > 1 else voxels[0], geometry_of(image))
    with local_file(target):
        target.touch()
    sitk.WriteImage(clean, str(target), useCompression=True, compressionLevel=1)
    return target


def _load(volume: Volume, most: int = 1) -> sitk.Image:
    image = volume if isinstance(volume, sitk.Image) else read_volume(Path(volume))
    colours = image.GetNumberOfComponentsPerPixel() in (3, 4) and image.GetPixelID() == sitk.sitkVectorUInt8
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() > most or colours:
        values = image.GetNumberOfComponentsPerPixel()
        raise UnusableVolume(
            f"A {image.GetDimension()}-D volume with {values} values per voxel was given.",
            "Volumes must be 3-D with one value per voxel, scans with 1 to 8 (no colours); choose one time point.",
        )
    return image


def read_volume(path: Path) -> sitk.Image:
    """Read a NIfTI, NRRD or MHA file.

    Raises:
        UnusableVolume: the file is damaged, or of another format.
        LocalFileError: the file cannot be read.
    """
    if not path.name.lower().endswith(SUFFIXES):
        raise UnusableVolume(
            f"{path.name} is of a format that is not read here.",
            f"Use one of {', '.join(SUFFIXES)}; load DICOM in 3D Slicer, which sends voxels and geometry only.",
        )
    if path.name.lower().endswith((".nii", ".nii.gz")):
        _check_nifti_is_whole(path)
    with local_file(path):
        path.open("rb").close()
    try:
        return sitk.ReadImage(str(path))
    except RuntimeError as error:
        raise _damaged(path) from error


def _check_nifti_is_whole(path: Path) -> None:
    """Compare the bytes of a NIfTI file with its header, as SimpleITK fills missing voxels with 0 silently."""
    try:
        held, declared = _nifti_bytes(path)
    except (EOFError, zlib.error, gzip.BadGzipFile, struct.error) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise local_error(path, error) from error
    if held < declared:
        raise _damaged(path)


def _nifti_bytes(path: Path) -> tuple[int, int]:
    """Return the bytes that a NIfTI-1 file holds, unpacked, and those that its header declares."""
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    with opener(path, "rb") as file:
        header = file.read(352)
        order = "<" if header[:4] == struct.pack("<i", 348) else ">"
        count, *sizes = struct.unpack_from(f"{order}8h", header, 40)
        (bits,) = struct.unpack_from(f"{order}h", header, 72)
        (offset,) = struct.unpack_from(f"{order}f", header, 108)
        held = len(header)
        while piece := file.read(PIECE):
            held += len(piece)
    return held, int(offset) + math.prod(sizes[:count]) * bits // 8


def _damaged(path: Path) -> UnusableVolume:
    return UnusableVolume(f"{path.name} is damaged or incomplete.", "Copy or export it again.")
