"""How the label looks while a region is judged: a thin line, nothing filled, and blue while the map is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from DualNetSSLLib.maps.linecolours import LABEL_OVER_MAP
from DualNetSSLLib.panel.common.scene import LABEL, PREDICTION
from DualNetSSLLib.panel.desk.case_nodes import ShownCase

THIN = 1
"""Pixels."""


@dataclass(frozen=True)
class _Before:
    """What a display is put back to."""

    display: Any
    filled: bool
    width: int
    visible: bool


class LabelLook:
    """Dresses the label of the open case, and puts back what was there; the prediction's line would hide it."""

    def __init__(self) -> None:
        """Begin with nothing dressed."""
        self._before: list[_Before] = []

    def wear(self, shown: ShownCase, map_seen: bool) -> None:
        """Dress the label for a region, with the map seen below it or not."""
        label, prediction = _display(shown.node(LABEL)), _display(shown.node(PREDICTION))
        for display in (label, prediction):
            if display is not None and not any(known.display is display for known in self._before):
                self._before.append(_state(display))
        if label is not None:
            label.SetVisibility2DFill(False)
            label.SetVisibility2DOutline(True)
            label.SetSliceIntersectionThickness(THIN)
            _colour(shown.node(LABEL), label, map_seen)
        if prediction is not None:
            prediction.SetVisibility2D(False)

    def doff(self) -> None:
        """Put back how it was; a display that is gone from the scene is nobody's any more."""
        for before in self._before:
            display = before.display
            if display.GetScene() is None:
                continue
            display.SetVisibility2DFill(before.filled)
            display.SetSliceIntersectionThickness(before.width)
            display.SetVisibility2D(before.visible)
            node = display.GetDisplayableNode()
            if node is not None:
                _colour(node, display, map_seen=False)
        self._before.clear()


def _display(node: Any) -> Any:
    return None if node is None else node.GetDisplayNode()


def _state(display: Any) -> _Before:
    return _Before(
        display, display.GetVisibility2DFill(), display.GetSliceIntersectionThickness(), display.GetVisibility2D()
    )


def _colour(node: Any, display: Any, map_seen: bool) -> None:
    """Give every class one colour that the map does not have, or each its own."""
    segmentation = node.GetSegmentation()
    for index in range(segmentation.GetNumberOfSegments()):
        identity = segmentation.GetNthSegmentID(index)
        if map_seen:
            display.SetSegmentOverrideColor(identity, *LABEL_OVER_MAP)
        else:
            display.UnsetSegmentOverrideColor(identity)
