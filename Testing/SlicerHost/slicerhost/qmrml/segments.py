"""Widgets that follow the segments of one segmentation."""

from __future__ import annotations

import slicer
import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from .. import ctk
from ..pythonqt.signals import declare
from ..registry import Value, parent_of
from .base import qMRMLWidget
from .nodes import qMRMLNodeComboBox


class SegmentationFollower(qMRMLWidget):
    """Calls `_refresh` when the segments of its node change."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._node = None

    def segmentationNode(self):
        return self._node

    def setSegmentationNode(self, node):
        if node is self._node:
            return
        self._unobserve()
        self._node = node
        if node is not None:
            kind = slicer.vtkSegmentation
            events = (kind.SegmentAdded, kind.SegmentRemoved, kind.SegmentModified, kind.SegmentsOrderModified)
            self._observe(node.GetSegmentation(), events, lambda *_: self._refresh())
        self._refresh()

    def _segments(self):
        if self._node is None:
            return []
        segmentation, ids = self._node.GetSegmentation(), vtk.vtkStringArray()
        segmentation.GetSegmentIDs(ids)
        names = [ids.GetValue(index) for index in range(ids.GetNumberOfValues())]
        return [(name, segmentation.GetSegment(name)) for name in names]


class qMRMLSegmentsTableView(SegmentationFollower):
    vars().update(declare("selectionChanged(QItemSelection,QItemSelection)", "segmentAboutToBeModified(QString)"))
    headerVisible, visibilityColumnVisible, colorColumnVisible, opacityColumnVisible = (Value(True) for _ in range(4))
    statusColumnVisible, layerColumnVisible, readOnly, filterBarVisible = (Value(False) for _ in range(4))
    textFilter, jumpToSelectedSegmentEnabled = Value(""), Value(False)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._hidden = ()
        self._table = QtWidgets.QTableWidget(0, 2, self)
        self._table.setHorizontalHeaderLabels(["Color", "Name"])
        self._table.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectRows)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.setMinimumHeight(60)
        box.addWidget(self._table)
        empty = QtCore.QItemSelection
        self._table.itemSelectionChanged.connect(lambda: self.selectionChanged.emit(empty(), empty()))

    def setSelectionMode(self, mode):
        self._table.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode(getattr(mode, "value", mode)))

    selectionMode = property(lambda self: self._table.selectionMode, setSelectionMode)

    def tableWidget(self):
        return self._table

    def setHideSegments(self, ids):
        """Segments with these ids are not shown; they count and keep their rows' order otherwise."""
        self._hidden = tuple(ids)
        self._refresh()

    def hideSegments(self):
        return self._hidden

    segmentCount = property(lambda self: len(self._segments()))

    def _refresh(self):
        selected = self.selectedSegmentIDs()
        blocked = self._table.blockSignals(True)
        segments = [(each, segment) for each, segment in self._segments() if each not in self._hidden]
        self._table.setRowCount(len(segments))
        for row, (segment_id, segment) in enumerate(segments):
            swatch = QtWidgets.QTableWidgetItem()
            swatch.setBackground(QtGui.QColor.fromRgbF(*segment.GetColor()))
            swatch.setData(QtCore.Qt.UserRole, segment_id)
            self._table.setItem(row, 0, swatch)
            self._table.setItem(row, 1, QtWidgets.QTableWidgetItem(segment.GetName()))
        self.setSelectedSegmentIDs(selected)
        self._table.blockSignals(blocked)

    def selectedSegmentIDs(self):
        rows = sorted({index.row() for index in self._table.selectedIndexes()})
        items = (self._table.item(row, 0) for row in rows)
        return tuple(item.data(QtCore.Qt.UserRole) for item in items if item is not None)

    def setSelectedSegmentIDs(self, ids):
        self._table.clearSelection()
        flags = QtCore.QItemSelectionModel.Select | QtCore.QItemSelectionModel.Rows
        for row in range(self._table.rowCount):
            item = self._table.item(row, 0)
            if item is not None and item.data(QtCore.Qt.UserRole) in ids:
                self._table.selectionModel().select(self._table.model().index(row, 0), flags)

    def clearSelection(self):
        self._table.clearSelection()

    def rowForSegmentID(self, segment_id):
        return next((row for row, (known, _) in enumerate(self._segments()) if known == segment_id), -1)

    def segmentIDForRow(self, row):
        return self._segments()[row][0]


class qMRMLSegmentSelectorWidget(SegmentationFollower):
    vars().update(
        declare(
            "currentNodeChanged(vtkMRMLNode*)",
            "currentNodeChanged(bool)",
            "currentSegmentChanged(QString)",
            "segmentSelectionChanged(QStringList)",
        )
    )
    noneEnabled, editEnabled, segmentationNodeSelectorVisible = Value(False), Value(False), Value(True)
    multiSelection, horizontalLayout, selectNodeUponCreation = Value(False), Value(False), Value(True)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        box = QtWidgets.QVBoxLayout(self)
        self._nodes, self._combo = qMRMLNodeComboBox(self), QtWidgets.QComboBox(self)
        self._nodes.nodeTypes = ["vtkMRMLSegmentationNode"]
        box.addWidget(self._nodes)
        box.addWidget(self._combo)
        self._nodes.connect("currentNodeChanged(vtkMRMLNode*)", self._node_picked)
        self._combo.currentIndexChanged.connect(lambda _: self.currentSegmentChanged.emit(self.currentSegmentID()))

    def setMRMLScene(self, scene):
        super().setMRMLScene(scene)
        self._nodes.setMRMLScene(scene)

    def _node_picked(self, node):
        self.setSegmentationNode(node)
        self.currentNodeChanged.emit(node)

    def _refresh(self):
        current = self.currentSegmentID()
        blocked = self._combo.blockSignals(True)
        self._combo.clear()
        for segment_id, segment in self._segments():
            self._combo.addItem(segment.GetName(), segment_id)
        self._combo.setCurrentIndex(max(0, self._combo.findData(current)))
        self._combo.blockSignals(blocked)
        if self.currentSegmentID() != current:
            self.currentSegmentChanged.emit(self.currentSegmentID())

    def currentNode(self):
        return self._nodes.currentNode()

    def setCurrentNode(self, node):
        self._nodes.setCurrentNode(node)

    def currentNodeID(self):
        return self._nodes.currentNodeID

    def currentSegmentID(self):
        return self._combo.currentData or ""

    def setCurrentSegmentID(self, segment_id):
        self._combo.setCurrentIndex(self._combo.findData(segment_id))


class qMRMLSegmentationShow3DButton(ctk.ctkMenuButton):
    """Makes and removes the closed surface."""

    locked = Value(False)

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._node = None
        self.setCheckable(True)
        self.setText("Show 3D")
        self.clicked.connect(self._toggle)

    def setMRMLScene(self, scene):
        pass

    def segmentationNode(self):
        return self._node

    def setSegmentationNode(self, node):
        self._node = node
        self.setEnabled(node is not None)

    def _toggle(self, on):
        if on:
            self._node.CreateClosedSurfaceRepresentation()
        else:
            self._node.RemoveClosedSurfaceRepresentation()
