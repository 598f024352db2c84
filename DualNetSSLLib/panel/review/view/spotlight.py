"""Brings one region before the eyes: the slice views jump there and zoom, but for one, and painting stays in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.marks import Labels, Places
from DualNetSSLLib.maps.linecolours import REGION_LINE
from DualNetSSLLib.panel.common.scene import LABEL, ijk_to_ras, numpy_matrix
from DualNetSSLLib.panel.common.slice_nodes import facing, normal, slice_nodes
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.labelmap import AREA_SEGMENT
from DualNetSSLLib.panel.desk.voxels import cropped

MARGIN = 2.8
"""Width of a view over the width of the region in it."""
SMALLEST_VIEW_MM = 20.0


@dataclass(frozen=True)
class Box:
    """A region cut out of the scan.

    Attributes:
        lower: first voxel (i, j, k).
        mask: uint8 ``[k, j, i]``, 1 inside the region.
    """

    lower: tuple[int, int, int]
    mask: Labels

    @classmethod
    def of(cls, where: Places, size: Sequence[int]) -> Box:
        """Cut out the voxels with these flat indices of a grid of ``size`` (i, j, k).

        Example:
            >>> box = Box.of(np.array([0, 5]), (3, 2, 1))
            >>> box.lower, box.mask.tolist()
            ((0, 0, 0), [[[1, 0, 0], [0, 0, 1]]])
        """
        places = np.unravel_index(np.asarray(where, np.int64), tuple(size[::-1]))
        low = [int(axis.min()) for axis in places]
        mask = np.zeros([int(axis.max()) - first + 1 for axis, first in zip(places, low, strict=True)], np.uint8)
        mask[tuple(axis - first for axis, first in zip(places, low, strict=True))] = 1
        return cls((low[2], low[1], low[0]), mask)

    def middle(self, geometry: Geometry) -> npt.NDArray[np.float64]:
        """Return the voxel of the region that is nearest to its centre, in RAS, mm: the views cut the region there."""
        points = _ras(np.argwhere(self.mask)[:, ::-1] + self.lower, geometry)
        nearest: npt.NDArray[np.float64] = points[np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1))]
        return nearest

    def corners(self, geometry: Geometry) -> npt.NDArray[np.float64]:
        """Return the eight corners of the box in RAS, mm."""
        high = np.add(self.lower, self.mask.shape[::-1])
        ends = np.array([self.lower, high], float) - 0.5
        return _ras(
            np.array([[ends[x, 0], ends[y, 1], ends[z, 2]] for x in (0, 1) for y in (0, 1) for z in (0, 1)]), geometry
        )


def _ras(voxels: npt.NDArray[Any], geometry: Geometry) -> npt.NDArray[np.float64]:
    matrix = numpy_matrix(ijk_to_ras(geometry))
    points: npt.NDArray[np.float64] = voxels @ matrix[:3, :3].T + matrix[:3, 3]
    return points


def jump(box: Box, geometry: Geometry) -> None:
    """Centre the slice views on a region, linked or not, and zoom so that all of it can be seen; one keeps the whole.

    A look at the region alone does not tell where in the scan it lies.
    """
    middle, corners = box.middle(geometry), box.corners(geometry)
    whole = context_view(geometry)
    for node in slice_nodes():
        width, height = node.GetDimensions()[:2]
        if width < 2 or height < 2:
            continue
        blocked = node.StartModify()
        if whole is not None and node.GetID() == whole.GetID():
            _show_all(node)
            node.JumpSliceByOffsetting(*middle)
        else:
            axes = numpy_matrix(node.GetSliceToRAS())[:3, :2]
            across, up = 2 * np.abs((corners - middle) @ axes).max(axis=0) * MARGIN / 2
            view = max(across, up * width / height, SMALLEST_VIEW_MM * max(1.0, width / height))
            node.SetFieldOfView(view, view * height / width, node.GetFieldOfView()[2])
            node.JumpSliceByCentering(*middle)
        node.EndModify(blocked)


def context_view(geometry: Geometry) -> Any | None:
    """Return the view that keeps the whole scan; None if there is one view alone.

    It is the coronal one, which tells level and side, unless the scan was taken in its plane.
    """
    nodes = slice_nodes()
    taken = facing(geometry, int(np.argmax(geometry.spacing)))
    others = [node for node in nodes if node is not taken] if len(nodes) > 1 else []
    return max(others, key=lambda node: abs(float(normal(node)[1])), default=None)


def _show_all(node: Any) -> None:
    logic = slicer.app.applicationLogic().GetSliceLogic(node)
    if logic is not None:
        logic.FitSliceToBackground()


def allow_painting(shown: ShownCase, editor_node: Any, box: Box | None) -> None:
    """Limit painting to a region, by the masking of Slicer's own editor; None: paint everywhere.

    The region is an invisible segment beside the classes. Only visible segments are painted over meanwhile, so that it
    stays as it is; Slicer lets its eraser alone act beyond it.
    """
    node, kinds = shown.node(LABEL), slicer.vtkMRMLSegmentationNode
    if editor_node is None:
        return
    if node is not None and has_area(shown):
        node.GetSegmentation().RemoveSegment(AREA_SEGMENT)
    if node is None or box is None:
        editor_node.SetMaskMode(kinds.EditAllowedEverywhere)
        editor_node.SetOverwriteMode(editor_node.OverwriteAllSegments)
        return
    node.GetSegmentation().AddSegment(_segment(box, shown.geometry, _("painting allowed here")), AREA_SEGMENT)
    for number in range(node.GetNumberOfDisplayNodes()):
        node.GetNthDisplayNode(number).SetSegmentVisibility(AREA_SEGMENT, False)
    editor_node.SetMaskSegmentID(AREA_SEGMENT)
    editor_node.SetMaskMode(kinds.EditAllowedInsideSingleSegment)
    editor_node.SetOverwriteMode(editor_node.OverwriteVisibleSegments)


def has_area(shown: ShownCase) -> bool:
    """Tell whether the label has a region that painting is limited to; a label that was begun anew has none."""
    node = shown.node(LABEL)
    return node is not None and node.GetSegmentation().GetSegment(AREA_SEGMENT) is not None


def _segment(box: Box, geometry: Geometry, name: str) -> Any:
    segment = slicer.vtkSegment()
    segment.SetName(name)
    segment.SetColor(*REGION_LINE)
    segment.SetLabelValue(1)
    binary = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    segment.AddRepresentation(binary, cropped(box.mask, box.lower, geometry))
    return segment
