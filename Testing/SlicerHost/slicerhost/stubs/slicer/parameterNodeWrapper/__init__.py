"""Stand-in for slicer.parameterNodeWrapper: typed access to a parameter node and connections to widgets.

Has numbers, text, truth values, paths, enumerations, nodes, plain lists, tuples and dictionaries, Optional, validators
and the usual connectors; not parameterPack, FloatRange, QColor and making of widgets. Run with SLICER_PYTHON for those.
"""

from .annotations import (
    Choice,
    Decimals,
    Default,
    Exclude,
    IsInstance,
    Maximum,
    Minimum,
    NotNone,
    SingleStep,
    Validator,
    WithinRange,
    isNodeOrUnionOfNodes,
    splitAnnotations,
    unannotatedType,
)
from .connectors import GuiConnector, createGuiConnector
from .wrapper import (
    SlicerParameterNamePropertyName,
    findChildWidgetForParameter,
    isParameterNodeWrapper,
    parameterNodeWrapper,
)

__all__ = [
    "Choice",
    "Decimals",
    "Default",
    "Exclude",
    "GuiConnector",
    "IsInstance",
    "Maximum",
    "Minimum",
    "NotNone",
    "SingleStep",
    "SlicerParameterNamePropertyName",
    "Validator",
    "WithinRange",
    "createGuiConnector",
    "findChildWidgetForParameter",
    "isNodeOrUnionOfNodes",
    "isParameterNodeWrapper",
    "parameterNodeWrapper",
    "splitAnnotations",
    "unannotatedType",
]
