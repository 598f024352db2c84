"""The modules `qt` and `PythonQt` of Slicer's Python."""

from __future__ import annotations

import sys
import types

from PySide6 import QtCore, QtGui, QtNetwork, QtSvg, QtUiTools, QtWidgets

from . import dialogs, forms, objects

SOURCES = (QtCore, QtGui, QtWidgets, QtNetwork, QtSvg, QtUiTools)


def _lookup(name):
    if name == "QUiLoader":
        return forms.QUiLoader
    for source in SOURCES:
        if hasattr(source, name):
            return getattr(source, name)
    raise AttributeError(f"module 'qt' has no attribute '{name}'")


def install(recorder):
    """Patch PySide6 for this process and put both modules where `import` finds them."""
    objects.patch(SOURCES)
    dialogs.install(recorder)
    qt = types.ModuleType("qt", "Qt as PythonQt presents it to Slicer's Python")
    qt.__getattr__ = _lookup
    python_qt = types.ModuleType("PythonQt")
    sys.modules.update({"qt": qt, "PythonQt": python_qt})
    for part in ("QtCore", "QtGui", "QtWidgets", "QtUiTools", "QtNetwork", "QtSvg"):
        setattr(python_qt, part, qt)  # PythonQt files every widget class under QtGui too
        sys.modules[f"PythonQt.{part}"] = qt
