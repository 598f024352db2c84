"""The extension takes nothing from Slicer's and CTK's objects that Slicer does not show to Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from slicerwalk import uses_in, widgets

ROOT = Path(__file__).resolve().parents[3]
CODE = (ROOT / "DualNetSSL" / "DualNetSSL.py", *sorted((ROOT / "DualNetSSLLib").rglob("*.py")))
ALWAYS = {
    "connect",
    "disconnect",
    "findChild",
    "findChildren",
    "inherits",
    "className",
    "delete",
    "deleteLater",
    "children",
}
"""What PythonQt gives every object."""


@pytest.fixture
def names(slicer_host):
    from slicerhost import names

    return names


@pytest.fixture
def refused(names):
    """``refused(path, text)``: uses of what Slicer does not show, and how many uses there are."""
    forms = widgets(ROOT / "DualNetSSL" / "Resources" / "UI")

    def look(path, text):
        uses = {use for use in uses_in(path, text, forms, names.returned) if names.known(use.cls)}
        wrong = sorted(f"{use.place}: {use.cls}.{use.name}" for use in uses if not allowed(names, use))
        return wrong, uses

    return look


def allowed(names, use):
    return use.name in ALWAYS or names.serves(use.cls, use.name)


def test_every_attribute_of_slicer_s_objects_is_one_that_python_can_use(refused):
    found = {path: refused(path, path.read_text()) for path in CODE}
    assert [line for wrong, _ in found.values() for line in wrong] == []
    uses = {use for _, uses in found.values() for use in uses}
    ours = {use for use in uses if use.cls.startswith(("ctk", "qMRML", "qSlicer"))}
    assert len(uses) > 250, "the walk has lost its way: it sees hardly anything"
    assert {use.cls for use in ours} >= {
        "qSlicerApplication",
        "qSlicerLayoutManager",
        "qMRMLSegmentEditorWidget",
        "qMRMLSegmentsTableView",
        "qMRMLPlotWidget",
        "ctkCollapsibleButton",
        "ctkCollapsibleGroupBox",
        "ctkSliderWidget",
        "ctkDirectoryButton",
        "ctkColorPickerButton",
        "qSlicerScriptedLoadableModule",
        "qSlicerScriptedLoadableModuleWidget",
    }


WRONG = {
    "ui.reviewSection.setCollapsed(True)": "ctkCollapsibleButton.setCollapsed",
    "group = self._ui.exportGroup\ngroup.setCollapsed(True)": "ctkCollapsibleGroupBox.setCollapsed",
    "slicer.app.layoutManager().renderAll()": "qSlicerLayoutManager.renderAll",
    "slicer.app.layoutManager().sliceWidget('Red').setSliceVisible(1)": "qMRMLSliceWidget.setSliceVisible",
    "widget = slicer.qMRMLSegmentEditorWidget()\nwidget.buttons": "qMRMLSegmentEditorWidget.buttons",
    "ctk.ctkSliderWidget().setRange(0, 1)": "ctkSliderWidget.setRange",
    "self._ui.submitButton.set_text('x')": "QPushButton.set_text",
    "for button in (ui.regionNextButton, ui.regionEditButton):\n    button.press()": "QPushButton.press",
    "slicer.util.findChild(self.widget, 'SegmentsTableView').viewport_()": "qMRMLSegmentsTableView.viewport_",
}


@pytest.mark.parametrize("code", WRONG)
def test_the_walk_notices_what_the_stand_ins_have_and_slicer_has_not(refused, code):
    (wrong,), _ = refused(Path("made_up.py"), code)
    assert wrong.split(": ")[1] == WRONG[code]


@pytest.mark.parametrize(
    ("made", "attribute"),
    [("ctkCollapsibleButton", "setCollapsed"), ("ctkSliderWidget", "setRange"), ("ctkDirectoryButton", "setDirectory")],
)
def test_the_stand_ins_hide_it_from_the_extension_and_from_nobody_else(slicer_host, made, attribute):
    import ctk

    widget = getattr(ctk, made)()
    assert callable(getattr(widget, attribute))
    asking = {"__name__": "DualNetSSLLib.panel.made_up", "widget": widget}
    with pytest.raises(AttributeError, match=rf"{made} has no attribute named '{attribute}' in Slicer"):
        exec(f"widget.{attribute}", asking)
    exec("widget.enabled = False; widget.setVisible(False)", asking)


def test_the_table_says_which_slicer_it_was_read_from(names):
    import json

    table = json.loads((Path(names.__file__).with_name("names.json")).read_text())
    assert {name: len(commit) for name, commit in table["sources"].items()} == {"Slicer": 40, "CTK": 40}


def test_every_class_of_slicer_leads_to_one_of_qt():
    """Qt itself asks a widget for what it overrides, in whoever's code events are processed: none may be refused."""
    from slicerhost import names

    def root(name):
        while name in names.table():
            name = names.table()[name]["base"]
        return name

    assert {name for name in names.table() if names.qt_class(root(name)) is None} == set()
    assert names.serves("qMRMLPlotView", "metric")
