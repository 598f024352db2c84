"""Section 5: models and their predictions, and the map of uncertainty over the anatomy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.client.records import Model
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import model_title
from DualNetSSLLib.panel.overlay.section import OverlaySection
from DualNetSSLLib.panel.results.comparison import ComparisonSection
from DualNetSSLLib.panel.results.export import ExportSection
from DualNetSSLLib.panel.results.fetch_predictions import Fetching
from DualNetSSLLib.panel.results.knowing import KnowingSection
from DualNetSSLLib.panel.results.model_table import ModelTable
from DualNetSSLLib.panel.results.prediction_table import PredictionTable


class ResultsSection:
    """Shows what was learnt, and brings the predictions of every case by itself."""

    def __init__(self, context: PanelContext, ui: Any, desk: CaseDesk) -> None:
        """Build the section beside the case on this desk."""
        self._context, self._ui, self._desk = context, ui, desk
        self.message = MessageLine(ui.resultsMessage)
        self.models = ModelTable(ui.modelTable)
        self.cases = PredictionTable(ui.predictionTable, context.open_case)
        self.overlay = OverlaySection(context, ui, desk, self.message)
        self.fetching = Fetching(context)
        self.comparison = ComparisonSection(context, ui, desk, self.fetching, self.overlay)
        self.knowing = KnowingSection(context, ui, self.fetching)
        self.export = ExportSection(context, ui, desk, self.fetching)
        self._wanted: set[str] = set()
        self._wiring = Wiring(*self._wires())
        self._stop = [
            self.fetching.changed.subscribe(self.update),
            self.fetching.arrived.subscribe(self._arrived),
            self.fetching.failed.subscribe(self.message.error),
            context.state.watch(self.update, "dataset", "models", "model", "cases"),
        ]
        self.update()

    def _wires(self) -> tuple[Wire, ...]:
        ui = self._ui
        return (
            (ui.useModelButton, "clicked()", self.use_model),
            (ui.exportModelButton, "clicked()", self.export_model),
            (ui.stopFetchButton, "clicked()", self.stop_fetching),
            (ui.modelTable, "itemSelectionChanged()", self.update),
        )

    # what the user does

    @guarded
    def use_model(self) -> None:
        """Show the predictions of the selected model, and have those made that are missing."""
        model = self._selected()
        if model is None:
            return
        newest = max(self._context.state.models, key=lambda known: known.created)
        self.message.show(_("{model} is in use.").format(model=self._title(model).capitalize()), "good")
        self._wanted.add(model.id)
        self._context.state.change(model=None if model.id == newest.id else model.id)

    @guarded
    def export_model(self) -> None:
        """Save the selected model as a file."""
        model = self._selected()
        if model is None:
            return
        folder = Path(str(self._context.settings.get("export_folder", str(Path.home()))))
        name = str(folder / f"{self._title(model).replace(' ', '-')}.zip")
        file = qt.QFileDialog.getSaveFileName(None, _("Export model"), name, _("MONAI bundle (*.zip)"))
        if not file:
            return
        self._context.settings.put("export_folder", str(Path(file).parent))
        self.message.show(_("Exporting {file}…").format(file=Path(file).name), "busy")
        self._context.session.call(
            "export_model",
            model=model.id,
            file=str(file),
            done=lambda path: self.message.show(_("Exported as {path}.").format(path=path), "good"),
            failed=self.message.error,
        )

    @guarded
    def stop_fetching(self) -> None:
        """Stop fetching predictions."""
        self.fetching.stop()

    # what happens

    @guarded
    def _arrived(self) -> None:
        """Predictions are here: show that of the open case; of a model that the user chose, have missing ones made."""
        model, state, shown = self.fetching.model, self._context.state, self._desk.shown
        predictions = self.fetching.predictions
        if shown is not None and shown.name in predictions and _shown_model(shown.opened) != model:
            self._desk.show_predictions()
        missing = [case.case for case in state.cases if case.case not in predictions]
        if missing and model in self._wanted and state.dataset is not None:
            self._wanted.discard(model)
            self._context.session.call(
                "predict",
                dataset=state.dataset.id,
                model=model,
                cases=missing,
                done=self._asked_for,
                failed=self.message.error,
            )

    def _asked_for(self, _job: object) -> None:
        self._context.loader.refresh()

    def update(self) -> None:
        """Bring the widgets up to date."""
        ui, state, in_use = self._ui, self._context.state, self.fetching.model
        self.models.show(state.models, in_use)
        labels = () if state.dataset is None else state.dataset.labels
        self.cases.show(self.fetching.predictions.values(), labels, state.called)
        ui.resultsHint.text = self._hint()
        ui.resultsHint.visible = bool(ui.resultsHint.text)
        for widget in (ui.modelTable, ui.useModelButton, ui.exportModelButton):
            widget.visible = bool(state.models)
        ui.predictionTable.visible = bool(self.fetching.predictions)
        selected = self._selected()
        ui.useModelButton.enabled = selected is not None and selected.id != in_use
        older = selected is not None and any(m.id == in_use and m.created > selected.created for m in state.models)
        ui.useModelButton.text = _("Roll back to this") if older else _("Use")
        ui.exportModelButton.enabled = selected is not None
        self._show_progress()

    def _show_progress(self) -> None:
        ui, made, fetched = self._ui, self.fetching.made, self.fetching.fetched
        ui.fetchBar.visible = ui.stopFetchButton.visible = self.fetching.busy
        if made is not None:
            _set_bar(ui.fetchBar, made[0], made[1], _("predicted %v of %m"))
        elif fetched is not None:
            _set_bar(ui.fetchBar, fetched.done, fetched.total, _("fetched %v of %m"))

    def _hint(self) -> str:
        state = self._context.state
        if state.dataset is None:
            return _("Open a data set first.")
        if not state.models:
            return _("Nothing has been trained yet. After training every scan is segmented by itself, and listed here.")
        return ""

    def _selected(self) -> Model | None:
        chosen = self.models.selected()
        return next((model for model in self._context.state.models if model.id == chosen), None)

    def _title(self, model: Model) -> str:
        return model_title(self._context.state.models, model.id)

    def close(self) -> None:
        """Stop fetching, let go of everything."""
        for stop in self._stop:
            stop()
        self._wiring.close()
        self.comparison.close()
        self.knowing.close()
        self.export.close()
        self.fetching.close()
        self.cases.close()
        self.overlay.close()


def _shown_model(opened: Any) -> str | None:
    return None if opened.prediction is None else str(opened.prediction.prediction.model)


def _set_bar(bar: Any, done: int, total: int | None, text: str) -> None:
    bar.setRange(0, total or 0)
    bar.setValue(done)
    bar.setFormat(text)
