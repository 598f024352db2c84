"""Whether it is enough: how good the models are on scans that had not taught them, and what more scans may bring."""

from __future__ import annotations

from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.tables import cell, name_columns, select_rows
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.results.fetch_predictions import Fetching
from DualNetSSLLib.panel.results.knowing_words import rows_of, tried_in_words
from DualNetSSLLib.tasks.reports import Progress
from DualNetSSLLib.tasks.rounds import TriedModels


class KnowingSection:
    """The group that says how far one is; belongs to the results section."""

    def __init__(self, context: PanelContext, ui: Any, fetching: Fetching) -> None:
        """Build the group; it measures anew when the predictions of a new model have arrived, while it is open."""
        self._context, self._ui, self._fetching = context, ui, fetching
        self.message = MessageLine(ui.knowingMessage)
        self.tried: TriedModels | None = None
        self._call: Call | None = None
        self._progress = Progress(done=0)
        self._of: tuple[str, ...] = ()
        table = ui.knowingTable
        name_columns(table, [_("Model"), _("Taught by"), _("Tested by"), _("Dice, mean and range")], _tips())
        select_rows(table)
        table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        table.horizontalHeader().stretchLastSection = True
        self._wiring = Wiring(
            (ui.knowingButton, "clicked()", self.measure_or_stop),
            (ui.knowingGroup, "toggled(bool)", self.update),
        )
        self._stop = [
            fetching.arrived.subscribe(self._arrived),
            context.state.watch(self._state_changed, "dataset", "models"),
        ]
        self.update()

    @guarded
    def measure_or_stop(self) -> None:
        """Let every labelled scan test a model; or stop that."""
        dataset = self._context.state.dataset
        if self._call is not None:
            self._cancel()
        elif dataset is not None:
            self.message.clear()
            self._progress = Progress(done=0)
            self._call = self._context.session.call(
                "try_models",
                dataset=dataset.id,
                threshold=float(self._ui.overlayThresholdSlider.value),
                progress=self._told,
                done=self._measured,
                failed=self._failed,
            )

    def _told(self, progress: Progress) -> None:
        self._progress = progress
        self.update()

    @guarded
    def _measured(self, tried: TriedModels) -> None:
        self._call, self.tried = None, tried
        rows, table = rows_of(tried, self._context.state.models), self._ui.knowingTable
        table.setRowCount(len(rows))
        for place, row in enumerate(rows):
            for column, text in enumerate(row):
                table.setItem(place, column, cell(text, right=column > 0))

    @guarded
    def _failed(self, error: DualNetSSLError) -> None:
        self._call = None
        raise error

    @guarded
    def _arrived(self) -> None:
        """Another model has predicted: measure anew, if somebody looks."""
        models = tuple(sorted(model.id for model in self._context.state.models))
        if models != self._of and not self._ui.knowingGroup.collapsed and self._call is None:
            self._of = models
            self.measure_or_stop()

    @guarded
    def _state_changed(self) -> None:
        """What was measured of another data set says nothing here."""
        dataset, tried = self._context.state.dataset, self.tried
        if dataset is None or (tried is not None and not self._context.state.models):
            self._cancel()
            self.tried = None

    def _cancel(self) -> None:
        if self._call is not None:
            self._call.cancel()
        self._call = None

    def update(self) -> None:
        """Bring the widgets up to date."""
        ui, busy, tried = self._ui, self._call is not None, self.tried
        ui.knowingGroup.visible = bool(self._context.state.models)
        opened = not ui.knowingGroup.collapsed
        ui.knowingButton.text = _("Stop") if busy else _("Measure")
        ui.knowingBar.visible = opened and busy
        ui.knowingBar.setRange(0, self._progress.total or 0)
        ui.knowingBar.setValue(self._progress.done)
        ui.knowingBar.setFormat(_("tested with %v of %m scans"))
        ui.knowingLabel.visible = opened and tried is not None
        ui.knowingTable.visible = opened and tried is not None and ui.knowingTable.rowCount > 0
        if tried is not None:
            ui.knowingLabel.text = tried_in_words(tried)

    def close(self) -> None:
        """Stop, let go of everything."""
        for stop in self._stop:
            stop()
        self._cancel()
        self._wiring.close()


def _tips() -> tuple[str, ...]:
    return (
        _("Numbered in the order of their making."),
        _("Labelled scans that it learned from, or the models that it began with."),
        _("Scans whose label came after it, before they taught another model."),
        _("Overlap with the labels of those scans: 0 none, 1 complete."),
    )
