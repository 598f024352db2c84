"""Colour tables of the panel: one node of each in the scene."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer

NamedColour = tuple[str, Sequence[float]]
"""What a colour stands for; red, green, blue and opacity, from 0 to 1."""


def colour_table(tag: str, name: str, colours: Callable[[], Iterable[NamedColour]]) -> Any:
    """Return the colour table with a singleton tag, made on its first use; the first colour is that of the value 0."""
    scene = slicer.mrmlScene
    node = scene.GetSingletonNode(tag, "vtkMRMLColorTableNode")
    if node is not None:
        return node
    table = list(colours())
    node = scene.CreateNodeByClass("vtkMRMLColorTableNode")
    node.UnRegister(None)
    node.SetName(name)
    node.SetSingletonTag(tag)
    node.SetHideFromEditors(True)
    node.SetTypeToUser()
    modified = node.StartModify()
    node.SetNumberOfColors(len(table))
    for value, (meaning, colour) in enumerate(table):
        node.SetColor(value, meaning, *colour)
    node.EndModify(modified)
    return scene.AddNode(node)


def on_a_scale(colours: npt.NDArray[np.float64]) -> list[NamedColour]:
    """Name colours, shape (n, 4), by their places on a scale from 0 to 1.

    Example:
        >>> [name for name, _colour in on_a_scale(np.zeros((3, 4)))]
        ['0.00', '0.50', '1.00']
    """
    return [(f"{place / (len(colours) - 1):.2f}", colour.tolist()) for place, colour in enumerate(colours)]
