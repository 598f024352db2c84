"""Another label of a region, seen before it is taken: thick outlines in the colours of the classes."""

from __future__ import annotations

import numpy as np
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.labels.interpolation import unpacked
from DualNetSSLLib.panel.common.scene import FULL, PREVIEW, add_outlines, marked_nodes, remove
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.voxels import cropped
from DualNetSSLLib.panel.review.visit import Visit
from DualNetSSLLib.tasks.reports import MendedRegion

THICKNESS = 3


def show_preview(shown: ShownCase, visit: Visit, mended: MendedRegion) -> None:
    """Show an answer instead of the one before, on a segmentation that no scene keeps and no editor lists."""
    hide_preview(shown)
    node = add_outlines(_("preview"), shown.mark(PREVIEW))
    node.GetDisplayNode().SetSliceIntersectionThickness(THICKNESS)
    voxels = unpacked(mended.label, visit.shape)
    k, j, i = (part.start for part in visit.box)
    binary = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    for label in shown.dataset.labels:
        inside = (voxels == label.value).astype(np.uint8)
        if inside.any():
            segment = slicer.vtkSegment()
            segment.SetName(label.name)
            segment.SetColor(*(channel / FULL for channel in label.colour))
            segment.SetLabelValue(1)
            segment.AddRepresentation(binary, cropped(inside, (i, j, k), visit.geometry))
            node.GetSegmentation().AddSegment(segment, f"preview-{label.value}")


def hide_preview(shown: ShownCase) -> None:
    """Show none."""
    for node in list(marked_nodes(role=PREVIEW, dataset=shown.dataset.id, case=shown.name)):
        remove(node)
