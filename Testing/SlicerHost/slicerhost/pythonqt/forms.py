"""QUiLoader that knows the stand-ins: their classes, enumerations and connections."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from PySide6 import QtCore, QtUiTools

from ..registry import registry, widget_class


class _Loader(QtUiTools.QUiLoader):
    def __init__(self):
        super().__init__()
        self._missing = set()

    def createWidget(self, class_name, parent=None, name=""):
        cls = widget_class(class_name)
        if cls is None:
            if class_name.startswith(("q", "ctk")):
                self._missing.add(class_name)  # an exception would be lost in C++
            return super().createWidget(class_name, parent, name)
        widget = cls(parent)
        widget.setObjectName(name)
        return widget


@dataclass
class _Form:
    """A form and what C++ cannot do with it: connections and enumerations of stand-ins."""

    root: ET.Element

    @classmethod
    @functools.cache
    def without_stand_ins(cls, content):
        """What Qt's loader can read of a form's text, and the connections and enumerations taken out of it."""
        form = cls(ET.fromstring(content))
        connections, enumerations = form.take_connections(), form.take_enumerations()
        return ET.tostring(form.root), connections, enumerations

    def take_connections(self):
        """Remove, and return as (sender, signal, receiver, slot), the connections that involve a stand-in."""
        classes = {widget.get("name"): widget.get("class") for widget in self.root.iter("widget")}
        section, taken = self.root.find("connections"), []
        for connection in list(section) if section is not None else []:
            sender, signal, receiver, slot = (
                connection.findtext(key) for key in ("sender", "signal", "receiver", "slot")
            )
            if {classes.get(sender), classes.get(receiver)} & set(registry()):
                taken.append((sender, signal, receiver, slot))
                section.remove(connection)
        return taken

    def take_enumerations(self):
        """Remove, and return as (widget, property, text), enumerations of stand-ins that Qt does not know."""
        taken = []
        for element in self.root.iter("widget"):
            cls = registry().get(element.get("class"))
            for prop in list(element.findall("property")) if cls else []:
                unknown = cls.staticMetaObject.indexOfProperty(prop.get("name")) < 0
                if unknown and prop[0].tag in ("set", "enum"):
                    taken.append((element.get("name"), prop.get("name"), prop[0].text))
                    element.remove(prop)
        return taken


def _build(text, parent):
    """Make the widgets.

    Raises:
        NotImplementedError: the form wants a class that the host does not have.
    """
    buffer = QtCore.QBuffer()
    buffer.setData(text)
    buffer.open(QtCore.QBuffer.ReadOnly)
    loader = _Loader()
    widget = loader.load(buffer, parent)
    if loader._missing:
        raise NotImplementedError(f"the form needs widgets that the host does not have: {sorted(loader._missing)}")
    return widget


class QUiLoader:
    """Same interface as Qt's: ``load(QFile or file name) -> widget``."""

    def load(self, device, parent=None):
        text, connections, enumerations = _Form.without_stand_ins(_content(device))
        widget = _build(text, parent)
        if widget is None:
            return None
        family = (widget, *widget.findChildren(QtCore.QObject))
        for each in family:
            _adopt(each)
        everything = {each.objectName: each for each in family if each.objectName}
        for owner, name, text in enumerations:
            _set_enumeration(everything[owner], name, text)
        for sender, signal, receiver, slot in connections:
            everything[sender].connect(signal, getattr(everything[receiver], slot.split("(")[0]))
        return widget


def _content(device):
    if isinstance(device, str):
        device = QtCore.QFile(device)
    if not device.isOpen():
        device.open(QtCore.QFile.ReadOnly)
    content = bytes(device.readAll())
    device.close()
    return content


def _adopt(widget):
    """What the form set on a stand-in became a dynamic property; hand it to the class."""
    if type(widget).__name__ not in registry():
        return
    for raw in list(widget.dynamicPropertyNames()):
        name = bytes(raw).decode()
        if isinstance(getattr(type(widget), name, None), property):
            value = widget.property(name)
            widget.setProperty(name, None)
            setattr(widget, name, value)


def _set_enumeration(widget, name, text):
    values = [getattr(type(widget), word.split("::")[-1], None) for word in text.split("|")]
    if all(value is not None for value in values):
        combined = 0
        for value in values:
            combined |= int(getattr(value, "value", value))
        setattr(widget, name, combined)
