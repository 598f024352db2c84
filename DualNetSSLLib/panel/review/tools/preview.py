"""Another label of a region, seen before it is taken: what it changes, in the colours of the classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.labels.interpolation import unpacked
from DualNetSSLLib.labels.marks import Labels
from DualNetSSLLib.panel.common.scene import FULL, PREVIEW, add_outlines, marked_nodes, remove
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.voxels import cropped
from DualNetSSLLib.panel.review.visit import Visit
from DualNetSSLLib.tasks.reports import MendedRegion

THICKNESS, FILL = 2, 0.45
REMOVED = (1.0, 0.15, 0.15)
"""What becomes background."""


def show_preview(shown: ShownCase, visit: Visit, mended: MendedRegion, label: Labels, *, filled: bool = True) -> None:
    """Show what an answer changes, on a segmentation that no scene keeps and no editor lists.

    What a class gains is filled with its colour, what becomes background with red; all else keeps its line.

    Args:
        shown: the case.
        visit: the region.
        mended: the answer.
        label: labels of the region's box as they are, ``[k, j, i]``.
        filled: whether what changes is filled, or only drawn round.
    """
    hide_preview(shown)
    node = add_outlines(_("preview"), shown.mark(PREVIEW))
    display = node.GetDisplayNode()
    display.SetVisibility2DFill(filled)
    display.SetOpacity2DFill(FILL)
    display.SetSliceIntersectionThickness(THICKNESS)
    wanted = unpacked(mended.label, visit.shape)
    kinds = [(one.value, one.name, tuple(channel / FULL for channel in one.colour)) for one in shown.dataset.labels]
    for value, name, colour in (*kinds, (0, _("background"), REMOVED)):
        gained = ((wanted == value) & (label != value)).astype(np.uint8)
        if gained.any():
            node.GetSegmentation().AddSegment(_segment(gained, visit, name, colour), f"preview-{value}")


def _segment(voxels: Labels, visit: Visit, name: str, colour: tuple[float, ...]) -> Any:
    segment = slicer.vtkSegment()
    segment.SetName(name)
    segment.SetColor(*colour)
    segment.SetLabelValue(1)
    k, j, i = (part.start for part in visit.box)
    binary = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    segment.AddRepresentation(binary, cropped(voxels, (i, j, k), visit.geometry))
    return segment


def hide_preview(shown: ShownCase) -> None:
    """Show none."""
    for node in list(marked_nodes(role=PREVIEW, dataset=shown.dataset.id, case=shown.name)):
        remove(node)
