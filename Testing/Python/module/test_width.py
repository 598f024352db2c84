"""Every section fits beside the slice views in each language; the next step never scrolls away."""

from __future__ import annotations

import contextlib

import pytest
from panelserver import MODULE

WIDE = 376
"""Pixels of a panel 400 wide, but for margins and the bar to scroll with."""
SECTIONS = ("server", "dataset", "label", "train", "results", "review")
PANELS = ((400, 900), (500, 900))
"""Of a laptop."""
SETTLED = 2.0
"""Seconds in which a layout has found its sizes, on a slow computer, too."""
LOW = (1100, 420)
"""A window in which no section can be seen whole."""
GROUPS = (
    "connect", "serverAdvanced", "slices", "trainAdvanced", "knowing", "comparison", "export", "worklist", "reviewKeys",
)  # fmt: skip
LANGUAGES = ("en_US", "de_DE", "es_ES")


@pytest.fixture
def ui(load_module, monkeypatch, request):
    """The widgets in a language."""
    import qt
    import slicer

    monkeypatch.setattr(slicer.app, "_locale", request.param)
    made = load_module(str(MODULE)).ui
    made.serverFolderButton.directory = "/srv/" + "a folder in a folder/" * 10
    yield made
    for translator in slicer.app.findChildren(qt.QTranslator):
        qt.QCoreApplication.removeTranslator(translator)
        translator.deleteLater()


def everything(ui):
    """Open what is folded, and show what hides until there is something in it."""
    hidden = (ui.worklistGroup, ui.dealtTable, ui.dealtLabel, ui.dealBar, ui.slicesFrame, ui.reviewFrame)
    for shown in (*hidden, ui.regionTable, ui.alikeButton):
        shown.visible = True
    for name in GROUPS:
        getattr(ui, f"{name}Group").collapsed = False


def open_alone(ui, name):
    for other in SECTIONS:
        getattr(ui, f"{other}Section").collapsed = other != name
    everything(ui)


@pytest.mark.parametrize("ui", LANGUAGES, indirect=True)
def test_no_section_is_wider_than_the_panel_and_no_text_is_cut_off(ui, pump):
    wide, cut, root = {}, [], ui.railFrame.parent()
    root.setParent(None)
    root.resize(*PANELS[0])
    root.show()
    ui.reviewSection.collapsed = True
    ui.reviewSection.click()
    pump(seconds=0.0)
    ui.reviewFrame.visible = ui.regionTable.visible = True  # as it grows once the regions are found
    pump(lambda: in_sight(ui.sectionsArea, ui.reviewSection), SETTLED)
    for size in PANELS:
        root.resize(*size)
        for name in SECTIONS:
            open_alone(ui, name)
            section = getattr(ui, f"{name}Section")
            wide[name] = section.minimumSizeHint().width()
            with contextlib.suppress(TimeoutError):
                pump(lambda section=section: not cut_off(section), SETTLED)
            cut += [(name, *told) for told in cut_off(section)]
    assert {name: width for name, width in wide.items() if width > WIDE} == {}
    assert cut == []


def in_sight(area, section):
    """Whether a section can be seen whole, as the area is scrolled now."""
    return 0 <= section.y - area.verticalScrollBar().value <= area.height - section.height


def cut_off(section):
    """Texts of a section that are wider or higher than their place."""
    from PySide6 import QtWidgets

    kinds = (QtWidgets.QLabel, QtWidgets.QPushButton, QtWidgets.QCheckBox)
    return [told for kind in kinds for told in _cut_off(section.findChildren(kind))]


def _cut_off(widgets):
    for widget in widgets:
        text = widget.text if widget.isVisible() and not str(widget.text).startswith("/srv/") else ""
        wraps = text and getattr(widget, "wordWrap", False)
        across, down = (0, widget.heightForWidth(widget.width)) if wraps else _wanted(widget)
        if text and (across > widget.width or down > widget.height):
            yield widget.objectName, text, (across, down), (widget.width, widget.height)


def _wanted(widget):
    hint = widget.sizeHint
    return hint.width(), hint.height()


def test_in_a_low_window_the_sections_scroll_and_the_next_step_stays_in_sight(slicer_host, load_module, pump):
    ui = load_module(str(MODULE)).ui
    open_alone(ui, "review")
    slicer_host.grab(None, size=LOW)
    pump(seconds=0.05)
    bar, across = ui.sectionsArea.verticalScrollBar(), ui.sectionsArea.horizontalScrollBar()
    assert bar.maximum > 0
    assert across.maximum == 0
    bar.value = bar.maximum
    slicer_host.grab(None)
    assert not ui.nextStepButton.visibleRegion().isEmpty()
