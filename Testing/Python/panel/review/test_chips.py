"""The buttons of the classes: as many in a row as their names leave room for."""

from __future__ import annotations

import pytest

from DualNetSSLLib.client.records import LabelDefinition


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (("liver", "spleen"), 3),
        (("anterior hippocampus", "posterior hippocampus"), 2),
        (("myocardium of the left ventricle", "blood pool of the left ventricle"), 1),
    ],
)
def test_names_of_classes_are_seen_whole_in_a_narrow_panel(slicer_host, names, columns):
    """Both ends of "posterior hippocampus" were cut off, and the square with its colour with them."""
    from PySide6 import QtWidgets

    from DualNetSSLLib.panel.review.tools.chips import ROOM, ClassChips

    frame = QtWidgets.QWidget()
    chips = ClassChips(frame, lambda value: None)
    chips.offer([LabelDefinition(value=n, name=name, colour=(9, 9, 9)) for n, name in enumerate(names, 1)])
    frame.resize(ROOM, 60)
    frame.show()
    slicer_host.pump(seconds=0.1)
    buttons = frame.findChildren(QtWidgets.QPushButton)
    assert len(buttons) == len(names) + 1
    assert len({button.x for button in buttons}) == columns
    for button in buttons:
        assert button.width >= button.fontMetrics().horizontalAdvance(button.text) + button.iconSize.width()
    chips.close()
    frame.deleteLater()
