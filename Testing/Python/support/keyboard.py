"""Mouse and keyboard of somebody who reviews: where the mouse is, where the focus is, which key is pressed."""

from __future__ import annotations


def main_window():
    """Slicer's window, shown and in front."""
    import slicer.util
    from PySide6 import QtWidgets

    window = slicer.util.mainWindow()
    window.show()
    window.activateWindow()
    QtWidgets.QApplication.processEvents()
    return window


def hover(widget, on=True):
    """Move the mouse into a widget, or out of it: what Qt sends a widget then."""
    from PySide6 import QtCore, QtGui, QtWidgets

    main_window()
    middle = QtCore.QPointF(5, 5)
    event = QtGui.QEnterEvent(middle, middle, middle) if on else QtCore.QEvent(QtCore.QEvent.Leave)
    QtWidgets.QApplication.sendEvent(widget, event)


def focus(widget):
    """Give a widget the keyboard; None: the window itself has it."""
    window = main_window()
    (window if widget is None else widget).setFocus()


def press(key, at=None):
    """Press a key, given as Qt writes it, once ``at`` has the focus."""
    import qt
    from PySide6 import QtTest

    window = main_window()
    if at is not None:
        focus(at)
    pressed = qt.QKeySequence(key)[0]
    QtTest.QTest.keyClick(window, pressed.key(), pressed.keyboardModifiers())
