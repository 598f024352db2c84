"""Numbers with units: only the scene is added to ctk's widgets."""

from __future__ import annotations

from .. import ctk
from ..registry import Value


class _Units:
    quantity, unitAwareProperties = Value(""), Value(None)

    def setMRMLScene(self, scene):
        self._scene = scene

    def mrmlScene(self):
        return self.__dict__.get("_scene")


class qMRMLSliderWidget(_Units, ctk.ctkSliderWidget):
    pass


class qMRMLSpinBox(_Units, ctk.ctkDoubleSpinBox):
    pass


class qMRMLRangeWidget(_Units, ctk.ctkRangeWidget):
    pass
