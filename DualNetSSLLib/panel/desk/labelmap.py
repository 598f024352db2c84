"""The label volume out of a segmentation: by fixed value, on the case's own grid, a slab at a time.

A segmentation of 512 x 512 x 300 voxels is read in pieces of a few milliseconds, so that the GUI thread never waits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer
import vtk
from slicer.i18n import tr as _
from vtk.util.numpy_support import vtk_to_numpy

from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.records import Geometry, LabelDefinition
from DualNetSSLLib.labels.labelfiles import VALUE_TAG
from DualNetSSLLib.labels.marks import outside_of
from DualNetSSLLib.panel.common.scene import ijk_to_ras, numpy_matrix
from DualNetSSLLib.scans.slabfile import slab_file

Labels = npt.NDArray[np.uint8]
SLAB_VOXELS = 1 << 20
AREA_SEGMENT = "dualnetssl-region"
"""Id of the segment that only says where painting is allowed; it is no part of the label."""
TOLERANCE = 0.01
"""Voxels by which the corners of a layer's grid may lie off the case's grid and still count as the same."""


@dataclass(frozen=True)
class Layer:
    """One label volume of a segmentation, and which fixed value each of its values stands for.

    Attributes:
        voxels: array ``[k, j, i]``.
        offset: voxel ``(k, j, i)`` of the case's grid where the layer begins.
        values: pairs of a value in the layer and the fixed value of the class.
    """

    voxels: npt.NDArray[Any]
    offset: tuple[int, int, int]
    values: tuple[tuple[int, int], ...]

    def read(self, first: int, last: int, size: tuple[int, int, int]) -> Labels:
        """Return the slices ``first <= k < last`` on a grid of ``size`` (k, j, i), in fixed values."""
        slab = np.zeros((last - first, *size[1:]), np.uint8)
        into, out_of = self.overlap(first, last, size)
        part = self.voxels[out_of]
        if part.size:
            slab[into] = self._fixed(part)
        return slab

    def overlap(self, first: int, last: int, size: tuple[int, int, int]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        """Return where the slices ``first <= k < last`` meet the layer: in an array of theirs, and in the layer's."""
        pairs = [self._overlap(axis, first, last, size) for axis in range(3)]
        return tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)

    def _overlap(self, axis: int, first: int, last: int, size: tuple[int, int, int]) -> tuple[slice, slice]:
        """Return where grid and layer meet along an axis, as a slice of the slab and one of the layer."""
        low, high = (first, last) if axis == 0 else (0, size[axis])
        start = max(low, self.offset[axis])
        stop = max(start, min(high, self.offset[axis] + self.voxels.shape[axis]))
        return slice(start - low, stop - low), slice(start - self.offset[axis], stop - self.offset[axis])

    def _fixed(self, part: npt.NDArray[Any]) -> Labels:
        if part.dtype == np.uint8:
            table = np.zeros(256, np.uint8)
            for local, fixed in self.values:
                table[local] = fixed
            return np.take(table, part)
        result = np.zeros(part.shape, np.uint8)
        for local, fixed in self.values:
            result[part == local] = fixed
        return result


@dataclass(frozen=True)
class Sheet:
    """A layer with the image that Slicer keeps it in.

    Attributes:
        image: vtkOrientedImageData.
        layer: its voxels on the grid of the case.
        aligned: whether the layer's voxels are the image's own; else they were resampled from it.
    """

    image: Any
    layer: Layer
    aligned: bool


@dataclass
class Found:
    """What was met while reading.

    Attributes:
        labelled: voxels of any class.
        overlapping: voxels that more than one segment claimed; the class later in the label set got them.
        changed: voxels that differ from the label that the work began with.
        verified: voxels of the mask that is written, if one is.
        outside: voxels of any class outside the bounds: each is a contradiction.
        version: number of the state of the label that this is about; see `DualNetSSLLib.panel.desk.work`.
    """

    labelled: int = 0
    overlapping: int = 0
    changed: int = 0
    verified: int = 0
    outside: int = 0
    version: int = 0


def layers_of(
    node: Any, geometry: Geometry, labels: Sequence[LabelDefinition], *, lenient: bool = False
) -> tuple[Layer, ...]:
    """Return the layers of a segmentation on the grid of its case; arguments and errors as `sheets_of`."""
    return tuple(sheet.layer for sheet in sheets_of(node, geometry, labels, lenient=lenient))


