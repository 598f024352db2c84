"""A way to stop a call from another thread."""

from __future__ import annotations

import threading

from .errors import Cancelled


class CancelToken:
    """Given to a long call, which stops soon after somebody called `cancel`.

    Example:
        >>> token = CancelToken()
        >>> token.cancel()
        >>> token.check()
        Traceback (most recent call last):
        DualNetSSLLib.client.errors.Cancelled: Cancelled. What was transferred so far is kept.
    """

    def __init__(self) -> None:
        """Start as not cancelled."""
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask to stop; may be called from any thread, and twice."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if somebody asked to stop."""
        if self.cancelled:
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """Wait, and raise `Cancelled` at once if somebody asks to stop meanwhile."""
        self._event.wait(seconds)
        self.check()
