"""Single voxels of the label's segmentation, read and written where they are: fast, however large the scan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer

from DualNetSSLLib.client.records import Geometry, LabelDefinition
from DualNetSSLLib.labels.marks import Labels, Places
from DualNetSSLLib.panel.common.scene import ijk_to_ras, segment_of, stand_on
from DualNetSSLLib.panel.desk.labelmap import Found, Layer, Sheet, layers_of, read_slabs, sheets_of


class SegmentationCanvas:
    """The label of a case as its segmentation shows it: a `DualNetSSLLib.labels.marks.Canvas`."""

    def __init__(self, node: Any, geometry: Geometry, labels: Sequence[LabelDefinition]) -> None:
        """Read and write the segmentation ``node`` on the grid of its case."""
        self._node, self._geometry, self._labels = node, geometry, tuple(labels)
        self._shape = (geometry.size[2], geometry.size[1], geometry.size[0])
        self._rank = np.zeros(256, np.uint8)
        self._rank[[label.value for label in labels]] = np.arange(1, len(labels) + 1)

    def read(self, where: Places) -> Labels:
        """Return the labels there; where segments overlap, the class later in the label set."""
        found = np.zeros(len(where), np.uint8)
        for sheet in self._sheets():
            here = self._in(sheet.layer, where)
            below, above = found[here.inside], _fixed(sheet.layer, here)
            found[here.inside] = np.where(self._rank[above] > self._rank[below], above, below)
        return found

    def volume(self) -> Labels:
        """Return the label volume ``[k, j, i]``."""
        layers = layers_of(self._node, self._geometry, self._labels, lenient=True)
        result = np.zeros(self._shape, np.uint8)
        for place, slab in read_slabs(layers, self._geometry, self._labels, Found()):
            result[place] = slab
        return result

    def write(self, where: Places, values: Labels) -> None:
        """Put these labels there, and tell Slicer once it is done."""
        left = np.asarray(values).copy()
        for sheet in self._sheets():
            self._write(self._covering(sheet, where), where, left)
        for value in set(left.tolist()) - {0}:
            self._fill(where[left == value], value)
        for number in range(self._node.GetNumberOfDisplayNodes()):
            self._node.GetNthDisplayNode(number).Modified()  # views that hear of new voxels alone draw the old ones

    def _write(self, sheet: Sheet, where: Places, left: Labels) -> None:
        """Write what this layer can hold, take away what it holds else; ``left`` loses what was written."""
        here = self._in(sheet.layer, where)
        flat, wanted = sheet.layer.voxels.reshape(-1), left[here.inside]
        old = flat[here.flat]
        new = old.copy()
        for local, _ in sheet.layer.values:
            new[old == local] = 0
        for local, fixed in sheet.layer.values:
            new[wanted == fixed] = local
        if not np.array_equal(new, old):
            flat[here.flat] = new
            sheet.image.Modified()
        held = np.zeros(256, bool)
        held[[fixed for _, fixed in sheet.layer.values]] = True
        left[here.inside] = np.where(held[wanted], 0, wanted)

    def _fill(self, where: Places, value: int) -> None:
        """Give these voxels to a segment that has no layer yet: nobody has painted with it, or all of it was erased."""
        k, j, i = np.unravel_index(where.astype(np.int64), self._shape)
        low = np.array([axis.min() for axis in (k, j, i)])
        box = np.zeros([axis.max() - first + 1 for axis, first in zip((k, j, i), low, strict=True)], np.uint8)
        box[k - low[0], j - low[1], i - low[2]] = 1
        image = cropped(box, (int(low[2]), int(low[1]), int(low[0])), self._geometry)
        identity = segment_of(self._node, value)
        if identity:
            logic = slicer.vtkSlicerSegmentationsModuleLogic
            logic.SetBinaryLabelmapToSegment(image, self._node, identity, logic.MODE_MERGE_MASK)

    def _sheets(self) -> tuple[Sheet, ...]:
        return sheets_of(self._node, self._geometry, self._labels, lenient=True)

    def _covering(self, sheet: Sheet, where: Places) -> Sheet:
        """Return the layer, brought to the grid of the case if it does not reach every voxel that is to be written."""
        if self._in(sheet.layer, where).inside.all() and sheet.aligned:
            return sheet
        whole = np.zeros(self._shape, sheet.layer.voxels.dtype)
        into, out_of = sheet.layer.overlap(0, self._shape[0], self._shape)
        whole[into] = sheet.layer.voxels[out_of]
        stand_on(sheet.image, whole, self._geometry)
        sheet.image.SetGeometryFromImageToWorldMatrix(ijk_to_ras(self._geometry))
        return Sheet(sheet.image, Layer(whole, (0, 0, 0), sheet.layer.values), True)

    def _in(self, layer: Layer, where: Places) -> _Here:
        """Find voxels of the grid in a layer."""
        if layer.offset == (0, 0, 0) and layer.voxels.shape == self._shape:
            return _Here(layer, np.ones(len(where), bool), where)
        place = np.stack(np.unravel_index(where.astype(np.int64), self._shape)) - np.reshape(layer.offset, (3, 1))
        inside = ((place >= 0) & (place < np.reshape(layer.voxels.shape, (3, 1)))).all(axis=0)
        return _Here(layer, inside, np.ravel_multi_index(tuple(place[:, inside]), layer.voxels.shape))


class _Here:
    """Where voxels of the grid lie in a layer: which are in it, and the flat indices of those."""

    def __init__(self, layer: Layer, inside: npt.NDArray[np.bool_], flat: Places) -> None:
        self.inside, self.flat = inside, flat
        self.values = layer.voxels.reshape(-1)[flat]


def _fixed(layer: Layer, here: _Here) -> Labels:
    result = np.zeros(len(here.values), np.uint8)
    for local, fixed in layer.values:
        result[here.values == local] = fixed
    return result


def cropped(box: Labels, lower: Sequence[int], geometry: Geometry) -> Any:
    """Return a small mask ``[k, j, i]`` that begins at voxel ``lower`` (i, j, k) of a grid, as vtkOrientedImageData."""
    image = slicer.vtkOrientedImageData()
    k, j, i = box.shape
    stand_on(image, np.ascontiguousarray(box), geometry, size=(i, j, k))
    image.SetExtent(lower[0], lower[0] + i - 1, lower[1], lower[1] + j - 1, lower[2], lower[2] + k - 1)
    image.SetGeometryFromImageToWorldMatrix(ijk_to_ras(geometry))
    return image
