"""Placing of markups, through the scene's real interaction and selection nodes."""

from __future__ import annotations

import slicer
from PySide6 import QtWidgets

from ..pythonqt.signals import declare
from ..registry import Value
from .base import qMRMLWidget


class qSlicerMarkupsPlaceWidget(qMRMLWidget):
    vars().update(declare("activeMarkupsFiducialPlaceModeChanged(bool)", "activeMarkupsPlaceModeChanged(bool)"))
    buttonsVisible, deleteAllControlPointsOptionVisible = Value(True), Value(True)
    unsetLastControlPointOptionVisible, placeMultipleMarkups = Value(False), Value(0)
    ShowPlaceMultipleMarkupsOption, HidePlaceMultipleMarkupsOption = 0, 1
    ForcePlaceSingleMarkup, ForcePlaceMultipleMarkups = 2, 3

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._node = None
        self._button = QtWidgets.QToolButton(self)
        self._button.setCheckable(True)

    def placeButton(self):
        return self._button

    deleteButton = colorButton = placeButton

    def currentNode(self):
        return self._node

    def setCurrentNode(self, node):
        self._node = node

    def setPlaceModeEnabled(self, on):
        if self._scene is None or self._node is None:
            return
        logic = slicer.app.applicationLogic()
        logic.GetSelectionNode().SetReferenceActivePlaceNodeClassName(self._node.GetClassName())
        logic.GetSelectionNode().SetActivePlaceNodeID(self._node.GetID())
        interaction = logic.GetInteractionNode()
        interaction.SetCurrentInteractionMode(interaction.Place if on else interaction.ViewTransform)
        self._button.checked = on
        self.activeMarkupsPlaceModeChanged.emit(on)

    placeModeEnabled = property(lambda self: self._button.checked, setPlaceModeEnabled)
