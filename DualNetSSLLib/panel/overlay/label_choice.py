"""Which label the map is about: the choice, and the map of that label from the background process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.overlay.overlay import Part


class MapChoice:
    """Offers the labels of the open case; for one of them, has its map made.

    Attributes:
        part: the map of the chosen label; None: of all of them, or not yet there.
    """

    def __init__(
        self, context: PanelContext, combo: Any, made: Callable[[], None], failed: Callable[[DualNetSSLError], None]
    ) -> None:
        """Use this combo box; ``made`` is told when a map is there, ``failed`` why it is not."""
        self._context, self._combo, self._told, self._failed = context, combo, made, failed
        self._labels: tuple[LabelDefinition, ...] = ()
        self._wanted: object = None
        self._call: Call | None = None
        self.part: Part | None = None
        self.offer(())

    def offer(self, labels: Sequence[LabelDefinition]) -> None:
        """Offer these labels; what was chosen stays so if it is still among them."""
        if tuple(labels) == self._labels and self._combo.count:
            return
        chosen = self.label
        self._labels = tuple(labels)
        blocked = self._combo.blockSignals(True)
        self._combo.clear()
        for text in (_("all labels"), *(label.name for label in labels)):
            self._combo.addItem(text)
        self._combo.currentIndex = self._labels.index(chosen) + 1 if chosen in self._labels else 0
        self._combo.blockSignals(blocked)

    @property
    def label(self) -> LabelDefinition | None:
        """The chosen label; None: all of them."""
        index = int(self._combo.currentIndex) - 1
        return self._labels[index] if 0 <= index < len(self._labels) else None

    @property
    def busy(self) -> bool:
        """Whether a map is being made."""
        return self._call is not None

    def look(self, shown: ShownCase | None, kind: str) -> None:
        """Have the map of the chosen label made for this case, unless it is there or cannot be had."""
        label = self.label
        prediction = None if shown is None else shown.opened.prediction
        if label is None or prediction is None:
            self.forget()
            return
        wanted = (prediction.uncertainty.digest, prediction.segmentation.digest, kind, label)
        if wanted == self._wanted:
            return
        self.forget()
        self._wanted = wanted
        self._call = self._context.session.call(
            "class_map",
            prediction=prediction,
            label=label.value,
            kind=kind,
            done=lambda volume: self._made(Part(label.name, kind, volume)),
            failed=self._not_made,
        )

    def forget(self) -> None:
        """Drop the map, and what is under way."""
        if self._call is not None:
            self._call.cancel()
        self._call = self._wanted = self.part = None

    def _made(self, part: Part) -> None:
        self._call, self.part = None, part
        self._told()

    def _not_made(self, error: DualNetSSLError) -> None:
        self._call = None
        self._failed(error)
