"""A case opened in the panel, and a stroke painted on it."""

from __future__ import annotations

import numpy as np
from panelserver import GEOMETRY

MINUTES = 600
STROKE = np.zeros(GEOMETRY.size[::-1], np.uint8)
STROKE[4:8, 5:9, 6:12] = 1


def desk_of(user):
    return user.section("LabelSection").desk


def open_case(user, name):
    user.context.open_case(name)
    user.wait(lambda: not desk_of(user).opening and desk_of(user).shown is not None, MINUTES)
    assert desk_of(user).shown.name == name


def paint(user, segment="spleen"):
    import slicer.util

    shown = desk_of(user).shown
    node, volume = shown.node("label"), shown.node("image")
    identity = node.GetSegmentation().GetSegmentIdBySegmentName(segment)
    slicer.util.updateSegmentBinaryLabelmapFromArray(STROKE, node, identity, volume)
