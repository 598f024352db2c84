"""PythonQt's object model on PySide6: what an attribute of a Qt object means in Slicer's Python.

The order of lookup is PythonQt's: attributes of the module's own Python subclass, Qt property, method, signal,
enumerator, dynamic property, named child. A property shadows the getter of the same name, so `button.text` is text
and `button.text()` fails; a new attribute on an object of a C++ class fails as well. An object that C++ has deleted is
False, and using it raises.
"""

from __future__ import annotations

import threading
import types

from PySide6 import QtCore, QtWidgets
from shiboken6 import Shiboken

from ..names import refuse_hidden
from . import signals
from .properties import converted, native, native_lookup, properties_of, python_classes, user_classes, write

QObject = QtCore.QObject
NATIVE_SET = Shiboken.Object.__setattr__
MAIN_THREAD = threading.main_thread().ident


class _Busy(threading.local):
    """Properties being read: a virtual getter makes PySide look for a Python override through the same access."""

    def __init__(self):
        self.keys = set()


BUSY = _Busy()


def find_children(self, kind=QObject, name=""):
    found = native(self, "findChildren")(QObject if isinstance(kind, str) else kind)
    if isinstance(kind, str):
        found = [child for child in found if inherits(child, kind)]
    return tuple(child for child in found if not name or child.objectName == name)


def find_child(self, kind=QObject, name=""):
    return next(iter(find_children(self, kind, name)), None)


def class_name(self):
    return type(self).__name__


def inherits(self, name):
    return any(base.__name__ == name for base in type(self).__mro__)


def delete(self):
    Shiboken.delete(self)


ADDED = {
    "connect": signals.connect,
    "disconnect": signals.disconnect,
    "className": class_name,
    "inherits": inherits,
    "delete": delete,
    "findChild": find_child,
    "findChildren": find_children,
}


def check_thread(obj, name):
    """Widgets belong to the main thread."""
    if threading.get_ident() != MAIN_THREAD and isinstance(obj, QtWidgets.QWidget):
        raise RuntimeError(f"{type(obj).__name__}.{name} was used outside the main thread; Slicer crashes there")


def read_property(obj, name):
    """The value of a property; lists are tuples in PythonQt."""
    key, busy, lookup = (id(obj), name), BUSY.keys, native_lookup(type(obj))
    if key in busy:
        return lookup(obj, name)
    busy.add(key)
    try:
        value = lookup(obj, "property")("objectName" if name == "name" else name)
    finally:
        busy.discard(key)
    return tuple(value) if isinstance(value, list) else value


def last_resort(obj, name):
    """An enumerator, a dynamic property, a child of that name."""
    try:
        return getattr(type(obj), name)
    except AttributeError:
        pass
    dynamic = native(obj, "property")(name)
    if dynamic is not None:
        return dynamic
    for child in native(obj, "children")():
        if native(child, "property")("objectName") == name:
            return child
    raise AttributeError(f"{type(obj).__name__} has no attribute named '{name}'")


def presented(obj, name, value):
    """Wrap signals, and let setters of properties be as lenient as PythonQt's."""
    if isinstance(value, QtCore.SignalInstance):
        return signals.PythonQtSignal(obj, value)
    if name.startswith("set") and name[3:4].isupper():
        prop = properties_of(type(obj)).get(name[3].lower() + name[4:])
        if prop is not None:
            return lambda *given: value(converted(prop, given[0])) if len(given) == 1 else value(*given)
    return value


def exists(self):
    """PythonQt's truth value of an object: whether C++ still has it."""
    return Shiboken.isValid(self)


