"""The decorator: a class of annotations becomes typed access to a parameter node."""

import typing

import slicer
import vtk

from .annotations import Default
from .connectors import GuiConnector, createGuiConnector
from .parameter import Parameter

SlicerParameterNamePropertyName = "SlicerParameterName"


def _named_widgets(gui):
    """Parameter name to widget: all children of a widget, or the attributes of a `childWidgetVariables` namespace."""
    widgets = gui.findChildren("QWidget") if hasattr(gui, "findChildren") else vars(gui).values()
    named = ((widget.property(SlicerParameterNamePropertyName), widget) for widget in widgets)
    return {name: widget for name, widget in named if name}


def findChildWidgetForParameter(widget, parameter):
    return _named_widgets(widget).get(parameter)


def isParameterNodeWrapper(classOrObj):
    return getattr(classOrObj, "_is_parameter_node_wrapper", False)


class _Connections:
    """The widgets that are connected to one wrapper."""

    def __init__(self, wrapper):
        self._wrapper, self._tags, self._next, self._showing = wrapper, {}, 0, False

    def connect(self, mapping):
        for name in mapping:
            self._wrapper._parameter(name)
        connectors = {name: self._connector(name, widget) for name, widget in mapping.items()}
        for name, connector in connectors.items():
            connector.write(self._wrapper.getValue(name))
            connector.onChanged(lambda name=name, connector=connector: self._changed(name, connector))
        tag, self._next = self._next, self._next + 1
        observer = self._wrapper.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self._show())
        self._tags[tag] = (connectors, observer)
        return tag

    def _connector(self, name, widget):
        return (
            widget if isinstance(widget, GuiConnector) else createGuiConnector(widget, self._wrapper._parameter(name))
        )

    def disconnect(self, tag):
        connectors, observer = self._tags.pop(tag, ({}, None))
        for connector in connectors.values():
            connector.onChanged(None)
        if observer is not None:
            self._wrapper.RemoveObserver(observer)

    def _changed(self, name, connector):
        if not self._showing:
            with slicer.util.NodeModify(self._wrapper):
                self._wrapper.setValue(name, connector.read())

    def _show(self):
        if self._showing:
            return
        self._showing = True
        try:
            with slicer.util.NodeModify(self._wrapper):
                for connectors, _ in tuple(self._tags.values()):
                    for name, connector in connectors.items():
                        connector.write(self._wrapper.getValue(name))
        finally:
            self._showing = False


class _Methods:
    """What every wrapper can do; copied into the class, whose own names must not clash with these."""

    def getValue(self, name):
        return self._parameter(name).read(self.parameterNode)

    def setValue(self, name, value):
        self._parameter(name).write(self.parameterNode, value)

    def default(self, name):
        return self._parameter(name).default

    @classmethod
    def dataType(cls, name):
        return cls._parameter(name).hint

    @classmethod
    def _parameter(cls, name):
        if name not in cls.allParameters:
            raise ValueError(f"Cannot find a param with the given name: {name}; found {list(cls.allParameters)}")
        return cls.allParameters[name]

    def connectGui(self, gui):
        return self._connections.connect(_named_widgets(gui))

    def connectParametersToGui(self, mapping):
        return self._connections.connect(mapping)

    def disconnectGui(self, guiTag):
        self._connections.disconnect(guiTag)

    def StartModify(self):
        return self.parameterNode.StartModify()

    def EndModify(self, wasModified):
        return self.parameterNode.EndModify(wasModified)

    def AddObserver(self, event, callback, priority=0.0):
        return self.parameterNode.AddObserver(event, callback, priority)

    def RemoveObserver(self, tag):
        self.parameterNode.RemoveObserver(tag)

    def Modified(self):
        self.parameterNode.Modified()


def _init(self, parameterNode):
    if parameterNode is None:
        raise AssertionError("a parameterNodeWrapper needs a parameter node")
    self.parameterNode, self._connections = parameterNode, _Connections(self)
    for parameter in self.allParameters.values():
        if not parameter.isIn(parameterNode):
            parameter.write(parameterNode, parameter.default.value)


def _process(cls):
    parameters = {}
    for name, hint in typing.get_type_hints(cls, include_extras=True).items():
        default = Default(getattr(cls, name)) if hasattr(cls, name) else None
        parameters[name] = Parameter(name, hint, default)
        setattr(
            cls,
            name,
            property(
                lambda self, name=name: self.getValue(name),
                lambda self, value, name=name: self.setValue(name, value),
            ),
        )
    methods = {name: item for name, item in vars(_Methods).items() if not name.startswith("__")}
    for name, item in {**methods, "allParameters": parameters, "_is_parameter_node_wrapper": True}.items():
        if hasattr(cls, name):
            raise ValueError(f"Cannot use reserved name '{name}' in a parameterNodeWrapper")
        setattr(cls, name, item)
    cls.__init__ = _init
    return cls


def parameterNodeWrapper(classtype=None):
    """Class decorator, with or without parentheses."""
    return _process if classtype is None else _process(classtype)
