"""What changed from one model to another, over the open scan: a label map of its own in the slice views."""

from __future__ import annotations

from typing import Any

import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.comparison.compare_labels import GAINED, LOST, RELABELLED
from DualNetSSLLib.panel.common.colour_tables import NamedColour, colour_table
from DualNetSSLLib.panel.common.scene import CHANGES, add_label_map, marked_node, marked_nodes, remove
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped
from DualNetSSLLib.tasks.reports import CachedVolume

COLOUR_TAG = "DualNetSSL.Changes"
OPACITY = 0.75
COLOURS = {GAINED: (0, 190, 70), LOST: (230, 0, 160), RELABELLED: (255, 235, 60)}
"""Green and magenta differ for everybody, whatever their colour vision; yellow is lighter than both."""


def names() -> dict[int, str]:
    """Say what each value of the changes stands for."""
    return {GAINED: _("label gained"), LOST: _("label lost"), RELABELLED: _("another label")}


def legend_text() -> str:
    """Return the legend as rich text, one coloured square for each kind of change."""
    return " ".join(
        f"<span style='color: rgb{COLOURS[value]}'>■</span>&nbsp;{name.replace(' ', '&nbsp;')}"
        for value, name in names().items()
    )


def add_changes(shown: ShownCase, volume: CachedVolume, title: str, models: str) -> Any:
    """Make the node of the changes of a case that is open, in place of the one there was.

    Args:
        shown: the case.
        volume: the changes, as `find_changes` returns them.
        title: of the node.
        models: what tells this pair of models from others; kept in the node's mark.
    """
    remove_changes()
    mark = shown.mark(CHANGES, models)
    table = colour_table(COLOUR_TAG, "DualNetSSL changes", _colours)
    return add_label_map(mapped(volume.file), volume.geometry, title, mark, table.GetID())


def lay_changes(on: bool) -> bool:
    """Lay the changes over the scan in every slice view, or take them off; tells whether they lie there now."""
    node = marked_node(role=CHANGES)
    if node is not None:
        slicer.util.setSliceViewerLayers(label=node if on else None, labelOpacity=OPACITY)
    return on and node is not None


def remove_changes() -> None:
    """Remove the changes, wherever they are shown."""
    for node in list(marked_nodes(role=CHANGES)):
        remove(node)


def _colours() -> list[NamedColour]:
    """Return what each value from 0 on stands for, with its colour; unchanged voxels are clear."""
    named = [(name, [*(channel / 255.0 for channel in COLOURS[value]), 1.0]) for value, name in sorted(names().items())]
    return [(_("unchanged"), [0.0, 0.0, 0.0, 0.0]), *named]
