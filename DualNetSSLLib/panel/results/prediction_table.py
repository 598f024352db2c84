"""The table of predictions: what the model in use says of each case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.client.records import LabelDefinition, Prediction
from DualNetSSLLib.panel.common.tables import case_cell, case_of, cell, figure, name_columns, select_rows
from DualNetSSLLib.panel.common.wiring import Wiring

CASE, UNCERTAINTY, DICE = range(3)


class PredictionTable:
    """Shows one row a case, the least certain first; a double click opens the case."""

    def __init__(self, table: Any, opened: Callable[[str], None]) -> None:
        """Use this QTableWidget; ``opened`` is called with the name of a case."""
        self._table, self._opened = table, opened
        self._rows: tuple[tuple[Any, ...], ...] = ()
        self._called: Mapping[str, str] = {}
        select_rows(table)
        self._wiring = Wiring((table, "cellDoubleClicked(int,int)", self._double_clicked))

    def show(
        self, predictions: Iterable[Prediction], labels: Sequence[LabelDefinition], called: Mapping[str, str]
    ) -> None:
        """Show these predictions; ``called`` tells what cases are called on this computer."""
        names = [label.name for label in labels]
        rows = tuple(_row(prediction, names) for prediction in predictions)
        if (rows, called) == (self._rows, self._called):
            return
        self._rows, self._called = rows, dict(called)
        table = self._table
        table.sortingEnabled = False
        volumes = (_("{name}, ml").format(name=name) for name in names)
        name_columns(table, [_("Case"), _("Unsure in organs"), _("Dice"), *volumes], _tips())
        table.setColumnHidden(DICE, all(row[DICE] is None for row in rows))
        table.setRowCount(len(rows))
        for place, row in enumerate(rows):
            table.setItem(place, CASE, case_cell(row[CASE], called.get(row[CASE], "")))
            for column, value in enumerate(row[1:], 1):
                table.setItem(place, column, cell(value, right=True))
        table.sortingEnabled = True
        table.sortByColumn(UNCERTAINTY, qt.Qt.DescendingOrder)
        table.resizeColumnsToContents()

    def close(self) -> None:
        """Let go of the table."""
        self._wiring.close()

    def _double_clicked(self, row: int, column: int) -> None:
        self._opened(case_of(self._table, row, CASE))


def _row(prediction: Prediction, names: Sequence[str]) -> tuple[Any, ...]:
    summary = prediction.summary
    volumes = summary.get("volume_ml") or {}
    return (
        prediction.case,
        figure(summary.get("foreground_uncertainty", summary.get("mean_uncertainty")), 3),
        figure(summary.get("predicted_dice"), 3),
        *(figure(volumes.get(name), 1, 4) for name in names),
    )


def _tips() -> tuple[str, ...]:
    return (
        _("Double-click to open."),
        _("Mean uncertainty within the organs that were found, 0 to 1; Data set has that of whole scans."),
        _("Predicted Dice: what the model expects of its own prediction."),
    )
