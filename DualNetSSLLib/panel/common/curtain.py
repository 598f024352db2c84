"""In other modules the views have the scan and its label alone: what the panel draws goes and comes with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import slicer
import slicer.util

from DualNetSSLLib.panel.common.scene import (
    CHANGES,
    CHANNEL,
    DISAGREEMENT,
    PREDICTION,
    PREVIEW,
    PROPOSAL,
    REGION,
    SURFACE,
    UNCERTAINTY,
    Mark,
    marked_nodes,
)
from DualNetSSLLib.panel.common.wiring import Wiring

DRAWN = (PREDICTION, PROPOSAL, PREVIEW, REGION, SURFACE)
"""What is seen by displays of its own: outlines, lines, surfaces."""
LAID = (UNCERTAINTY, DISAGREEMENT, CHANGES)
"""What is seen as a layer of the slice views."""
LEGEND = "vtkMRMLColorLegendDisplayNode"


@dataclass(frozen=True)
class _Layer:
    """A layer that was taken off a view.

    Attributes:
        composite: the view's layers.
        name: ``Foreground`` or ``Label``.
        node: id of what lay there.
        mark: of that; a node of another scene may have the same id.
        below: id of what lies there instead, or None.
        opacity: with which the upper layer was seen.
    """

    composite: Any
    name: str
    node: str
    mark: Mark
    below: str | None
    opacity: float

    def again(self, other: _Layer) -> bool:
        """Tell whether it is the same layer of the same view."""
        return self.composite is other.composite and (self.name, self.node, self.mark) == (
            other.name,
            other.node,
            other.mark,
        )

    def take_off(self) -> None:
        """Take it off; a second channel in its place is seen as it is without a map, which is not at all."""
        getattr(self.composite, f"Set{self.name}VolumeID")(self.below)
        if self.below is not None:
            self.composite.SetForegroundOpacity(0.0)

    def put_back(self) -> None:
        """Put it back, unless it is gone, or somebody has laid something else there since."""
        free = getattr(self.composite, f"Get{self.name}VolumeID")() in (self.below, self.node)
        node = slicer.mrmlScene.GetNodeByID(self.node)
        if free and self.composite.GetScene() is not None and node is not None and Mark.of(node) == self.mark:
            getattr(self.composite, f"Set{self.name}VolumeID")(self.node)
            if self.below is not None:
                self.composite.SetForegroundOpacity(self.opacity)


class Curtain:
    """Hides what a model says, and what the panel draws, while another module has the views."""

    def __init__(self) -> None:
        """Begin with everything seen."""
        self._displays: list[Any] = []
        self._layers: list[_Layer] = []
        self._tag: int | None = None
        self._wiring = Wiring()
        self._later = self._wiring.timer(0, self._hide, once=True)

    def draw(self) -> None:
        """The panel goes: hide what is its own, and what it adds until it comes back."""
        self._hide()
        if self._tag is None:
            self._tag = slicer.mrmlScene.AddObserver(slicer.vtkMRMLScene.NodeAddedEvent, self._added)

    def open(self) -> None:
        """The panel comes: show what was hidden, as far as it is still there."""
        self._let_go()
        for display in self._displays:
            if display.GetScene() is not None:
                display.SetVisibility(True)
        for layer in self._layers:
            layer.put_back()
        self._displays, self._layers = [], []

    def close(self) -> None:
        """Hide nothing any more: nobody would bring it back."""
        self.open()
        self._wiring.close()

    def _let_go(self) -> None:
        self._later.stop()
        if self._tag is not None:
            slicer.mrmlScene.RemoveObserver(self._tag)
        self._tag = None

    def _added(self, *_event: object) -> None:
        """Something has come, whose display comes a moment later."""
        self._later.start()

    def _hide(self) -> None:
        """Hide what is seen, once: what somebody has brought back in another module, that person wants to see."""
        for display in _displays():
            if display.GetVisibility() and not any(display is each for each in self._displays):
                display.SetVisibility(False)
                self._displays.append(display)
        for layer in [layer for layer in _layers() if not any(layer.again(each) for each in self._layers)]:
            layer.take_off()
            self._layers.append(layer)


def _displays() -> Iterator[Any]:
    """Yield the displays of what the panel draws, and the legends of what it has laid over scans."""
    for role in (*DRAWN, *LAID):
        for node in marked_nodes(role=role):
            displays = (node.GetNthDisplayNode(number) for number in range(node.GetNumberOfDisplayNodes()))
            yield from (each for each in displays if each is not None and (role in DRAWN or each.IsA(LEGEND)))


def _layers() -> Iterator[_Layer]:
    """Yield the layers that the panel has laid over scans."""
    for composite in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"):
        for name in ("Foreground", "Label"):
            identity = getattr(composite, f"Get{name}VolumeID")()
            node = None if identity is None else slicer.mrmlScene.GetNodeByID(identity)
            mark = None if node is None else Mark.of(node)
            if mark is not None and mark.role in LAID:
                below = _below(mark) if name == "Foreground" else None
                yield _Layer(composite, name, identity, mark, below, composite.GetForegroundOpacity())


def _below(mark: Mark) -> str | None:
    """Return the id of the scan's second channel, which lies in the place of the map where there is none."""
    channel = next(marked_nodes(role=CHANNEL, dataset=mark.dataset, case=mark.case), None)
    return None if channel is None else str(channel.GetID())
