"""The colour tables of the map: one node of each in the scene."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer


def colour_table(tag: str, name: str, colours: Callable[[], npt.NDArray[np.float64]]) -> Any:
    """Return the colour table with a singleton tag, made on its first use of colours from 0 to 1, shape (n, 4)."""
    scene = slicer.mrmlScene
    node = scene.GetSingletonNode(tag, "vtkMRMLColorTableNode")
    if node is not None:
        return node
    table = colours()
    node = scene.CreateNodeByClass("vtkMRMLColorTableNode")
    node.UnRegister(None)
    node.SetName(name)
    node.SetSingletonTag(tag)
    node.SetHideFromEditors(True)
    node.SetTypeToUser()
    modified = node.StartModify()
    node.SetNumberOfColors(len(table))
    for index, colour in enumerate(table):
        node.SetColor(index, f"{index / (len(table) - 1):.2f}", *colour)
    node.EndModify(modified)
    return scene.AddNode(node)