def sheets_of(
    node: Any, geometry: Geometry, labels: Sequence[LabelDefinition], *, lenient: bool = False
) -> tuple[Sheet, ...]:
    """Return the layers of a segmentation on the grid of its case, with their images.

    A layer on another grid is resampled, nearest voxel.

    Args:
        node: the segmentation.
        geometry: grid of the case.
        labels: the label set.
        lenient: pass over what would be refused.

    Raises:
        UnusableVolume: there are voxels in a segment that the label set does not know, or the segmentation is moved
            by a transform.
    """
    if node.GetParentTransformNode() is not None and not lenient:
        raise UnusableVolume(
            _("{label} is moved by the transform {transform}.").format(
                label=node.GetName(), transform=node.GetParentTransformNode().GetName()
            ),
            _("Take the transform off it in the Data module: labels belong on the scan as it was uploaded."),
        )
    images: dict[int, Any] = {}
    values: dict[int, list[tuple[int, int]]] = {}
    for segment, fixed in _segments(node, labels, lenient):
        image = segment.GetRepresentation(_binary())
        images[id(image)] = image  # kept, so that no other image gets this id
        values.setdefault(id(image), []).append((int(segment.GetLabelValue()), fixed))
    return tuple(_sheet(image, geometry, tuple(values[key])) for key, image in images.items())


