"""What is chosen for labelling in parts, and remembered: whole scans, slices or boxes, how many, which, how large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.labels.slice_plan import PLANES
from DualNetSSLLib.panel.common.settings import PanelSettings
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.slices.part import USUAL

WHOLE, SLICES, BOXES = "whole", "slices", "boxes"
MODES = (WHOLE, SLICES, BOXES)
MODE = "labelMode"
COUNTS = {SLICES: ("slicesCount", 3), BOXES: ("boxesCount", 1)}
VOXELS, MARGIN, PLANE = ("boxVoxels", 20), ("boundsMargin", 5.0), ("slicesPlane", USUAL)
"""Names of what is remembered, each with what it is at first."""


class Choices:
    """The widgets that ask, filled with what was chosen before."""

    def __init__(self, settings: PanelSettings, ui: Any, anew: Callable[[], None], changed: Callable[[], None]) -> None:
        """Ask in these widgets.

        Args:
            settings: keep what is chosen.
            ui: the panel's widgets.
            anew: called when the scan has to be gone through in another way.
            changed: called when anything else was chosen.
        """
        self._settings, self._ui, self._anew, self._changed = settings, ui, anew, changed
        for text in (_("Whole scan"), _("Slices"), _("Boxes")):
            ui.labelModeCombo.addItem(text)
        for text in (_("as the scan was taken"), _("sagittal"), _("coronal"), _("axial")):
            ui.slicesPlaneCombo.addItem(text)
        ui.labelModeCombo.currentIndex = _index(MODES, settings.get(MODE, WHOLE))
        ui.slicesPlaneCombo.currentIndex = _index((USUAL, *PLANES), settings.get(*PLANE))
        ui.boxVoxelsSpin.value = int(settings.get(*VOXELS))
        ui.boundsMarginSpin.value = float(settings.get(*MARGIN))
        self._show_count()
        self._wiring = Wiring(
            (ui.labelModeCombo, "activated(int)", self._choose_mode),
            (ui.slicesPlaneCombo, "activated(int)", self._choose_plane),
            (ui.slicesCountSpin, "valueChanged(int)", self._choose_count),
            (ui.boxVoxelsSpin, "valueChanged(int)", self._choose_voxels),
            (ui.boundsMarginSpin, "valueChanged(double)", self._choose_margin),
        )

    @property
    def mode(self) -> str:
        """How scans are labelled, one of `MODES`."""
        return MODES[max(0, self._ui.labelModeCombo.currentIndex)]

    @property
    def boxes(self) -> bool:
        """Whether scans are labelled by boxes."""
        return self.mode == BOXES

    @property
    def plane(self) -> str:
        """The plane whose slices are painted, one of ``PLANES`` or `USUAL`."""
        return (USUAL, *PLANES)[max(0, self._ui.slicesPlaneCombo.currentIndex)]

    @property
    def count(self) -> int:
        """How many slices or boxes of each scan are proposed."""
        return int(self._ui.slicesCountSpin.value)

    @property
    def voxels(self) -> int:
        """How long each side of a box is."""
        return int(self._ui.boxVoxelsSpin.value)

    @property
    def margin_mm(self) -> float:
        """How far a fitted box reaches beyond what is painted."""
        return float(self._ui.boundsMarginSpin.value)

    def close(self) -> None:
        """Ask no more."""
        self._wiring.close()

    def _choose_mode(self) -> None:
        self._settings.put(MODE, self.mode)
        self._show_count()
        self._anew()

    def _choose_plane(self) -> None:
        self._settings.put(PLANE[0], self.plane)
        self._anew()

    def _choose_count(self) -> None:
        if self.mode in COUNTS:
            self._settings.put(COUNTS[self.mode][0], self.count)
        self._changed()

    def _choose_voxels(self) -> None:
        self._settings.put(VOXELS[0], self.voxels)
        self._changed()

    def _choose_margin(self) -> None:
        self._settings.put(MARGIN[0], self.margin_mm)
        self._changed()

    def _show_count(self) -> None:
        """Show how many slices there are to be, or how many boxes; showing it is not choosing it."""
        name, usual = COUNTS.get(self.mode, COUNTS[SLICES])
        blocked = self._ui.slicesCountSpin.blockSignals(True)
        self._ui.slicesCountSpin.value = int(self._settings.get(name, usual))
        self._ui.slicesCountSpin.blockSignals(blocked)


def _index(known: tuple[str, ...], remembered: Any) -> int:
    """Return the place of what was remembered, if it is known; else the first."""
    return known.index(remembered) if remembered in known else 0
