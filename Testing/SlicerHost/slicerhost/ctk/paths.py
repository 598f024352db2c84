"""Files and folders."""

from __future__ import annotations

import os

from PySide6 import QtWidgets

from ..pythonqt.signals import declare
from ..registry import Value, parent_of
from .numbers import row


class ctkPathLineEdit(QtWidgets.QWidget):
    vars().update(declare("validInputChanged(bool)", "currentPathChanged(QString)"))
    NoFilter, Dirs, Files, Drives, NoSymLinks, AllEntries = 0, 1, 2, 4, 8, 7
    Readable, Writable, Executable, Hidden = 16, 32, 64, 0x100
    NoDot, NoDotDot, NoDotAndDotDot = 0x2000, 0x4000, 0x6000
    filters, nameFilters, settingKey, label = Value(0), Value([]), Value(""), Value("")
    showBrowseButton, showHistoryButton = Value(True), Value(True)
    sizeAdjustPolicy, minimumContentsLength = Value(None), Value(0)

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._edit = QtWidgets.QLineEdit(self)
        button = QtWidgets.QToolButton(self)
        button.setText("…")
        row(self, self._edit, button)
        self._edit.textChanged.connect(self.currentPathChanged.emit)

    def setCurrentPath(self, path):
        self._edit.text = str(path)

    currentPath = property(lambda self: self._edit.text, setCurrentPath)

    def addCurrentPathToHistory(self):
        pass

    def lineEdit(self):
        return self._edit


class ctkDirectoryButton(QtWidgets.QWidget):
    vars().update(declare("directoryChanged(QString)", "directorySelected(QString)"))
    caption, acceptMode, options = Value(""), Value(None), Value(None)

    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        self._path = os.getcwd()
        self._button = QtWidgets.QPushButton(self._path, self)
        row(self, self._button)
        self._button.clicked.connect(self.browse)

    def browse(self):
        path = QtWidgets.QFileDialog.getExistingDirectory(self, self.caption, self._path)
        if path:
            self.directory = path
            self.directorySelected.emit(self._path)

    def setDirectory(self, path):
        path = os.path.abspath(str(path))  # as QDir does
        if path != self._path:
            self._path = path
            self._button.setText(path)
            self.directoryChanged.emit(path)

    def setText(self, text):
        self._button.setText(text)

    directory = property(lambda self: self._path, setDirectory)
    text = property(lambda self: self._button.text, setText)
