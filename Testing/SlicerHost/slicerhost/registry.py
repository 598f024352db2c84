"""Which widget classes of Slicer the host knows, and how a stand-in keeps a property."""

from __future__ import annotations

import functools
import importlib

from PySide6 import QtWidgets


@functools.cache
def registry():
    """Class name to stand-in, for forms and for the `slicer` and `ctk` modules."""
    found = {}
    for name in ("ctk", "qmrml", "layout", "plots", "modules"):
        module = importlib.import_module(f"slicerhost.{name}")
        for key, item in vars(module).items():
            if isinstance(item, type) and key.startswith(("ctk", "qMRML", "qSlicer")):
                found[key] = item
    return found


def widget_class(name):
    """The class of a widget in a form: a stand-in, else Qt's own; None for one nobody knows."""
    found = registry().get(name) or getattr(QtWidgets, name, None)
    return found if isinstance(found, type) else None


def parent_of(arguments):
    """The parent among a constructor's arguments; C++ overloads put text or an orientation before it."""
    return next((given for given in arguments if isinstance(given, QtWidgets.QWidget)), None)


class Value(property):
    """A property of a stand-in with its C++ setter: ``flat = Value(False)`` gives ``flat`` and ``setFlat``.

    ``changed`` names a method to call after a change. Lists of strings are tuples in Python, as in PythonQt.
    """

    def __init__(self, default, changed=None):
        self._default = tuple(default) if isinstance(default, list) else default
        self._changed = changed
        super().__init__(self._read, self._write)

    def __set_name__(self, owner, name):
        self._key = "_v_" + name
        setter = "set" + name[0].upper() + name[1:]
        if setter not in owner.__dict__:
            setattr(owner, setter, lambda obj, value: setattr(obj, name, value))

    def _read(self, obj):
        return obj.__dict__.get(self._key, self._default)

    def _write(self, obj, value):
        if self._default is not None:
            value = type(self._default)(value)
        if value != self._read(obj):
            obj.__dict__[self._key] = value
            if self._changed:
                getattr(obj, self._changed)()


def forwarded(cls, inner, names):
    """Expose properties of an inner widget, with their C++ setters."""
    for name in names:

        def read(self, name=name):
            return getattr(getattr(self, inner), name)

        def write(self, value, name=name):
            setattr(getattr(self, inner), name, value)

        setattr(cls, name, property(read, write))
        setattr(cls, "set" + name[0].upper() + name[1:], write)
