"""Buttons: collapsible sections, colour picker, buttons with a menu or a check box."""

from __future__ import annotations

from PySide6 import QtCore, QtGui, QtWidgets

from ..pythonqt.signals import declare
from ..registry import Value, parent_of

BAR_HEIGHT = 24


class ctkCollapsibleButton(QtWidgets.QAbstractButton):
    """A bar with an arrow; its layout's content is below it and goes away when it is collapsed."""

    vars().update(declare("contentsCollapsed(bool)"))
    flat, collapsedHeight, contentsFrameShape = Value(False), Value(10), Value(0)
    contentsFrameShadow, contentsLineWidth, buttonTextAlignment, indicatorAlignment = (Value(0) for _ in range(4))

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self.text = next((given for given in arguments if isinstance(given, str)), "")
        self.setCheckable(True)
        self.setChecked(True)
        self.setContentsMargins(0, BAR_HEIGHT, 0, 0)
        self.setSizePolicy(QtWidgets.QSizePolicy.Preferred, QtWidgets.QSizePolicy.Preferred)
        self.toggled.connect(self._apply)

    def _apply(self, opened):
        for child in self.children():
            if isinstance(child, QtWidgets.QWidget):
                hidden = child.property("_h_hidden_before") if opened else not child.isVisibleTo(self)
                if not opened:
                    child.setProperty("_h_hidden_before", hidden)
                child.setVisible(opened and not hidden)
        self.updateGeometry()
        self.contentsCollapsed.emit(not opened)

    def childEvent(self, event):
        if event.added() and not self.checked and isinstance(event.child(), QtWidgets.QWidget):
            event.child().setVisible(False)

    def _read_collapsed(self):
        return not self.checked

    def setCollapsed(self, on):
        self.setChecked(not on)

    collapsed = property(_read_collapsed, setCollapsed)

    def sizeHint(self):
        if not self.checked or not self.layout():
            return QtCore.QSize(160, BAR_HEIGHT)
        inner = self.layout().totalSizeHint()
        return QtCore.QSize(max(160, inner.width()), inner.height())

    def minimumSizeHint(self):
        if not self.checked or not self.layout():
            return QtCore.QSize(0, BAR_HEIGHT)
        return self.layout().totalMinimumSize()

    def hitButton(self, position):
        return position.y() < BAR_HEIGHT

    def paintEvent(self, event):
        painter = QtGui.QPainter(self)
        bar = QtCore.QRect(0, 0, self.width, BAR_HEIGHT - 2)
        painter.fillRect(bar, self.palette.button())
        painter.setPen(self.palette.buttonText().color())
        painter.drawText(bar.adjusted(22, 0, 0, 0), QtCore.Qt.AlignVCenter, self.text)
        option = QtWidgets.QStyleOption()
        option.initFrom(self)
        option.rect = QtCore.QRect(4, 4, 14, 14)
        style = QtWidgets.QStyle
        arrow = style.PE_IndicatorArrowDown if self.checked else style.PE_IndicatorArrowRight
        self.style().drawPrimitive(arrow, option, painter, self)
        painter.end()


class ctkColorPickerButton(QtWidgets.QPushButton):
    """A button that shows a colour and, in Slicer, opens a colour dialog."""

    vars().update(declare("colorChanged(QColor)", "colorNameChanged(QString)"))
    displayColorName = Value(True, "_show")

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._color = QtGui.QColor(next((given for given in arguments if isinstance(given, QtGui.QColor)), "black"))
        self.setCheckable(True)
        self._show()

    def _show(self):
        picture = QtGui.QPixmap(self.iconSize)
        picture.fill(self._color)
        self.setIcon(QtGui.QIcon(picture))
        self.setText(self._color.name() if self.displayColorName else "")

    def _read_color(self):
        return QtGui.QColor(self._color)

    def setColor(self, color):
        color = QtGui.QColor(color)
        if color != self._color:
            self._color = color
            self._show()
            self.colorChanged.emit(color)
            self.colorNameChanged.emit(color.name())

    color = property(_read_color, setColor)


class ctkCheckBox(QtWidgets.QCheckBox):
    pass


class ctkPushButton(QtWidgets.QPushButton):
    pass


class ctkMenuButton(QtWidgets.QPushButton):
    pass


class ctkCheckablePushButton(ctkPushButton):
    vars().update(declare("checkBoxToggled(bool)"))
    checkBoxControlsButton, checkBoxControlsButtonToggleState = Value(True), Value(True)
    checkState = Value(0)
