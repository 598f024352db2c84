"""What a touch at the mouse would change, shown while the mouse moves; nothing is taken or kept by that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import slicer

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.labels.marks import Labels
from DualNetSSLLib.panel.common.settings import PanelSettings
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.review.visit import Visit, mouse_at
from DualNetSSLLib.tasks.reports import MendedRegion

SETTING = ("reviewHover", False)
PAUSE_MS = 30
"""The mouse is looked for so long after it moved: it tells of more places than are seen."""
Voxel = tuple[int, int, int]
Ask = Callable[[Mapping[int, Labels], Callable[[MendedRegion], None]], Call | None]


class Hover:
    """Asks for what a touch under the mouse comes to: one question at a time, the newest place next.

    Attributes:
        shown: what is shown of the place that the mouse is at; None: nothing is.
    """

    def __init__(
        self,
        settings: PanelSettings,
        tick: Any,
        visiting: Callable[[], Visit | None],
        ask: Ask,
        show: Callable[[MendedRegion | None], None],
    ) -> None:
        """Follow the mouse while it is ticked.

        Args:
            settings: keep the tick.
            tick: the box.
            visiting: returns the region that a touch would spread in now; None: there is none.
            ask: asks what some dabs come to, and has the answer given to a function.
            show: shows an answer beside what is previewed; None: that alone.
        """
        self._settings, self._tick, self._visiting = settings, tick, visiting
        self._ask, self._show = ask, show
        self._call: Call | None = None
        self._at: Voxel | None = None
        self.shown: MendedRegion | None = None
        tick.checked = bool(settings.get(*SETTING))
        self._wiring = Wiring((tick, "toggled(bool)", self._chosen))
        self._timer = self._wiring.timer(PAUSE_MS, self._look, once=True)
        self._crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        moved = slicer.vtkMRMLCrosshairNode.CursorPositionModifiedEvent
        self._tag = None if self._crosshair is None else self._crosshair.AddObserver(moved, self._moved)

    def forget(self) -> None:
        """Something else is asked for or shown: ask nothing until the mouse moves on."""
        if self._call is not None:
            self._call.cancel()
        self._call = None
        self._timer.stop()
        self._hide()

    def close(self) -> None:
        """Follow the mouse no more."""
        self.forget()
        if self._crosshair is not None:
            self._crosshair.RemoveObserver(self._tag)
        self._crosshair = None
        self._wiring.close()

    def _chosen(self, *_arguments: object) -> None:
        self._settings.put(SETTING[0], bool(self._tick.checked))
        self._at = None
        self.forget()

    def _moved(self, *_event: object) -> None:
        if self._tick.checked and self._call is None and not self._timer.active:
            self._timer.start()

    def _look(self) -> None:
        """Ask about the voxel that the mouse is in, unless that was the last question."""
        visit = self._visiting()
        place = None if visit is None else mouse_at(visit.geometry)
        at = None if place is None else (round(place[0]), round(place[1]), round(place[2]))
        if at == self._at:
            return
        self._at = at
        dabs = None
        if visit is not None and visit.value is not None and at is not None:
            dabs = visit.touched(visit.value, at)
        self._call = None if dabs is None else self._ask(dabs, self._answered)
        if self._call is None:
            self._hide()

    def _answered(self, found: MendedRegion) -> None:
        self._call = None
        self.shown = found
        self._show(found)
        self._look()

    def _hide(self) -> None:
        if self.shown is not None:
            self.shown = None
            self._show(None)
