"""What Slicer's and CTK's classes show to Python, by the table that Testing/Tools/slicer_names.py reads from headers.

A stand-in is made of whatever Qt widget is at hand, which has methods that the real class has not. Code of the
extension must not come to rely on them, so they are hidden from it; the host and the tests may use them.
"""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path

from PySide6 import QtCore, QtGui, QtWidgets

from .pythonqt.properties import properties_of

EXTENSION = ("DualNetSSL", "DualNetSSLLib")
"""Top names of the modules that see no more than Slicer shows."""
VTK = {"QVTKOpenGLNativeWidget": QtWidgets.QWidget}
"""VTK's widgets and what they are in Qt: Slicer's 3D views and plots derive from them."""
KINDS = ("properties", "methods", "signals", "enumerators")


@functools.cache
def table():
    """Class name to its base, its names by kind, and what its methods return."""
    return json.loads(Path(__file__).with_name("names.json").read_text())["classes"]


@functools.cache
def known(class_name):
    """Whether the table, or Qt, has the class."""
    return class_name in table() or qt_class(class_name) is not None


@functools.cache
def qt_class(name):
    if name in VTK:
        return VTK[name]
    return next((getattr(module, name) for module in (QtWidgets, QtGui, QtCore) if hasattr(module, name)), None)


@functools.cache
def serves(class_name, name):
    """Whether an object of that class of Slicer, CTK or Qt has an attribute of that name in Slicer's Python."""
    while class_name in table():
        entry = table()[class_name]
        if any(name in entry.get(kind, "").split() for kind in KINDS):
            return True
        class_name = entry["base"]
    cls = qt_class(class_name)
    return cls is not None and (hasattr(cls, name) or name in properties_of(cls))


def returned(class_name, method):
    """The class of what a method gives back, where that is one of the table; else None."""
    while class_name in table():
        entry = table()[class_name]
        if method in entry.get("returns", {}):
            return entry["returns"][method]
        class_name = entry["base"]
    return None


@functools.cache
def hidden(cls, name):
    """Whether a stand-in, or the Qt class that it is made of, has a name that the real class has not."""
    real = next((base.__name__ for base in cls.__mro__ if base.__name__ in table()), None)
    if real is None or name.startswith("_") or not hasattr(cls, name):
        return False
    own = any(name in base.__dict__ for base in cls.__mro__ if base.__module__.split(".")[0] in EXTENSION)
    return not own and not serves(real, name)


def refuse_hidden(obj, name, always):
    """Raise as Slicer would for a name that only the stand-in has, if code of the extension asks.

    Args:
        obj: the stand-in.
        name: of the attribute.
        always: names that PythonQt gives every object.

    Raises:
        AttributeError: Slicer's class has no such property, slot, invokable method, signal or enumerator.
    """
    cls = type(obj)
    if name in always or not hidden(cls, name):
        return
    asking = sys._getframe(2).f_globals.get("__name__", "").split(".")[0]
    if asking in EXTENSION:
        raise AttributeError(f"{cls.__name__} has no attribute named '{name}' in Slicer, only in the stand-in")
