"""Which widget shows which type; what Slicer does not connect is refused here as well."""

import enum
import pathlib
from dataclasses import dataclass
from typing import Any

import slicer

from .annotations import Choice, Decimals, SingleStep

SLIDERS = ("QSlider", "ctkSliderWidget", "ctkDoubleSlider", "qMRMLSliderWidget")


def label(member):
    """How an enumerator is shown: by its own ``label()``, else by name."""
    return member.label() if hasattr(member, "label") else member.name


@dataclass(frozen=True)
class Binding:
    """How a widget class shows a value: property or getter, setter, signal, and the types it may show."""

    read: Any
    write: Any
    signal: str | None
    kinds: tuple


def _property(name, signal, *kinds):
    return Binding(lambda widget: getattr(widget, name), lambda widget, v: setattr(widget, name, v), signal, kinds)


def _bindings():
    number = _property("value", "valueChanged", float, int)
    combo = _property("currentText", "currentTextChanged", str, int, float, bool, enum.Enum)
    path = _property("currentPath", "currentPathChanged", pathlib.Path)
    check = _property("checked", "stateChanged", bool)
    whole = _property("value", "valueChanged", int)
    numbers = ("QDoubleSpinBox", "ctkDoubleSpinBox", "ctkSliderWidget", "ctkDoubleSlider")
    return {
        **dict.fromkeys((*numbers, "qMRMLSliderWidget", "qMRMLSpinBox"), number),
        **dict.fromkeys(("QComboBox", "ctkComboBox"), combo),
        **dict.fromkeys(("QCheckBox", "ctkCheckBox"), check),
        **dict.fromkeys(("QSpinBox", "QSlider"), whole),
        "QPushButton": _property("checked", "toggled", bool),
        "QLineEdit": _property("text", "textChanged", str),
        "QLabel": _property("text", None, str),
        "QTextEdit": _property("plainText", "textChanged", str),
        "ctkPathLineEdit": path,
        "ctkDirectoryButton": _property("directory", "directoryChanged", pathlib.Path),
        "qMRMLNodeComboBox": Binding(
            lambda widget: widget.currentNode(),
            lambda widget, node: widget.setCurrentNode(node),
            "currentNodeChanged",
            (slicer.vtkMRMLNode,),
        ),
    }


class GuiConnector:
    """Between one widget and one parameter."""

    def __init__(self, widget, parameter):
        self.parameter, self._widget, self._callback = parameter, widget, None
        self._binding = self._find()
        self._prepare()

    def _find(self):
        binding = _bindings().get(type(self._widget).__name__)
        kind = self.parameter.kind
        fits = binding is not None and isinstance(kind, type) and issubclass(kind, binding.kinds)
        if not fits or (kind is bool and bool not in binding.kinds):
            raise RuntimeError(
                f"Unable to create GUI connector from datatype '{self.parameter.hint}' "
                f"to widget type '{type(self._widget).__name__}'"
            )
        return binding

    def widget(self):
        return self._widget

    def _prepare(self):
        """Take range, steps and choices from the annotations."""
        widget, parameter = self._widget, self.parameter
        if parameter.isNode:
            widget.nodeTypes = [kind.__name__ for kind in parameter.kinds]
        if parameter.kind in (int, float) and hasattr(widget, "setRange"):
            self._set_range()
        if type(widget).__name__ == "QPushButton":
            widget.checkable = True
        choices = []
        for note in parameter.notes:
            if isinstance(note, Choice):
                choices = [str(choice) for choice in note.choices]
            elif isinstance(note, (Decimals, SingleStep)):
                setattr(widget, "decimals" if isinstance(note, Decimals) else "singleStep", note.value)
        if issubclass(parameter.kind, enum.Enum):
            choices = [label(each) for each in parameter.kind]
        if choices:
            widget.clear()
            widget.addItems(choices)

    def _set_range(self):
        whole = self.parameter.kind is int
        widest = (-(2**31), 2**31 - 1) if whole else (float("-inf"), float("inf"))
        low = max((note.minimum for note in self.parameter.notes if hasattr(note, "minimum")), default=widest[0])
        high = min((note.maximum for note in self.parameter.notes if hasattr(note, "maximum")), default=widest[1])
        if type(self._widget).__name__ in SLIDERS and (low, high) == widest:
            raise RuntimeError(
                f"Cannot have a connection to {type(self._widget).__name__} where the type is unbounded."
            )
        self._widget.setRange(low, high)

    def onChanged(self, callback):
        """Call back when the user changes the widget; None: not any more."""
        signal = getattr(self._widget, self._binding.signal) if self._binding.signal else None
        if signal is not None and self._callback is not None:
            signal.disconnect(self._callback)
        self._callback = (lambda *_: callback()) if callback else None
        if signal is not None and self._callback is not None:
            signal.connect(self._callback)

    def read(self):
        value, kind = self._binding.read(self._widget), self.parameter.kind
        if self.parameter.isNode or value is None:
            return value
        if issubclass(kind, enum.Enum):
            return next(each for each in kind if label(each) == value)
        return value == "True" if kind is bool and isinstance(value, str) else kind(value)

    def write(self, value):
        if isinstance(value, enum.Enum):
            value = label(value)
        elif isinstance(value, pathlib.Path):
            value = str(value)
        elif isinstance(self._binding.read(self._widget), float) and value is not None:
            value = float(value)
        elif self._shows_text() and value is not None:
            value = str(value)
        self._binding.write(self._widget, value)

    def _shows_text(self):
        return isinstance(self._binding.read(self._widget), str)


def createGuiConnector(widget, parameter):
    return GuiConnector(widget, parameter)
