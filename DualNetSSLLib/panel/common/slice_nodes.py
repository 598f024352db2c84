"""Slice views as planes through a scan: which of them are shown, which way they lie, and which voxel a point is."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import slicer.util

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.panel.common.scene import ijk_to_ras, numpy_matrix

Point = npt.NDArray[np.float64]


def slice_nodes() -> list[Any]:
    """Return the nodes of the slice views that the layout shows; all of them if it shows none."""
    nodes = list(slicer.util.getNodesByClass("vtkMRMLSliceNode"))
    return [node for node in nodes if node.IsMappedInLayout()] or nodes


def facing(geometry: Geometry, axis: int) -> Any | None:
    """Return the view that lies nearest to the plane across an axis of the grid (0, 1, 2 for i, j, k)."""
    along = across(geometry, axis)
    return max(slice_nodes(), key=lambda node: abs(float(normal(node) @ along)), default=None)


def axis_of(node: Any, geometry: Geometry) -> int:
    """Return the axis of the grid that goes most nearly across a view."""
    return int(np.argmax([abs(float(normal(node) @ across(geometry, axis))) for axis in range(3)]))


def across(geometry: Geometry, axis: int) -> Point:
    """Return the direction of an axis of the grid in RAS, of length 1."""
    column = numpy_matrix(ijk_to_ras(geometry))[:3, axis]
    unit: Point = column / np.linalg.norm(column)
    return unit


def normal(node: Any) -> Point:
    """Return the direction across a view in RAS, of length 1."""
    column: Point = numpy_matrix(node.GetSliceToRAS())[:3, 2]
    return column / np.linalg.norm(column)


def origin(node: Any) -> Point:
    """Return the middle of a view in RAS, mm."""
    return numpy_matrix(node.GetSliceToRAS())[:3, 3]


def voxel_at(ras: Point, geometry: Geometry) -> Point:
    """Return the voxel (i, j, k), not rounded, at a point in RAS."""
    voxel: Point = (np.linalg.inv(numpy_matrix(ijk_to_ras(geometry))) @ [*ras, 1.0])[:3]
    return voxel


def point_of(voxel: Point, geometry: Geometry) -> Point:
    """Return the point in RAS, mm, of a voxel (i, j, k), not rounded."""
    point: Point = (numpy_matrix(ijk_to_ras(geometry)) @ [*voxel, 1.0])[:3]
    return point
