"""The table of the list over all scans: one row a region, scan by scan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.panel.common.tables import cell, name_columns, select_rows
from DualNetSSLLib.panel.common.wiring import Wiring

SCAN, CLASS, GAIN, STATE = range(4)
ROW_HEIGHT, FEWEST_ROWS, MOST_ROWS = 22, 3, 8
Row = tuple[str, str, str, str]


class DealtTable:
    """Shows the rows in the order of the walk; a click goes there."""

    def __init__(self, table: Any, selected: Callable[[int], None]) -> None:
        """Use this QTableWidget; ``selected`` is called with the place of a row that was clicked."""
        self._table, self._selected = table, selected
        self._rows: tuple[Row, ...] = ()
        name_columns(table, [_("Scan"), _("Class"), _("Gain"), _("State")], _tips())
        select_rows(table, row_height=ROW_HEIGHT)
        table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        table.horizontalHeader().setSectionResizeMode(CLASS, qt.QHeaderView.Stretch)
        table.horizontalScrollBarPolicy = qt.Qt.ScrollBarAlwaysOff
        self._wiring = Wiring((table, "cellClicked(int,int)", self._clicked))

    def show(self, rows: Sequence[Row], current: int | None) -> None:
        """Show these rows, one of them selected."""
        table = self._table
        if len(rows) != len(self._rows):
            table.setRowCount(len(rows))
            table.setFixedHeight(ROW_HEIGHT * (min(MOST_ROWS, max(FEWEST_ROWS, len(rows))) + 1))
        for place, row in enumerate(rows):
            if place >= len(self._rows) or row != self._rows[place]:
                for column, text in enumerate(row):
                    table.setItem(place, column, cell(text, right=column == GAIN))
        self._rows = tuple(rows)
        if current is None:
            table.clearSelection()
        elif table.currentRow() != current:
            table.setCurrentCell(current, SCAN)

    def close(self) -> None:
        """Let go of the table."""
        self._wiring.close()

    def _clicked(self, row: int, column: int) -> None:
        self._selected(int(row))


def _tips() -> tuple[str, ...]:
    return (
        _("The scan that the region lies in."),
        _("The class that the model found here, or next to it."),
        _("mm³ that are expected to be wrong here and that nobody has verified: what a look is expected to gain."),
        _("done: every voxel of it is verified."),
    )
