"""A range of two numbers."""

from __future__ import annotations

from PySide6 import QtWidgets

from ..pythonqt.signals import declare
from ..registry import parent_of
from .numbers import row


class ctkRangeWidget(QtWidgets.QWidget):
    """Two numbers of which the first is never above the second."""

    vars().update(
        declare(
            "minimumValueChanged(double)",
            "maximumValueChanged(double)",
            "valuesChanged(double,double)",
            "rangeChanged(double,double)",
            "minimumValueIsChanging(double)",
            "maximumValueIsChanging(double)",
        )
    )

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._low, self._high = QtWidgets.QDoubleSpinBox(self), QtWidgets.QDoubleSpinBox(self)
        row(self, self._low, self._high)
        self.setRange(0, 99)
        self._high.value = 99
        self._low.valueChanged.connect(self._low_moved)
        self._high.valueChanged.connect(self._high_moved)

    def _low_moved(self, number):
        self._high.value = max(self._high.value, number)
        self.minimumValueChanged.emit(number)
        self.valuesChanged.emit(self._low.value, self._high.value)

    def _high_moved(self, number):
        self._low.value = min(self._low.value, number)
        self.maximumValueChanged.emit(number)
        self.valuesChanged.emit(self._low.value, self._high.value)

    def setRange(self, low, high):
        self._low.setRange(low, high)
        self._high.setRange(low, high)

    def setValues(self, low, high):
        self._low.value, self._high.value = low, high

    def setMinimum(self, number):
        self.setRange(number, max(number, self.maximum))

    def setMaximum(self, number):
        self.setRange(min(number, self.minimum), number)

    def setMinimumValue(self, number):
        self._low.value = number

    def setMaximumValue(self, number):
        self._high.value = number

    def setDecimals(self, count):
        self._low.decimals = self._high.decimals = count

    def setSingleStep(self, step):
        self._low.singleStep = self._high.singleStep = step

    minimum = property(lambda self: self._low.minimum, setMinimum)
    maximum = property(lambda self: self._low.maximum, setMaximum)
    minimumValue = property(lambda self: self._low.value, setMinimumValue)
    maximumValue = property(lambda self: self._high.value, setMaximumValue)
    decimals = property(lambda self: self._low.decimals, setDecimals)
    singleStep = property(lambda self: self._low.singleStep, setSingleStep)


class ctkDoubleRangeSlider(ctkRangeWidget):
    pass
