"""Messages can be read on the light style of Slicer and on the dark one."""

from __future__ import annotations

import pytest

LIGHT = ((255, 255, 255), (239, 239, 239), (230, 230, 230))
DARK = ((50, 50, 50), (60, 60, 60), (70, 70, 70))
ENOUGH = 4.5
"""Contrast that WCAG 2.2 asks of text, level AA."""


def luminance(colour):
    """Relative luminance of (r, g, b), as WCAG has it."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("kind", ["info", "good", "busy", "bad"])
def test_every_kind_of_message_stands_out_in_both_styles(slicer_host, kind):
    import qt

    from DualNetSSLLib.panel.common.message import MessageLine, colour_of

    for ground in (*LIGHT, *DARK):
        label = qt.QLabel()
        palette = label.palette
        palette.setColor(qt.QPalette.Window, qt.QColor(*ground))
        label.setPalette(palette)
        text = colour_of(kind, label).lstrip("#")
        assert contrast(tuple(bytes.fromhex(text)), ground) >= ENOUGH, (kind, ground)
        MessageLine(label).show("words", kind)
        assert (kind == "info") or text in label.styleSheet
