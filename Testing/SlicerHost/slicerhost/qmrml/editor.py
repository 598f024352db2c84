"""The Segment Editor's state, kept in a real vtkMRMLSegmentEditorNode; nobody paints by mouse here."""

from __future__ import annotations

import slicer
from PySide6 import QtCore, QtWidgets

from ..pythonqt.signals import declare
from ..registry import Value
from .base import qMRMLWidget
from .editorkeys import EditorKeys
from .segments import qMRMLSegmentationShow3DButton, qMRMLSegmentsTableView

EFFECTS = (
    "Threshold",
    "Paint",
    "Draw",
    "Erase",
    "Level tracing",
    "Grow from seeds",
    "Fill between slices",
    "Margin",
    "Hollow",
    "Smoothing",
    "Scissors",
    "Islands",
    "Logical operators",
    "Mask volume",
)


class Effect(QtCore.QObject):
    """An effect's identity and its parameters in the editor node."""

    def __init__(self, editor, name):
        super().__init__(editor)
        self._editor = editor
        self.setObjectName(name)

    def self(self):
        return self

    def parameterSetNode(self):
        return self._editor.mrmlSegmentEditorNode()

    def setParameter(self, key, value):
        self.parameterSetNode().SetAttribute(f"{self.objectName}.{key}", str(value))

    def parameter(self, key):
        return self.parameterSetNode().GetAttribute(f"{self.objectName}.{key}") or ""


class qMRMLSegmentEditorWidget(qMRMLWidget):
    vars().update(
        declare(
            "currentSegmentIDChanged(QString)",
            "sourceVolumeNodeChanged(vtkMRMLVolumeNode*)",
            "segmentationNodeChanged(vtkMRMLSegmentationNode*)",
            "segmentEditorNodeChanged(vtkMRMLSegmentEditorNode*)",
        )
    )
    segmentationNodeSelectorVisible, sourceVolumeNodeSelectorVisible = Value(True), Value(True)
    maskingSectionVisible, specifyGeometryButtonVisible, show3DButtonVisible = Value(True), Value(True), Value(True)
    addRemoveSegmentButtonsVisible, autoShowSourceVolumeNode = Value(True), Value(True)
    switchToSegmentationsButtonVisible, undoEnabled, readOnly = Value(True), Value(True), Value(False)
    maximumNumberOfUndoStates, effectButtonStyle, effectColumnCount = Value(10), Value(None), Value(2)
    unorderedEffectsVisible, jumpToSelectedSegmentEnabled = Value(True), Value(False)
    defaultTerminologyEntry, defaultTerminologyEntrySettingsKey = Value(""), Value("")

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._editorNode, self._effect, self._order = None, None, EFFECTS
        self._effects = {name: Effect(self, name) for name in EFFECTS}
        self._keys = EditorKeys(self)
        self._table = qMRMLSegmentsTableView(self)
        self._table.setObjectName("SegmentsTableView")
        self._show3D = qMRMLSegmentationShow3DButton(self)
        self._show3D.setObjectName("Show3DButton")
        self._buttons = QtWidgets.QWidget(self)
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        for widget in (self._show3D, self._table, self._buttons):
            box.addWidget(widget)
        self._grid()
        self._table.connect("selectionChanged(QItemSelection,QItemSelection)", self._picked)

    def _grid(self):
        """One button for each effect."""
        grid = QtWidgets.QGridLayout(self._buttons)
        grid.setContentsMargins(0, 0, 0, 0)
        for index, name in enumerate(EFFECTS):
            button = QtWidgets.QToolButton(self._buttons)
            button.setText(name)
            button.setObjectName(name)
            button.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Fixed)
            button.clicked.connect(lambda *_, name=name: self.setActiveEffectByName(name))
            grid.addWidget(button, index // 4, index % 4)

    def mrmlSegmentEditorNode(self):
        return self._editorNode

    def setMRMLSegmentEditorNode(self, node):
        self._editorNode = node
        self._follow()
        self.segmentEditorNodeChanged.emit(node)

    def _follow(self):
        self._table.setSegmentationNode(self.segmentationNode())
        self._show3D.setSegmentationNode(self.segmentationNode())

    def _editor(self):
        if self._editorNode is None:
            raise RuntimeError("qMRMLSegmentEditorWidget: set the segment editor node first")
        return self._editorNode

    def segmentationNode(self):
        return self._editorNode.GetSegmentationNode() if self._editorNode else None

    def segmentationNodeID(self):
        return self.segmentationNode().GetID() if self.segmentationNode() else ""

    def setSegmentationNode(self, node):
        if node is self.segmentationNode():
            return
        editor = self._editor()
        editor.SetAndObserveSegmentationNode(node)
        editor.SetSelectedSegmentID("")
        self._follow()
        self.segmentationNodeChanged.emit(node)
        if node is not None and node.GetSegmentation().GetNumberOfSegments():
            self.setCurrentSegmentID(node.GetSegmentation().GetNthSegmentID(0))

    def setSegmentationNodeID(self, node_id):
        self.setSegmentationNode(self._scene.GetNodeByID(node_id) if node_id else None)

    def sourceVolumeNode(self):
        return self._editorNode.GetSourceVolumeNode() if self._editorNode else None

    def sourceVolumeNodeID(self):
        return self.sourceVolumeNode().GetID() if self.sourceVolumeNode() else ""

    def setSourceVolumeNode(self, node):
        if node is self.sourceVolumeNode():
            return
        self._editor().SetAndObserveSourceVolumeNode(node)
        segmentation = self.segmentationNode()
        role = slicer.vtkMRMLSegmentationNode.GetReferenceImageGeometryReferenceRole()
        if segmentation is not None and node is not None and not segmentation.GetNodeReference(role):
            segmentation.SetReferenceImageGeometryParameterFromVolumeNode(node)
        self.sourceVolumeNodeChanged.emit(node)

    def setSourceVolumeNodeID(self, node_id):
        self.setSourceVolumeNode(self._scene.GetNodeByID(node_id) if node_id else None)

    def currentSegmentID(self):
        return (self._editorNode.GetSelectedSegmentID() or "") if self._editorNode else ""

    def setCurrentSegmentID(self, segment_id):
        if segment_id != self.currentSegmentID():
            self._editor().SetSelectedSegmentID(segment_id)
            self._table.setSelectedSegmentIDs([segment_id])
            self.currentSegmentIDChanged.emit(segment_id)

    def _picked(self, *_):
        ids = self._table.selectedSegmentIDs()
        if ids:
            self.setCurrentSegmentID(ids[0])

    def availableEffectNames(self):
        return EFFECTS

    def effectNameOrder(self):
        return tuple(self._order)

    def setEffectNameOrder(self, names):
        self._order = tuple(names)

    def effectByName(self, name):
        return self._effects.get(name)

    def activeEffect(self):
        return self._effect

    def setActiveEffect(self, effect):
        self.setActiveEffectByName(effect.objectName if effect else "")

    def setActiveEffectByName(self, name):
        self._effect = self._effects.get(name)
        self._editor().SetActiveEffectName(name or "")

    def installKeyboardShortcuts(self, parent=None):
        self._keys.install(parent)

    def uninstallKeyboardShortcuts(self):
        self._keys.uninstall()

    def updateWidgetFromMRML(self):
        self._follow()

    def _nothing(self, *_):
        """Mouse and undo have no effect here."""

    setupViewObservations = removeViewObservations = rotateSliceViewsToSegmentation = _nothing
    saveStateForUndo = undo = redo = updateEffectList = _nothing
