"""Connections of Qt's signals, with the timers and shortcuts that send them: made here, and undone together.

Slicer's Python lets Qt hold what is connected, where the garbage collector does not look: a connection that is not
undone keeps its section alive. It is undone only with the callable that it was made with, so that one is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt

Slot = Callable[..., object]
Wire = tuple[Any, str, Slot]
"""Who sends, the signal with the types of its arguments as C++ writes them, and what is called."""


class Wiring:
    """What one part of the panel listens to, until it is closed."""

    def __init__(self, *wires: Wire) -> None:
        """Connect these; `add`, `timer` and `shortcut` make more."""
        self._wires: list[Wire] = []
        self._timers: list[Any] = []
        self._shortcuts: list[Any] = []
        self.add(*wires)

    def add(self, *wires: Wire) -> None:
        """Connect these as well."""
        for sender, signal, slot in wires:
            sender.connect(signal, slot)
            self._wires.append((sender, signal, slot))

    def timer(self, milliseconds: int, slot: Slot, *, once: bool = False) -> Any:
        """Return a timer that stands still until it is started; it rings once, or every so many milliseconds."""
        timer = qt.QTimer()
        timer.setSingleShot(once)
        timer.setInterval(milliseconds)
        self._timers.append(timer)
        self.add((timer, "timeout()", slot))
        return timer

    def shortcut(self, window: Any, keys: str, slot: Slot, *, repeats: bool = False) -> Any:
        """Return a shortcut of a window that is silent until it is enabled.

        A key that is held acts once, unless it ``repeats``: most of ours verify or submit something, and what a
        keyboard sends by itself nobody has looked at.
        """
        shortcut = qt.QShortcut(qt.QKeySequence(keys), window)
        shortcut.setAutoRepeat(repeats)
        shortcut.setEnabled(False)
        self._shortcuts.append(shortcut)
        self.add((shortcut, "activated()", slot))
        return shortcut

    def close(self) -> None:
        """Undo every connection, stop the timers, take the shortcuts away; nothing is called afterwards.

        What Qt has deleted meanwhile (a cell's widget with its row, a shortcut with its window) is False, and raises
        when it is used.
        """
        for timer in self._timers:
            timer.stop()
        while self._wires:
            sender, signal, slot = self._wires.pop()
            if sender:
                sender.disconnect(signal, slot)
        for shortcut in self._shortcuts:
            if shortcut:
                shortcut.deleteLater()
        self._timers.clear()
        self._shortcuts.clear()
