"""Which slice the views show, where they cross, and how they are brought to another slice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import slicer.util

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.bounds import Bounds
from DualNetSSLLib.panel.common.keys import slice_views
from DualNetSSLLib.panel.common.scene import IMAGE
from DualNetSSLLib.panel.common.slice_nodes import (
    Point,
    across,
    axis_of,
    facing,
    normal,
    origin,
    point_of,
    slice_nodes,
    voxel_at,
)
from DualNetSSLLib.panel.desk.case_nodes import ShownCase

ALONG = 0.9999
"""Cosine from which on a view counts as lying in the plane of the scan's slices."""


class ViewWatch:
    """Tells when somebody moves a slice view: scrolling is work as painting is."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._tags: list[tuple[Any, int]] = []

    def start(self, moved: Callable[[], None]) -> None:
        """Call this each time a view is moved from now on."""
        self.stop()
        self._tags = [(node, node.AddObserver("ModifiedEvent", lambda *_: moved())) for node in slice_nodes()]

    def stop(self) -> None:
        """Watch nothing any more."""
        for node, tag in self._tags:
            node.RemoveObserver(tag)
        self._tags = []


def slice_seen(geometry: Geometry, axis: int) -> int:
    """Return the slice along an axis of the grid (0, 1, 2 for i, j, k) that its view shows, or the nearest one."""
    node = facing(geometry, axis)
    place = 0 if node is None else round(float(voxel_at(origin(node), geometry)[axis]))
    return min(max(0, place), geometry.size[axis] - 1)


def crossing(geometry: Geometry) -> Point:
    """Return the voxel (i, j, k, not rounded) where the slice views cross; a scan's middle where they do not."""
    nodes = slice_nodes()
    rows = np.array([normal(node) for node in nodes]).reshape(-1, 3)
    sides = np.array([normal(node) @ origin(node) for node in nodes])
    if len(nodes) < 3 or np.linalg.matrix_rank(rows, 1e-3) < 3:
        middle: Point = (np.array(geometry.size) - 1) / 2
        return middle
    point, *_ = np.linalg.lstsq(rows, sides, rcond=None)
    return voxel_at(point, geometry)


def pointed_at(geometry: Geometry) -> tuple[int, Point] | None:
    """Return where the mouse is in a slice view; None if it is in none.

    Slicer's crosshair follows the mouse even where it is not drawn.

    Returns:
        The axis of the grid that goes most nearly across that view, and the voxel (i, j, k, not rounded).
    """
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    ras, xyz = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    if crosshair is None or not crosshair.GetCursorPositionRAS(ras):
        return None
    node = crosshair.GetCursorPositionXYZ(xyz)
    if node is None:
        return None  # no mouse has put the cursor where it is
    if not any(view.underMouse() and view.mrmlSliceNode().GetID() == node.GetID() for view in slice_views()):
        return None  # the mouse was there last, but has left
    return axis_of(node, geometry), voxel_at(np.array(ras), geometry)


def show_slice(shown: ShownCase, axis: int, index: int) -> None:
    """Bring a slice before the eyes, in the view that lies in its plane; zoom and place stay as they are."""
    geometry, node = shown.geometry, facing(shown.geometry, axis)
    if node is None:
        return
    if abs(normal(node) @ across(geometry, axis)) < ALONG:
        node.RotateToVolumePlane(shown.node(IMAGE))  # a slice that is painted is one of the scan, not a mixture of some
    place = voxel_at(origin(node), geometry)
    place[axis] = index
    node.JumpSliceByOffsetting(*point_of(place, geometry))


def show_middle(shown: ShownCase, box: Bounds) -> None:
    """Let every slice view cut through the middle of a box."""
    middle = (np.array(box.lower) + np.array(box.upper)) // 2
    for node in slice_nodes():
        node.JumpSliceByOffsetting(*point_of(middle, shown.geometry))
