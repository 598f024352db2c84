"""The Qt properties of a class, and PythonQt's lenient conversions into them."""

from __future__ import annotations

import functools
import math

from PySide6 import QtCore


@functools.cache
def native_lookup(cls):
    """PySide's own attribute access for objects of a class; kept there by `objects.patch`."""
    return next(base.__dict__["_h_lookup"] for base in cls.__mro__ if "_h_lookup" in base.__dict__)


def native(obj, name):
    """Look an attribute up as PySide does."""
    return native_lookup(type(obj))(obj, name)


@functools.cache
def python_classes(cls):
    """Those classes of an object that were written in Python, the host's stand-ins among them."""
    binding = ("PySide6", "Shiboken", "shiboken", "builtins")
    return tuple(base for base in cls.__mro__ if not base.__module__.startswith(binding))


@functools.cache
def user_classes(cls):
    """Those classes of an object that a module wrote: the host's stand-ins count as C++."""
    return tuple(base for base in python_classes(cls) if base.__module__.split(".")[0] != "slicerhost")


@functools.cache
def properties_of(cls):
    """Name to QMetaProperty."""
    meta = cls.staticMetaObject
    found = {meta.property(index).name(): meta.property(index) for index in range(meta.propertyCount())}
    if issubclass(cls, QtCore.QTimer):
        found.pop("singleShot", None)  # PythonQt hides it behind the static function
    if "objectName" in found:
        found["name"] = found["objectName"]
    return found


def converted(prop, value):
    """A value as PythonQt hands it to a property: truth values, text of anything, whole numbers of a float."""
    kind = prop.typeName()
    if kind == "bool":
        return bool(value)
    if kind == "QString" and not isinstance(value, str):
        return str(value)
    if kind == "int" and isinstance(value, float):
        return math.floor(value)
    if kind == "double" and isinstance(value, int):
        return float(value)
    return value


def write(obj, prop, value):
    """Set a property, or raise as PythonQt does."""
    if not prop.isWritable():
        raise AttributeError(f"Property '{prop.name()}' of {type(obj).__name__} object is not writable")
    try:
        accepted = native(obj, "setProperty")(prop.name(), converted(prop, value))
    except (TypeError, ValueError):
        accepted = False
    if not accepted or (value is None and prop.typeName() not in ("QVariant", "QString", "bool")):
        raise AttributeError(
            f"Property '{prop.name()}' of type '{prop.typeName()}' does not accept an object of type "
            f"{type(value).__name__} ({value!r})"
        )
