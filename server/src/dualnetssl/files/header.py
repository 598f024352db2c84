"""What the header of any volume file says, in one form, and the limits of what is believed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from dualnetssl.contract.errors import InvalidVolume, VolumeTooLarge
from dualnetssl.files.grid import NEAR, SAME, Grid, Vector, apart, straightened

Format = Literal["NIfTI", "NRRD", "MetaImage", "MGH"]
Encoding = Literal["raw", "gzip", "zlib"]

ACCEPTED = "3-D scans in NIfTI (.nii, .nii.gz), NRRD (.nrrd) or MetaImage (.mha)"
HEADER_BYTES = 1 << 18
"""Longest header of text: room for a segmentation of 255 segments with their terminology."""
SPACING_MM = (1e-3, 1e3)
"""Smallest and largest distance of two voxels that is believed: 1 µm and 1 m."""
ORIGIN_MM = 1e4
"""Farthest place of the first voxel that is believed, along each axis: 10 m, more than the room of any scanner.

Up to there, float32, in which NIfTI keeps places, tells apart what is 0.001 mm apart.
"""

_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,4})?", re.ASCII)
_RESAVE = "Load the scan in 3D Slicer and save it again as NRRD."


def unusable(received: str, remedy: str = _RESAVE, allowed: str = ACCEPTED) -> InvalidVolume:
    """Make the error for a file that is no usable volume."""
    return InvalidVolume(received, allowed, remedy)


@dataclass(frozen=True)
class Header:
    """What a header declares, whatever the format; nothing of it is checked against limits yet.

    Attributes:
        format: of the file.
        size: voxels along i, j, k, or along as many axes as the file has.
        channels: values of a voxel.
        interleaved: whether the values of a voxel lie side by side in the file, and not volume after volume.
        dtype: of one value as it lies in the file, its byte order included.
        encoding: of the values.
        offset: byte of the file at which they, or what is packed, begin.
        skip: bytes before them once unpacked.
        steps: from a voxel to the next along i, j, k, mm, LPS.
        origin: place of the first voxel, mm, LPS.
        slope: factor of the values.
        intercept: added to the values then.
        fields: what the file says of segments, which only a segmentation may keep; nothing else of its free text.
        noticed: sentences on what the header leaves open, and what was taken.
        elsewhere: whether the values lie in a file beside, as those of a pair of ``.hdr`` and ``.img`` do.
    """

    format: Format
    size: tuple[int, ...]
    dtype: np.dtype[Any]
    encoding: Encoding
    offset: int
    steps: tuple[Vector, ...]
    origin: Vector
    channels: int = 1
    interleaved: bool = False
    skip: int = 0
    slope: float = 1.0
    intercept: float = 0.0
    fields: Mapping[str, str] = field(default_factory=dict)
    noticed: tuple[str, ...] = ()
    elsewhere: bool = False

    @property
    def series(self) -> int:
        """Volumes of a fourth axis; 1 where there is none."""
        return self.size[3] if len(self.size) == 4 else 1

    @property
    def voxels(self) -> int:
        """Values of the file."""
        return math.prod(self.size) * self.channels

    @property
    def total_bytes(self) -> int:
        """Bytes of the values, unpacked."""
        return self.voxels * self.dtype.itemsize

    @property
    def scaled(self) -> bool:
        """Whether the values in the file are not yet those that are meant."""
        return (self.slope, self.intercept) != (1.0, 0.0)


def check_header(header: Header, max_voxels: int, max_channels: int, layered: bool = False) -> Grid:
    """Refuse what cannot be used, before anything is unpacked; return the grid.

    Args:
        header: what the file declares.
        max_voxels: largest number of values to accept.
        max_channels: most values of a voxel to accept.
        layered: whether it is a segmentation: its layers are no colours, and a cropped one may be a voxel thin.

    Raises:
        InvalidVolume: no 3-D volume of few enough channels, colours, or a grid that cannot be.
        VolumeTooLarge: more than ``max_voxels``, those of each channel counted.
    """
    shape = "x".join(map(str, header.size))
    if len(header.size) not in (3, 4):
        raise unusable(f"a {len(header.size)}-D image of {shape}", "Export the series as one volume.")
    if min(header.size[:3]) < (1 if layered else 2):
        raise unusable(f"a single slice ({shape})", "Export the whole series as one volume.")
    if not layered:
        _check_channels(header, max_channels)
    if header.voxels > max_voxels:
        counted = shape if header.channels == 1 else f"{shape}x{header.channels}"
        raise VolumeTooLarge(
            f"a header that declares {counted} = {header.voxels} voxels",
            f"at most {max_voxels} voxels",
            "Crop or resample the scan, or use a computer with more memory, which takes 16 bytes a voxel; a server's "
            "cap is raised with serve --max-voxels.",
        )
    return _grid(header)


def _check_channels(header: Header, most: int) -> None:
    series, components = header.series, header.channels
    if header.interleaved and components in (3, 4) and header.dtype.itemsize == 1:
        received, allowed = f"{components} values per voxel, as in colour images", "intensities, not colours"
        raise unusable(received, "Save one channel as a scalar volume.", allowed)
    if series * components <= most and 1 in (series, components):
        return
    received = f"{components} values per voxel"
    if series > 1:
        received = f"a series of {series} volumes ({'x'.join(map(str, header.size))})"
    if most == 1:
        raise unusable(
            received,
            "Save the one volume that is meant; layers of 0 and 1 for each class make a label map by numpy's argmax.",
            "one value per voxel",
        )
    raise unusable(received, "Save the channels to be segmented by.", f"scans of 1 to {most} channels")


def _grid(header: Header) -> Grid:
    spacing = tuple(math.hypot(*step) for step in header.steps)
    low, high = SPACING_MM
    if not all(map(math.isfinite, (*header.origin, *spacing))):
        raise unusable("a header whose spacing, directions or origin are no finite numbers", allowed="finite numbers")
    if not all(low <= distance <= high for distance in spacing):
        raise unusable(
            f"the spacing {spacing} mm", "Correct the header.", f"spacing from {low:g} to {high:g} mm along each axis"
        )
    if max(map(abs, header.origin)) > ORIGIN_MM:
        raise unusable(
            f"the origin {header.origin} mm",
            "Correct the header.",
            f"an origin of -{ORIGIN_MM:g} to {ORIGIN_MM:g} mm along each axis",
        )
    size = (header.size[0], header.size[1], header.size[2])
    steps, origin = np.array(header.steps).T, np.array(header.origin)
    straight, place = straightened(steps, origin, size)
    if (moved := apart(straight, place, steps, origin, size)) >= NEAR:
        raise sheared(moved)
    (placed,) = triples(place.tolist())
    distances = (spacing[0], spacing[1], spacing[2])
    return Grid(size, distances, placed, tuple((straight / np.array(spacing)).ravel().tolist()))


def sheared(moved: float) -> InvalidVolume:
    """Make the error for axes that are not at right angles: as a gantry that was tilted leaves them."""
    return unusable(
        f"a volume with sheared axes: the nearest regular grid puts voxels {moved:.1f} voxels elsewhere",
        "Export the series again by a program that corrects the tilt of the gantry, such as 3D Slicer "
        "('Acquisition geometry regularization' in the DICOM module) or dcm2niix.",
        f"axes at right angles, to {NEAR:g} voxels at the corners",
    )


def noticed_of(header: Header, grid: Grid) -> tuple[str, ...]:
    """Return sentences on what was noticed in a header that can be used."""
    straight = np.reshape(grid.direction, (3, 3)) * np.array(grid.spacing)
    moved = apart(straight, np.array(grid.origin), np.array(header.steps).T, np.array(header.origin), grid.size)
    if moved <= SAME:
        return header.noticed
    return (*header.noticed, f"its axes are sheared a little; the nearest right angles move it by {moved:.2f} voxels")


# words that the headers of text have in common


def text_lines(data: bytes) -> list[tuple[str, int]]:
    """Split the beginning of a file into lines, each with the byte after it.

    Raises:
        InvalidVolume: a control character, which could hide a line from one reader and show it to another.
    """
    lines, place = [], 0
    while (end := data.find(b"\n", place)) >= 0:
        line = data[place:end].removesuffix(b"\r")
        if any((byte < 32 and byte != 9) or byte == 127 for byte in line):
            break
        lines.append((_decoded(line), end + 1))
        place = end + 1
    return lines


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def numbers(text: str, count: int, name: str) -> tuple[float, ...]:
    """Read ``count`` finite numbers.

    Raises:
        InvalidVolume: others.

    Example:
        >>> numbers("1 -0.5 2e3", 3, "spacing")
        (1.0, -0.5, 2000.0)
    """
    words = text.replace(",", " ").split()
    if len(words) != count or not all(map(_NUMBER.fullmatch, words)):
        raise odd_field(name, f"{count} finite numbers")
    return tuple(map(float, words))


def whole_numbers(text: str, name: str) -> tuple[int, ...]:
    """Read a few whole numbers above 0.

    Raises:
        InvalidVolume: others.
    """
    words = text.split()
    if not 1 <= len(words) <= 8 or not all(re.fullmatch(r"0{0,9}[1-9][0-9]{0,8}", word) for word in words):
        raise odd_field(name, "whole numbers from 1 on")
    return tuple(map(int, words))


def word_of(text: str, words: Mapping[str, Any], name: str) -> Any:
    """Look a word up, ignoring case.

    Raises:
        InvalidVolume: an unknown one.
    """
    found = words.get(" ".join(text.lower().split()))
    if found is None:
        raise odd_field(name, "one of " + ", ".join(words))
    return found


def odd_field(name: str, allowed: str) -> InvalidVolume:
    """Make the error for a field whose value makes no sense."""
    return unusable(f"a header whose field '{name}' makes no sense", allowed=f"{name}: {allowed}")


def required(fields: Mapping[str, str], name: str) -> str:
    """Return a field that must be there.

    Raises:
        InvalidVolume: it is not.
    """
    if name not in fields:
        raise unusable(f"a header without the field '{name}': it cannot be read")
    return fields[name]


def refuse_field(name: str, elsewhere: Callable[[str], bool], taken: Collection[str] = ()) -> InvalidVolume:
    """Make the error for a field that is not on the list, or is there twice.

    A name is said only if it is one of the format's own: any other may hold a patient's.
    """
    if elsewhere(name):
        return unusable("a header whose voxels lie in another file, or not at its end", "Save the volume as one file.")
    what = (
        "a field of its own making that is not taken, or is there twice"
        if name not in taken
        else f"the field '{name}' twice"
    )
    return unusable(f"a header with {what}", allowed=f"each once: {', '.join(sorted(taken))}")


def without_end(data: bytes, what: str) -> InvalidVolume:
    """Make the error for a header of text that does not end as it must."""
    lines = text_lines(data)
    rest, cut, _ = data[lines[-1][1] if lines else 0 :].partition(b"\n")
    if cut or b"\0" in rest:
        return unusable(f"{what} with control characters: it cannot be read")
    return unusable(f"{what} without an end in its first {HEADER_BYTES} bytes: it cannot be read")


def triples(values: Sequence[float]) -> tuple[Vector, ...]:
    """Cut a sequence into threes."""
    return tuple((values[at], values[at + 1], values[at + 2]) for at in range(0, len(values), 3))
