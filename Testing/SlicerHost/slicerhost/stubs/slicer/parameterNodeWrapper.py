"""Stand-in for slicer.parameterNodeWrapper: typed parameters in a vtkMRMLScriptedModuleNode, and
their binding to widgets that have the property SlicerParameterName.  Covers numbers, bool, str,
pathlib.Path, enum, MRML nodes, Optional/Union of those, list/tuple/dict of plain values."""

import ast
import enum
import pathlib
import types
import typing

import slicer
import vtk

SlicerParameterNamePropertyName = "SlicerParameterName"


class Default:
    def __init__(self, value=None, *, generator=None):
        self._value, self._generator = value, generator

    @property
    def value(self):
        return self._generator() if self._generator else self._value


class Validator:
    def validate(self, value):
        raise NotImplementedError


class _Check(Validator):
    def __init__(self, *limits):
        self.limits = limits
        for name, limit in zip(self.NAMES, limits):
            setattr(self, name, limit)

    def validate(self, value):
        if value is not None and not self.test(value):
            raise ValueError(f"{type(self).__name__}{self.limits}: {value!r} is not allowed")


class WithinRange(_Check):
    NAMES = "minimum", "maximum"
    test = lambda self, value: self.minimum <= value <= self.maximum


class Minimum(_Check):
    NAMES = ("minimum",)
    test = lambda self, value: value >= self.minimum


class Maximum(_Check):
    NAMES = ("maximum",)
    test = lambda self, value: value <= self.maximum


class Choice(_Check):
    NAMES = ("choices",)
    test = lambda self, value: value in self.choices


class Exclude(_Check):
    NAMES = ("excludedValues",)
    test = lambda self, value: value not in self.excludedValues


class NotNone(Validator):
    def validate(self, value):
        if value is None:
            raise ValueError("Value must not be None")


class Decimals:
    def __init__(self, value):
        self.value = value


class SingleStep(Decimals):
    pass


def splitAnnotations(hint):
    if typing.get_origin(hint) is typing.Annotated:
        first, *rest = typing.get_args(hint)
        return first, rest
    return hint, []


def _isNodeClass(kind):
    return isinstance(kind, type) and issubclass(kind, slicer.vtkMRMLNode)


class _Parameter:
    def __init__(self, name, hint, default):
        self.name, self.hint = name, hint
        kind, notes = splitAnnotations(hint)
        self.kinds = (
            list(typing.get_args(kind)) if typing.get_origin(kind) in (typing.Union, types.UnionType) else [kind]
        )
        self.optional = type(None) in self.kinds
        self.kinds = [k for k in self.kinds if k is not type(None)]
        self.kind = self.kinds[0]
        self.validators = [n for n in notes if isinstance(n, Validator)]
        self.notes = notes
        self.isNode = all(_isNodeClass(k) for k in self.kinds)
        stated = [n for n in notes if isinstance(n, Default)]
        self.default = default or (stated[0] if stated else Default(self._zero()))

    def _zero(self):
        if self.optional or self.isNode:
            return None
        kind = typing.get_origin(self.kind) or self.kind
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return list(kind)[0]
        return pathlib.Path(".") if kind is pathlib.Path else kind()

    def write(self, node, value):
        for v in self.validators:
            v.validate(value)
        if self.isNode:
            if value is not None and not any(isinstance(value, k) for k in self.kinds):
                raise TypeError(f"{self.name}: {value!r} is not one of {self.kinds}")
            node.SetNodeReferenceID(self.name, value.GetID() if value else None)
            return
        kind = typing.get_origin(self.kind) or self.kind
        if value is None:
            if not self.optional:
                raise TypeError(f"{self.name} cannot be None")
            text = "None"
        elif isinstance(value, enum.Enum):
            text = value.name
        elif kind is bool:
            text = "true" if value else "false"
        elif kind in (int, float):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or (kind is int and int(value) != value):
                raise TypeError(f"{self.name}: {value!r} is not of type {kind.__name__}")
            text = repr(kind(value))
        elif kind is str:
            if not isinstance(value, str):
                raise TypeError(f"{self.name}: {value!r} is not a string")
            text = value
        elif kind is pathlib.Path:
            text = str(value)
        else:
            text = repr(kind(value))
        if (
            node.GetParameter(self.name) != text
            or not node.GetParameterNames()
            or self.name not in node.GetParameterNames()
        ):
            node.SetParameter(self.name, text)

    def isIn(self, node):
        return bool(node.GetNodeReferenceID(self.name)) if self.isNode else self.name in node.GetParameterNames()

    def read(self, node):
        if self.isNode:
            return node.GetNodeReference(self.name)
        if not self.isIn(node):
            self.write(node, self.default.value)
        text, kind = node.GetParameter(self.name), typing.get_origin(self.kind) or self.kind
        if self.optional and text == "None":
            return None
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return kind[text]
        if kind is bool:
            return text == "true"
        if kind in (int, float, str, pathlib.Path):
            return kind(text)
        return ast.literal_eval(text)


