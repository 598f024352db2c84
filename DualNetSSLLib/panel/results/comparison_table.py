"""The table of a comparison: Dice, regions and volumes of every case before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.panel.common.tables import case_cell, case_of, cell, figure, name_columns, select_rows
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.results.comparison_words import case_dice, truth_in_words
from DualNetSSLLib.tasks.reports import ComparedCase, Comparison

CASE, TRUTH, DICE_BEFORE, DICE_AFTER, REGIONS_BEFORE, REGIONS_AFTER, CHANGED = range(7)
ROW_HEIGHT = 24


class ComparisonTable:
    """Shows one row a case; sorts by any column, what changed most first to begin with."""

    def __init__(self, table: Any, opened: Callable[[str], None]) -> None:
        """Use this QTableWidget; ``opened`` is called with the name of a case that was double-clicked."""
        self._table, self._opened = table, opened
        select_rows(table, row_height=ROW_HEIGHT)
        self._wiring = Wiring((table, "cellDoubleClicked(int,int)", self._double_clicked))

    def show(self, comparison: Comparison | None, before: str, after: str, called: Mapping[str, str]) -> None:
        """Show a comparison of the models of these names, or nothing.

        Args:
            comparison: what is shown.
            before: name of the earlier model.
            after: name of the later model.
            called: what cases are called on this computer.
        """
        cases = () if comparison is None else comparison.cases
        names = [label.name for label in cases[0].labels] if cases else []
        table = self._table
        table.sortingEnabled = False
        volumes = [_("{name}, ml").format(name=name) for name in names]
        name_columns(table, [*_titles(), *volumes], [*_tips(), *[_("Volume after less volume before.")] * len(volumes)])
        table.setRowCount(len(cases))
        for place, case in enumerate(cases):
            table.setItem(place, CASE, case_cell(case.case, called.get(case.case, "")))
            for column, value in enumerate(_row(case, before, after), TRUTH):
                table.setItem(place, column, cell(value, right=column != TRUTH))
        table.sortingEnabled = True
        table.sortByColumn(CHANGED, qt.Qt.DescendingOrder)
        table.resizeColumnsToContents()

    def close(self) -> None:
        """Let go of the table."""
        self._wiring.close()

    def _double_clicked(self, row: int, column: int) -> None:
        self._opened(case_of(self._table, row, CASE))


def _row(case: ComparedCase, before: str, after: str) -> tuple[Any, ...]:
    dice = case_dice(case)
    return (
        truth_in_words(case, before, after),
        *((None, None) if dice is None else (figure(dice[0], 3), figure(dice[1], 3))),
        case.regions_before,
        case.regions_after,
        figure(case.changed_ml, 2, 4),
        *(round(label.ml_after - label.ml_before, 2) for label in case.labels),
    )


def _titles() -> tuple[str, ...]:
    return (
        _("Case"),
        _("Verified"),
        _("Dice"),
        _("→ Dice"),
        _("Regions"),
        _("→ Reg."),
        _("Changed, ml"),
    )


def _tips() -> tuple[str, ...]:
    return (
        _("Double-click to open."),
        _("Whether a model has learnt from this scan's label, itself or through a model that it began from."),
        _("Overlap with the verified voxels before, mean over the labels."),
        _("Overlap with the verified voxels after, mean over the labels."),
        _("Uncertain regions before, in what nobody has verified."),
        _("Uncertain regions after, in what nobody has verified."),
        _("Volume whose label changed."),
    )
