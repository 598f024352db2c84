"""Stand-ins for ctk's widgets: real Qt widgets with CTK's properties and signals, as far as a module can observe."""

from .buttons import (
    ctkCheckablePushButton,
    ctkCheckBox,
    ctkCollapsibleButton,
    ctkColorPickerButton,
    ctkMenuButton,
    ctkPushButton,
)
from .containers import (
    ctkCollapsibleGroupBox,
    ctkComboBox,
    ctkExpandableWidget,
    ctkFittedTextBrowser,
    ctkMessageBox,
    ctkSettingsPanel,
    ctkWidgetsUtils,
)
from .numbers import ctkDoubleSlider, ctkDoubleSpinBox, ctkSliderWidget
from .paths import ctkDirectoryButton, ctkPathLineEdit
from .ranges import ctkDoubleRangeSlider, ctkRangeWidget

__all__ = [
    "ctkCheckBox",
    "ctkCheckablePushButton",
    "ctkCollapsibleButton",
    "ctkCollapsibleGroupBox",
    "ctkColorPickerButton",
    "ctkComboBox",
    "ctkDirectoryButton",
    "ctkDoubleRangeSlider",
    "ctkDoubleSlider",
    "ctkDoubleSpinBox",
    "ctkExpandableWidget",
    "ctkFittedTextBrowser",
    "ctkMenuButton",
    "ctkMessageBox",
    "ctkPathLineEdit",
    "ctkPushButton",
    "ctkRangeWidget",
    "ctkSettingsPanel",
    "ctkSliderWidget",
    "ctkWidgetsUtils",
]
