"""What all MRML widgets share: a scene, and observers that end with the widget."""

from __future__ import annotations

import functools

from PySide6 import QtWidgets
from shiboken6 import Shiboken

from ..pythonqt.signals import declare
from ..registry import parent_of


def _remove_all(observed, *_):
    """At the end of a widget; it holds no reference to the widget itself."""
    for obj, tag in observed:
        obj.RemoveObserver(tag)
    observed.clear()


class Observing:
    """VTK observers of a widget."""

    def _observe(self, obj, events, method):
        def forward(caller, event):
            if Shiboken.isValid(self):
                method(caller, event)

        if "_observed" not in self.__dict__:
            self._observed = []
            self.destroyed.connect(functools.partial(_remove_all, self._observed))
        self._observed.extend((obj, obj.AddObserver(event, forward)) for event in events)

    def _unobserve(self, obj=None):
        observed = self.__dict__.get("_observed", [])
        for item in [item for item in observed if obj is None or item[0] is obj]:
            item[0].RemoveObserver(item[1])
            observed.remove(item)

    def _observes(self, obj):
        return any(item[0] is obj for item in self.__dict__.get("_observed", []))


class qMRMLWidget(Observing, QtWidgets.QWidget):
    vars().update(declare("mrmlSceneChanged(vtkMRMLScene*)"))

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._scene = None

    def mrmlScene(self):
        return self._scene

    def setMRMLScene(self, scene):
        if scene is not self._scene:
            self._scene = scene
            self.mrmlSceneChanged.emit(scene)


class qSlicerWidget(qMRMLWidget):
    pass


class qMRMLScreenShotDialog:
    FullLayout, ThreeD, Red, Yellow, Green = -1, 0, 1, 2, 3
