"""Final labels saved as files: which scans, in which formats, into which folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError, InvalidRequest
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.common.words import scans_in_words
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.results import dicom_map, dicom_seg
from DualNetSSLLib.panel.results.fetch_predictions import Fetching
from DualNetSSLLib.tasks.reports import ExportedLabels, Progress

ALL, OPEN, CHOSEN = "all", "open", "chosen"
SETTING = "labelFolder"


class ExportSection:
    """The group of the export; belongs to the results section."""

    def __init__(self, context: PanelContext, ui: Any, desk: CaseDesk, fetching: Fetching) -> None:
        """Build the group beside the case on this desk; predictions are those of the model in use."""
        self._context, self._ui, self._desk, self._fetching = context, ui, desk, fetching
        self.message = MessageLine(ui.exportMessage)
        self._call: Call | None = None
        self._progress = Progress(done=0)
        self._listed: tuple[str, ...] = ()
        for text, value in ((_("all scans"), ALL), (_("the open scan"), OPEN), (_("chosen scans"), CHOSEN)):
            ui.exportCasesCombo.addItem(text, value)
        self._wiring = Wiring(*self._wires())
        self._stop = [
            context.state.watch(self.update, "dataset", "cases"),
            desk.changed.subscribe(self.update),
        ]
        self.update()

    def _wires(self) -> tuple[Wire, ...]:
        ui = self._ui
        ticks = (ui.exportSegmentationCheck, ui.exportNiftiCheck, ui.exportDicomCheck, ui.exportMapCheck)
        return (
            (ui.exportButton, "clicked()", self.export_or_stop),
            (ui.exportCasesCombo, "currentIndexChanged(int)", self.update),
            (ui.exportCasesList, "itemChanged(QListWidgetItem*)", self.update),
            (ui.exportGroup, "toggled(bool)", self.update),
            *((tick, "toggled(bool)", self.update) for tick in ticks),
        )

    # what the user does

    @guarded
    def export_or_stop(self) -> None:
        """Ask for a folder and save into it; or stop that."""
        if self._call is not None:
            self._call.cancel()
            self._call = None
            self.message.show(_("Stopped. What was complete by then was kept."), "info")
            return
        dataset = self._context.state.dataset
        if dataset is None:
            raise InvalidRequest(_("No data set is open."), _("Choose one above."))
        chosen = str(self._context.settings.get(SETTING, str(Path.home())))
        folder = qt.QFileDialog.getExistingDirectory(slicer.util.mainWindow(), _("Folder for the labels"), chosen)
        if folder:
            self._context.settings.put(SETTING, str(folder))
            self.export(str(folder))

    def export(self, folder: str) -> None:
        """Save the labels of the chosen scans into a folder, in the background."""
        ui, dataset = self._ui, self._context.state.dataset
        if dataset is None:
            return
        self._progress = Progress(done=0)
        self.message.clear()
        ticks = (("seg.nrrd", ui.exportSegmentationCheck), ("nifti", ui.exportNiftiCheck))
        self._call = self._context.session.call(
            "export_labels",
            dataset=dataset.id,
            folder=folder,
            formats=[name for name, tick in ticks if tick.checked],
            cases=self._cases(),
            unverified=bool(ui.exportUnverifiedCheck.checked),
            model=self._fetching.model,
            replace=bool(ui.exportReplaceCheck.checked),
            progress=self._told,
            done=self._done,
            failed=self._failed,
        )
        self.update()

    # what happens

    def _told(self, progress: Progress) -> None:
        self._progress = progress
        self.update()

    @guarded
    def _done(self, written: ExportedLabels) -> None:
        self._call = None
        self.message.show(_in_words(written), "good" if written.cases else "busy")
        for words in self._dicom(Path(written.folder)):
            self.message.show(f"{_in_words(written)} {words}", "good")

    def _dicom(self, folder: Path) -> Iterator[str]:
        """Save what is ticked of the open scan as DICOM, and say so after each."""
        ui, shown = self._ui, self._desk.shown
        label, doubt = (tick.enabled and tick.checked for tick in (ui.exportDicomCheck, ui.exportMapCheck))
        if shown is not None and label:
            dicom_seg.export(shown, folder)
            yield _("The open scan's label is there as DICOM SEG as well.")
        if shown is not None and doubt:
            file = dicom_map.export(shown, folder)
            yield _("The open scan's uncertainty is there as DICOM as well: {name}.").format(name=file.name)

    @guarded
    def _failed(self, error: DualNetSSLError) -> None:
        self._call = None
        raise error

    # the widgets

    def _which(self) -> str:
        return str(self._ui.exportCasesCombo.itemData(self._ui.exportCasesCombo.currentIndex))

    def _cases(self) -> list[str] | None:
        """Return the names of the chosen cases; None: all."""
        shown, items = self._desk.shown, self._ui.exportCasesList
        if self._which() == ALL:
            return None
        if self._which() == OPEN:
            return [] if shown is None else [shown.name]
        return [name for row, name in enumerate(self._listed) if items.item(row).checkState() == qt.Qt.Checked]

    def update(self, *_arguments: object) -> None:
        """Bring the widgets up to date."""
        ui, busy, state = self._ui, self._call is not None, self._context.state
        self._list(tuple(case.case for case in state.cases))
        ui.exportGroup.visible = state.dataset is not None and bool(state.cases)
        opened = not ui.exportGroup.collapsed
        ui.exportCasesList.visible = opened and self._which() == CHOSEN
        label = _("Save the open scan's label with Slicer's own DICOM SEG export.")
        _offer(ui.exportDicomCheck, dicom_seg.unavailable(self._desk.shown), label)
        doubt = _("Save the open scan's uncertainty as a DICOM Parametric Map that points to the scan's own images.")
        _offer(ui.exportMapCheck, dicom_map.unavailable(self._desk.shown), doubt)
        ui.exportButton.text = _("Stop") if busy else _("Export…")
        ui.exportButton.enabled = busy or self._cases() != []
        ui.exportBar.visible = opened and busy
        ui.exportBar.setRange(0, self._progress.total or 0)
        ui.exportBar.setValue(self._progress.done)
        ui.exportBar.setFormat(_("saved %v of %m"))

    def _list(self, names: tuple[str, ...]) -> None:
        """List the cases to tick; ticks stay while they do."""
        if names == self._listed:
            return
        items = self._ui.exportCasesList
        unticked = {name for row, name in enumerate(self._listed) if items.item(row).checkState() != qt.Qt.Checked}
        blocked = items.blockSignals(True)
        items.clear()
        for name in names:
            item = qt.QListWidgetItem(name)
            item.setFlags(qt.Qt.ItemIsUserCheckable | qt.Qt.ItemIsEnabled)
            item.setCheckState(qt.Qt.Unchecked if name in unticked else qt.Qt.Checked)
            items.addItem(item)
        items.blockSignals(blocked)
        self._listed = names

    def close(self) -> None:
        """Stop, let go of everything."""
        for stop in self._stop:
            stop()
        self._wiring.close()
        if self._call is not None:
            self._call.cancel()
        self._call = None


def _offer(tick: Any, reason: str, explanation: str) -> None:
    """Let something be ticked unless there is a reason against it."""
    tick.enabled = not reason
    tick.toolTip = reason or explanation


def _in_words(written: ExportedLabels) -> str:
    text = _("Saved the labels of {scans} and labels.csv in {folder}.").format(
        scans=scans_in_words(len(written.cases)), folder=written.folder
    )
    if written.left_out:
        text += " " + _("Not fully verified, and left out: {scans}.").format(
            scans=scans_in_words(len(written.left_out))
        )
    return text
