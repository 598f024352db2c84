"""Watches the scene: strokes on the label that is open, nodes that somebody else removes, scenes that are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import slicer
import vtk


class SceneWatch:
    """Tells what others do to the label; what the desk does itself is not told."""

    def __init__(
        self,
        label: Callable[[], Any | None],
        needed: Callable[[], Iterable[Any]],
        painted: Callable[[], None],
        removed: Callable[[], None],
        brought: Callable[[], None],
    ) -> None:
        """Watch the scene from now on, and a label once `start` is called.

        Args:
            label: returns the label's node, or None.
            needed: returns the nodes without which the case cannot stay open.
            painted: called after each stroke.
            removed: called when somebody is about to remove one of these.
            brought: called when a scene was loaded, which may have brought a label along.
        """
        self._label, self._needed = label, needed
        self._painted, self._removed, self._brought = painted, removed, brought
        self._watched: tuple[Any, int] | None = None
        self._own_doing = False
        self._tags = self._observe_scene()

    def start(self) -> None:
        """Watch the strokes on the label as it is now."""
        self.stop()
        node = self._label()
        if node is not None:
            event = slicer.vtkSegmentation.SourceRepresentationModified
            self._watched = (node, node.AddObserver(event, lambda *_: self._painted()))

    def stop(self) -> None:
        """Watch no strokes."""
        if self._watched is not None:
            node, tag = self._watched
            node.RemoveObserver(tag)
        self._watched = None

    @contextmanager
    def own_doing(self) -> Iterator[None]:
        """Nodes that are removed meanwhile are removed by the desk."""
        self._own_doing = True
        try:
            yield
        finally:
            self._own_doing = False

    def close(self) -> None:
        """Let go of the scene."""
        self.stop()
        for tag in self._tags:
            slicer.mrmlScene.RemoveObserver(tag)
        self._tags = []

    def _observe_scene(self) -> list[int]:
        scene = slicer.mrmlScene

        def goes(_scene: Any, _event: str, node: Any) -> None:
            self._node_goes(node)

        return [
            scene.AddObserver(slicer.vtkMRMLScene.NodeAboutToBeRemovedEvent, vtk.calldata_type(vtk.VTK_OBJECT)(goes)),
            scene.AddObserver(slicer.vtkMRMLScene.EndImportEvent, lambda *_: self._brought()),
        ]

    def _node_goes(self, node: Any) -> None:
        if self._own_doing or slicer.mrmlScene.IsClosing():
            return
        if any(node is each for each in self._needed()):
            self._removed()
