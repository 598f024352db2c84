"""The editor of a label set: name, fixed value, colour and terminology of every label."""

from __future__ import annotations

import itertools
from typing import Any

import ctk
import qt
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.panel.common.tables import cell, name_columns, select_rows
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.dataset.terms import Term, known_terms, matching_term

NAME, VALUE, COLOUR, TERM = range(4)
HIGHEST = 254
ROW_HEIGHT, ROWS = 28, 4
COLOURS = ((230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167))


class LabelSetEditor:
    """A table with one row a label; a name that Slicer's terminologies know brings its code and colour."""

    def __init__(self, table: Any) -> None:
        """Use this QTableWidget."""
        self._table = table
        self._terms: tuple[Term, ...] = ()
        name_columns(table, [_("Name"), _("Value"), _("Colour"), _("Terminology")])
        select_rows(table, row_height=ROW_HEIGHT, editable=True, striped=False)
        table.setFixedHeight(ROW_HEIGHT * (ROWS + 1))
        for column in (NAME, TERM):
            table.horizontalHeader().setSectionResizeMode(column, qt.QHeaderView.Stretch)
        for column in (VALUE, COLOUR):  # as wide as their headings, in whatever language and font
            table.horizontalHeader().setSectionResizeMode(column, qt.QHeaderView.ResizeToContents)
        self._wiring = Wiring((table, "cellChanged(int,int)", self._changed))

    def close(self) -> None:
        """Let go of the table."""
        self._wiring.close()

    def clear(self) -> None:
        """Start with one empty label."""
        self._terms = self._terms or known_terms()
        self._table.setRowCount(0)
        self.add("")

    def add(self, name: str | None = None) -> None:
        """Add a label with the next free value and a colour of its own; without a name it is numbered."""
        row, value = self._table.rowCount, self._free_value()
        blocked = self._table.blockSignals(True)
        self._table.insertRow(row)
        self._table.setItem(row, NAME, cell(_("label {value}").format(value=value) if name is None else name))
        self._table.setItem(row, VALUE, cell(value))
        self._table.blockSignals(blocked)
        self._table.setCellWidget(row, COLOUR, self._colour_button(COLOURS[(value - 1) % len(COLOURS)]))
        self._table.setCellWidget(row, TERM, self._term_combo())
        self._table.setCurrentCell(row, NAME)

    def remove(self) -> None:
        """Take the selected label away; one always stays."""
        if self._table.rowCount > 1:
            self._table.removeRow(max(0, self._table.currentRow()))

    def labels(self) -> tuple[LabelDefinition, ...]:
        """Return the label set.

        Raises:
            InvalidRequest: a name is missing, or a name or value is used twice or is not allowed.
        """
        labels = tuple(self._label(row) for row in range(self._table.rowCount))
        for label in labels:
            if not label.name:
                raise InvalidRequest(
                    _("The label with value {value} has no name.").format(value=label.value), _("Name it.")
                )
            if not 1 <= label.value <= HIGHEST:
                raise InvalidRequest(
                    _("{name} has the value {value}.").format(name=label.name, value=label.value),
                    _("Use a value from 1 to 254; 0 is the background."),
                )
        for twice in (sorted(label.value for label in labels), sorted(label.name for label in labels)):
            for first, second in itertools.pairwise(twice):
                if first == second:
                    raise InvalidRequest(_("{what} is used twice.").format(what=first), _("Each label needs its own."))
        return labels

    def _label(self, row: int) -> LabelDefinition:
        colour = self._table.cellWidget(row, COLOUR).color
        combo = self._table.cellWidget(row, TERM)
        text = self._table.item(row, VALUE).text()
        return LabelDefinition(
            value=int(text) if text.isdigit() else 0,
            name=self._table.item(row, NAME).text().strip(),
            colour=(colour.red(), colour.green(), colour.blue()),
            terminology=combo.itemData(combo.currentIndex) or None,
        )

    def _free_value(self) -> int:
        used = {self._table.item(row, VALUE).text() for row in range(self._table.rowCount)}
        return next(value for value in range(1, HIGHEST + 1) if str(value) not in used)

    def _colour_button(self, colour: tuple[int, int, int]) -> Any:
        button = ctk.ctkColorPickerButton()
        button.displayColorName = False
        button.color = qt.QColor(*colour)
        button.toolTip = _("Colour of the label in every view.")
        return button

    def _term_combo(self) -> Any:
        combo = qt.QComboBox()
        combo.addItem(_("none"), "")
        for term in self._terms:
            combo.addItem(term.name, term.entry)
        combo.toolTip = _("Code of the anatomy; needed if segmentations are to be exported as DICOM.")
        return combo

    def _changed(self, row: int, column: int) -> None:
        """Give a label whose name is a known term that term's code and colour."""
        combo = self._table.cellWidget(row, TERM)
        if column != NAME or combo is None:
            return
        term = matching_term(self._terms, self._table.item(row, NAME).text())
        if term is not None:
            combo.setCurrentIndex(combo.findData(term.entry))
            self._table.cellWidget(row, COLOUR).color = qt.QColor(*term.colour)
