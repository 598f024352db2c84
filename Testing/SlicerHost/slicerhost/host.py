"""The host as a test sees it."""

from __future__ import annotations

import contextlib
import gc
import sys
import time
from pathlib import Path

from PySide6 import QtCore

from .leftovers import Ledger
from .probe import can_render
from .threads import EventLoop

PATIENCE = 60.0
"""Seconds for what has to come or to end. A process that still starts on a busy computer is no leak."""


def show_message(kind, context, text):
    """Qt's own messages, but for one that the offscreen platform repeats for every window."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(f"Qt: {text}\n")


class Host:
    """A running stand-in of Slicer; one for each process, see `slicerhost.start`.

    Attributes:
        app: ``slicer.app``.
        dialogs: what modal dialogs were shown and how they are answered.
        errors: exceptions of slots, timers and observers; they never reach a caller.
        real_python: whether Slicer's own Python files are in use instead of the stand-ins.
    """

    def __init__(self, app, dialogs, real_python):
        self.app, self.dialogs, self.real_python = app, dialogs, real_python
        self.errors = []
        self._ledgers = {}
        self.loop = EventLoop(app)
        sys.excepthook = self._collect
        QtCore.qInstallMessageHandler(show_message)

    def _collect(self, kind, error, trace):
        self.errors.append(error)
        sys.__excepthook__(kind, error, trace)

    @property
    def can_render(self):
        """Whether views can be drawn on this machine."""
        return can_render()

    def load_module(self, path):
        """Load a scripted module and enter it; its Python widget (``DualNetSSLWidget``) is returned."""
        ledger = Ledger.now()
        module = self.app.loadModule(path)
        self._ledgers[module.name] = ledger
        self.app.selectModule(module)
        return module.widgetRepresentation().self()

    def unload_module(self, name, seconds=PATIENCE):
        """Leave a module and end it, as Slicer does when it quits.

        Returns:
            What it left behind, in words: timers after its cleanup; processes and threads that have not ended after
            ``seconds``; observers of the scene and its nodes. Empty for a module that cleans up.
        """
        module = self.app.moduleManager().module(name)
        ledger, widget = self._ledgers.pop(name), module._widget
        if widget is not None:
            if widget.isEntered:
                widget.exit()
            self.app.moduleManager().moduleAboutToBeUnloaded.emit(name)
        left = ledger.new_timers()
        module._widget = None
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
        self.pump(seconds=0.0)
        with contextlib.suppress(TimeoutError):
            self.pump(ledger.all_ended(), seconds)
        gc.collect()  # Slicer's parameter nodes let go of their observers when they are collected
        return left + ledger.new_processes() + ledger.new_threads() + ledger.new_observers()

    def pump(self, until=None, seconds=PATIENCE):
        """Run the event loop until a condition holds; without a condition, for so long.

        Raises:
            TimeoutError: the condition does not hold after ``seconds``.
        """
        end = time.monotonic() + seconds
        while True:
            self.loop.once(5)
            if until is not None and until():
                return
            if time.monotonic() >= end:
                if until is None:
                    return
                raise TimeoutError(f"the condition does not hold after {seconds:g} s")

    def grab(self, widget, path=None, size=None):
        """A picture of a widget (or, for None, of the whole window with its views) as a QImage; saved if asked."""
        window = self.app.mainWindow()
        target = window if widget is None else widget
        if size is not None:
            target.resize(*size)
        target.show()
        self.pump(seconds=0.02)
        if widget is None:
            self.app.layoutManager().renderAll()
            self.pump(seconds=0.0)
        picture = target.grab().toImage()
        if path is not None:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            if not picture.save(str(path)):
                raise OSError(f"the picture could not be written to {path}")
        return picture