# widget class -> (read, write, signal, types).  The types are those that the real one connects:
# a path does not go to a str, and there is no connector for QRadioButton or QPlainTextEdit.
def _attr(name, signal, *kinds):
    return (lambda w: getattr(w, name), lambda w, v: setattr(w, name, v), signal, kinds)


_number = _attr("value", "valueChanged", float, int)
_BINDINGS = {
    "QCheckBox": _attr("checked", "stateChanged", bool),
    "ctkCheckBox": _attr("checked", "stateChanged", bool),
    "QPushButton": _attr("checked", "toggled", bool),
    "QSpinBox": _attr("value", "valueChanged", int),
    "QSlider": _attr("value", "valueChanged", int),
    "QDoubleSpinBox": _number,
    "ctkDoubleSpinBox": _number,
    "ctkSliderWidget": _number,
    "ctkDoubleSlider": _number,
    "qMRMLSliderWidget": _number,
    "qMRMLSpinBox": _number,
    "QLineEdit": _attr("text", "textChanged", str),
    "QLabel": _attr("text", None, str),
    "QTextEdit": _attr("plainText", "textChanged", str),
    "QComboBox": _attr("currentText", "currentTextChanged", str, int, float, bool, enum.Enum),
    "ctkComboBox": _attr("currentText", "currentTextChanged", str, int, float, bool, enum.Enum),
    "ctkPathLineEdit": _attr("currentPath", "currentPathChanged", pathlib.Path),
    "ctkDirectoryButton": _attr("directory", "directoryChanged", pathlib.Path),
    "qMRMLNodeComboBox": (
        lambda w: w.currentNode(),
        lambda w, v: w.setCurrentNode(v),
        "currentNodeChanged",
        (slicer.vtkMRMLNode,),
    ),
}


class GuiConnector:
    def __init__(self, widget, parameter, changed):
        known = _BINDINGS.get(type(widget).__name__)
        if (
            known is None
            or not issubclass(typing.get_origin(parameter.kind) or parameter.kind, known[3])
            or (parameter.kind is bool and bool not in known[3])
        ):
            raise RuntimeError(
                f"Unable to create GUI connector from datatype '{parameter.hint}' to widget type '{type(widget)}'"
            )
        self.widget, self.parameter, self.changed = widget, parameter, changed
        self._read, self._write, self.signal, _ = known
        kind = parameter.kind
        if parameter.isNode:
            widget.nodeTypes = [k.__name__ for k in parameter.kinds]
        if kind in (int, float) and hasattr(widget, "setRange"):
            low, high = (-(2**31), 2**31 - 1) if kind is int else (float("-inf"), float("inf"))
            for note in parameter.notes:
                low, high = getattr(note, "minimum", low), getattr(note, "maximum", high)
            if type(widget).__name__ == "QSlider" and (low, high) == (-(2**31), 2**31 - 1):
                raise RuntimeError("Cannot have a connection to QSlider where the int type is unbounded.")
            widget.setRange(low, high)
        for note in parameter.notes:
            if isinstance(note, Decimals) and hasattr(widget, "singleStep"):
                setattr(widget, "singleStep" if isinstance(note, SingleStep) else "decimals", note.value)
            elif isinstance(note, Choice) and hasattr(widget, "addItems"):
                widget.clear()
                widget.addItems([str(c) for c in note.choices])
        if isinstance(kind, type) and issubclass(kind, enum.Enum) and hasattr(widget, "addItems"):
            widget.clear()
            widget.addItems([e.name for e in kind])
        if type(widget).__name__ == "QPushButton":
            widget.checkable = True

    def connect(self):
        if self.signal:
            getattr(self.widget, self.signal).connect(self.changed)

    def disconnect(self):
        if self.signal:
            getattr(self.widget, self.signal).disconnect(self.changed)

    def read(self):
        value, kind = self._read(self.widget), self.parameter.kind
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return kind[value]
        return kind(value) if kind in (pathlib.Path, float, int, bool) and value is not None else value

    def write(self, value):
        if isinstance(value, enum.Enum):
            value = value.name
        if isinstance(value, pathlib.Path):
            value = str(value)
        if isinstance(value, int) and not isinstance(value, bool) and isinstance(self._read(self.widget), float):
            value = float(value)
        self._write(self.widget, value)


