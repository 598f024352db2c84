"""What Slicer does to Python threads: MRML off the main thread fails, and Qt's loop holds the interpreter lock."""

from __future__ import annotations

import contextlib
import ctypes
import threading
from pathlib import Path

import PySide6
import vtk
from PySide6 import QtCore

WAIT_FOR_MORE_EVENTS = 0x04
PROCESS_EVENTS = "_ZN16QCoreApplication13processEventsE6QFlagsIN10QEventLoop17ProcessEventsFlagEE"


def belongs_to_main_thread(obj):
    """Whether an object is part of the scene, its logics or the views; plain VTK data may be used anywhere."""
    return isinstance(obj, vtk.vtkObjectBase) and type(obj).__module__.startswith("slicer")


def guard(frame, event, call):
    """A profile function that stops calls of MRML methods before they happen."""
    if event == "c_call" and belongs_to_main_thread(owner := getattr(call, "__self__", None)):
        raise RuntimeError(
            f"{type(owner).__name__}.{call.__name__} was called from thread {threading.current_thread().name!r}; "
            "only Slicer's main thread may touch the scene"
        )


def install():
    """From now on, every new Python thread is watched."""
    threading.setprofile(guard)


class EventLoop:
    """Runs Qt's events, with the interpreter lock let go as PySide does or held as PythonQt does in Slicer."""

    def __init__(self, app):
        self._app = app
        self._held = False
        library = ctypes.PyDLL(str(Path(PySide6.__file__).parent / "Qt" / "lib" / "libQt6Core.so.6"))
        self._held_events = library[PROCESS_EVENTS]  # a PyDLL function does not release the lock
        self._held_events.argtypes, self._held_events.restype = [ctypes.c_int], None

    def once(self, milliseconds=10):
        """Handle what there is, wait for at most so long if there is nothing.

        The timer ends the waiting: where Qt is given a time it never waits, and the loop would take a whole core.
        """
        wake = QtCore.QTimer()
        wake.setSingleShot(True)
        wake.start(milliseconds)
        if self._held:
            self._held_events(WAIT_FOR_MORE_EVENTS)
        else:
            self._app.processEvents(QtCore.QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        wake.stop()
        self._app.sendPostedEvents(None, QtCore.QEvent.DeferredDelete.value)

    @contextlib.contextmanager
    def holding_the_lock(self):
        """In this block a Python thread runs only while Python of the main thread runs, as in Slicer."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
