"""All that paints in the selected region, at hand in the review: brush, eraser, classes, their locks, level tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.marks import Labels
from DualNetSSLLib.mending.dab import covered
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.slice_nodes import normal, voxel_at
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.desk.editor import LabelEditor
from DualNetSSLLib.panel.review.tools.brush import Brush
from DualNetSSLLib.panel.review.tools.chips import ClassChips
from DualNetSSLLib.panel.review.tools.mending import Mending
from DualNetSSLLib.panel.review.walk import Walk

SIZE, SPHERE = ("reviewBrushMm", 5.0), ("reviewSphere", False)
"""Names of what is remembered, each with what it is at first."""
TRACE = "Level tracing"
BACKGROUND = 0


class Toolbox:
    """What somebody paints with; nothing outside the region, and nothing of a locked class, changes by it."""

    def __init__(
        self,
        context: PanelContext,
        ui: Any,
        message: MessageLine,
        editor: LabelEditor,
        mending: Mending,
        reviewing: Callable[[], Walk | None],
        stroked: Callable[[], None],
        updated: Callable[[], None],
    ) -> None:
        """Build the part of the section.

        Args:
            context: of the panel.
            ui: its widgets.
            message: where to say what is wrong.
            editor: Slicer's own, whose effects work on as well.
            mending: whose answers are painted on, and are about the chosen class.
            reviewing: returns the walk if a region is selected, as for all that is done to one.
            stroked: called after each stroke that has changed something.
            updated: brings the section up to date.
        """
        self._context, self._ui, self._editor, self._mending = context, ui, editor, mending
        self.message, self._reviewing, self._stroked, self._updated = message, reviewing, stroked, updated
        self._walk: Walk | None = None
        self._before: Labels | None = None
        self._erasing = False
        self.chips = ClassChips(ui.classChips, self.choose)
        ui.brushSizeSpin.value = float(context.settings.get(*SIZE))
        ui.brushSphereCheck.checked = bool(context.settings.get(*SPHERE))
        self.brush = Brush(self.begin, self.stroke, self.end, self._radius, self._resize)
        self._wiring = Wiring(
            (ui.brushSizeSpin, "valueChanged(double)", self._remember),
            (ui.brushSphereCheck, "toggled(bool)", self._remember),
            (ui.classLockCheck, "toggled(bool)", self._lock),
            (ui.regionTraceButton, "clicked()", self.trace),
        )

    # where the walk is

    def enter(self, walk: Walk, value: int) -> None:
        """A region was selected: its class comes under the brush."""
        self._walk = walk
        self.chips.offer(walk.shown.dataset.labels)
        self._choose(value or None)

    def leave(self) -> None:
        """No region is selected: the brush is put away."""
        self.rest()
        self._walk = None
        self.chips.choose(None)

    # what the user does

    @guarded
    def paint(self) -> None:
        """Take the brush."""
        self._take(erasing=False)

    @guarded
    def erase(self) -> None:
        """Take the eraser: a brush of background, which ends where the region does."""
        self._take(erasing=True)

    @guarded
    def choose(self, value: int) -> None:
        """Paint, and ask for answers, with this class."""
        if self._reviewing() is not None:
            self._choose(value)

    @guarded
    def following(self) -> None:
        """Paint with the next class, round the corner."""
        if self._reviewing() is not None:
            self._choose(self.chips.following())

    @guarded
    def trace(self) -> None:
        """Take Slicer's level tracing, which ends where the region does."""
        if self._reviewing() is None or self._mending.unseen(str(self._ui.regionTraceButton.text)):
            return
        if not self.chips.chosen or self.chips.chosen in self.chips.locked:
            raise InvalidRequest(_("Level tracing needs a class to paint."), _("Choose one that is not locked."))
        self._mending.keep()
        self.rest()
        self._editor.widget.setActiveEffectByName(TRACE)
        self.message.show(_("Point at a border and click: what it goes round gets the class, inside the region."))

    def rest(self) -> None:
        """Put the brush away."""
        self.brush.rest()
        self._erasing = False

    def enable(self, on: bool) -> None:
        """Be at hand, or grey."""
        ui = self._ui
        self.chips.enable(on)
        for widget in (ui.brushSizeSpin, ui.brushSphereCheck, ui.classLockCheck, ui.regionTraceButton):
            widget.enabled = on
        if not on:
            self.rest()

    def update(self) -> None:
        """Bring the section up to date, after something was done or refused here."""
        self._updated()

    def close(self) -> None:
        """Let go of everything."""
        self.leave()
        self.chips.close()
        self._wiring.close()

    def _take(self, erasing: bool) -> None:
        if self._reviewing() is None:
            return
        self._mending.keep()
        self._editor.rest()
        self.brush.take()
        self._erasing = erasing

    def _choose(self, value: int | None) -> None:
        self.chips.choose(value)
        self._erasing = False
        blocked = self._ui.classLockCheck.blockSignals(True)
        self._ui.classLockCheck.checked = value in self.chips.locked
        self._ui.classLockCheck.blockSignals(blocked)
        self._mending.about(value, self.chips.locked)
        if self._walk is not None and value:
            self._editor.choose(self._walk.shown, value)

    def _lock(self, *_arguments: object) -> None:
        self.chips.lock(bool(self._ui.classLockCheck.checked))
        self._mending.about(self.chips.chosen, self.chips.locked)

    def _remember(self, *_arguments: object) -> None:
        self._context.settings.put(SIZE[0], float(self._ui.brushSizeSpin.value))
        self._context.settings.put(SPHERE[0], bool(self._ui.brushSphereCheck.checked))

    def _radius(self) -> float:
        return float(self._ui.brushSizeSpin.value) / 2

    def _resize(self, factor: float) -> None:
        self._ui.brushSizeSpin.value = float(self._ui.brushSizeSpin.value) * factor

    # strokes

    def begin(self) -> bool:
        """Begin a stroke, unless an effect of Slicer's has been taken meanwhile: then the brush gives way to that."""
        walk = self._walk
        canvas = None if walk is None else walk.shown.canvas()
        if self._editor.widget.activeEffect() is not None or walk is None or walk.place is None or canvas is None:
            self.rest()
            return False
        self._before = canvas.read(walk.place.where)
        return True

    @guarded
    def stroke(self, node: Any, start: Any, end: Any) -> None:
        """Paint from one point to the next, in RAS, in the view of a slice node."""
        walk, value = self._walk, self._value()
        canvas = None if walk is None else walk.shown.canvas()
        if walk is None or walk.place is None or canvas is None or self._before is None:
            return
        where = self._covered(walk, node, start, end)
        labels = canvas.read(where)
        free = (labels != value) & ~np.isin(labels, list(self.chips.locked))
        if free.any():
            canvas.write(where[free], np.full(int(free.sum()), value, np.uint8))

    @guarded
    def end(self) -> None:
        """End the stroke: from now on it can be taken back."""
        before, self._before = self._before, None
        if self._walk is not None and before is not None and self._walk.take_stroke(before):
            self._stroked()

    def _value(self) -> int:
        value = BACKGROUND if self._erasing else self.chips.chosen
        if value is None or value in self.chips.locked:
            said = _("No class is chosen to paint with.") if value is None else _("This class is locked.")
            raise InvalidRequest(said, _("Choose one of the classes above the brush, or unlock it."))
        return value

    def _covered(self, walk: Walk, node: Any, start: Any, end: Any) -> Any:
        """Return the flat indices of the region's voxels that the brush covers."""
        geometry, visit = walk.shown.geometry, self._mending.visit
        if visit is None:
            return np.zeros(0, np.int64)
        lower = np.array([part.start for part in visit.box], float)
        way = [voxel_at(np.asarray(point), geometry)[::-1] - lower for point in (start, end)]
        across = None if self._ui.brushSphereCheck.checked else _in_grid(normal(node), geometry)
        mask = covered(visit.shape, (way[0], way[1]), self._radius(), geometry.spacing[::-1], across)
        return visit.flat[(mask & (visit.inside > 0)).ravel()]


def _in_grid(direction: Any, geometry: Geometry) -> Any:
    """Return a direction in RAS along the axes (k, j, i) of a grid, whose directions are in LPS."""
    lps = np.asarray(direction) * (-1.0, -1.0, 1.0)
    return (np.reshape(geometry.direction, (3, 3)).T @ lps)[::-1]
