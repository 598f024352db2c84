"""Scans and labels read from files as the server and the command line read them: by the room ``dualnetssl.files``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from dualnetssl.contract.errors import ProblemError
from dualnetssl.files.classfile import class_content, named_values
from dualnetssl.files.filling import filled
from dualnetssl.files.grid import NEAR, displacement
from dualnetssl.files.labelling import NOT_VERIFIED, Classes, read_segmentation
from dualnetssl.files.names import class_called
from dualnetssl.files.pairing import Scan
from dualnetssl.files.placing import mismatch, onto
from dualnetssl.files.reading import MAX_CHANNELS, Volume, read_volume
from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.records import Geometry, LabelDefinition
from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.scans.cache import geometry_from


@dataclass(frozen=True)
class ReadLabel:
    """A label of a scan, ready to be sent.

    Attributes:
        label: values of the data set.
        verified: 1 where somebody vouches for the label; None where that is everywhere.
        noticed: sentences on what was done to the file.
    """

    label: sitk.Image
    verified: sitk.Image | None
    noticed: tuple[str, ...]


@contextmanager
def as_unusable(path: Path) -> Iterator[None]:
    """Turn what the reader refuses into an error of the library that names the file.

    Raises:
        UnusableVolume: the file cannot be used.
    """
    try:
        yield
    except ProblemError as problem:
        cause = f"{path.name}: received {problem.received}; allowed: {problem.allowed}."
        raise UnusableVolume(cause, problem.remedy) from problem


def read_scan(scan: Scan) -> tuple[sitk.Image, Geometry, tuple[str, ...]]:
    """Read a scan of one file, or of a file for each channel.

    Returns:
        The scan, its grid, and what was noticed.

    Raises:
        UnusableVolume: it cannot be used, has no voxel that is finite, or channels on different grids.
    """
    parts, noticed = [], dict[str, None]()
    for path in scan.channels:
        with as_unusable(path):
            volume = read_volume(path, max_channels=MAX_CHANNELS if len(scan.channels) == 1 else 1)
            values, told = filled(_in_few_bytes(volume.values))
            parts.append((values, volume))
            if (moved := displacement(parts[0][1].grid, volume.grid)) >= NEAR:
                raise mismatch(parts[0][1].grid, volume.grid, moved)
        noticed |= dict.fromkeys((*volume.noticed, *told))
    whole = parts[0][0] if len(parts) == 1 else np.concatenate([values for values, _ in parts])
    geometry = _geometry(parts[0][1])
    return volume_from_array(whole if len(whole) > 1 else whole[0], geometry), geometry, tuple(noticed)


def _in_few_bytes(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Return the values, those of a scaled file in four bytes, as ITK reads them."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32) if values.dtype == np.float64 else values


def _geometry(volume: Volume) -> Geometry:
    return geometry_from(asdict(volume.grid))


def read_label(scan: Scan, geometry: Geometry, labels: Sequence[LabelDefinition], classes: Path | None) -> ReadLabel:
    """Read the label of a scan onto its grid, with the values of the data set.

    Args:
        scan: that has a label, or a mask for each class.
        geometry: of the scan.
        labels: of the data set.
        classes: a file that says what values are called, if one lies with the labels.

    Raises:
        UnusableVolume: the file cannot be used, or has classes that the data set has not.
    """
    if scan.label is None:
        return _of_masks(scan, geometry, labels)
    with as_unusable(scan.label):
        found = read_segmentation(scan.label, geometry, in_files(labels, classes))
    _check_values(found.label, labels, scan.label)
    known = found.label != NOT_VERIFIED
    label = volume_from_array(np.where(known, found.label, 0).astype(np.uint8), geometry)
    verified = None if known.all() else volume_from_array(known.astype(np.uint8), geometry)
    return ReadLabel(label, verified, found.noticed)


def in_files(labels: Sequence[LabelDefinition], classes: Path | None) -> Classes:
    """Return what the data set's classes are in files: by name where a file says so and names all of them."""
    by_name = {label.name: label.value for label in labels}
    if classes is None:
        return Classes(by_name)
    try:
        content = class_content(classes)
        said = named_values(content if isinstance(content, dict) else _of_definitions(content))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise UnusableVolume(f"{classes.name} makes no sense ({reason}).", "Correct it, or take it away.") from error
    meant = {name: class_called(name, by_name) for name in said.classes}
    if not set(by_name) <= set(meant.values()):
        return Classes(by_name)
    ours = {name: by_name[called] for name, called in meant.items() if called is not None}
    return Classes(by_name, said.by_value(ours))


def _of_definitions(content: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {str(item["name"]): item["value"] for item in content}


def _check_values(label: npt.NDArray[np.uint8], labels: Sequence[LabelDefinition], path: Path) -> None:
    counts = np.bincount(label.ravel(), minlength=NOT_VERIFIED + 1)
    allowed = {0, NOT_VERIFIED, *(each.value for each in labels)}
    odd = {value: int(counts[value]) for value in np.flatnonzero(counts).tolist() if value not in allowed}
    if odd:
        listed = ", ".join(f"{value} ({count} voxels)" for value, count in odd.items())
        known = ", ".join(f"{each.value} ({each.name})" for each in labels)
        raise UnusableVolume(
            f"{path.name} has the values {listed}; the data set has {known}.",
            "Give these voxels a value of the data set, or put a file labels.json beside the labels that names their "
            'values, for instance {"liver": 5}.',
        )


def _of_masks(scan: Scan, geometry: Geometry, labels: Sequence[LabelDefinition]) -> ReadLabel:
    """Make one label of a mask for each class of the data set; the others are told."""
    label = np.zeros(geometry.size[::-1], np.uint8)
    noticed: dict[str, None] = {}
    masks = dict(scan.masks)
    for each in labels:
        if (called := class_called(each.name, masks)) is None:
            continue
        path = masks.pop(called)
        with as_unusable(path):
            volume = read_volume(path)
            mask, moved = onto(volume.values[0], volume.grid, geometry)
        here = mask > 0
        if (shared := int(np.count_nonzero(label[here]))) > 0:
            raise UnusableVolume(f"{path.name} shares {shared} voxels with other masks.", "Take them out of one.")
        label[here] = each.value
        noticed |= dict.fromkeys((*volume.noticed, *moved))
    if masks:
        noticed[f"{len(masks)} masks are of no class of the data set and left aside"] = None
    return ReadLabel(volume_from_array(label, geometry), None, tuple(noticed))
