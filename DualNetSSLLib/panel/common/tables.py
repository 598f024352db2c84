"""What the panel's tables have in common: whole rows are selected, columns have a tip, figures stand on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import qt
from slicer.i18n import tr as _


def select_rows(table: Any, *, row_height: int | None = None, editable: bool = False, striped: bool = True) -> None:
    """Let a table (QTableWidget) select one whole row at a time, without numbers in front of the rows.

    Args:
        table: the table.
        row_height: in pixels; None: as the style has it.
        editable: whether its cells can be written in.
        striped: whether every other row has a ground of its own.
    """
    table.verticalHeader().hide()
    if row_height is not None:
        table.verticalHeader().defaultSectionSize = row_height
    if not editable:
        table.editTriggers = qt.QAbstractItemView.NoEditTriggers
    table.selectionBehavior = qt.QAbstractItemView.SelectRows
    table.selectionMode = qt.QAbstractItemView.SingleSelection
    table.alternatingRowColors = striped
    table.wordWrap = False  # a row has one line: a long name would lose all words but its first


def name_columns(table: Any, titles: Sequence[str], tips: Sequence[str] = ()) -> None:
    """Give a table the columns of these titles; the first of them get these tips."""
    table.setColumnCount(len(titles))
    table.setHorizontalHeaderLabels(list(titles))
    for column, tip in enumerate(tips):
        table.horizontalHeaderItem(column).setToolTip(tip)


def figure(value: float | None, digits: int, before: int = 1) -> str | None:
    """Write a number that is not negative with all its digits, so that a column of them sorts as numbers do.

    A table drops the zeros at the end of a bare number, and 0.9 beside 0.899 looks as if it were known less well.

    Args:
        value: the number; None: an empty cell.
        digits: behind the point.
        before: digits before the point that the largest number of the column has; smaller ones get spaces.

    Example:
        >>> figure(0.9, 3), sorted([figure(9.5, 1, 3), figure(12.25, 1, 3)]), figure(None, 3)
        ('0.900', ['  9.5', ' 12.2'], None)
    """
    return None if value is None else f"{value:{before + 1 + digits}.{digits}f}"


def cell(value: Any, *, right: bool = False, bold: bool = False) -> Any:
    """Return a table's cell; it sorts by its value, and is empty for None."""
    item = qt.QTableWidgetItem()
    if value is not None:
        item.setData(qt.Qt.DisplayRole, value)
    if right:
        item.setTextAlignment(qt.Qt.AlignRight | qt.Qt.AlignVCenter)
    if bold:
        font = item.font()
        font.setBold(True)
        item.setFont(font)
    return item


def case_cell(case: str, called: str = "") -> Any:
    """Return the cell of a case: what it is called on this computer, and else its name on the server."""
    item = cell(called or case)
    item.setData(qt.Qt.UserRole, case)
    if called and called != case:
        item.setToolTip(_("On the server: {name}").format(name=case))
    return item


def case_of(table: Any, row: int, column: int) -> str:
    """Return the name on the server of the case in a row; ``column`` is that of `case_cell`."""
    return str(table.item(row, column).data(qt.Qt.UserRole))