def read_slabs(
    layers: Sequence[Layer], geometry: Geometry, labels: Sequence[LabelDefinition], found: Found
) -> Iterator[tuple[slice, Labels]]:
    """Yield the label volume ``[k, j, i]`` slab by slab: where the slab lies along k, and its voxels.

    Where segments overlap, the class later in the label set wins.
    """
    size = (geometry.size[2], geometry.size[1], geometry.size[0])
    rank = np.zeros(256, np.uint8)
    rank[[label.value for label in labels]] = np.arange(1, len(labels) + 1)
    step = max(1, SLAB_VOXELS // math.prod(size[1:]))
    for first in range(0, size[0], step):
        last = min(size[0], first + step)
        slab = np.zeros((last - first, *size[1:]), np.uint8)
        for number, layer in enumerate(layers):
            part = layer.read(first, last, size)
            slab = part if number == 0 else _merge(slab, part, rank, found)
        found.labelled += int(np.count_nonzero(slab))
        yield slice(first, last), slab


def _merge(below: Labels, above: Labels, rank: Labels, found: Found) -> Labels:
    found.overlapping += int(np.count_nonzero((below != 0) & (above != 0)))
    return np.where(rank[above] > rank[below], above, below)


@dataclass(frozen=True)
class Start:
    """What the work on a label began with, to tell which voxels a person has changed or vouched for.

    Attributes:
        label: label volume ``[k, j, i]`` at the start; None if it was empty.
        verified: mask of what was verified before; None if there was none.
    """

    label: npt.NDArray[Any] | None = None
    verified: npt.NDArray[Any] | None = None


class Room:
    """Memory for copies: to have it given by the system takes ten times as long as to copy into it."""

    def __init__(self) -> None:
        """Begin without any."""
        self._free: list[npt.NDArray[Any]] = []

    def made(self, arrays: Sequence[npt.NDArray[Any]]) -> Iterator[None]:
        """Make room for copies of these arrays, a slab for each `next`."""
        for array in arrays:
            free = np.empty(array.shape, array.dtype)
            step = max(1, SLAB_VOXELS // max(1, math.prod(array.shape[1:])))
            for first in range(0, len(array), step):
                free[first : first + step] = 0
                yield
            self._free.append(free)

    def copy(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Copy an array: fast, if there is room of its kind."""
        kind = (array.shape, array.dtype)
        place = next((n for n, free in enumerate(self._free) if (free.shape, free.dtype) == kind), None)
        if place is None:
            return np.array(array)
        free = self._free.pop(place)
        np.copyto(free, array)
        return free


def write_label(
    node: Any,
    geometry: Geometry,
    labels: Sequence[LabelDefinition],
    file: Path,
    *,
    verified_file: Path | None = None,
    start: Callable[[], Start] = Start,
    lenient: bool = False,
    copied: Callable[[], None] | None = None,
) -> Iterator[Found]:
    """Write a segmentation as a label volume into a ``.npy`` file, uint8 ``[k, j, i]``, a slab for each `next`.

    Args:
        node: the segmentation; unless it is copied it must stay unchanged until the last slab is written.
        geometry: grid of the case.
        labels: the label set.
        file: written under a name of its own until it is complete.
        verified_file: where to write the mask of voxels that were verified before or are changed now, with the bits of
            `DualNetSSLLib.labels.marks`; None: nowhere.
        start: returns what the work began with, asked when the label is read: bounds that move change both.
        lenient: pass over what would be refused.
        copied: called once label and marks are copied, of which the file will be, whatever is painted after; None: they
            are not copied.

    Yields:
        What was met so far; the last one tells of the whole.

    Raises:
        UnusableVolume: as `layers_of`.
    """
    begun, found = start(), Found()
    layers = layers_of(node, geometry, labels, lenient=lenient)
    if copied is not None:
        room = Room()
        marks = () if begun.verified is None else (begun.verified,)
        for _step in room.made([*(layer.voxels for layer in layers), *marks]):
            yield found
        layers = layers_of(node, geometry, labels, lenient=lenient)  # as they are now
        layers = tuple(replace(layer, voxels=room.copy(layer.voxels)) for layer in layers)
        begun = start()
        begun = replace(begun, verified=None if begun.verified is None else room.copy(begun.verified))
        copied()
    shape = (geometry.size[2], geometry.size[1], geometry.size[0])
    with ExitStack() as files:
        targets = (file,) if verified_file is None else (file, verified_file)
        append = [files.enter_context(slab_file(target, shape)) for target in targets]
        for place, slab in read_slabs(layers, geometry, labels, found):
            append[0](slab)
            changed = slab != (0 if begun.label is None else begun.label[place])
            found.changed += int(np.count_nonzero(changed))
            if verified_file is not None:
                before = None if begun.verified is None else begun.verified[place]
                mask = changed if before is None else before | changed
                found.verified += int(np.count_nonzero(mask))
                found.outside += 0 if before is None else int(np.count_nonzero((slab != 0) & outside_of(before)))
                append[1](mask)
            yield found


def _segments(node: Any, labels: Sequence[LabelDefinition], lenient: bool) -> Iterator[tuple[Any, int]]:
    """Yield every segment that holds anything with the fixed value of its class.

    A segment that the user made is known by the name of a class.
    """
    by_name = {label.name: label.value for label in labels}
    segmentation = node.GetSegmentation()
    own = segmentation.GetSegmentIndex(AREA_SEGMENT)
    for index in range(segmentation.GetNumberOfSegments()):
        segment = segmentation.GetNthSegment(index)
        tag = vtk.reference("")
        known = segment.GetTag(VALUE_TAG, tag)
        fixed = int(str(tag)) if known else by_name.get(segment.GetName())
        image = segment.GetRepresentation(_binary())
        if image is None or image.GetNumberOfPoints() == 0 or index == own:
            continue
        if fixed in by_name.values():
            yield segment, int(fixed or 0)
        elif not lenient and np.any(_array(image) == segment.GetLabelValue()):
            raise UnusableVolume(
                _("The segment {name!r} is no class of this data set.").format(name=segment.GetName()),
                _("Move its voxels to one of {names} (effect Logical operators) or remove it.").format(
                    names=", ".join(by_name)
                ),
            )


def _sheet(image: Any, geometry: Geometry, values: tuple[tuple[int, int], ...]) -> Sheet:
    """Return a layer on the grid of its case, resampled if it lies on another."""
    offset = _offset(image, geometry)
    if offset is not None:
        return Sheet(image, Layer(_array(image), offset, values), True)
    return Sheet(image, Layer(_array(_resampled(image, geometry)), (0, 0, 0), values), False)


def _array(image: Any) -> npt.NDArray[Any]:
    voxels: npt.NDArray[Any] = vtk_to_numpy(image.GetPointData().GetScalars())
    return voxels.reshape(image.GetDimensions()[::-1])


def _offset(image: Any, geometry: Geometry) -> tuple[int, int, int] | None:
    """Return the voxel (k, j, i) of the case's grid at which an image begins; None if it lies on another grid."""
    matrix = vtk.vtkMatrix4x4()
    image.GetImageToWorldMatrix(matrix)
    between = np.linalg.solve(numpy_matrix(ijk_to_ras(geometry)), numpy_matrix(matrix))
    shift = np.rint(between[:3, 3])
    same = np.eye(4)
    same[:3, 3] = shift
    # A small turn moves the far end of the grid most, so it is the corners that are compared.
    corners = np.array([[x, y, z, 1.0] for x in (0, 1) for y in (0, 1) for z in (0, 1)]) * [*geometry.size, 1]
    if np.abs((between - same) @ corners.T).max() > TOLERANCE:
        return None
    low = image.GetExtent()[::2]
    return int(shift[2]) + low[2], int(shift[1]) + low[1], int(shift[0]) + low[0]


def _resampled(image: Any, geometry: Geometry) -> Any:
    reference = slicer.vtkOrientedImageData()
    reference.SetDimensions(*geometry.size)
    reference.SetGeometryFromImageToWorldMatrix(ijk_to_ras(geometry))
    result = slicer.vtkOrientedImageData()
    resample = slicer.vtkOrientedImageDataResample.ResampleOrientedImageToReferenceOrientedImage
    resample(image, reference, result, False, False)
    return result


def _binary() -> str:
    return str(slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName())
