"""Stand-ins for Slicer's MRML widgets: Qt widgets that really follow the MRML scene."""

from .base import qMRMLScreenShotDialog, qMRMLWidget, qSlicerWidget
from .editor import qMRMLSegmentEditorWidget
from .nodes import (
    qMRMLCheckableNodeComboBox,
    qMRMLNodeComboBox,
    qMRMLSubjectHierarchyComboBox,
    qMRMLSubjectHierarchyTreeView,
)
from .numbers import qMRMLRangeWidget, qMRMLSliderWidget, qMRMLSpinBox
from .place import qSlicerMarkupsPlaceWidget
from .segments import qMRMLSegmentationShow3DButton, qMRMLSegmentSelectorWidget, qMRMLSegmentsTableView

__all__ = [
    "qMRMLCheckableNodeComboBox",
    "qMRMLNodeComboBox",
    "qMRMLRangeWidget",
    "qMRMLScreenShotDialog",
    "qMRMLSegmentEditorWidget",
    "qMRMLSegmentSelectorWidget",
    "qMRMLSegmentationShow3DButton",
    "qMRMLSegmentsTableView",
    "qMRMLSliderWidget",
    "qMRMLSpinBox",
    "qMRMLSubjectHierarchyComboBox",
    "qMRMLSubjectHierarchyTreeView",
    "qMRMLWidget",
    "qSlicerMarkupsPlaceWidget",
    "qSlicerWidget",
]
