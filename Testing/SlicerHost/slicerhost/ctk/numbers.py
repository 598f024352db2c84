"""Sliders and spin boxes of real numbers."""

from __future__ import annotations

import math

from PySide6 import QtCore, QtWidgets

from ..pythonqt.signals import declare
from ..registry import Value, forwarded, parent_of

STEPS = 1000


def row(parent, *widgets):
    """Lay widgets out in one row without margins."""
    box = QtWidgets.QHBoxLayout(parent)
    box.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        box.addWidget(widget)


def step_of(number, low, high):
    """Where a number lies on a slider of `STEPS` steps."""
    share = (number - low) / ((high - low) or 1.0)
    return round(STEPS * share) if math.isfinite(share) else 0


class ctkDoubleSpinBox(QtWidgets.QWidget):
    vars().update(declare("valueChanged(double)", "valueChanged(QString)", "editingFinished()", "decimalsChanged(int)"))

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._spin = QtWidgets.QDoubleSpinBox(self)
        row(self, self._spin)
        self._spin.valueChanged.connect(self.valueChanged.emit)
        self._spin.editingFinished.connect(self.editingFinished.emit)

    def setRange(self, low, high):
        self._spin.setRange(low, high)

    def lineEdit(self):
        return self._spin.lineEdit()


class ctkDoubleSlider(QtWidgets.QWidget):
    vars().update(
        declare(
            "valueChanged(double)",
            "rangeChanged(double,double)",
            "sliderMoved(double)",
            "sliderPressed()",
            "sliderReleased()",
        )
    )
    minimum, maximum, singleStep, pageStep = Value(0.0, "_clip"), Value(99.0, "_clip"), Value(1.0), Value(10.0)
    tracking, tickInterval, handleToolTip, invertedAppearance = Value(True), Value(0.0), Value(""), Value(False)
    orientation, decimals = Value(None), Value(2)

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._number = 0.0
        self._slider = QtWidgets.QSlider(QtCore.Qt.Horizontal, self)
        self._slider.setRange(0, STEPS)
        row(self, self._slider)
        self._slider.sliderMoved.connect(self._dragged)

    def _clip(self):
        self.value = self._number
        self.rangeChanged.emit(self.minimum, self.maximum)

    def _dragged(self, step):
        self.value = self.minimum + (self.maximum - self.minimum) * step / STEPS
        self.sliderMoved.emit(self._number)

    def _read_value(self):
        return self._number

    def setValue(self, number):
        number = min(max(float(number), self.minimum), self.maximum)
        if number != self._number:
            self._number = number
            self._slider.setValue(step_of(number, self.minimum, self.maximum))
            self.valueChanged.emit(number)

    value = property(_read_value, setValue)

    def setRange(self, low, high):
        self.minimum, self.maximum = low, high


class ctkSliderWidget(QtWidgets.QWidget):
    """A slider beside a spin box; ``tracking`` off: valueChanged comes when the slider is let go."""

    vars().update(declare("valueChanged(double)", "valueIsChanging(double)", "decimalsChanged(int)"))
    spinBoxVisible, popupSlider, spinBoxAlignment = Value(True, "_show"), Value(False), Value(None)
    tickInterval, pageStep, invertedAppearance = Value(0.0), Value(10.0), Value(False)

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._committed = 0.0
        self._slider, self._spin = QtWidgets.QSlider(QtCore.Qt.Horizontal, self), QtWidgets.QDoubleSpinBox(self)
        self._slider.setRange(0, STEPS)
        row(self, self._slider, self._spin)
        self._spin.valueChanged.connect(self._moved)
        self._slider.sliderMoved.connect(self._dragged)
        self._slider.sliderReleased.connect(lambda: self._commit(self._spin.value))

    tracking = Value(True)

    def _show(self):
        self._spin.setVisible(self.spinBoxVisible)

    def _moved(self, number):
        self._slider.setValue(step_of(number, self._spin.minimum, self._spin.maximum))
        if self.tracking or not self._slider.sliderDown:
            self._commit(number)
        else:
            self.valueIsChanging.emit(number)

    def _commit(self, number):
        if number != self._committed:
            self._committed = number
            self.valueChanged.emit(number)

    def _dragged(self, step):
        low, high = self._spin.minimum, self._spin.maximum
        self._spin.value = low + (high - low) * step / STEPS

    def setRange(self, low, high):
        self._spin.setRange(low, high)

    def slider(self):
        return self._slider

    def spinBox(self):
        return self._spin


for _cls in (ctkDoubleSpinBox, ctkSliderWidget):
    forwarded(_cls, "_spin", ("value", "minimum", "maximum", "singleStep", "decimals", "prefix", "suffix"))
