"""Every section fits beside the slice views: what is wider is cut off; the next step never scrolls away."""

from __future__ import annotations

from panelserver import MODULE

WIDE = 390
"""Pixels that Slicer gives a module's panel at first, but for margins and the bar to scroll with."""
SECTIONS = ("server", "dataset", "label", "train", "results", "review")
LOW = (1100, 420)
"""A window in which no section can be seen whole."""


def test_no_section_is_wider_than_the_panel_and_the_next_step_stays_in_sight(slicer_host, load_module, pump):
    ui = load_module(str(MODULE)).ui
    ui.slicesFrame.visible = True
    ui.serverFolderButton.directory = "/srv/" + "a folder in a folder/" * 10
    wide = {}
    for name in SECTIONS:
        for other in SECTIONS:
            getattr(ui, f"{other}Section").collapsed = other != name
        for shown in (ui.worklistGroup, ui.dealtTable, ui.dealtLabel, ui.dealBar, ui.reviewFrame, ui.alikeButton):
            shown.visible = True
        ui.worklistGroup.collapsed = ui.reviewKeysGroup.collapsed = False
        wide[name] = getattr(ui, f"{name}Section").minimumSizeHint().width()
    assert {name: width for name, width in wide.items() if width > WIDE} == {}
    slicer_host.grab(None, size=LOW)
    pump(seconds=0.05)
    bar, across = ui.sectionsArea.verticalScrollBar(), ui.sectionsArea.horizontalScrollBar()
    assert bar.maximum > 0
    assert across.maximum == 0
    bar.value = bar.maximum
    slicer_host.grab(None)
    assert not ui.nextStepButton.visibleRegion().isEmpty()
