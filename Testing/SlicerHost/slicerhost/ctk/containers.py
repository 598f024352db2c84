"""Boxes, text and message widgets, and the panel of the application's settings."""

from __future__ import annotations

from PySide6 import QtCore, QtWidgets

from ..pythonqt.signals import declare
from ..registry import Value, parent_of


class ctkCollapsibleGroupBox(QtWidgets.QGroupBox):
    """A group box whose check mark hides its content."""

    collapsedHeight = Value(14)

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self.title = next((given for given in arguments if isinstance(given, str)), "")
        self.setCheckable(True)
        self.setChecked(True)
        self.toggled.connect(self._apply)

    def _apply(self, opened):
        for child in self.children():
            if isinstance(child, QtWidgets.QWidget):
                if not opened:
                    child.setProperty("_h_hidden_before", not child.isVisibleTo(self))
                child.setVisible(opened and not child.property("_h_hidden_before"))
        self.setMaximumHeight(16777215 if opened else 22)

    def _read_collapsed(self):
        return not self.checked

    def setCollapsed(self, on):
        self.setChecked(not on)

    collapsed = property(_read_collapsed, setCollapsed)


class ctkExpandableWidget(QtWidgets.QFrame):
    """A frame that the user may make larger by its corner; here it is only a frame."""

    orientations = Value(None)


class ctkComboBox(QtWidgets.QComboBox):
    defaultText = Value("")
    elideMode, scrollWheelEffect = Value(None), Value(None)

    def _read_data(self):
        return "" if self.currentData is None else str(self.currentData)

    def setCurrentUserDataAsString(self, text):
        self.setCurrentIndex(self.findData(text))

    currentUserDataAsString = property(_read_data, setCurrentUserDataAsString)


class ctkFittedTextBrowser(QtWidgets.QTextBrowser):
    """A text browser as high as its text; long text can be collapsed."""

    collapsed = Value(True)
    collapsibleText = Value("")

    def sizeHint(self):
        return QtCore.QSize(super().sizeHint().width(), int(self.document.size().height()) + 4)


class ctkMessageBox(QtWidgets.QMessageBox):
    dontShowAgainVisible, dontShowAgain, dontShowAgainSettingsKey = Value(False), Value(False), Value("")


class ctkSettingsPanel(QtWidgets.QWidget):
    vars().update(declare("settingChanged(QString,QVariant)"))

    def registerProperty(self, key, widget, name, signal, *_):
        stored = QtCore.QSettings().value(key)
        if stored is not None:
            setattr(widget, name, stored)
        widget.connect(signal.removeprefix("2"), lambda *_: QtCore.QSettings().setValue(key, getattr(widget, name)))


class ctkWidgetsUtils:
    @staticmethod
    def grabWidget(widget):
        return widget.grab().toImage()
