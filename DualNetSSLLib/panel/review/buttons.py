"""The buttons of the review by what they do: each says its key, and is grey where there is nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.panel.review.keys import short
from DualNetSSLLib.panel.review.walk import Walk

TURNS = ("next-slice", "previous-slice", "class")
"""Actions that have no button."""


class ReviewButtons:
    """Knows the buttons of the section.

    Attributes:
        named: each by its action.
    """

    def __init__(self, ui: Any) -> None:
        """Use those of ``ui``."""
        self._ui = ui
        self.named: Mapping[str, Any] = {
            "next": ui.regionNextButton,
            "previous": ui.regionPreviousButton,
            "accept": ui.regionAcceptButton,
            "edit": ui.regionEditButton,
            "restore": ui.regionRestoreButton,
            "map": ui.regionMapButton,
            "undo": ui.regionUndoButton,
            "erase": ui.regionEraseButton,
        }
        self._titles = {name: str(button.text) for name, button in self.named.items()}

    def show(self, walk: Walk | None, keys: Mapping[str, str]) -> None:
        """Say the keys of these actions, and offer what can be done in a walk."""
        ui = self._ui
        for name, button in self.named.items():
            button.text = f"{self._titles[name]} ({short(keys[name])})"
            button.enabled = walk is not None and bool(walk.places)
        told = {name.partition("-")[0]: short(key) for name, key in keys.items() if name in TURNS}
        hint = _("{next} and {previous} turn the slices of the region, {class} the class.")
        ui.sliceKeysHint.text = hint.format(**told)
        ui.regionUndoButton.enabled = walk is not None and bool(walk.shown.marks.history)
        ui.wholeVerifiedButton.enabled = walk is not None and not (walk.begun and walk.shown.whole)
