"""The map of uncertainty over the anatomy: its colours, its threshold, its opacity, its legend."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import slicer

from DualNetSSLLib.panel.common.scene import CHANNEL, DISAGREEMENT, IMAGE, UNCERTAINTY, add_volume, remove
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped
from DualNetSSLLib.panel.overlay.scale import map_table, spread
from DualNetSSLLib.panel.overlay.words import map_name, scale_name
from DualNetSSLLib.tasks.reports import CachedVolume

DIGEST = "DualNetSSL.Digest"
ABOVE_ALL = 2.0
LEGEND_SIZE = (0.09, 0.5)
LEGEND_PLACE = (0.98, 0.5)
LEGEND_LABELS = 6


@dataclass(frozen=True)
class OverlayLook:
    """How the map is shown.

    Attributes:
        on: whether it is shown.
        kind: `UNCERTAINTY` of both networks together, or their `DISAGREEMENT`.
        threshold: voxels below stay clear, 0 to 1.
        opacity: of what is shown, 0 to 1.
        legend: whether the slice views explain the colours.
        logarithmic: whether small values take up more of the colours.
    """

    on: bool = True
    kind: str = UNCERTAINTY
    threshold: float = 0.1
    opacity: float = 0.6
    legend: bool = True
    logarithmic: bool = False

    @classmethod
    def of(cls, remembered: Any) -> OverlayLook:
        """Make a look of what was remembered; what does not fit is passed over.

        Example:
            >>> OverlayLook.of({"opacity": 0.3, "of_a_later_version": 1}).opacity
            0.3
        """
        known = asdict(cls())
        given = dict(remembered) if isinstance(remembered, dict) else {}
        return cls(
            **{name: given[name] if type(given.get(name)) is type(value) else value for name, value in known.items()}
        )


@dataclass(frozen=True)
class Part:
    """The map of one label alone.

    Attributes:
        label: its name.
        kind: of the map.
        volume: where it lies.
    """

    label: str
    kind: str
    volume: CachedVolume


class Overlay:
    """Lays the map over the scan in every slice view, as foreground.

    Attributes:
        look: how it is shown.
        reviewing: while a region is looked at, whether the map is shown all the same; None: none is looked at.
        judging: whether a prediction is corrected slice by slice, with its borders free of the map.
        front: whether the panel is in front; the layers of the views are other modules' else.
    """

    def __init__(self, look: OverlayLook) -> None:
        """Begin with this look, and with nothing to show."""
        self.look = look
        self.reviewing: bool | None = None
        self.judging, self.front = False, True
        self._shown: ShownCase | None = None
        self._part: Part | None = None
        self._applied: object = None
        self._legend: Any = None

    def present(self, shown: ShownCase | None, part: Part | None = None) -> None:
        """Show the map of this case, or none; of one label alone if ``part`` is given."""
        self._shown, self._part = shown, part
        self.apply()

    def toggle(self) -> None:
        """Show the map, or hide it."""
        self.change(on=not self.look.on)

    @property
    def on(self) -> bool:
        """Whether the map is shown now: a border that is judged is not to lie under it."""
        return self.look.on and not self.judging if self.reviewing is None else self.reviewing

    @property
    def node(self) -> Any | None:
        """The node of the map if it is shown."""
        return self._shown.node(self.look.kind) if self._shown is not None and self.on else None

    def change(self, **values: Any) -> None:
        """Change the look; who hides the map, or shows it, sees what was chosen, whatever is judged."""
        self.judging = self.judging and values.get("on", self.look.on) == self.look.on
        self.look = replace(self.look, **values)
        self.apply()

    def review(self, shown: bool | None) -> None:
        """Hide the map while a region is looked at, or show it all the same; None: as the look says."""
        self.reviewing = shown
        self.apply()

    def judge(self, judging: bool) -> None:
        """Hide the map while a prediction is corrected slice by slice, or show it as the look says."""
        self.judging = judging
        self.apply()

    @property
    def available(self) -> bool:
        """Whether the case has a map."""
        return self._shown is not None and self._shown.opened.prediction is not None

    def apply(self) -> None:
        """Bring nodes and slice views up to date, or wait with that until the panel is in front."""
        state = self._state()
        if state == self._applied or not self.front:
            return
        self._applied = state
        if state is None:
            self._legend = None
            return
        node = self._node() if self.on and self.available else None
        if node is not None:
            self._dress(node)
        channel = None if node is not None or self._shown is None else self._shown.node(CHANNEL)
        opacity = self.look.opacity if channel is None else 0.0  # a second channel lies there, and is faded in by hand
        slicer.util.setSliceViewerLayers(foreground=node or channel, foregroundOpacity=opacity)
        before = self._legend
        self._legend = None if node is None else slicer.modules.colors.logic().GetColorLegendDisplayNode(node)
        for legend in (before, self._legend):
            if legend is not None:
                legend.Modified()  # the views look at legends before they have the new layer, and not again

    def _state(self) -> object:
        """Return what the views depend on; while it stays the same, what the user chose for them is left alone."""
        shown = self._shown
        image = None if shown is None else shown.node(IMAGE)
        if shown is None or image is None:
            return None
        prediction = shown.opened.prediction
        return (
            self.look,
            self.reviewing,
            self.judging,
            self._part,
            image.GetID(),
            None if prediction is None else prediction.prediction,
        )

    def _node(self) -> Any:
        """Return the node of the map, and remove any other map."""
        shown = self._shown
        prediction = None if shown is None else shown.opened.prediction
        if shown is None or prediction is None:
            return None
        whole = prediction.uncertainty if self.look.kind == UNCERTAINTY else prediction.disagreement
        volume = whole if self._label() is None or self._part is None else self._part.volume
        for kind in (UNCERTAINTY, DISAGREEMENT):
            present = shown.node(kind)
            if present is not None and (kind, present.GetAttribute(DIGEST)) == (self.look.kind, volume.digest):
                return present
            if present is not None:
                remove(present)
        mark = shown.mark(self.look.kind, prediction.prediction.model)
        name = map_name(self.look.kind, self._label() or "")
        node = add_volume(mapped(volume.file), volume.geometry, name, mark, (0.0, 1.0), map_table().GetID())
        node.SetAttribute(DIGEST, volume.digest)
        return node

    def _label(self) -> str | None:
        """Return the label that the map is about, None if about all."""
        part = self._part
        return part.label if part is not None and part.kind == self.look.kind else None

    def _dress(self, node: Any) -> None:
        display = node.GetDisplayNode()
        display.SetApplyThreshold(True)
        display.SetThreshold(self.look.threshold, ABOVE_ALL)
        spread(display, self.look.logarithmic)
        legend = slicer.modules.colors.logic().GetColorLegendDisplayNode(node)
        wanted = self.look.legend and self.reviewing is None  # over a region it would hide what is judged
        if legend is None and wanted:
            legend = slicer.modules.colors.logic().AddDefaultColorLegendDisplayNode(node)
            legend.SetTitleText(scale_name(self.look.kind, self._label() or ""))
            legend.SetLabelFormat("%.1f")
            legend.SetNumberOfLabels(LEGEND_LABELS)
            legend.SetSize(*LEGEND_SIZE)
            legend.SetPosition(*LEGEND_PLACE)
        if legend is not None:
            legend.SetVisibility(wanted)
