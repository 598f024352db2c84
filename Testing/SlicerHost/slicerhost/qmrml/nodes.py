"""Selectors of nodes, as Slicer's: never select by themselves, move to the neighbour when the current node goes."""

from __future__ import annotations

import vtk
from PySide6 import QtWidgets

from ..pythonqt.signals import declare
from ..registry import Value, parent_of
from .base import Observing


class qMRMLNodeComboBox(Observing, QtWidgets.QWidget):
    vars().update(
        declare(
            "currentNodeChanged(vtkMRMLNode*)",
            "currentNodeChanged(bool)",
            "currentNodeIDChanged(QString)",
            "nodeActivated(vtkMRMLNode*)",
            "nodeAdded(vtkMRMLNode*)",
            "nodeAddedByUser(vtkMRMLNode*)",
            "nodeAddedByUserAction(vtkMRMLNode*)",
            "nodeAboutToBeRemoved(vtkMRMLNode*)",
            "nodeAboutToBeEdited(vtkMRMLNode*)",
            "currentNodeRenamed(QString)",
        )
    )
    nodeTypes, showHidden = Value([], "_fill"), Value(False, "_fill")
    showChildNodeTypes, hideChildNodeTypes = Value(True, "_fill"), Value([], "_fill")
    noneEnabled, noneDisplay = Value(False, "_fill"), Value("None", "_fill")
    addEnabled, removeEnabled, editEnabled, renameEnabled = Value(True), Value(True), Value(False), Value(False)
    selectNodeUponCreation, interactionNodeSingletonTag = Value(True), Value("Singleton")

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        box = QtWidgets.QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._combo = QtWidgets.QComboBox(self)
        box.addWidget(self._combo)
        self._scene, self._current, self._row = None, None, -1
        self._attributes, self._baseNames = [], {}
        self._combo.currentIndexChanged.connect(self._picked)
        self._combo.activated.connect(lambda index: self.nodeActivated.emit(self._current))
        self.setEnabled(False)  # until it has a scene, as the real one

    def mrmlScene(self):
        return self._scene

    def setMRMLScene(self, scene):
        if scene is self._scene:
            return
        self._unobserve()
        self._scene = scene
        self.setEnabled(scene is not None)
        if scene is not None:
            events = (
                scene.NodeAddedEvent,
                scene.NodeRemovedEvent,
                scene.EndBatchProcessEvent,
                scene.EndCloseEvent,
                scene.EndImportEvent,
            )
            self._observe(scene, events, self._scene_changed)
        self._fill()

    def _scene_changed(self, scene, event):
        if not scene.IsBatchProcessing():
            self._fill()

    def _accepts(self, node):
        if node.GetHideFromEditors() and not self.showHidden:
            return False
        if self.showChildNodeTypes:
            kind_fits = any(node.IsA(kind) for kind in self.nodeTypes)
            kind_fits = kind_fits and node.GetClassName() not in self.hideChildNodeTypes
        else:
            kind_fits = node.GetClassName() in self.nodeTypes
        return kind_fits and all(self._has(node, *wanted) for wanted in self._attributes)

    def _has(self, node, kind, name, wanted):
        have = node.GetAttribute(name)
        return not node.IsA(kind) or (have is not None and (wanted is None or have == str(wanted)))

    def nodes(self):
        scene = self._scene
        every = [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())] if scene else []
        return [node for node in every if self._accepts(node)]

    def _fill(self):
        nodes = self.nodes()
        for node in nodes:
            if not self._observes(node):
                self._observe(node, (vtk.vtkCommand.ModifiedEvent,), self._modified)
        blocked = self._combo.blockSignals(True)
        self._combo.clear()
        if self.noneEnabled:
            self._combo.addItem(self.noneDisplay, "")
        for node in nodes:
            self._combo.addItem(node.GetName(), node.GetID())
        self._combo.blockSignals(blocked)
        self._select(self._current if self._current in (None, *nodes) else self._neighbour(nodes))

    def _neighbour(self, nodes):
        """Where Qt's selection goes when the current row is removed."""
        index = min(self._row, len(nodes) - 1 + self.noneEnabled) - self.noneEnabled
        return nodes[index] if 0 <= index < len(nodes) else None

    def _modified(self, node, event):
        index = self._combo.findData(node.GetID())
        if index >= 0 and self._combo.itemText(index) != node.GetName():
            self._combo.setItemText(index, node.GetName())
            if node is self._current:
                self.currentNodeRenamed.emit(node.GetName())

    def _select(self, node):
        blocked = self._combo.blockSignals(True)
        self._combo.setCurrentIndex(self._combo.findData(node.GetID() if node else ""))
        self._combo.blockSignals(blocked)
        self._row = self._combo.currentIndex
        if node is not self._current:
            self._current = node
            self.currentNodeChanged.emit(node)
            self.currentNodeChanged_bool.emit(node is not None)
            self.currentNodeIDChanged.emit(node.GetID() if node else "")

    def _picked(self, index):
        node_id = self._combo.itemData(index)
        self._select(self._scene.GetNodeByID(node_id) if self._scene and node_id else None)

    def currentNode(self):
        return self._current

    def setCurrentNode(self, node):
        if isinstance(node, str):
            return self.setCurrentNodeID(node)
        return self._select(node if node is not None and node in self.nodes() else None)

    def setCurrentNodeID(self, node_id):
        self.setCurrentNode(self._scene.GetNodeByID(node_id) if self._scene and node_id else None)

    currentNodeID = property(lambda self: self._current.GetID() if self._current else "", setCurrentNodeID)
    currentNodeId = currentNodeID

    def setCurrentNodeIndex(self, index):
        self.setCurrentNode(self.nodeFromIndex(index))

    def nodeFromIndex(self, index):
        nodes = self.nodes()
        return nodes[index] if 0 <= index < len(nodes) else None

    def nodeCount(self):
        return len(self.nodes())

    def addAttribute(self, kind, name, wanted=None):
        self._attributes.append((kind, name, wanted))
        self._fill()

    def removeAttribute(self, kind, name):
        self._attributes[:] = [known for known in self._attributes if known[:2] != (kind, name)]
        self._fill()

    def setBaseName(self, name, kind=""):
        for each in [kind] if kind else self.nodeTypes:
            self._baseNames[each] = name

    baseName = property(lambda self: next(iter(self._baseNames.values()), ""), setBaseName)

    def setNodeTypeLabel(self, label, kind):
        pass

    def addMenuAction(self, action):
        pass

    def _new_node(self, kind):
        node = self._scene.CreateNodeByClass(kind)
        node.UnRegister(None)
        base = self._baseNames.get(kind) or (node.GetDefaultNodeNamePrefix() if not node.GetName() else "")
        if base:
            node.SetName(self._scene.GenerateUniqueName(base))
        for each, name, wanted in self._attributes:
            if node.IsA(each):
                node.SetAttribute(name, "" if wanted is None else str(wanted))
        return self._scene.AddNode(node)

    def addNode(self, kind=None):
        kind = kind or (self.nodeTypes[0] if self.nodeTypes else None)
        if self._scene is None or kind not in self.nodeTypes:
            return None
        node = self._new_node(kind)
        if self.selectNodeUponCreation:
            self.setCurrentNode(node)
        for signal in (self.nodeAdded, self.nodeAddedByUser, self.nodeAddedByUserAction):
            signal.emit(node)
        return node

    def removeCurrentNode(self):
        if self._current is not None:
            self._scene.RemoveNode(self._current)


class qMRMLSubjectHierarchyComboBox(qMRMLNodeComboBox):
    def clearSelection(self):
        self.setCurrentNode(None)


class qMRMLSubjectHierarchyTreeView(qMRMLSubjectHierarchyComboBox):
    pass


class qMRMLCheckableNodeComboBox(qMRMLNodeComboBox):
    vars().update(declare("checkedNodesChanged()"))
