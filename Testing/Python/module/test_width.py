"""Every section fits beside the slice views: what is wider is cut off at the right."""

from __future__ import annotations

from panelserver import MODULE

WIDE = 390
"""Pixels that Slicer gives a module's panel at first, but for margins and the bar to scroll with."""
SECTIONS = ("server", "dataset", "label", "train", "results", "review")


def test_no_section_is_wider_than_the_panel(load_module):
    ui = load_module(str(MODULE)).ui
    ui.slicesFrame.visible = True
    ui.serverFolderButton.directory = "/srv/" + "a folder in a folder/" * 10
    wide = {}
    for name in SECTIONS:
        for other in SECTIONS:
            getattr(ui, f"{other}Section").collapsed = other != name
        wide[name] = getattr(ui, f"{name}Section").minimumSizeHint().width()
    assert {name: width for name, width in wide.items() if width > WIDE} == {}
