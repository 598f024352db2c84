"""How the label looks while a region is judged: a thin light line with a dark edge inside it, nothing filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import slicer

from DualNetSSLLib.maps.linecolours import LABEL_EDGE, LABEL_OVER_MAP, line_colour
from DualNetSSLLib.panel.common.scene import LABEL, PREDICTION, PREFIX
from DualNetSSLLib.panel.desk.case_nodes import ShownCase

THIN, EDGE = 2, 3
"""Pixels of the line, and of the darker one below it. Views draw both inwards, so the edge is seen inside the line."""
MARK = PREFIX + "Line"


@dataclass(frozen=True)
class _Before:
    """What a display is put back to."""

    display: Any
    filled: bool
    width: int
    visible: bool


class LabelLook:
    """Dresses the label of the open case, and puts back what was there; the prediction's line would hide it.

    The label's own display becomes the edge, and the line a display beside it: views draw what is added later on top.
    """

    def __init__(self) -> None:
        """Begin with nothing dressed."""
        self._before: list[_Before] = []

    def wear(self, shown: ShownCase, map_seen: bool) -> None:
        """Dress the label for a region, with the map seen below it or not."""
        node = shown.node(LABEL)
        label, prediction = _display(node), _display(shown.node(PREDICTION))
        for display in (label, prediction):
            if display is not None and not any(known.display is display for known in self._before):
                self._before.append(_state(display))
        if label is not None:
            line = _line_of(node) or _add_line(node)
            for display, width in ((label, EDGE), (line, THIN)):
                display.SetVisibility2DFill(False)
                display.SetVisibility2DOutline(True)
                display.SetSliceIntersectionThickness(width)
            _colour(node, label, line, map_seen)
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
                _undress(node, display)
        self._before.clear()


def _display(node: Any) -> Any:
    return None if node is None else node.GetDisplayNode()


def _state(display: Any) -> _Before:
    return _Before(
        display, display.GetVisibility2DFill(), display.GetSliceIntersectionThickness(), display.GetVisibility2D()
    )


def _line_of(node: Any) -> Any:
    """Return the display of the line, None if the label has none."""
    displays = (node.GetNthDisplayNode(index) for index in range(node.GetNumberOfDisplayNodes()))
    return next((each for each in displays if each is not None and each.GetAttribute(MARK)), None)


def _add_line(node: Any) -> Any:
    """Add the display of the line, which stays with the label, hidden while nobody reviews.

    Slicer crashes where a segmentation goes that one of its displays was taken from before. Saved, the line is hidden;
    not saved, its id would be free for the display of something else, and the label would name that.
    """
    line = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationDisplayNode")
    line.SetAttribute(MARK, "1")
    line.SetVisibility3D(False)
    node.AddAndObserveDisplayNodeID(line.GetID())
    return line


def _segments(node: Any) -> list[str]:
    segmentation = None if node is None else node.GetSegmentation()
    if segmentation is None:
        return []
    return [segmentation.GetNthSegmentID(index) for index in range(segmentation.GetNumberOfSegments())]


def _colour(node: Any, edge: Any, line: Any, map_seen: bool) -> None:
    """Give every class a line in one colour that the map does not have, or in its own; what is hidden has none."""
    for identity in _segments(node):
        own = line_colour(node.GetSegmentation().GetSegment(identity).GetColor())
        edge.SetSegmentOverrideColor(identity, *LABEL_EDGE)
        line.SetSegmentOverrideColor(identity, *(LABEL_OVER_MAP if map_seen else own))
        line.SetSegmentVisibility(identity, edge.GetSegmentVisibility(identity))
    line.SetVisibility(edge.GetVisibility())
    line.SetVisibility2D(edge.GetVisibility2D())


def _undress(node: Any, display: Any) -> None:
    for identity in _segments(node):
        display.UnsetSegmentOverrideColor(identity)
    line = _line_of(node)
    if line is not None:
        line.SetVisibility(False)
