"""The table of models: when each was made, from how many labels, and how well it did."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.client.records import Model
from DualNetSSLLib.panel.common.tables import cell, name_columns, select_rows
from DualNetSSLLib.panel.desk.case_nodes import model_title

NAME, MADE, LABELS, DICE = range(4)


class ModelTable:
    """Shows the models, the newest first, the one in use in bold."""

    def __init__(self, table: Any) -> None:
        """Use this QTableWidget."""
        self._table = table
        self._rows: tuple[tuple[Any, ...], ...] = ()
        name_columns(table, [_("Model"), _("Made"), _("Labels"), _("Dice")], _tips())
        select_rows(table, striped=False)
        table.horizontalHeader().stretchLastSection = True

    def show(self, models: Sequence[Model], in_use: str | None) -> None:
        """Show these models; keeps the selection."""
        newest = sorted(models, key=lambda model: -model.created)
        rows = tuple((model.id, model.id == in_use, *_words(model, models)) for model in newest)
        if rows == self._rows:
            return
        selected = self.selected()
        self._rows = rows
        self._table.setRowCount(len(rows))
        for place, row in enumerate(rows):
            for column, text in enumerate(row[2:]):
                self._table.setItem(place, column, cell(str(text), right=column != NAME, bold=bool(row[1])))
        self._table.resizeColumnsToContents()
        self.select(selected or in_use)

    def selected(self) -> str | None:
        """Return the id of the selected model."""
        row = self._table.currentRow()
        return self._rows[row][0] if 0 <= row < len(self._rows) else None

    def select(self, model: str | None) -> None:
        """Select a model."""
        for place, row in enumerate(self._rows):
            if row[0] == model:
                self._table.setCurrentCell(place, NAME)


def _words(model: Model, models: Sequence[Model]) -> tuple[str, ...]:
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(model.created))
    labelled = model.metrics.get("labelled_cases")
    dice = mean_dice(model.metrics)
    return (
        _name(model, models),
        made,
        "–" if labelled is None else str(labelled),
        "–" if dice is None else f"{dice:.3f}",
    )


def _name(model: Model, models: Sequence[Model]) -> str:
    title = model_title(models, model.id).capitalize()
    if model.parent is None:
        return title
    return _("{model}, from {parent}").format(model=title, parent=model_title(models, model.parent))


def mean_dice(metrics: Any) -> float | None:
    """Return the mean Dice over the classes that training measured; None if it measured none.

    Example:
        >>> mean_dice({"dice_on_labelled_patches": {"liver": 0.5, "spleen": 1.0, "rib": None}})
        0.75
    """
    return _mean((metrics.get("dice_on_labelled_patches") or {}).values())


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _tips() -> tuple[str, ...]:
    return (
        _("Numbered in the order of their making; from: the model that its training began with. Bold: in use."),
        _("When its training ended."),
        _("Labelled scans that it learned from."),
        _("Dice on patches of the labelled scans at the end of training, mean over the classes; new scans fare worse."),
    )
