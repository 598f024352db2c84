"""The hand of a scripted user: clicks where a person could click, and counts."""

from __future__ import annotations


class Hand:
    """Clicks with the mouse on what can be seen, and keeps count."""

    def __init__(self, root):
        """Click on what lies below ``root``, the panel's outermost widget."""
        self.root = root
        self.clicks = []

    def click(self, widget):
        """Press and release the left button in the middle of a widget; it must be there to be seen, and not grey."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        assert widget.isVisibleTo(self.root), f"{widget.objectName} cannot be seen"
        assert widget.enabled, f"{widget.objectName} is grey"
        self.clicks.append(widget.objectName)
        QTest.mouseClick(widget, Qt.LeftButton)

    def confirm(self, what):
        """Count the button of a dialog that the user asked for, such as that of a folder."""
        self.clicks.append(what)
