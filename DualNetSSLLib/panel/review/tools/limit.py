"""Where Slicer's own editor may paint while one reviews: in the selected region alone, unless somebody wants more."""

from __future__ import annotations

from typing import Any

from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.editor import LabelEditor
from DualNetSSLLib.panel.review.view.spotlight import Box, allow_painting, has_area
from DualNetSSLLib.panel.review.walk import Walk

SETTING = "reviewLimit"


class PaintingLimit:
    """Limits painting to the region that is selected, and frees it."""

    def __init__(self, context: PanelContext, ui: Any, desk: CaseDesk, editor: LabelEditor) -> None:
        """Ask ``ui`` whether that is wanted; what was chosen before is shown there."""
        self._settings, self._ui, self._desk, self._editor = context.settings, ui, desk, editor
        ui.reviewLimitCheck.checked = bool(context.settings.get(SETTING, True))

    def remember(self) -> None:
        """Keep what is chosen."""
        self._settings.put(SETTING, bool(self._ui.reviewLimitCheck.checked))

    def set(self, walk: Walk | None, box: Box | None = None) -> None:
        """Limit painting to the region of this walk that is selected, or free it; ``box`` is the region cut out."""
        if walk is None:
            return
        if box is None and walk.place is not None:
            box = Box.of(walk.place.where, walk.shown.geometry.size)
        with self._desk.work.arranging():
            allow_painting(walk.shown, self._editor.node, box if self._wanted(walk) else None)

    def renew(self, walk: Walk) -> None:
        """See to a label that was begun anew, and has no limit yet."""
        if self._wanted(walk) and not has_area(walk.shown):
            self.set(walk)

    def _wanted(self, walk: Walk) -> bool:
        """Tell whether the brush is to act in the selected region alone: not while the section is closed."""
        ui = self._ui
        return walk.place is not None and bool(ui.reviewLimitCheck.checked) and not ui.reviewSection.collapsed
