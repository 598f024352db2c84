"""What is seen of the region that is looked at: its line, the label's, the map for a glance, and which slice of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.overlay.section import OverlaySection, scale_style
from DualNetSSLLib.panel.review.view.glance import Glance
from DualNetSSLLib.panel.review.view.label_look import LabelLook
from DualNetSSLLib.panel.review.view.outline import Outline
from DualNetSSLLib.panel.review.view.slices import RegionSlices, strip_style
from DualNetSSLLib.panel.review.view.spotlight import Box, jump
from DualNetSSLLib.panel.review.walk import Place

PLAIN = "QLabel { border: 1px solid palette(mid); padding: 1px 4px; }"


class Stage:
    """Sets the views for one region after the other, and puts them back.

    Attributes:
        slices: of the region, and which of them were looked at.
        glance: whether the map is seen.
    """

    def __init__(self, ui: Any, overlay: OverlaySection, map_key: Callable[[], str]) -> None:
        """Show in these widgets, and in the slice views, over which ``overlay`` lays the map; its key is told."""
        self._ui, self._overlay, self._map_key = ui, overlay, map_key
        self._outline, self._look = Outline(), LabelLook()
        self._shown: ShownCase | None = None
        self._lit = False
        self.slices = RegionSlices(self._moved)
        self.glance = Glance(self._dress)
        self._wiring = Wiring((ui.overlayGroup, "toggled(bool)", self._map_chosen))
        scene = slicer.mrmlScene  # which keeps the label as it looks elsewhere
        saving = ((scene.StartSaveEvent, self._look.doff), (scene.EndSaveEvent, self._dress))
        self._tags = [scene.AddObserver(event, lambda *_, slot=slot: slot()) for event, slot in saving]
        self._moved()
        self._dress()

    def enter(self, shown: ShownCase, place: Place) -> Box:
        """Bring a region before the eyes; returns it cut out of the scan."""
        self.slices.leave()
        jump(Box.of(place.where, shown.geometry.size), shown.geometry)
        return self.draw(shown, place)

    def draw(self, shown: ShownCase, place: Place) -> Box:
        """Show a region where the views are, as another one in the place of that before; returns it as `enter` does."""
        self._shown = shown
        box = Box.of(place.where, shown.geometry.size)
        self._outline.show(shown, box)
        self.slices.enter(place, shown.geometry)
        self._dress()
        return box

    def leave(self) -> None:
        """No region is looked at any more."""
        self.light(False)
        if self._shown is not None:
            self._outline.clear(self._shown)
        self._shown = None
        self.slices.leave()
        self._moved()

    def light(self, on: bool) -> None:
        """Dress label and map for the region that was entered, or put them back for other work."""
        if self._lit != on:
            self._lit = on
            self._dress()

    def toggle_map(self) -> None:
        """Keep the map in the views, or hide it; while no region is looked at, as the section Results does."""
        if self._on:
            self.glance.toggle()
        else:
            self._overlay.toggle()

    def press_map(self) -> None:
        """The key of the map goes down."""
        if self._on:
            self.glance.press(self._map_key())
        else:
            self._overlay.toggle()

    def close(self) -> None:
        """Let go of the views."""
        for tag in self._tags:
            slicer.mrmlScene.RemoveObserver(tag)
        self.glance.close()
        self.leave()
        self.slices.close()
        self._wiring.close()

    @property
    def _on(self) -> bool:
        return self._lit and self._shown is not None

    def _map_chosen(self, *_arguments: object) -> None:
        """Somebody shows or hides the map where its controls are."""
        if self._on:
            self.glance.keep(bool(self._ui.overlayGroup.checked))

    def _dress(self) -> None:
        seen = self.glance.seen
        if self._on and self._shown is not None:
            self._overlay.review(seen)
            self._look.wear(self._shown, seen)
        else:
            self._overlay.review(None)
            self._look.doff()
        self._explain(seen)

    def _explain(self, seen: bool) -> None:
        """Show what the colours mean, or how to see them: outside the views, and always as high, so nothing jumps."""
        scale = self._ui.reviewScale
        scale.visible = self._on
        if seen:
            scale.text = _("0 certain → 1 unsure")
            style = scale_style(logarithmic=bool(self._ui.overlayLogarithmCheck.checked))
        else:
            scale.text = _("The map is hidden: hold {key} for a glance.").format(key=self._map_key())
            style = PLAIN
        if scale.styleSheet != style:
            scale.styleSheet = style

    def _moved(self) -> None:
        """Say which slice of the region is seen, and which were."""
        seen, here = self.slices.seen, self.slices.here
        label, strip = self._ui.regionSliceLabel, self._ui.regionSliceStrip
        label.visible = strip.visible = seen is not None
        if seen is None:
            return
        axis = self.slices.axis
        told = {"count": len(seen.slices[axis]), "seen": seen.count(axis)}
        if here is None:
            label.text = _("Beside its {count} slices, {seen} seen").format(**told)
        else:
            label.text = _("Slice {number} of {count}, {seen} seen").format(number=here + 1, **told)
        strip.styleSheet = strip_style(seen, axis, here)


def unseen_in_words(stage: Stage, place: Place) -> str:
    """Say how many slices of a region nobody has looked at; empty if there is none."""
    seen = stage.slices.seen
    if seen is None or not seen.unseen:
        return ""
    text = _("Region {rank}: {count} of its slices were not looked at.")
    return text.format(rank=place.rank, count=seen.unseen)
