"""A list with ticks that opens inside the panel, to choose what is to be added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.panel.common.wiring import Wiring


@dataclass(frozen=True)
class Choice:
    """Something to tick: what it is called, what it is, and whether it is ticked at first."""

    text: str
    value: Any
    ticked: bool = True


def scan_in_words(scan: dict[str, Any]) -> str:
    """Say what a folder holds of a scan: its files, its label, its size and spacing, or why it cannot be used."""
    files = " + ".join(scan["files"])
    if scan["problem"]:
        return f"{files}: {scan['problem']}"
    size, spacing = (" × ".join(f"{value:g}" for value in scan[part]) for part in ("size", "spacing"))
    label = scan["label"] or _("no label")
    return _("{files}, label: {label}, {size} voxels of {spacing} mm").format(
        files=files, label=label, size=size, spacing=spacing
    )


class Picker:
    """Asks without a dialog: a frame with a list, *Add* and *Cancel*."""

    def __init__(self, frame: Any, label: Any, items: Any, add: Any, cancel: Any) -> None:
        """Use these widgets."""
        self._frame, self._label, self._items, self._add = frame, label, items, add
        self._choices: Sequence[Choice] = ()
        self._picked: Callable[[list[Any]], None] | None = None
        frame.hide()
        self._wiring = Wiring(
            (add, "clicked(bool)", self._accept),
            (cancel, "clicked(bool)", self.dismiss),
            (items, "itemChanged(QListWidgetItem*)", self._count),
        )

    def ask(self, text: str, choices: Sequence[Choice], picked: Callable[[list[Any]], None]) -> None:
        """Show the choices; ``picked`` is called with the values that are ticked, unless the user cancels."""
        self._choices, self._picked = tuple(choices), picked
        self._label.text = text
        blocked = self._items.blockSignals(True)
        self._items.clear()
        for choice in choices:
            item = qt.QListWidgetItem(choice.text)
            item.setFlags(qt.Qt.ItemIsUserCheckable | qt.Qt.ItemIsEnabled)
            item.setCheckState(qt.Qt.Checked if choice.ticked else qt.Qt.Unchecked)
            self._items.addItem(item)
        self._items.blockSignals(blocked)
        self._items.setFixedHeight(min(160, 24 * max(2, len(choices)) + 6))
        self._frame.show()
        self._count()

    def dismiss(self, *_arguments: object) -> None:
        """Choose nothing."""
        self._picked, self._choices = None, ()
        self._frame.hide()

    def close(self) -> None:
        """Let go of the widgets."""
        self._wiring.close()

    def _ticked(self) -> list[Any]:
        rows = range(len(self._choices))
        return [self._choices[row].value for row in rows if self._items.item(row).checkState() == qt.Qt.Checked]

    def _count(self, *_arguments: object) -> None:
        self._add.enabled = bool(self._ticked())

    def _accept(self, *_arguments: object) -> None:
        picked, values = self._picked, self._ticked()
        self.dismiss()
        if picked is not None:
            picked(values)
