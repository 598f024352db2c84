"""The surface of the prediction in the 3D view, coloured by the map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer
import vtk
from slicer.i18n import tr as _
from vtk.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError, NotFound
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.scene import SURFACE, Kind, add_displayed, remove
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.overlay.scale import spread_on_surface, surface_table

SCALARS = "uncertainty"
AMBIENT = 0.45
"""Light that comes from everywhere: with less of it, shades would be taken for colours of the map."""
MODEL = Kind("vtkMRMLModelNode", "vtkMRMLModelDisplayNode", saved=False)

Array = npt.NDArray[Any]


THROUGH = 0.35
"""Opacity of the organ while a region in it is lit, which would else lie behind it from most sides."""


class MapSurfaces:
    """Has surfaces made in the background, and shows one at a time.

    Attributes:
        through: whether one is to see through the surface, to a region that is lit.
    """

    def __init__(self, context: PanelContext, failed: Callable[[DualNetSSLError], None]) -> None:
        """Begin with none; ``failed`` is told why there is no surface."""
        self._context, self._failed = context, failed
        self._wanted: object = None
        self._shown: ShownCase | None = None
        self._call: Call | None = None
        self._values: Array | None = None
        self._refused = False
        self._coloured: object = None
        self.through = False
        self._threshold, self._logarithmic = 0.0, False

    @property
    def busy(self) -> bool:
        """Whether a surface is being made."""
        return self._call is not None

    def show(self, shown: ShownCase | None, kind: str, label: int, threshold: float, logarithmic: bool = False) -> None:
        """Show the surface of a label (0: of all) of a case with a map on it, or none if there is no case.

        Doubt below ``threshold`` is not coloured.
        """
        self._threshold, self._logarithmic = threshold, logarithmic
        prediction = None if shown is None else shown.opened.prediction
        wanted = (
            None if prediction is None else (prediction.uncertainty.digest, prediction.segmentation.digest, kind, label)
        )
        if shown is not None and wanted == self._wanted and self._stands(shown):
            self._colour(shown)
            return
        self._forget()
        self._wanted, self._shown = wanted, shown
        if wanted is not None:
            self._call = self._context.session.call(
                "map_surface",
                prediction=prediction,
                label=label,
                kind=kind,
                done=self._made,
                failed=self._not_made,
            )

    def close(self) -> None:
        """Show none any more."""
        self._forget()

    def _stands(self, shown: ShownCase) -> bool:
        return self.busy or self._refused or shown.node(SURFACE) is not None

    def _forget(self) -> None:
        if self._call is not None:
            self._call.cancel()
        node = None if self._shown is None else self._shown.node(SURFACE)
        if node is not None:
            remove(node)
        self._call = self._wanted = self._shown = self._values = self._coloured = None
        self._refused = False

    def _made(self, file: str) -> None:
        self._call = None
        shown = self._shown
        prediction = None if shown is None else shown.opened.prediction
        if shown is None or prediction is None:
            return
        with local_file(Path(file)), np.load(file) as parts:
            surface = polydata(parts["points"], parts["normals"], parts["faces"])
            self._values = parts["values"]
        node = _add(surface, shown.mark(SURFACE, prediction.prediction.model))
        self._colour(shown)
        node.GetDisplayNode().SetActiveScalar(SCALARS, vtk.vtkAssignAttribute.POINT_DATA)
        node.GetDisplayNode().SetScalarVisibility(True)
        slicer.util.resetThreeDViews()

    def _not_made(self, error: DualNetSSLError) -> None:
        self._call, self._refused = None, True
        if not (self.through and isinstance(error, NotFound)):  # of a region nobody asked for an organ
            self._failed(error)

    def _colour(self, shown: ShownCase) -> None:
        """Give the points the map's values, or 0 where these are below the threshold."""
        node = shown.node(SURFACE)
        wanted = None if node is None else (node.GetID(), self._threshold, self._logarithmic, self.through)
        if node is None or self._values is None or wanted == self._coloured:
            return
        self._coloured = wanted
        spread_on_surface(node.GetDisplayNode(), self._logarithmic)
        node.GetDisplayNode().SetOpacity(THROUGH if self.through else 1.0)
        scalars = numpy_to_vtk(np.where(self._values >= self._threshold, self._values, np.float32(0)), deep=True)
        scalars.SetName(SCALARS)
        node.GetPolyData().GetPointData().SetScalars(scalars)


def polydata(points: Array, normals: Array, faces: Array) -> Any:
    """Return a surface (vtkPolyData) of points and normals, shape (n, 3), and faces of four points, shape (m, 4)."""
    places = vtk.vtkPoints()
    places.SetData(numpy_to_vtk(points, deep=True))
    cells = vtk.vtkCellArray()
    starts = numpy_to_vtkIdTypeArray(np.arange(0, 4 * len(faces) + 1, 4, dtype=np.int64), deep=True)
    cells.SetData(starts, numpy_to_vtkIdTypeArray(faces.reshape(-1), deep=True))
    surface = vtk.vtkPolyData()
    surface.SetPoints(places)
    surface.SetPolys(cells)
    surface.GetPointData().SetNormals(numpy_to_vtk(normals, deep=True))
    return surface


def _add(surface: Any, mark: Any) -> Any:
    """Add a surface to the scene, which never saves it."""

    def light(display: Any) -> None:
        display.SetScalarRangeFlag(slicer.vtkMRMLDisplayNode.UseManualScalarRange)
        display.SetScalarRange(0.0, 1.0)
        display.SetAmbient(AMBIENT)
        display.SetDiffuse(1.0 - AMBIENT)

    table = surface_table()
    return add_displayed(
        MODEL, _("prediction with map"), mark, table.GetID(), lambda node: node.SetAndObservePolyData(surface), light
    )
