"""The line round one region in the slice views, light on dark, and the region lit in the 3D view."""

from __future__ import annotations

from typing import Any

import numpy as np
import slicer
import vtk
from slicer.i18n import tr as _
from vtk.util.numpy_support import numpy_to_vtk

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.maps.linecolours import REGION_HALO, REGION_LINE, REGION_LIT
from DualNetSSLLib.panel.common.scene import GREY, REGION, Kind, add_displayed, ijk_to_ras, marked_nodes, remove
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.review.view.spotlight import Box

LINE_WIDTH, HALO_WIDTH = 2, 6
"""In pixels: two of dark show on each side of the light line."""
AMBIENT = 0.5
MODEL = Kind("vtkMRMLModelNode", "vtkMRMLModelDisplayNode", saved=False)


class Outline:
    """The surface of one region, cut by the slice views; on a model of its own that no scene keeps."""

    def show(self, shown: ShownCase, box: Box) -> None:
        """Draw round this region instead of the one before."""
        surface, node = surface_of(box, shown.geometry), shown.node(REGION)
        if node is None:
            _add(surface, shown)
        else:
            node.SetAndObservePolyData(surface)

    def clear(self, shown: ShownCase) -> None:
        """Draw round nothing."""
        for node in list(marked_nodes(role=REGION, dataset=shown.dataset.id, case=shown.name)):
            remove(node)


def surface_of(box: Box, geometry: Geometry) -> Any:
    """Return the surface (vtkPolyData, mm RAS) between the voxels of a region and those around it."""
    padded = np.ascontiguousarray(np.pad(box.mask, 1))
    image = vtk.vtkImageData()
    image.SetDimensions(*padded.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(padded.reshape(-1), deep=True))
    border = vtk.vtkDiscreteFlyingEdges3D()
    border.SetInputData(image)
    border.SetValue(0, 1)
    border.ComputeScalarsOff()
    place = vtk.vtkTransform()
    place.SetMatrix(ijk_to_ras(geometry))
    place.Translate(*(first - 1 for first in box.lower))
    moved = vtk.vtkTransformPolyDataFilter()
    moved.SetTransform(place)
    moved.SetInputConnection(border.GetOutputPort())
    moved.Update()
    return moved.GetOutput()


def _add(surface: Any, shown: ShownCase) -> None:
    """Add the model: the wide dark line comes first and so lies below the light one; what is lit is in 3D alone."""

    def halo(display: Any) -> None:
        _dress(display, REGION_HALO, HALO_WIDTH, solid=False)

    name = _("region under review")
    node = add_displayed(MODEL, name, shown.mark(REGION), GREY, lambda to: to.SetAndObservePolyData(surface), halo)
    node.SetHideFromEditors(True)
    for colour, width, solid in ((REGION_LINE, LINE_WIDTH, False), (REGION_LIT, 1, True)):
        display = slicer.mrmlScene.AddNewNodeByClass(MODEL.display)
        display.SetSaveWithScene(False)
        _dress(display, colour, width, solid)
        node.AddAndObserveDisplayNodeID(display.GetID())


def _dress(display: Any, colour: tuple[float, float, float], width: int, solid: bool) -> None:
    display.SetColor(*colour)
    display.SetScalarVisibility(False)
    display.SetVisibility2D(not solid)
    display.SetVisibility3D(solid)
    display.SetSliceIntersectionThickness(width)
    display.SetAmbient(AMBIENT)
    display.SetDiffuse(1.0 - AMBIENT)
