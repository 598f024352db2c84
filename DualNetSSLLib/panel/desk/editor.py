"""Slicer's own Segment Editor inside the panel, with a parameter set of its own, on the label of the open case."""

from __future__ import annotations

from typing import Any

import qt
import slicer.util

from DualNetSSLLib.panel.common.scene import IMAGE, LABEL, segment_of
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.labelmap import AREA_SEGMENT

SINGLETON = "DualNetSSL"
EFFECTS = ("Paint", "Draw", "Erase", "Threshold", "Grow from seeds", "Fill between slices", "Islands", "Smoothing")
UNDO_STATES = 10


class LabelEditor:
    """The editor follows the case on the desk and is silent while the panel is not in front."""

    def __init__(self, frame: Any) -> None:
        """Build the editor into a frame."""
        box = qt.QVBoxLayout(frame)
        box.setContentsMargins(0, 0, 0, 0)
        self.widget = slicer.qMRMLSegmentEditorWidget()
        self.widget.setMaximumNumberOfUndoStates(UNDO_STATES)
        self.widget.setEffectNameOrder(EFFECTS)
        # The case on the desk decides what is edited, and the data set which segments there are.
        self.widget.setSegmentationNodeSelectorVisible(False)
        self.widget.setSourceVolumeNodeSelectorVisible(False)
        self.widget.setSwitchToSegmentationsButtonVisible(False)
        self.widget.setAddRemoveSegmentButtonsVisible(False)
        box.addWidget(self.widget)
        self._entered = False
        self._live = False

    def present(self, shown: ShownCase | None) -> None:
        """Edit the label of this case, or nothing."""
        if shown is None:
            self._detach()
            return
        self._attach_scene()
        _free_the_brush(self.widget.mrmlSegmentEditorNode(), shown.node(LABEL))
        self.widget.setSegmentationNode(shown.node(LABEL))
        self.widget.setSourceVolumeNode(shown.node(IMAGE))
        slicer.util.findChild(self.widget, "SegmentsTableView").setHideSegments([AREA_SEGMENT])
        self._wake()

    def enter(self) -> None:
        """The panel comes to the front."""
        self._entered = True
        self._wake()

    def exit(self) -> None:
        """The panel goes to the back: no brush, no keys."""
        self._sleep()
        self._entered = False

    def close(self) -> None:
        """Let go of scene and views."""
        self._detach()

    @property
    def node(self) -> Any | None:
        """The editor's parameter set, once a case was edited."""
        return self.widget.mrmlSegmentEditorNode()

    def choose(self, shown: ShownCase, value: int) -> None:
        """Make the segment of a class the one to paint with."""
        node = shown.node(LABEL)
        identity = "" if node is None else segment_of(node, value)
        if identity and self.widget.segmentationNode() is node:
            self.widget.setCurrentSegmentID(identity)

    def paint(self) -> None:
        """Take the brush."""
        if self.widget.segmentationNode() is not None:
            self.widget.setActiveEffectByName("Paint")

    def rest(self) -> None:
        """Put the brush away."""
        if self.widget.segmentationNode() is not None:
            self.widget.setActiveEffectByName("")

    def _attach_scene(self) -> None:
        """The parameter set comes first, as Slicer's editor asks: it puts its defaults there when it gets a scene."""
        self.widget.setMRMLSegmentEditorNode(_editor_node())
        if self.widget.mrmlScene() is not slicer.mrmlScene:
            self.widget.setMRMLScene(slicer.mrmlScene)

    def _detach(self) -> None:
        self._sleep()
        if self.widget.mrmlSegmentEditorNode() is not None:
            self.widget.setSegmentationNode(None)
            self.widget.setSourceVolumeNode(None)
            self.widget.setMRMLSegmentEditorNode(None)

    def _wake(self) -> None:
        if self._entered and not self._live and self.widget.segmentationNode() is not None:
            self._live = True
            self.widget.setupViewObservations()
            self.widget.installKeyboardShortcuts()

    def _sleep(self) -> None:
        if self._live:
            self._live = False
            self.widget.setActiveEffect(None)
            self.widget.uninstallKeyboardShortcuts()
            self.widget.removeViewObservations()


def _free_the_brush(editor_node: Any, label: Any | None) -> None:
    """Let the brush act everywhere if it is limited to a region that this label does not have: to another case's.

    What somebody has chosen among the editor's own masks stays.
    """
    if label is not None and label.GetSegmentation().GetSegment(AREA_SEGMENT) is not None:
        return
    if editor_node.GetMaskSegmentID() == AREA_SEGMENT:
        editor_node.SetMaskSegmentID("")
        editor_node.SetMaskMode(slicer.vtkMRMLSegmentationNode.EditAllowedEverywhere)
        editor_node.SetOverwriteMode(editor_node.OverwriteAllSegments)


def _editor_node() -> Any:
    """Return the editor's parameter set of this module, so that it shares nothing with the Segment Editor module."""
    scene = slicer.mrmlScene
    node = scene.GetSingletonNode(SINGLETON, "vtkMRMLSegmentEditorNode")
    if node is not None:
        return node
    node = scene.CreateNodeByClass("vtkMRMLSegmentEditorNode")
    node.UnRegister(None)
    node.SetSingletonTag(SINGLETON)
    return scene.AddNode(node)
