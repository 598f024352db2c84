"""A brush of the review's own: mouse strokes in the slice views, told from point to point, with a ring where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import vtk

from DualNetSSLLib.panel.common.keys import slice_views

BEFORE_OTHERS = 10.0
"""Priority over what else listens to the mouse in a view."""
RING_SIDES = 40
GROW = 1.25
"""How much a turn of the wheel with Shift makes the brush larger."""

Ras = tuple[float, float, float]


class Brush:
    """Follows the left button through the slice views while it is taken."""

    def __init__(
        self,
        begin: Callable[[], bool],
        move: Callable[[Any, Ras, Ras], None],
        end: Callable[[], None],
        radius_mm: Callable[[], float],
        resize: Callable[[float], None],
    ) -> None:
        """Make a brush that is not taken.

        Args:
            begin: called when the button goes down; tells whether there is anything to paint on.
            move: called with the slice node, and the points in RAS that the mouse came from and is at.
            end: called when the button comes up.
            radius_mm: returns how large the ring is.
            resize: called with a factor when the wheel is turned with Shift.
        """
        self._begin, self._move, self._end = begin, move, end
        self._radius_mm, self._resize = radius_mm, resize
        self._hands: list[_Hand] = []

    @property
    def taken(self) -> bool:
        """Whether it is in the hand."""
        return bool(self._hands)

    def take(self) -> None:
        """Follow the mouse in the views of the layout as it is now."""
        self.rest()
        self._hands = [_Hand(self, view) for view in slice_views()]

    def rest(self) -> None:
        """Follow it no more; a stroke that is under way ends."""
        for hand in self._hands:
            hand.let_go()
        self._hands = []


class _Hand:
    """The brush in one view."""

    def __init__(self, brush: Brush, view: Any) -> None:
        self._brush, self._view = brush, view
        self._last: Ras | None = None
        self._interactor = view.sliceView().interactor()
        self._ring = _Ring(self._interactor)
        slots = {
            "LeftButtonPressEvent": self._down,
            "MouseMoveEvent": self._moved,
            "LeftButtonReleaseEvent": self._up,
            "LeaveEvent": self._left,
            "MouseWheelForwardEvent": lambda: self._wheel(GROW),
            "MouseWheelBackwardEvent": lambda: self._wheel(1 / GROW),
        }
        self._tags: list[int] = []
        for event, slot in slots.items():
            self._listen(event, slot)

    def let_go(self) -> None:
        if self._last is not None:
            self._last = None
            self._brush._end()
        for tag in self._tags:
            self._interactor.RemoveObserver(tag)
        self._ring.remove()
        self._view.sliceView().scheduleRender()

    def _listen(self, event: str, slot: Callable[[], bool | None]) -> None:
        def heard(interactor: Any, _event: str) -> None:
            if slot():
                interactor.GetCommand(tag).SetAbortFlag(1)

        tag = self._interactor.AddObserver(event, heard, BEFORE_OTHERS)
        self._tags.append(tag)

    def _here(self) -> Ras:
        node = self._view.mrmlSliceNode()
        x, y = self._interactor.GetEventPosition()
        right, front, up = node.GetXYToRAS().MultiplyPoint((x, y, 0.0, 1.0))[:3]
        return right, front, up

    def _down(self) -> bool:
        if self._interactor.GetShiftKey() or self._interactor.GetControlKey() or not self._brush._begin():
            return False
        self._last = self._here()
        self._brush._move(self._view.mrmlSliceNode(), self._last, self._last)
        return True

    def _moved(self) -> None:
        node = self._view.mrmlSliceNode()
        width, across = node.GetDimensions()[0], node.GetFieldOfView()[0]
        self._ring.show(self._interactor.GetEventPosition(), self._brush._radius_mm() * width / max(across, 1e-6))
        if self._last is not None:
            here = self._here()
            self._brush._move(node, self._last, here)
            self._last = here
        self._view.sliceView().scheduleRender()

    def _up(self) -> bool:
        if self._last is None:
            return False
        self._last = None
        self._brush._end()
        return True

    def _left(self) -> None:
        self._ring.hide()
        self._view.sliceView().scheduleRender()

    def _wheel(self, factor: float) -> bool:
        if not self._interactor.GetShiftKey():
            return False
        self._brush._resize(factor)
        self._moved()
        return True


class _Ring:
    """The circle that a brush covers, light within dark."""

    def __init__(self, interactor: Any) -> None:
        self._renderer = interactor.GetRenderWindow().GetRenderers().GetFirstRenderer()
        self._source = vtk.vtkRegularPolygonSource()
        self._source.SetNumberOfSides(RING_SIDES)
        self._source.GeneratePolygonOff()
        self._actors = [self._actor(grey, width) for grey, width in ((0.0, 3), (1.0, 1))]

    def _actor(self, grey: float, width: int) -> Any:
        mapper = vtk.vtkPolyDataMapper2D()
        mapper.SetInputConnection(self._source.GetOutputPort())
        actor = vtk.vtkActor2D()
        actor.SetMapper(mapper)
        actor.GetProperty().SetColor(grey, grey, grey)
        actor.GetProperty().SetLineWidth(width)
        actor.VisibilityOff()
        self._renderer.AddViewProp(actor)
        return actor

    def show(self, middle: tuple[int, int], radius: float) -> None:
        self._source.SetCenter(middle[0], middle[1], 0.0)
        self._source.SetRadius(max(radius, 1.0))
        for actor in self._actors:
            actor.VisibilityOn()

    def hide(self) -> None:
        for actor in self._actors:
            actor.VisibilityOff()

    def remove(self) -> None:
        for actor in self._actors:
            self._renderer.RemoveViewProp(actor)
