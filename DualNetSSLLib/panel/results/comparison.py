"""Two models compared: asks for it after a training, or for any two, and shows what changed over the open scan."""

from __future__ import annotations

from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError, InvalidRequest
from DualNetSSLLib.client.records import Model
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.scene import IMAGE
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, model_title
from DualNetSSLLib.panel.overlay.section import OverlaySection
from DualNetSSLLib.panel.results.changes import add_changes, lay_changes, legend_text, remove_changes
from DualNetSSLLib.panel.results.comparison_table import ComparisonTable
from DualNetSSLLib.panel.results.comparison_words import comparison_in_words
from DualNetSSLLib.panel.results.fetch_predictions import Fetching
from DualNetSSLLib.tasks.reports import CachedVolume, Comparison, Progress

SETTING = "showChanges"


class ComparisonSection:
    """The group of the comparison; belongs to the results section."""

    def __init__(
        self, context: PanelContext, ui: Any, desk: CaseDesk, fetching: Fetching, overlay: OverlaySection
    ) -> None:
        """Build the group beside the case on this desk, for predictions fetched here; ``overlay`` has their map."""
        self._context, self._ui, self._desk, self._fetching = context, ui, desk, fetching
        self._overlay, self._asked = overlay, False
        self.message = MessageLine(ui.comparisonMessage)
        self.table = ComparisonTable(ui.comparisonTable, context.open_case)
        self.comparison: Comparison | None = None
        self._call: Call | None = None
        self._looking: Call | None = None
        self._progress = Progress(done=0)
        self._wanted: object = None
        self._laid = False
        self._offered: tuple[str, ...] = ()
        self._known: tuple[str, frozenset[str]] | None = None
        ui.changesLegend.text = legend_text()
        ui.changesCheck.checked = bool(context.settings.get(SETTING, True))
        self._wiring = Wiring(*self._wires())
        self._stop = [
            context.state.watch(self._models_changed, "dataset", "models", "model"),
            desk.changed.subscribe(self._show_changes),
            fetching.arrived.subscribe(self._arrived),
            overlay.free_changed.subscribe(self._free_changed),
        ]
        self._models_changed()

    def _wires(self) -> tuple[Wire, ...]:
        ui = self._ui
        return (
            (ui.compareButton, "clicked()", self.compare_or_stop),
            (ui.changesCheck, "toggled(bool)", self.show_changes),
            (ui.comparisonGroup, "toggled(bool)", self.update),
            (ui.beforeCombo, "currentIndexChanged(int)", self.update),
            (ui.afterCombo, "currentIndexChanged(int)", self.update),
        )

    # what the user does

    @guarded
    def compare_or_stop(self) -> None:
        """Compare the two chosen models; or stop that."""
        if self._call is not None:
            self.stop()
            return
        self.compare(*self._chosen())

    @guarded
    def show_changes(self) -> None:
        """Show the changes over the scan, or take them away."""
        self._context.settings.put(SETTING, bool(self._ui.changesCheck.checked))
        self._asked = True
        self._show_changes()

    def compare(self, before: str, after: str) -> None:
        """Compare two models of the open data set in the background.

        Raises:
            InvalidRequest: they are one and the same, or no data set is open.
        """
        dataset = self._context.state.dataset
        if dataset is None or not before or before == after:
            raise InvalidRequest(_("Two different models are needed."), _("Choose another one on either side."))
        self.stop()
        self._choose(before, after)
        self.message.clear()
        self._progress = Progress(done=0)
        self._call = self._context.session.call(
            "compare_models",
            dataset=dataset.id,
            before=before,
            after=after,
            threshold=float(self._ui.overlayThresholdSlider.value),
            progress=self._told,
            done=self._compared,
            failed=self._failed,
        )
        self.update()

    def stop(self) -> None:
        """Stop comparing."""
        if self._call is not None:
            self._call.cancel()
        self._call = None

    # what happens

    def _told(self, progress: Progress) -> None:
        self._progress = progress
        self.update()

    @guarded
    def _compared(self, comparison: Comparison) -> None:
        self._call, self.comparison = None, comparison
        self.table.show(comparison, *self._titles(comparison), self._context.state.called)
        self._show_changes()

    @guarded
    def _failed(self, error: DualNetSSLError) -> None:
        self._call = None
        raise error

    def _models_changed(self) -> None:
        """Offer the models; of another data set, forget what was compared."""
        state = self._context.state
        dataset = "" if state.dataset is None else state.dataset.id
        if self._known is None or self._known[0] != dataset:
            self._forget()
            self._known = None
        if self._known is None and state.models:
            self._known = (dataset, frozenset(model.id for model in state.models))
        self._offer()
        self.update()

    def _forget(self) -> None:
        self.stop()
        self.comparison = None
        self.table.show(None, "", "", {})
        self.message.clear()
        self._show_changes()

    @guarded
    def _arrived(self) -> None:
        """A model that was trained meanwhile has predicted: compare it with the one before."""
        model = self._model(self._fetching.model)
        before = None if model is None else self._predecessor(model)
        if model is None or before is None or self._known is None or model.id in self._known[1]:
            return
        self._known = (self._known[0], self._known[1] | {model.id})
        self._ui.comparisonGroup.collapsed = False
        self.compare(before.id, model.id)

    # the changes over the scan

    @property
    def _on(self) -> bool:
        """Whether changes are shown now: they hide a border that is judged as the map would, unless asked for there."""
        return bool(self._ui.changesCheck.checked) and (self._asked or not self._overlay.free)

    @guarded
    def _free_changed(self) -> None:
        self._asked = False
        self._show_changes()

    def _show_changes(self) -> None:
        """Bring the layer of changes up to date with the open case and the comparison."""
        shown, comparison, on = self._desk.shown, self.comparison, self._on
        image = None if shown is None else shown.node(IMAGE)
        if shown is None or image is None or comparison is None:
            self._drop()
            return
        wanted = (shown.dataset.id, shown.name, image.GetID(), comparison.before, comparison.after)
        if wanted == self._wanted:
            if on != self._laid:
                self._laid = lay_changes(on)
            return
        self._drop()
        if on:
            self._wanted = wanted
            self._looking = self._context.session.call(
                "find_changes",
                dataset=shown.dataset.id,
                case=shown.name,
                before=comparison.before,
                after=comparison.after,
                done=lambda volume: self._found(shown, comparison, volume),
                failed=self.message.error,
            )

    def _drop(self) -> None:
        """Show no changes, and expect none."""
        if self._looking is not None:
            self._looking.cancel()
        self._looking, self._wanted, self._laid = None, None, False
        remove_changes()

    def _found(self, shown: ShownCase, comparison: Comparison, volume: CachedVolume | None) -> None:
        self._looking = None
        if volume is None or shown is not self._desk.shown or comparison is not self.comparison:
            return
        title = _("changes, {before} → {after}").format(
            **dict(zip(("before", "after"), self._titles(comparison), strict=True))
        )
        add_changes(shown, volume, title, f"{comparison.before} {comparison.after}")
        self._laid = lay_changes(self._on)

    # the widgets

    def _offer(self) -> None:
        """Fill the lists of models, and propose the one in use and the one that it came from."""
        models = sorted(self._context.state.models, key=lambda model: -model.created)
        offered = tuple(model.id for model in models)
        if offered == self._offered:
            return
        self._offered = offered
        for combo in (self._ui.beforeCombo, self._ui.afterCombo):
            blocked = combo.blockSignals(True)
            combo.clear()
            for model in models:
                combo.addItem(self._title(model.id).capitalize(), model.id)
            combo.blockSignals(blocked)
        after = self._model(self._fetching.model)
        before = None if after is None else self._predecessor(after)
        self._choose("" if before is None else before.id, "" if after is None else after.id)

    def _choose(self, before: str, after: str) -> None:
        for combo, model in ((self._ui.beforeCombo, before), (self._ui.afterCombo, after)):
            combo.setCurrentIndex(combo.findData(model))

    def _chosen(self) -> tuple[str, str]:
        combos = (self._ui.beforeCombo, self._ui.afterCombo)
        before, after = (str(combo.itemData(combo.currentIndex) or "") for combo in combos)
        return before, after

    def update(self, *_arguments: object) -> None:
        """Bring the widgets up to date."""
        ui, busy, comparison = self._ui, self._call is not None, self.comparison
        before, after = self._chosen()
        ui.comparisonGroup.visible = len(self._context.state.models) > 1
        ui.compareButton.text = _("Stop") if busy else _("Compare")
        ui.compareButton.enabled = busy or (bool(before and after) and before != after)
        opened = not ui.comparisonGroup.collapsed
        ui.comparisonBar.visible = opened and busy
        ui.comparisonBar.setRange(0, self._progress.total or 0)
        ui.comparisonBar.setValue(self._progress.done)
        ui.comparisonBar.setFormat(_("compared %v of %m"))
        for widget in (ui.comparisonLabel, ui.comparisonTable, ui.changesCheck, ui.changesLegend):
            widget.visible = opened and comparison is not None
        if comparison is not None:
            ui.comparisonLabel.text = comparison_in_words(comparison, *self._titles(comparison))

    def _titles(self, comparison: Comparison) -> tuple[str, str]:
        return self._title(comparison.before), self._title(comparison.after)

    def _title(self, model: str) -> str:
        return model_title(self._context.state.models, model)

    def _model(self, model: str | None) -> Model | None:
        return next((known for known in self._context.state.models if known.id == model), None)

    def _predecessor(self, model: Model) -> Model | None:
        """Return the model that this one began from, or else the one made before it."""
        older = [known for known in self._context.state.models if known.created < model.created]
        newest = max(older, key=lambda known: known.created, default=None)
        return self._model(model.parent) or newest

    def close(self) -> None:
        """Stop, let go of everything."""
        for stop in self._stop:
            stop()
        self._wiring.close()
        self.stop()
        self._drop()
        self.table.close()
