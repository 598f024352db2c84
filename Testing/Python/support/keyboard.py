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


def press(key, at=None, held=False):
    """Press a key, given as Qt writes it, once ``at`` has the focus, and let it go unless it is ``held``."""
    from PySide6 import QtTest

    window = main_window()
    if at is not None:
        focus(at)
    (QtTest.QTest.keyPress if held else QtTest.QTest.keyClick)(window, *_key(key))


def release(key):
    """Let a key go."""
    from PySide6 import QtTest

    QtTest.QTest.keyRelease(main_window(), *_key(key))


def _key(key):
    import qt

    pressed = qt.QKeySequence(key)[0]
    return pressed.key(), pressed.keyboardModifiers()
