"""The controls of the uncertainty map."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.colourmap import uncertainty_colours
from DualNetSSLLib.panel.case import CaseDesk
from DualNetSSLLib.panel.context import PanelContext
from DualNetSSLLib.panel.overlay import Overlay, OverlayLook
from DualNetSSLLib.scene import DISAGREEMENT, UNCERTAINTY

SETTING = "overlay"
KINDS = (UNCERTAINTY, DISAGREEMENT)


def scale_style(stops: int = 9) -> str:
    """Return the style of a label whose ground runs through the colours of the map, clear at its left end.

    Example:
        >>> scale_style(2).count("stop:")
        2
    """
    colours = uncertainty_colours(stops)
    places = [
        f"stop:{index / (stops - 1):.3f} rgba({255 * red:.0f}, {255 * green:.0f}, {255 * blue:.0f}, {255 * solid:.0f})"
        for index, (red, green, blue, solid) in enumerate(colours)
    ]
    ground = f"qlineargradient(x1:0, y1:0, x2:1, y2:0, {', '.join(places)})"
    return f"QLabel {{ background: {ground}; border: 1px solid palette(mid); padding: 1px 4px; }}"


class OverlaySection:
    """Threshold and opacity belong to the scene (they follow its parameter node), the rest is remembered."""

    def __init__(self, context: PanelContext, ui: Any, desk: CaseDesk) -> None:
        """Build the controls for the case on this desk."""
        self._context, self._ui, self._desk = context, ui, desk
        self.overlay = Overlay(OverlayLook.of(context.settings.get(SETTING, None)))
        for text in (_("uncertainty"), _("disagreement of the networks")):
            ui.overlayKindCombo.addItem(text)
        self._fill()
        for sender, signal, slot in self._connections():
            sender.connect(signal, slot)
        self._stop = desk.changed.subscribe(self.update)
        self.update()

    def _fill(self) -> None:
        ui, look = self._ui, self.overlay.look
        ui.overlayGroup.checked = look.on
        ui.overlayKindCombo.currentIndex = KINDS.index(look.kind) if look.kind in KINDS else 0
        ui.overlayLegendCheck.checked = look.legend
        ui.overlayScale.styleSheet = scale_style()
        ui.overlayScale.text = _("0 certain → 1 unsure")

    def _connections(self) -> tuple[tuple[Any, str, Any], ...]:
        ui = self._ui
        return (
            (ui.overlayGroup, "toggled(bool)", self.changed),
            (ui.overlayKindCombo, "currentIndexChanged(int)", self.changed),
            (ui.overlayLegendCheck, "toggled(bool)", self.changed),
            (ui.overlayThresholdSlider, "valueChanged(double)", self.changed),
            (ui.overlayOpacitySlider, "valueChanged(double)", self.changed),
        )

    def changed(self, *_arguments: object) -> None:
        """Take what the controls say, and remember it."""
        ui = self._ui
        self.overlay.change(
            on=bool(ui.overlayGroup.checked),
            kind=KINDS[max(0, ui.overlayKindCombo.currentIndex)],
            legend=bool(ui.overlayLegendCheck.checked),
            threshold=float(ui.overlayThresholdSlider.value),
            opacity=float(ui.overlayOpacitySlider.value),
        )
        self._context.settings.put(SETTING, asdict(self.overlay.look))

    def update(self) -> None:
        """Show the map of the case on the desk."""
        shown = self._desk.shown
        self._ui.overlayGroup.enabled = shown is not None and shown.opened.prediction is not None
        self.overlay.present(shown)

    def close(self) -> None:
        """Let go of the controls."""
        self._stop()
        for sender, signal, slot in self._connections():
            sender.disconnect(signal, slot)
