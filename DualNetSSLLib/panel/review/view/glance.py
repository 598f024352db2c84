"""The map while a region is looked at: hidden, and seen for as long as a key is held; a short press keeps it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import qt
import slicer

HELD_S = 0.35
"""A key that is held for longer was meant for a glance."""


class Glance:
    """Whether the map is seen in the review.

    Attributes:
        kept: whether it stays where nobody holds the key.
    """

    def __init__(self, changed: Callable[[], None], now: Callable[[], float] = time.monotonic) -> None:
        """Begin with the map hidden; ``changed`` is told, ``now`` says the time in seconds."""
        self.kept = False
        self._changed, self._now = changed, now
        self._since: float | None = None
        self._ear: _Ear | None = None

    @property
    def seen(self) -> bool:
        """Whether the map is to be seen now."""
        return self.kept != (self._since is not None)

    def toggle(self) -> None:
        """Keep the map, or hide it."""
        self.keep(not self.kept)

    def keep(self, kept: bool) -> None:
        """Show the map until further notice, or hide it."""
        self._end()
        self.kept = kept
        self._changed()

    def press(self, key: str) -> None:
        """The key goes down: the map is shown, or if it was, hidden; until it comes up again, which is waited for."""
        if self._since is not None:  # the keyboard repeats a key that is held
            return
        self._since, self._ear = self._now(), _Ear(key, self.release)
        slicer.app.installEventFilter(self._ear)
        self._changed()
        if (
            self._ear is not None
        ):  # counted from when the map is seen: a slow computer makes no long press of a short one
            self._since = self._now()

    def release(self) -> None:
        """The key comes up: after a short press it stays as it is now."""
        if self._since is None:
            return
        short = self._now() - self._since < HELD_S
        self._end()
        self.kept = self.kept != short
        self._changed()

    def close(self) -> None:
        """Wait for no key any more."""
        self._end()

    def _end(self) -> None:
        if self._ear is not None:
            slicer.app.removeEventFilter(self._ear)
        self._since = self._ear = None


class _Ear(qt.QObject):  # type: ignore[misc]
    """Hears a key that comes up, wherever the focus is then; it listens only while one is held."""

    def __init__(self, key: str, heard: Callable[[], None]) -> None:
        super().__init__()
        self._key, self._heard = key.rpartition("+")[2], heard

    def eventFilter(self, _watched: Any, event: Any) -> bool:
        """Look at an event on its way; none is held up."""
        kind = event.type()
        up = kind == qt.QEvent.KeyRelease and not event.isAutoRepeat()
        if kind == qt.QEvent.ApplicationDeactivate or (up and self._is_mine(int(event.key()))):
            self._heard()
        return False

    def _is_mine(self, key: int) -> bool:
        return str(qt.QKeySequence(key).toString()) == self._key