def of_destroyed(obj, name):
    """What is left of an object that C++ has deleted: what Python added to it; the rest raises as in PythonQt.

    Raises:
        ValueError: a property is read; a method that is returned raises it when it is called.
        AttributeError: there never was such an attribute.
    """
    cls = type(obj)
    added = name in native(obj, "__dict__") or any(name in base.__dict__ for base in user_classes(cls))
    if added or name.startswith("_"):
        return native(obj, name)
    found = ADDED.get(name) or getattr(cls, name, None)
    if name in properties_of(cls) or isinstance(found, property):
        raise ValueError(f"Trying to read property '{name}' from a destroyed {cls.__name__} object")
    if found is None:
        raise AttributeError(f"{cls.__name__} has no attribute named '{name}'")
    return _failing(f"Trying to call '{name}' on a destroyed {cls.__name__} object")


def _failing(text):
    def call(*_, **__):
        raise ValueError(text)

    return call


def of_python(cls, name):
    """Whether a class that was written in Python has the name."""
    for base in python_classes(cls):  # noqa: SIM110  (a panel asks half a million times: no generator)
        if name in base.__dict__:
            return True
    return False


def get_attribute(self, name):
    cls = type(self)
    lookup = native_lookup(cls)
    if name[:2] == "__":
        return lookup(self, name)
    if not Shiboken.isValid(self):
        return of_destroyed(self, name)
    refuse_hidden(self, name, ADDED)
    check_thread(self, name)
    own = lookup(self, "__dict__")
    if name in own:
        return own[name]
    if of_python(cls, name):
        return presented(self, name, lookup(self, name))
    if name in properties_of(cls):
        return read_property(self, name)
    if name in ADDED:
        return types.MethodType(ADDED[name], self)
    try:
        value = lookup(self, name)
    except AttributeError:
        return last_resort(self, name)
    return presented(self, name, value)


def may_be_added(obj, name, value):
    """Whether PythonQt lets a new attribute be made: on a Python subclass, and for children named by a form."""
    if user_classes(type(obj)) or name.startswith(("__", "_h_")):
        return True
    if name.startswith("_") and python_classes(type(obj)):
        return True  # the host's stand-ins keep their state in such names
    if isinstance(value, QtCore.SignalInstance):
        return True  # PySide itself: so it gives a widget that C++ has made its signals
    return isinstance(value, QObject) and native(value, "property")("objectName") == name


def set_on_destroyed(obj, name, value):
    """Keep what Python alone knows of an object that C++ has deleted."""
    cls = type(obj)
    if not name.startswith("_") and (name in properties_of(cls) or not user_classes(cls)):
        raise AttributeError(f"Trying to set property '{name}' on a destroyed {cls.__name__} object")
    NATIVE_SET(obj, name, value)


def set_attribute(self, name, value):
    cls = type(self)
    if not Shiboken.isValid(self):
        return set_on_destroyed(self, name, value)
    refuse_hidden(self, name, ADDED)
    if not name.startswith("_h_"):
        check_thread(self, name)
    if any(hasattr(base.__dict__.get(name), "__set__") for base in python_classes(cls)):
        NATIVE_SET(self, name, value)
    elif (prop := properties_of(cls).get(name)) is not None:
        write(self, prop, value)
    elif not name.startswith("_") and native(self, "property")(name) is not None:
        native(self, "setProperty")(name, value)
    elif may_be_added(self, name, value):
        NATIVE_SET(self, name, value)
    else:
        raise AttributeError(
            f"'{name}' does not exist on {cls.__name__} and creating new attributes on C++ objects is not allowed"
        )


def patch(modules):
    """Give every QObject class of these PySide modules PythonQt's attribute access; for the whole process."""
    for module in modules:
        for name in dir(module):
            cls = getattr(module, name)  # makes PySide's lazy types
            if isinstance(cls, type) and issubclass(cls, QObject) and "_h_patched" not in cls.__dict__:
                if "__getattribute__" in cls.__dict__ or cls is QObject:
                    cls._h_lookup = staticmethod(cls.__getattribute__)
                    cls.__getattribute__ = get_attribute
                cls.__setattr__, cls.__bool__ = set_attribute, exists
                cls._h_patched = True
                properties_of(
                    cls
                )  # later PySide may have lost the class's QMetaObject with an object that was asked for it
