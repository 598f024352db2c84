"""Section 2: which data set, what it segments, and its cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Progress
from DualNetSSLLib.client.errors import DualNetSSLError, InvalidRequest
from DualNetSSLLib.client.records import Dataset, LabelDefinition
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.dataset import dicom
from DualNetSSLLib.panel.dataset.add_scans import Adding, Outcome, loaded_volumes
from DualNetSSLLib.panel.dataset.case_table import CaseTable
from DualNetSSLLib.panel.dataset.label_set import LabelSetEditor
from DualNetSSLLib.panel.dataset.outbox_line import WaitingLabels
from DualNetSSLLib.panel.dataset.picker import Choice, Picker, scan_in_words

SAMPLE_NAME = "Sample scans"
SAMPLE_LABELS = (
    LabelDefinition(value=1, name="liver", colour=(230, 159, 0)),
    LabelDefinition(value=2, name="left kidney", colour=(86, 180, 233)),
)


class DatasetSection:
    """Makes and opens data sets, adds scans, shows the cases."""

    def __init__(self, context: PanelContext, ui: Any) -> None:
        """Build the parts on their widgets."""
        self._context, self._ui = context, ui
        self.message = MessageLine(ui.datasetMessage)
        self.editor = LabelSetEditor(ui.labelSetTable)
        self.table = CaseTable(ui.caseTable, ui.caseFilterEdit, ui.caseStateCombo, ui.caseCountLabel, context.open_case)
        self.picker = Picker(ui.pickFrame, ui.pickLabel, ui.pickList, ui.pickAddButton, ui.pickCancelButton)
        self.adding = Adding(context.session, self._progress, self._added, self._adding_failed, self._numbered)
        self.waiting = WaitingLabels(context, ui.outboxFrame, ui.outboxLabel, ui.outboxButton)
        self._listed: tuple[tuple[str, str], ...] = ()
        self._fresh: list[str] = []
        ui.useNamesCheck.checked = context.settings.get("useNames", False)
        self._wiring = Wiring(*self._wires())
        state = context.state
        self._stop = [
            state.watch(self._datasets_changed, "connection", "datasets"),
            state.watch(self._connection_changed, "connection"),
            state.watch(self.update, "dataset", "cases", "worklist", "open_case", "names"),
            state.watch(self._open_first, "cases"),
            context.consent_changed.subscribe(self.update),
        ]
        self.update()

    def _wires(self) -> tuple[Wire, ...]:
        ui = self._ui
        return (
            (ui.addLabelButton, "clicked(bool)", self.add_label),
            (ui.removeLabelButton, "clicked(bool)", self.remove_label),
            (ui.createDatasetButton, "clicked(bool)", self.create),
            (ui.addFolderButton, "clicked(bool)", self.add_folder),
            (ui.addVolumesButton, "clicked(bool)", self.add_volumes),
            (ui.addDicomButton, "clicked(bool)", self.add_dicom),
            (ui.addSampleButton, "clicked(bool)", self.add_samples),
            (ui.cancelAddingButton, "clicked(bool)", self.cancel_adding),
            (ui.newDatasetButton, "toggled(bool)", self._new_toggled),
            (ui.useNamesCheck, "toggled(bool)", self.use_names),
            (ui.datasetCombo, "activated(int)", self.choose),
            (ui.datasetNameEdit, "textChanged(QString)", self.update),
        )

    # what the user does

    @guarded
    def choose(self, index: int) -> None:
        """Open the data set that was chosen."""
        wanted = self._ui.datasetCombo.itemData(index)
        self._open(next((one for one in self._context.state.datasets if one.id == wanted), None))

    @guarded
    def add_label(self) -> None:
        """Add a label to the new data set."""
        self.editor.add()

    @guarded
    def remove_label(self) -> None:
        """Take the selected label out of the new data set."""
        self.editor.remove()

    @guarded
    def create(self) -> None:
        """Make the new data set and open it."""
        self._create(self._ui.datasetNameEdit.text.strip(), self.editor.labels(), then=None)

    @guarded
    def add_folder(self) -> None:
        """Ask for a folder, and add its scans with their labels, once it is clear which are meant."""
        self._dataset()
        settings = self._context.settings
        folder = qt.QFileDialog.getExistingDirectory(
            slicer.util.mainWindow(), _("Folder of scans"), settings.get("scans", str(Path.home()))
        )
        if folder:
            settings.put("scans", str(folder))
            self.message.clear()
            self.adding.look(str(folder), lambda seen: self._looked_into(str(folder), seen))

    @guarded
    def _looked_into(self, folder: str, seen: dict[str, Any]) -> None:
        """Add them at once where all is plain; else show each with its label, to be ticked, and what is left aside."""
        dataset, left = self._dataset(), [*seen["left_out"], *seen["noted"]]
        if not left and not any(scan["problem"] for scan in seen["scans"]):
            return self.adding.folder(dataset, folder)
        if left:
            self.message.show(_("Left aside: {reasons}").format(reasons=" ".join(left[:4])), "bad")
        choices = [Choice(scan_in_words(scan), scan["name"], not scan["problem"]) for scan in seen["scans"]]
        self.picker.ask(
            _("Scans to add, with their labels:"),
            choices,
            lambda picked: self._add_ticked(dataset, folder, picked),
        )
        return None

    @guarded
    def _add_ticked(self, dataset: Dataset, folder: str, picked: list[str]) -> None:
        self.adding.folder(dataset, folder, picked)

    @guarded
    def add_volumes(self) -> None:
        """Ask which of the loaded volumes to add."""
        dataset, nodes = self._dataset(), loaded_volumes()
        if not nodes:
            raise InvalidRequest(_("No volume is loaded in Slicer."), _("Load one, or add a folder."))
        choices = [Choice(node.GetName(), node) for node in nodes]
        self.picker.ask(_("Loaded volumes to add:"), choices, lambda picked: self.adding.volumes(dataset, picked))

    @guarded
    def add_dicom(self) -> None:
        """Ask which series of the DICOM database to add."""
        dataset, reason = self._dataset(), dicom.unavailable()
        if reason:
            raise InvalidRequest(reason, "")
        found = list(dicom.series())
        if not found:
            raise InvalidRequest(_("No series of the DICOM database holds a volume."), _("Import CT or MR scans."))
        choices = [Choice(series.text, (series.uid, series.description or series.modality), False) for series in found]
        self.picker.ask(
            _("Series to add. Names of patients stay here."),
            choices,
            lambda picked: self.adding.series(dataset, picked),
        )

    @guarded
    def add_samples(self) -> None:
        """Add phantom scans, to a data set of their own if none is open."""
        if self._context.state.dataset is None:
            self._create(SAMPLE_NAME, SAMPLE_LABELS, then=self._make_samples)
        else:
            self._make_samples(self._context.state.dataset)

    @guarded
    def use_names(self, wanted: bool) -> None:
        """Remember whether cases are to be called as their files, volumes and series are."""
        self._context.settings.put("useNames", bool(wanted))
        self._context.consent_changed()

    @guarded
    def cancel_adding(self) -> None:
        """Stop adding."""
        self.adding.cancel()
        self.message.show(_("Stopped. What has arrived stays; adding the same again goes on from there."))
        self._context.loader.refresh_cases()

    # what follows

    def _dataset(self) -> Dataset:
        dataset = self._context.state.dataset
        if dataset is None:
            raise InvalidRequest(_("No data set is open."), _("Choose one or make a new one."))
        return dataset

    def _numbered(self) -> bool:
        return not self._ui.useNamesCheck.checked

    def _make_samples(self, dataset: Dataset) -> None:
        self.message.clear()
        self.adding.samples(dataset)
        self.update()

    def _create(self, name: str, labels: tuple[LabelDefinition, ...], then: Any) -> None:
        self._context.session.call(
            "create_dataset",
            name=name,
            labels=[label.to_json() for label in labels],
            done=lambda dataset: self._created(dataset, then),
            failed=self._failed,
        )

    @guarded
    def _created(self, dataset: Dataset, then: Any) -> None:
        state = self._context.state
        state.change(datasets=(*state.datasets, dataset))
        self._ui.newDatasetButton.checked = False
        self._open(dataset)
        if then is not None:
            then(dataset)

    def _open(self, dataset: Dataset | None) -> None:
        self.adding.cancel()
        self.picker.dismiss()
        self.message.clear()
        self._fresh = []
        connection, parameters = self._context.state.connection, self._context.parameters()
        if dataset is not None and connection is not None:
            self._context.settings.put("dataset", {connection.address: dataset.id})
            if parameters is not None:
                parameters.dataset = dataset.id
        self._context.loader.open_dataset(dataset)

    @guarded
    def _datasets_changed(self) -> None:
        """Fill the list, and open the data set of the scene or the one that was open last."""
        state = self._context.state
        self._list_datasets()
        if state.connection is not None and state.dataset is None and state.datasets:
            self._open(self._remembered() or (state.datasets[0] if len(state.datasets) == 1 else None))

    def _list_datasets(self) -> None:
        """Fill the list, but only if another name is in it: it may be unfolded."""
        combo = self._ui.datasetCombo
        listed = tuple((dataset.name, dataset.id) for dataset in self._context.state.datasets)
        if listed == self._listed:
            return
        self._listed = listed
        blocked = combo.blockSignals(True)
        combo.clear()
        for name, identifier in listed:
            combo.addItem(name, identifier)
        combo.blockSignals(blocked)

    @guarded
    def _connection_changed(self) -> None:
        """Offer to make a data set where there is none."""
        state = self._context.state
        if state.connection is None:
            self.adding.cancel()
            self.picker.dismiss()
            self.message.clear()
        self._ui.newDatasetButton.checked = state.connection is not None and not state.datasets

    def _remembered(self) -> Dataset | None:
        state, parameters = self._context.state, self._context.parameters()
        last = self._context.settings.get("dataset", {}).get(state.connection.address if state.connection else "")
        wanted = (parameters.dataset if parameters is not None else "") or last
        return next((dataset for dataset in state.datasets if dataset.id == wanted), None)

    @guarded
    def _new_toggled(self, opened: bool) -> None:
        if opened:
            self.editor.clear()
            self._ui.datasetNameEdit.text = ""

    @guarded
    def _progress(self, progress: Progress) -> None:
        bar = self._ui.addingBar
        bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            bar.value = int(1000 * progress.done / progress.total)
        self._ui.addingLabel.text = progress.text

    @guarded
    def _added(self, outcome: Outcome) -> None:
        self.message.show(outcome.in_words(), "bad" if outcome.refused else "good")
        self._fresh = outcome.added
        self._context.loader.refresh_cases()

    @guarded
    def _open_first(self) -> None:
        """Go on with the first scan, once those just added are there and none of the data set has a label yet."""
        state = self._context.state
        if not self._fresh or not {case.case for case in state.cases}.issuperset(self._fresh):
            return
        self._fresh = []
        if state.open_case is None and all(case.state == "new" for case in state.cases):
            self._context.open_case(state.cases[0].case)

    @guarded
    def _adding_failed(self, error: Exception) -> None:
        self._context.loader.refresh_cases()
        raise error

    @guarded
    def _failed(self, error: DualNetSSLError) -> None:
        raise error

    # the widgets

    def update(self, *_arguments: Any) -> None:
        """Bring the widgets up to date."""
        ui, state = self._ui, self._context.state
        connected, may_send = state.connection is not None, self._context.may_send()
        opened, new = state.dataset is not None, bool(ui.newDatasetButton.checked)
        ui.datasetHint.text = self._hint()
        ui.datasetHint.visible = bool(ui.datasetHint.text)
        ui.datasetCombo.enabled = bool(state.datasets) and not self.adding.running
        ui.datasetCombo.setCurrentIndex(ui.datasetCombo.findData(state.dataset.id if state.dataset else ""))
        ui.newDatasetButton.enabled = connected and not self.adding.running
        ui.newDatasetFrame.visible = connected and new
        ui.createDatasetButton.enabled = bool(ui.datasetNameEdit.text.strip())
        for button in (ui.addFolderButton, ui.addVolumesButton):
            button.enabled = opened and may_send and not self.adding.running
        ui.addSampleButton.enabled = connected and may_send and not self.adding.running
        self._update_dicom(opened and may_send)
        ui.addingFrame.visible = ui.addingLabel.visible = self.adding.running
        for widget in (ui.caseFilterEdit, ui.caseStateCombo, ui.caseTable, ui.caseCountLabel):
            widget.visible = bool(state.cases)
        local = state.connection is not None and state.connection.local
        self.table.show(state.cases, state.worklist, state.open_case, state.names, own=local)

    def _update_dicom(self, possible: bool) -> None:
        button, reason = self._ui.addDicomButton, dicom.unavailable()
        button.enabled = possible and not reason and not self.adding.running
        button.toolTip = reason or _("Add series of Slicer's DICOM database. Names of patients stay here.")

    def _hint(self) -> str:
        state = self._context.state
        if state.connection is None:
            return _("First start or connect to a server, above.")
        if not self._context.may_send():
            return _("Tick above that scans may be sent to this server.")
        if state.dataset is None:
            return _("Make a data set: what it is called and what is to be segmented. Or try it with sample scans.")
        if not state.cases and not self.adding.running:
            return _("Add scans: a folder, volumes that are loaded in Slicer, or series of its DICOM database.")
        return ""

    def close(self) -> None:
        """Stop adding, let go of the widgets."""
        self.adding.cancel()
        for stop in self._stop:
            stop()
        for part in (self._wiring, self.waiting, self.picker, self.table, self.editor):
            part.close()
