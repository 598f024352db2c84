"""One button a class, background first: what the brush paints, what a touch spreads, and which class is locked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.panel.common.wiring import Wiring

IN_A_ROW = 4
ICON = 12
ROOM, MARGINS = 345, 20
"""Pixels of a row in a panel 400 wide, and what a button has beside its icon and name."""
LOCK = "🔒 "


class ClassChips:
    """The classes of the open case in a row of buttons, of which one is down.

    Attributes:
        chosen: label value of the class that is painted; None: none is chosen.
        locked: label values of classes that neither lose nor gain a voxel.
    """

    def __init__(self, frame: Any, chosen: Callable[[int], None]) -> None:
        """Put the buttons into a frame; ``chosen`` is told which one somebody has pressed."""
        self._frame, self._told = frame, chosen
        self._grid = qt.QGridLayout(frame)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(3)
        self._labels: tuple[LabelDefinition, ...] = ()
        self._buttons: dict[int, Any] = {}
        self._wiring = Wiring()
        self.chosen: int | None = None
        self.locked: frozenset[int] = frozenset()

    def offer(self, labels: Sequence[LabelDefinition]) -> None:
        """Offer these classes; of another set of them none is chosen, and none locked."""
        if tuple(labels) == self._labels and self._buttons:
            return
        self._labels, self.chosen, self.locked = tuple(labels), None, frozenset()
        self._wiring.close()
        for button in self._buttons.values():
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        columns = self._columns([_("background"), *(label.name for label in labels)])
        for label in (None, *labels):
            self._add(0 if label is None else label.value, label, columns)

    def _columns(self, names: Sequence[str]) -> int:
        """Return how many buttons a row has room for, so that the longest name is seen whole, if one button has it."""
        metrics = qt.QFontMetrics(self._frame.font)
        return in_a_row(max(int(metrics.horizontalAdvance(name)) for name in names) + ICON + MARGINS)

    def _add(self, value: int, label: LabelDefinition | None, columns: int) -> None:
        button, at = qt.QPushButton(self._frame), len(self._buttons)
        button.setCheckable(True)
        button.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        if label is not None:
            square = qt.QPixmap(ICON, ICON)
            square.fill(qt.QColor(*label.colour))
            button.setIcon(qt.QIcon(square))
        self._buttons[value] = button
        self._grid.addWidget(button, at // columns, at % columns)
        self._wiring.add((button, "clicked()", lambda: self._pressed(value)))
        self.show()

    def choose(self, value: int | None) -> None:
        """Let a class be the chosen one."""
        self.chosen = value if value in self._buttons else None
        self.show()

    def following(self) -> int:
        """Return the class after the chosen one, round the corner."""
        values = list(self._buttons)
        return values[(values.index(self.chosen) + 1) % len(values)] if self.chosen in values else values[0]

    def lock(self, locked: bool) -> None:
        """Lock the chosen class, or unlock it."""
        if self.chosen is not None:
            self.locked = self.locked | {self.chosen} if locked else self.locked - {self.chosen}
        self.show()

    def show(self) -> None:
        """Show what is chosen and what is locked."""
        names = {0: _("background"), **{label.value: label.name for label in self._labels}}
        tip = _("{name}: what the brush paints, a touch spreads and the other answers are about.")
        for value, button in self._buttons.items():
            button.text = (LOCK if value in self.locked else "") + names[value]
            button.toolTip = tip.format(name=names[value])
            button.checked = value == self.chosen

    def enable(self, on: bool) -> None:
        """Listen to the buttons, or be grey."""
        self._frame.enabled = on

    def close(self) -> None:
        """Let go of the buttons."""
        self._wiring.close()

    def _pressed(self, value: int) -> None:
        self._told(value)
        self.show()


def in_a_row(width: int) -> int:
    """Return how many buttons of this width, in pixels, stand beside each other.

    Example:
        >>> in_a_row(60), in_a_row(110), in_a_row(160), in_a_row(900)
        (4, 3, 2, 1)
    """
    return max(1, min(IN_A_ROW, ROOM // width))
