"""The table of regions: what is in question, how much there is to gain, and how each stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import qt
from slicer.i18n import tr as _

from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.labels.marks import ACCEPTED, EDITED, OPEN, PARTLY, Standing
from DualNetSSLLib.panel.common.tables import cell, name_columns, select_rows
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.common.words import volume_in_words
from DualNetSSLLib.panel.review.walk import Place, Walk

RANK, CLASS, VOLUME, UNSURE, GAIN, STATE = range(6)
COLOURS = {OPEN: "#9e9e9e", PARTLY: "#e6a700", ACCEPTED: "#43a047", EDITED: "#5c9ded"}
ROW_HEIGHT, FEWEST_ROWS, MOST_ROWS = 22, 3, 5


def standing_in_words(state: str, *, contested: bool = False) -> str:
    """Say how a region stands; of one on which two contradict each other, whose word counts."""
    known = {OPEN: _("open"), PARTLY: _("in part"), ACCEPTED: _("accepted"), EDITED: _("edited")}
    if contested:
        known |= {ACCEPTED: _("theirs"), EDITED: _("yours")}
    return known.get(state, state)


class RegionTable:
    """One row a region, in the order of the walk; a click selects."""

    def __init__(self, table: Any, selected: Callable[[int], None]) -> None:
        """Use this QTableWidget; ``selected`` is called with the place of a row that was clicked."""
        self._table, self._selected = table, selected
        self._rows: tuple[tuple[Any, ...], ...] = ()
        name_columns(table, [_("#"), _("Class"), _("mm³"), _("Unsure"), _("Gain"), _("State")], _tips())
        select_rows(table, row_height=ROW_HEIGHT)
        table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        table.horizontalHeader().setSectionResizeMode(CLASS, qt.QHeaderView.Stretch)
        table.horizontalScrollBarPolicy = qt.Qt.ScrollBarAlwaysOff
        self._wiring = Wiring((table, "cellClicked(int,int)", self._clicked))

    def show(self, walk: Walk) -> None:
        """Show the regions of a walk, one of them selected."""
        current, known = walk.current, zip(walk.places, walk.standings, strict=False)
        rows = tuple(_row(place, standing, walk) for place, standing in known)
        if rows != self._rows:
            self._fill(rows)
        if current is None:
            self._table.clearSelection()
        elif self._table.currentRow() != current or not self._table.selectedItems():
            self._table.setCurrentCell(current, CLASS)

    def close(self) -> None:
        """Let go of the table."""
        self._wiring.close()

    def _fill(self, rows: tuple[tuple[Any, ...], ...]) -> None:
        """Write the rows that have changed."""
        table = self._table
        if len(rows) != len(self._rows):
            table.setRowCount(len(rows))
            table.setFixedHeight(ROW_HEIGHT * (min(MOST_ROWS, max(FEWEST_ROWS, len(rows))) + 1))
        for place, row in enumerate(rows):
            if place >= len(self._rows) or row != self._rows[place]:
                self._write(place, row)
        self._rows = rows

    def _write(self, place: int, row: tuple[Any, ...]) -> None:
        *texts, class_colour, state_colour = row
        for column, text in enumerate(texts):
            item = cell(text, right=column not in (CLASS, STATE))
            if column == CLASS and class_colour is not None:
                item.setData(qt.Qt.DecorationRole, qt.QColor(*class_colour))
            if column == STATE:
                item.setData(qt.Qt.DecorationRole, qt.QColor(state_colour))
            self._table.setItem(place, column, item)

    def _clicked(self, row: int, column: int) -> None:
        self._selected(int(row))


def _row(place: Place, standing: Standing, walk: Walk) -> tuple[Any, ...]:
    found, labels = place.found, walk.shown.dataset.labels
    label = next((known for known in labels if known.value == found.label), None)
    contested = place.theirs is not None
    return (
        place.rank,
        _sides_in_words(place, walk) if contested else _name(found.label, labels),
        volume_in_words(found.volume_mm3),
        "–" if contested else f"{found.mean_uncertainty:.2f}",
        "–" if contested else volume_in_words(found.remaining_error_mm3),
        standing_in_words(standing.state, contested=contested),
        None if label is None else label.colour,
        COLOURS[standing.state],
    )


def _sides_in_words(place: Place, walk: Walk) -> str:
    """Say how the two label a region on which they contradict each other, by most of its voxels."""
    labels, theirs = walk.shown.dataset.labels, 0 if place.theirs is None else int(np.bincount(place.theirs).argmax())
    return _("You: {mine} · {who}: {theirs}").format(
        mine=_name(place.found.label, labels),
        who=walk.shown.opened.case.annotator or _("somebody"),
        theirs=_name(theirs, labels),
    )


def _name(value: int, labels: Sequence[LabelDefinition]) -> str:
    return next((known.name for known in labels if known.value == value), _("background"))


def _tips() -> tuple[str, ...]:
    return (
        _("Rank: the region with the largest gain comes first. With a !: two people contradict each other here."),
        _("The class that the model found here, or next to it. With a !: how you and the other have labelled it."),
        _("Volume of the region."),
        _("Mean uncertainty in the region, 0 certain to 1 unsure."),
        _("mm³ that are expected to be wrong here and that nobody has verified: what a look is expected to gain."),
        _(
            "open: not looked at; in part: some of it is verified; accepted: as predicted; edited: differs from that. "
            "With a !: whose word counts."
        ),
    )