def parameterNodeWrapper(classtype=None):
    if classtype is None:
        return parameterNodeWrapper
    hints = typing.get_type_hints(classtype, include_extras=True)
    parameters = {
        n: _Parameter(n, h, Default(getattr(classtype, n)) if hasattr(classtype, n) else None) for n, h in hints.items()
    }

    def init(self, parameterNode):
        if parameterNode is None:
            raise ValueError("parameterNodeWrapper needs a parameter node")
        self.parameterNode, self._guis, self._nextTag, self._updating = parameterNode, {}, 0, False
        for p in parameters.values():
            if not p.isIn(parameterNode):
                p.write(parameterNode, p.default.value)

    def connectGui(self, gui):
        widgets = gui.findChildren("QWidget") if hasattr(gui, "findChildren") else [w for w in vars(gui).values()]
        return connectParametersToGui(
            self,
            {
                w.property(SlicerParameterNamePropertyName): w
                for w in widgets
                if w.property(SlicerParameterNamePropertyName)
            },
        )

    def connectParametersToGui(self, mapping):
        connectors = []
        for name, widget in mapping.items():
            if name not in parameters:
                raise ValueError(f"Cannot find a param with the given name: {name}")
            connector = GuiConnector(widget, parameters[name], None)

            def changed(*args, name=name, connector=connector):
                if not self._updating:
                    with slicer.util.NodeModify(self.parameterNode):
                        setattr(self, name, connector.read())

            connector.changed = changed
            connector.write(getattr(self, name))
            connector.connect()
            connectors.append((name, connector))

        def refresh(caller=None, event=None):
            if self._updating:
                return
            self._updating = True
            try:
                for name, connector in connectors:
                    connector.write(getattr(self, name))
            finally:
                self._updating = False

        self._nextTag += 1
        self._guis[self._nextTag] = (connectors, self.parameterNode.AddObserver(vtk.vtkCommand.ModifiedEvent, refresh))
        return self._nextTag

    def disconnectGui(self, tag):
        connectors, observer = self._guis.pop(tag, ((), None))
        for _, connector in connectors:
            connector.disconnect()
        if observer is not None:
            self.parameterNode.RemoveObserver(observer)

    for name, parameter in parameters.items():
        setattr(
            classtype,
            name,
            property(
                lambda self, p=parameter: p.read(self.parameterNode),
                lambda self, v, p=parameter: p.write(self.parameterNode, v),
            ),
        )
    classtype.__init__ = init
    classtype.allParameters = parameters
    classtype._is_parameter_node_wrapper = True
    classtype.connectGui, classtype.connectParametersToGui, classtype.disconnectGui = (
        connectGui,
        connectParametersToGui,
        disconnectGui,
    )
    classtype.getValue = lambda self, n: getattr(self, n)
    classtype.setValue = lambda self, n, v: setattr(self, n, v)
    classtype.default = lambda self, n: parameters[n].default
    classtype.dataType = staticmethod(lambda n: parameters[n].hint)
    for method in ("StartModify", "EndModify", "RemoveObserver", "Modified"):
        setattr(classtype, method, lambda self, *a, m=method: getattr(self.parameterNode, m)(*a))
    classtype.AddObserver = lambda self, event, callback, priority=0.0: self.parameterNode.AddObserver(
        event, callback, priority
    )
    return classtype


def isParameterNodeWrapper(obj):
    return getattr(obj, "_is_parameter_node_wrapper", False)


def getNodeTypes(hint):
    kind, _ = splitAnnotations(hint)
    return [k.__name__ for k in (typing.get_args(kind) or (kind,)) if _isNodeClass(k)]
