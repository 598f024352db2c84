"""The controls of the uncertainty map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from slicer.i18n import tr as _

from DualNetSSLLib.maps.colourmap import by_logarithm, uncertainty_colours
from DualNetSSLLib.maps.reliability import measured_on
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine
from DualNetSSLLib.panel.common.scene import DISAGREEMENT, UNCERTAINTY
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.overlay.label_choice import MapChoice
from DualNetSSLLib.panel.overlay.overlay import ABOVE_ALL, Overlay, OverlayLook
from DualNetSSLLib.panel.overlay.probe import MapProbe
from DualNetSSLLib.panel.overlay.surfaces import MapSurfaces
from DualNetSSLLib.panel.overlay.words import meaning

SETTING = "overlay"
SURFACE_SETTING = "mapSurface"
KINDS = (UNCERTAINTY, DISAGREEMENT)


def scale_style(stops: int = 9, logarithmic: bool = False) -> str:
    """Return the style of a label whose ground runs through the colours of the map, clear at its left end.

    Example:
        >>> scale_style(2).count("stop:")
        2
    """
    fine = by_logarithm(uncertainty_colours()) if logarithmic else uncertainty_colours()
    colours = fine[np.linspace(0, len(fine) - 1, stops).round().astype(int)]
    places = [
        f"stop:{index / (stops - 1):.3f} rgba({255 * red:.0f}, {255 * green:.0f}, {255 * blue:.0f}, {255 * solid:.0f})"
        for index, (red, green, blue, solid) in enumerate(colours)
    ]
    ground = f"qlineargradient(x1:0, y1:0, x2:1, y2:0, {', '.join(places)})"
    return f"QLabel {{ background: {ground}; border: 1px solid palette(mid); padding: 1px 4px; }}"


class OverlaySection:
    """Threshold and opacity belong to the scene (they follow its parameter node), the rest is remembered.

    Attributes:
        overlay: the map.
        free_changed: tells that borders are to be free of what lies over them, or need not be any more.
    """

    def __init__(self, context: PanelContext, ui: Any, desk: CaseDesk, message: MessageLine) -> None:
        """Build the controls for the case on this desk; errors go to ``message``."""
        self._context, self._ui, self._desk = context, ui, desk
        self.overlay = Overlay(OverlayLook.of(context.settings.get(SETTING, None)))
        self.free_changed = Notice()
        self._free = False
        self.choice = MapChoice(context, ui.overlayClassCombo, self.update, message.error)
        self.surfaces = MapSurfaces(context, message.error)
        self._probe = MapProbe(lambda: self.overlay.node, self._under_cursor)
        for text in (_("uncertainty"), _("disagreement of the networks")):
            ui.overlayKindCombo.addItem(text)
        self._fill()
        self._wiring = Wiring(*self._wires())
        self._stop = [
            desk.changed.subscribe(self.update),
            context.state.watch(self._say, "models"),
            context.entered.subscribe(self._entered),
        ]
        self.update()

    def _fill(self) -> None:
        ui, look = self._ui, self.overlay.look
        ui.overlayGroup.checked = look.on
        ui.overlayKindCombo.currentIndex = KINDS.index(look.kind) if look.kind in KINDS else 0
        ui.overlayLegendCheck.checked = look.legend
        ui.overlaySurfaceCheck.checked = bool(self._context.settings.get(SURFACE_SETTING, False))
        ui.overlayLogarithmCheck.checked = look.logarithmic
        ui.overlayScale.text = _("0 certain → 1 unsure")
        self._under_cursor(None)

    def _wires(self) -> tuple[Wire, ...]:
        ui = self._ui
        return (
            (ui.overlayGroup, "toggled(bool)", self.changed),
            (ui.overlayKindCombo, "currentIndexChanged(int)", self.changed),
            (ui.overlayClassCombo, "currentIndexChanged(int)", self.changed),
            (ui.overlayLegendCheck, "toggled(bool)", self.changed),
            (ui.overlayLogarithmCheck, "toggled(bool)", self.changed),
            (ui.overlaySurfaceCheck, "toggled(bool)", self.changed),
            (ui.overlayThresholdSlider, "valueChanged(double)", self.changed),
            (ui.overlayOpacitySlider, "valueChanged(double)", self.changed),
        )

    def changed(self, *_arguments: object) -> None:
        """Take what the controls say."""
        ui = self._ui
        self.overlay.change(
            on=bool(ui.overlayGroup.checked),
            kind=KINDS[max(0, ui.overlayKindCombo.currentIndex)],
            legend=bool(ui.overlayLegendCheck.checked),
            threshold=float(ui.overlayThresholdSlider.value),
            opacity=float(ui.overlayOpacitySlider.value),
            logarithmic=bool(ui.overlayLogarithmCheck.checked),
        )
        self._show()

    def _entered(self, front: bool) -> None:
        """The panel comes, and with it what has changed meanwhile; or goes."""
        self.overlay.front = front
        if front:
            self._show()
        else:
            self._remember()

    def _remember(self) -> None:
        """Remember the look when the panel goes: each writing waits for the disk, too long for a slider's steps."""
        self._context.settings.put(SETTING, asdict(self.overlay.look))
        self._context.settings.put(SURFACE_SETTING, bool(self._ui.overlaySurfaceCheck.checked))

    def toggle(self) -> None:
        """Show the map, or hide it."""
        self._ui.overlayGroup.checked = not self._ui.overlayGroup.checked

    def review(self, shown: bool | None) -> None:
        """A region is looked at: without the map, or with it; the 3D view has the organ. None: none is any more."""
        if self.overlay.reviewing is not shown:
            self.overlay.review(shown)
            self._show()

    def judge(self, judging: bool) -> None:
        """A prediction is corrected slice by slice, without the map; or is no more."""
        if self.overlay.judging is not judging:
            self.overlay.judge(judging)
            self._show()

    def update(self) -> None:
        """Show the map of the case on the desk."""
        shown = self._desk.shown
        self._ui.overlayGroup.enabled = shown is not None and shown.opened.prediction is not None
        if shown is not None:
            self.choice.offer(shown.dataset.labels)
        self.overlay.look = self._of_the_scene()
        self._show()

    def _of_the_scene(self) -> OverlayLook:
        """Return the look with what the scene says: its sliders may stand elsewhere than where the user left them."""
        ui = self._ui
        threshold, opacity = float(ui.overlayThresholdSlider.value), float(ui.overlayOpacitySlider.value)
        return replace(self.overlay.look, threshold=threshold, opacity=opacity)

    @property
    def free(self) -> bool:
        """Whether a border is judged, so that nothing is to lie over it."""
        return self.overlay.reviewing is not None or self.overlay.judging

    def _show(self) -> None:
        if self._free is not self.free:
            self._free = self.free
            self.free_changed()
        shown, look = self._desk.shown, self.overlay.look
        self.choice.look(shown, look.kind)
        self.overlay.present(shown, self.choice.part)
        reviewing = self.overlay.reviewing is not None
        solid = reviewing or (look.on and bool(self._ui.overlaySurfaceCheck.checked))
        label = self.choice.label
        value = 0 if label is None else label.value
        self.surfaces.through = reviewing
        least = look.threshold if self.overlay.on else ABOVE_ALL
        self.surfaces.show(shown if solid else None, look.kind, value, least, look.logarithmic)
        self._scale(look.logarithmic)
        self._say()

    def _scale(self, logarithmic: bool) -> None:
        """Show the colours in the panel; a style is costly, and a slider comes by often."""
        style = scale_style(logarithmic=logarithmic)
        if self._ui.overlayScale.styleSheet != style:
            self._ui.overlayScale.styleSheet = style

    def _say(self) -> None:
        """Say what the threshold means."""
        value = self.overlay.look.threshold
        known = self._metrics()
        self._ui.overlayMeaning.text = "" if known is None else meaning(known, value, self.overlay.look.kind)
        self._ui.overlayMeaning.visible = known is not None

    def _under_cursor(self, value: float | None) -> None:
        known = self._metrics()
        if value is None or known is None:
            self._ui.overlayProbe.text = "–"
        elif value == 0:
            self._ui.overlayProbe.text = _("0: no doubt here.")
        elif measured_on(known) is None:
            self._ui.overlayProbe.text = f"{value:.2f}"
        else:
            self._ui.overlayProbe.text = meaning(known, value, self.overlay.look.kind)

    def _metrics(self) -> Mapping[str, Any] | None:
        """Return what is known of the model whose map is shown."""
        shown = self._desk.shown
        prediction = None if shown is None else shown.opened.prediction
        if prediction is None:
            return None
        model = prediction.prediction.model
        return next((known.metrics for known in self._context.state.models if known.id == model), None)

    def close(self) -> None:
        """Remember the look, and let go of the controls."""
        self._remember()
        for stop in self._stop:
            stop()
        self._wiring.close()
        self._probe.close()
        self.choice.forget()
        self.surfaces.close()
