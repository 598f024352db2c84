"""What is verified, seen: a light rim round it in every slice view."""

from __future__ import annotations

from typing import Any

import slicer.util
from slicer.i18n import tr as _

from DualNetSSLLib.labels.marks import MARKED, OUTSIDE, Labels
from DualNetSSLLib.panel.common.colour_tables import NamedColour, colour_table
from DualNetSSLLib.panel.common.scene import RIM, add_label_map, marked_nodes, remove
from DualNetSSLLib.panel.common.slice_nodes import slice_nodes
from DualNetSSLLib.panel.desk.case_nodes import ShownCase

COLOUR_TAG = "DualNetSSL.Verified"
COLOUR = (1.0, 0.95, 0.75)
OPACITY = 0.8


class Rim:
    """A label map on the mask itself, in outlines, which costs no memory and is never saved."""

    def __init__(self) -> None:
        """Begin with nothing to show."""
        self._shown: ShownCase | None = None
        self._mask: Labels | None = None
        self._node: Any = None
        self._outlined: list[tuple[Any, int]] = []
        self._covered: list[tuple[Any, str | None, float]] = []

    def show(self, shown: ShownCase | None) -> None:
        """Show what is verified of this case, or nothing; call it again once something was verified."""
        mask = None if shown is None else shown.marks.mask
        if shown is self._shown and mask is self._mask:
            if self._node is not None:
                self._node.GetImageData().Modified()
            return
        self.clear()
        self._shown, self._mask = shown, mask
        if shown is not None and mask is not None:
            table = colour_table(COLOUR_TAG, "DualNetSSL verified", _colours)
            self._node = add_label_map(mask, shown.geometry, _("verified (rim)"), shown.mark(RIM), table.GetID())
            self._node.SetHideFromEditors(True)
            self._lay()

    def clear(self) -> None:
        """Show nothing, and let the views have the labels that they had before, outlined as they were."""
        for node, before in self._outlined:
            node.SetUseLabelOutline(before)
        self._outlined.clear()
        for layers, label, opacity in self._covered:
            layers.SetLabelVolumeID(label)
            layers.SetLabelOpacity(opacity)
        self._covered.clear()
        if self._shown is not None:
            for node in list(marked_nodes(role=RIM, dataset=self._shown.dataset.id, case=self._shown.name)):
                remove(node)
        self._shown = self._mask = self._node = None

    def _lay(self) -> None:
        for layers in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"):
            self._covered.append((layers, layers.GetLabelVolumeID(), layers.GetLabelOpacity()))
        slicer.util.setSliceViewerLayers(label=self._node, labelOpacity=OPACITY)
        for node in slice_nodes():
            self._outlined.append((node, node.GetUseLabelOutline()))
            node.SetUseLabelOutline(True)


def _colours() -> list[NamedColour]:
    """Return the colour of each value of a mask; what is not verified is clear."""
    light = (_("verified"), [*COLOUR, 1.0])
    return [(_("not verified"), [0.0, 0.0, 0.0, 0.0]), *([light] * (MARKED | OUTSIDE))]
