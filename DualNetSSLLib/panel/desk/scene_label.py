"""A label that a saved scene has brought along, with its marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import slicer.util

from DualNetSSLLib.labels.marks import Marks
from DualNetSSLLib.panel.common.scene import LABEL, VERIFIED, Mark, geometry_of
from DualNetSSLLib.panel.desk.case_nodes import BEGUN, WHOLE, ShownCase, began_with, withhold_proposals
from DualNetSSLLib.panel.desk.labelmap import AREA_SEGMENT
from DualNetSSLLib.scans.grids import on_grid


@dataclass(frozen=True)
class Brought:
    """What came with a scene.

    Attributes:
        start_known: whether it is known what the label was begun with; else changed voxels cannot be told.
    """

    start_known: bool


def take_brought(shown: ShownCase) -> Brought | None:
    """Go on from the label of a saved scene, if there is one, and not from a draft; call before the nodes are made."""
    label = shown.node(LABEL)
    if label is None:
        return None
    if label.GetSegmentation().GetSegment(AREA_SEGMENT) is not None:
        label.GetSegmentation().RemoveSegment(AREA_SEGMENT)
    mark, node = Mark.of(label), shown.node(VERIFIED)
    mask = None if node is None else _mask(node, shown)
    if node is None or mask is None:
        return Brought(start_known=True)
    whole = node.GetAttribute(WHOLE) == "1"
    shown.marks, shown.model = Marks(mask, whole=whole), node.GetAttribute(BEGUN) or ""
    withhold_proposals(shown)
    return Brought(_find_start(shown, "" if mark is None else mark.revision))


def _mask(node: Any, shown: ShownCase) -> Any:
    """Return a copy of the voxels of a mask that fits the scan, on its grid; None if it does not fit."""
    if node.GetImageData() is None:
        return None
    voxels = on_grid(slicer.util.arrayFromVolume(node), geometry_of(node), shown.geometry)
    return None if voxels is None else np.array(voxels, np.uint8, order="C")


def _find_start(shown: ShownCase, revision: str) -> bool:
    """Note what the label was begun with, and tell whether that is known."""
    same = bool(shown.model) or revision == str(shown.opened.case.revision)
    began = began_with(shown, shown.model, shown.opened.case.revision) if same else None
    if began is not None:
        where = shown.marks.withhold_outside(began)
        began.reshape(-1)[where] = 0  # bounds took it away: nobody has erased it
        shown.started = began
    return same and (began is not None or not shown.model)
