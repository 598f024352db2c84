"""Section 3: the case that is open, painted in Slicer's own editor and submitted."""

from __future__ import annotations

import html
from typing import Any

import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.labels.local_drafts import Drafts
from DualNetSSLLib.panel.common.context import ANNOTATOR, PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.common.words import case_in_words, state_in_words
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, model_title
from DualNetSSLLib.panel.desk.editor import LabelEditor
from DualNetSSLLib.panel.desk.join_labels import Joining
from DualNetSSLLib.panel.desk.submit_label import Submitting

SUBMIT_KEYS = ("Ctrl+Return", "Ctrl+Enter")


class LabelSection:
    """Shows which case is open, lets it be painted, and submits it."""

    def __init__(self, context: PanelContext, ui: Any, desk: CaseDesk, drafts: Drafts) -> None:
        """Build the section for the case on this desk, which ends with it."""
        self._context, self._ui, self.desk, self.drafts = context, ui, desk, drafts
        self.submitting = Submitting(context, desk, drafts)
        self.joining = Joining(context, desk, drafts)
        self.message = MessageLine(ui.labelMessage)
        self.editor = LabelEditor(ui.labelEditorFrame)
        self._presented: ShownCase | None = None
        for text in (_("the whole scan"), _("only what I change or changed before")):
            ui.vouchCombo.addItem(text)
        self._show_annotator()
        self._wiring = Wiring(*self._wires())
        self._shortcuts = self._make_shortcuts()
        self._stop = [
            desk.said.subscribe(self.message.show),
            desk.changed.subscribe(self._desk_changed),
            context.open_case.subscribe(self.open),
            context.scene_closing.subscribe(self.desk.let_go),
            context.entered.subscribe(self._entered),
            context.state.watch(self._dataset_changed, "dataset"),
            context.state.watch(self._show_annotator, "connection"),
            context.state.watch(self.update, "cases", "models", "open_case"),
        ]
        self.update()

    def _wires(self) -> tuple[Wire, ...]:
        ui = self._ui
        return (
            (ui.submitButton, "clicked()", self.submit),
            (ui.nextCaseButton, "clicked()", self.next_case),
            (ui.fromPredictionButton, "clicked()", self.begin_with_prediction),
            (ui.setAsideButton, "clicked()", self.set_aside),
            (ui.joinButton, "clicked()", self.join),
            (ui.vouchCombo, "activated(int)", self.vouch),
            (ui.annotatorEdit, "editingFinished()", self.name_annotator),
        )

    def _make_shortcuts(self) -> list[Any]:
        """Make the keys that submit, silent until the panel is entered."""
        window = slicer.util.mainWindow()
        keys = SUBMIT_KEYS if window is not None else ()
        return [self._wiring.shortcut(window, key, self.submit) for key in keys]

    # what the user does

    @guarded
    def open(self, case: str) -> None:
        """Open a case of the data set."""
        self.desk.open(case)

    @guarded
    def next_case(self) -> None:
        """Open the case that is most worth a label."""
        self.desk.next_case(after="" if self.desk.shown is None else self.desk.shown.name)

    @guarded
    def begin_with_prediction(self) -> None:
        """Start the label from the prediction."""
        self.desk.work.begin_with_prediction()
        self.editor.present(self.desk.shown)

    @guarded
    def set_aside(self) -> None:
        """Put the edits aside and show the case as the server has it."""
        self.desk.set_aside()

    @guarded
    def join(self) -> None:
        """Put the label and the one that somebody else has submitted meanwhile together."""
        self.joining.join()

    @guarded
    def vouch(self) -> None:
        """Take what the user vouches for."""
        self.desk.work.vouch(self._ui.vouchCombo.currentIndex == 0)

    @guarded
    def name_annotator(self) -> None:
        """Remember who labels, unless the server knows."""
        if self._ui.annotatorEdit.readOnly:
            return
        self._context.settings.put(ANNOTATOR, self._ui.annotatorEdit.text.strip())

    def _show_annotator(self) -> None:
        """Show whose work it is; the name of an account is the server's to say."""
        connection = self._context.state.connection
        self._ui.annotatorEdit.text = self._context.annotator
        self._ui.annotatorEdit.readOnly = connection is not None and bool(connection.account)

    @guarded
    def submit(self) -> None:
        """Send the label and open the next case."""
        self.submitting.submit()

    # what happens

    @guarded
    def _entered(self, front: bool) -> None:
        for shortcut in self._shortcuts:
            shortcut.setEnabled(front)
        if front:
            self.editor.enter()
            self.desk.adopt()
        else:
            self.editor.exit()
            self.desk.keeper.keep()

    @guarded
    def _dataset_changed(self) -> None:
        dataset = self._context.state.dataset
        shown = self.desk.shown
        if shown is not None and (dataset is None or dataset.id != shown.dataset.id):
            self.desk.leave()
        self.desk.adopt()

    def _desk_changed(self) -> None:
        if self.desk.shown is not self._presented:
            self._presented = self.desk.shown
            self.editor.present(self.desk.shown)
        self.update()

    def update(self) -> None:
        """Bring the widgets up to date."""
        ui, desk, state = self._ui, self.desk, self._context.state
        shown = desk.shown
        ui.labelHint.text = self._hint()
        ui.labelHint.visible = bool(ui.labelHint.text)
        ui.labelCaseLabel.text = "" if shown is None else self._case_in_words(shown)
        for widget in (ui.labelEditorFrame, ui.labelFormFrame, ui.submitButton):
            widget.visible = shown is not None
        ui.nextCaseButton.enabled = bool(state.cases) and not desk.opening and not desk.busy
        ui.fromPredictionButton.visible = shown is not None and shown.opened.prediction is not None
        ui.fromPredictionButton.enabled = not desk.modified and not desk.busy
        ui.setAsideButton.visible = shown is not None
        ui.setAsideButton.enabled = desk.modified and not desk.busy
        ui.joinButton.visible = shown is not None and self.joining.possible
        ui.joinButton.enabled = not desk.busy and not desk.opening
        ui.submitButton.enabled = shown is not None and not desk.busy and not desk.opening
        if shown is not None:
            ui.vouchCombo.currentIndex = 0 if shown.whole else 1

    def _hint(self) -> str:
        """Say what to do while no case is open."""
        state = self._context.state
        if self.desk.shown is not None or self.desk.opening:
            return ""
        if state.dataset is None:
            return _("Open a data set first.")
        if not state.cases:
            return _("Add scans to the data set; then paint a few of them here.")
        return _(
            "Double-click a case above, or press Next case. Three labelled scans are enough to begin with, or slices "
            "of eight."
        )

    def _case_in_words(self, shown: ShownCase) -> str:
        case = self._context.state.case(shown.name) or shown.opened.case
        parts = [state_in_words(case.state)]
        if shown.opened.label is not None and case.annotator:
            parts.append(_("label by {annotator}").format(annotator=case.annotator))
        if shown.opened.prediction is not None:
            model = model_title(self._context.state.models, shown.opened.prediction.prediction.model)
            parts.append(_("prediction of {model}").format(model=model))
        if self.desk.modified:
            parts.append(_("not submitted yet"))
        title = case_in_words(shown.name, self._context.state.called.get(shown.name, ""))
        return f"<b>{html.escape(title)}</b> · {' · '.join(parts)}"

    def close(self) -> None:
        """Keep the edits, and let go of everything."""
        for stop in self._stop:
            stop()
        self.desk.close()
        self.editor.close()
        self._wiring.close()
