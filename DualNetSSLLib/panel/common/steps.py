"""Work that must be done on the GUI thread, in small pieces between which the window stays alive."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

from DualNetSSLLib.panel.common.wiring import Wiring

SLICE_SECONDS = 0.01


class Steps:
    """Runs a generator for some milliseconds at a time; its last word is what it returns.

    Exactly one of ``done(result)`` and ``failed(error)`` is called, and neither after `cancel`.
    """

    def __init__(
        self, work: Generator[Any, None, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Begin with the next turn of the event loop."""
        self._work, self._done, self._failed = work, done, failed
        self._wiring = Wiring()
        self._timer = self._wiring.timer(0, self._turn)
        self._timer.start()

    @property
    def running(self) -> bool:
        """Whether there is work left."""
        return bool(self._timer.active)

    def cancel(self) -> None:
        """Stop; the generator is closed, so that it can clear up."""
        self._wiring.close()
        self._work.close()

    def _turn(self) -> None:
        until = time.monotonic() + SLICE_SECONDS
        try:
            while time.monotonic() < until:
                next(self._work)
        except StopIteration as end:
            self._wiring.close()
            self._done(end.value)
        except Exception as error:
            self._wiring.close()
            self._failed(error)
