"""Removes what is left in the scene of a case of which somebody has deleted a part."""

from __future__ import annotations

from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.work import LabelWork


class Sweep:
    """Waits for the next turn of the event loop: Slicer may just be removing these nodes itself, with their folder."""

    def __init__(self, work: LabelWork) -> None:
        """Sweep beside this work, whose own case stays."""
        self._work = work
        self._left: list[ShownCase] = []
        self._wiring = Wiring()
        self._timer = self._wiring.timer(0, self._sweep, once=True)

    def later(self, shown: ShownCase) -> None:
        """Remove the nodes of a case that was put down, unless it has come back by then."""
        self._left.append(shown)
        self._timer.start()

    def close(self) -> None:
        """Leave the rest where it is."""
        self._wiring.close()

    def _sweep(self) -> None:
        while self._left:
            left, shown = self._left.pop(), self._work.shown
            if shown is None or (shown.dataset.id, shown.name) != (left.dataset.id, left.name):
                with self._work.watch.own_doing():
                    left.remove()
