"""The map's value under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import slicer
import vtk


class MapProbe:
    """Follows the mouse through the slice views, and tells the value of a volume there."""

    def __init__(self, volume: Callable[[], Any], told: Callable[[float | None], None]) -> None:
        """Follow the mouse from now on.

        Args:
            volume: returns the node to read, or None.
            told: called with the value under the cursor, or None where there is none.
        """
        self._volume, self._told = volume, told
        self._crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        moved = slicer.vtkMRMLCrosshairNode.CursorPositionModifiedEvent
        self._tag = None if self._crosshair is None else self._crosshair.AddObserver(moved, self._moved)

    def close(self) -> None:
        """Follow it no more."""
        if self._crosshair is not None:
            self._crosshair.RemoveObserver(self._tag)
        self._crosshair = None

    def _moved(self, *_event: object) -> None:
        place = [0.0, 0.0, 0.0]
        inside = self._crosshair.GetCursorPositionRAS(place)
        node = self._volume() if inside else None
        self._told(None if node is None else value_at(node, place))


def value_at(node: Any, place: list[float]) -> float | None:
    """Return the value of a volume node's nearest voxel to a place in mm RAS; None outside of the volume."""
    image = node.GetImageData()
    matrix = vtk.vtkMatrix4x4()
    node.GetRASToIJKMatrix(matrix)
    index = [round(value) for value in matrix.MultiplyPoint((*place, 1.0))[:3]]
    if not all(0 <= at < size for at, size in zip(index, image.GetDimensions(), strict=True)):
        return None
    return float(image.GetScalarComponentAsDouble(*index, 0))
