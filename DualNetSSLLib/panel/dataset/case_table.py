"""The table of cases: what each is, how sure its prediction, who labelled it; to sort, filter and open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.client.records import Case, WorklistEntry
from DualNetSSLLib.panel.common.tables import cell, figure, name_columns, select_rows
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.common.words import case_in_words, scans_in_words, state_in_words

CASE, STATE, UNCERTAINTY, DICE, GAIN, ANNOTATOR, REVISION = range(7)
STATES = ("new", "predicted", "in_review", "labelled", "verified")
COLOURS = {
    "new": "#9e9e9e",
    "predicted": "#5c9ded",
    "in_review": "#e6a700",
    "labelled": "#43a047",
    "verified": "#1b5e20",
}
ROW_HEIGHT, FEWEST_ROWS, MOST_ROWS = 24, 4, 10
NARROW = {UNCERTAINTY: 58, DICE: 46, GAIN: 50, REVISION: 42}
"""Widths of the columns of figures: as their contents want, the names of the cases would have no room."""
WIDEST = 220
"""Of any column; a narrow panel scrolls sideways, rather than that it shows no names."""
Row = tuple[Any, ...]


class CaseTable:
    """Shows the cases of a data set; keeps selection and sorting while they change."""

    def __init__(self, table: Any, find: Any, states: Any, count: Any, opened: Callable[[str], None]) -> None:
        """Use these widgets; ``opened`` is called with the name of a case that was double-clicked."""
        self._table, self._find, self._states, self._count, self._opened = table, find, states, count, opened
        self._shown: dict[str, Row] = {}
        self._prepare_table()
        states.addItem(_("every state"), "")
        for state in STATES:
            states.addItem(state_in_words(state), state)
        self._wiring = Wiring(
            (find, "textChanged(QString)", self._filter),
            (states, "currentIndexChanged(int)", self._filter),
            (table, "cellDoubleClicked(int,int)", self._double_clicked),
        )

    def show(
        self,
        cases: Iterable[Case],
        worklist: Mapping[str, WorklistEntry],
        opened: str | None,
        names: Mapping[str, str] = MappingProxyType({}),
        *,
        own: bool = False,
    ) -> None:
        """Show these cases; the one that is open stands out.

        Args:
            cases: the cases.
            worklist: what there is to say of their predictions, by name.
            opened: name of the one that is open.
            names: what they are called on this computer, by name.
            own: whether that is shown beside what they are called on the server.
        """
        rows = {
            case.case: _row(case, worklist.get(case.case), names.get(case.case, ""), case.case == opened)
            for case in cases
        }
        rows = {name: (*row, own) for name, row in rows.items()}
        if rows != self._shown:
            self._fill(rows)
            self._filter()

    def selected(self) -> str | None:
        """Return the name of the selected case."""
        row = self._table.currentRow()
        return None if self._table.item(row, CASE) is None else self._name(row)

    def _name(self, row: int) -> str:
        """Return the name of the case in a row, whatever is shown of it."""
        return str(self._table.item(row, CASE).data(qt.Qt.UserRole))

    def close(self) -> None:
        """Let go of the widgets."""
        self._wiring.close()

    def _prepare_table(self) -> None:
        table = self._table
        titles = [_("Case"), _("State"), _("Unsure"), _("Dice"), _("Gain"), _("By"), _("Rev.")]
        name_columns(table, titles, _tips())
        select_rows(table, row_height=ROW_HEIGHT)
        table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        table.horizontalHeader().setSectionResizeMode(ANNOTATOR, qt.QHeaderView.Stretch)
        table.horizontalHeader().maximumSectionSize = WIDEST
        for column, width in NARROW.items():
            table.horizontalHeader().setSectionResizeMode(column, qt.QHeaderView.Interactive)
            table.horizontalHeader().resizeSection(column, width)
        table.sortingEnabled = True
        table.sortByColumn(CASE, qt.Qt.AscendingOrder)

    def _fill(self, rows: dict[str, Row]) -> None:
        """Write what has changed; only cases that came or went change the number of rows."""
        table = self._table
        selected = self.selected()
        table.sortingEnabled = False
        places = {self._name(row): row for row in range(table.rowCount)}
        for name in sorted(set(places) - set(rows), key=places.__getitem__, reverse=True):
            table.removeRow(places[name])
        places = {self._name(row): row for row in range(table.rowCount)}
        for name, row in rows.items():
            if name not in places:
                places[name] = table.rowCount
                table.insertRow(places[name])
            if row != self._shown.get(name):
                self._write(places[name], row)
        table.sortingEnabled = True
        if len(rows) != len(self._shown):
            table.setFixedHeight(ROW_HEIGHT * (min(MOST_ROWS, max(FEWEST_ROWS, len(rows))) + 1) + 4)
        self._shown = rows
        self._select(selected)

    def _write(self, place: int, row: Row) -> None:
        *values, called, state, opened, own = row
        for column, value in enumerate(values):
            item = cell(value, right=column in (UNCERTAINTY, DICE, GAIN, REVISION), bold=opened)
            if column == STATE:
                item.setData(qt.Qt.DecorationRole, qt.QColor(COLOURS.get(state, "#9e9e9e")))
            if column == CASE:
                item.setData(qt.Qt.UserRole, value)
                self._call(item, value, called, own=own)
            self._table.setItem(place, column, item)

    @staticmethod
    def _call(item: Any, name: str, called: str, *, own: bool) -> None:
        """Say what a case is called here: beside its name on a server of this computer, else in the tip."""
        if own:
            item.setText(case_in_words(name, called))
        elif called:
            item.setToolTip(_("On this computer: {name}").format(name=called))

    def _select(self, name: str | None) -> None:
        for row in range(self._table.rowCount):
            if name is not None and self._name(row) == name:
                self._table.setCurrentCell(row, CASE)

    def _filter(self, *_arguments: object) -> None:
        """Hide the rows that do not match, and say how many cases there are of each state."""
        wanted, state = self._find.text.strip().lower(), self._states.itemData(self._states.currentIndex)
        for row in range(self._table.rowCount):
            name = self._name(row)
            text = f"{name} {self._shown[name][-4]} {self._table.item(row, ANNOTATOR).text()}".lower()
            fits = wanted in text and state in ("", self._shown[name][-3])
            self._table.setRowHidden(row, not fits)
        self._count.text = _counted(Counter(row[-3] for row in self._shown.values()))

    def _double_clicked(self, row: int, column: int) -> None:
        self._opened(self._name(int(row)))


def _row(case: Case, entry: WorklistEntry | None, called: str, opened: bool) -> Row:
    return (
        case.case,
        state_in_words(case.state),
        None if entry is None else figure(entry.score, 4),
        None if entry is None else figure(entry.predicted_dice, 3),
        None if entry is None else figure(entry.benefit_ml, 2, 4),
        case.annotator,
        case.revision,
        called,
        case.state,
        opened,
    )


def _counted(states: Counter[str]) -> str:
    """Say how many cases there are, and in which states."""
    if not states:
        return ""
    parts = ", ".join(f"{states[state]} {state_in_words(state)}" for state in STATES if states[state])
    return _("{scans}: {parts}").format(scans=scans_in_words(sum(states.values())), parts=parts)


def _tips() -> tuple[str, ...]:
    return (
        _("What the scan is called on the server; hover over it to see what it is called on this computer."),
        _("new: nothing yet; predicted: no label; in review: a part is verified; labelled: a whole label; verified."),
        _("Mean uncertainty of the whole scan in its newest prediction; Results has that within the organs alone."),
        _("Predicted Dice: what the model expects of its own prediction."),
        _("ml expected to be wrong that nobody has verified: what a review may gain. Next case goes by this."),
        _("Annotator: who made the label."),
        _("Revision: how often the case was changed; every one is kept."),
    )
