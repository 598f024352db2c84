"""The desk: one case is open on it at a time, comes from the server, and goes back to it labelled.

Whatever happens to scene, panel or server, a label that was begun is kept: as a draft on disk until it is submitted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import qt
import slicer
import vtk
from slicer.i18n import tr as _

from DualNetSSLLib.drafts import Draft, Drafts
from DualNetSSLLib.errors import DualNetSSLError, RevisionConflict
from DualNetSSLLib.panel.context import PanelContext
from DualNetSSLLib.panel.labelmap import Found, write_label
from DualNetSSLLib.panel.shown import ShownCase, mapped
from DualNetSSLLib.panel.state import Notice
from DualNetSSLLib.panel.words import size_in_words
from DualNetSSLLib.panel.writing import LabelWriter
from DualNetSSLLib.records import Case, Dataset, WorklistEntry
from DualNetSSLLib.reports import OpenedCase, Progress
from DualNetSSLLib.scene import LABEL, Mark, marked_node
from DualNetSSLLib.session import Call

KEEP_MS = 20_000
"""Time after a stroke at which the label is kept as a draft."""

Then = Callable[[], None]


class CaseDesk:
    """Opens cases, keeps what was painted, and submits it.

    Attributes:
        shown: the case that is open, or None.
        modified: whether it was painted on since it was opened or submitted.
        changed: told when any of this changed.
        said: told what the user should know, as text and kind of message.
    """

    def __init__(self, context: PanelContext, drafts: Drafts) -> None:
        """Work with the scene and the session."""
        self._context, self._drafts = context, drafts
        self._say = self.said = Notice()
        self.shown: ShownCase | None = None
        self.modified = False
        self.changed = Notice()
        self._writer = LabelWriter()
        self._call: Call | None = None
        self._version = 0
        self._removing = False
        self._warned_at = -1
        self._keeping = qt.QTimer()
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(KEEP_MS)
        self._keeping.connect("timeout()", self.keep)
        self._label_observer: tuple[Any, int] | None = None
        self._scene_observers = self._observe_scene()

    @property
    def opening(self) -> bool:
        """Whether a case is on its way."""
        return self._call is not None

    @property
    def busy(self) -> bool:
        """Whether a label is being written."""
        return self._writer.busy

    # opening

    def open(self, case: str) -> None:
        """Fetch a case of the open data set and show it; the one before keeps its edits as a draft."""
        dataset = self._context.state.dataset
        if dataset is None or (self.shown is not None and self.shown.name == case and not self.opening):
            return
        self._cancel()
        self._say(_("Opening {case}…").format(case=case), "busy")
        self._call = self._context.session.call(
            "open_case",
            dataset=dataset.id,
            case=case,
            model=self._context.state.model,
            progress=lambda progress: self._fetching(case, progress),
            done=lambda opened: self._fetched(dataset, opened),
            failed=self._not_fetched,
        )
        self.changed()

    def _fetching(self, case: str, progress: Progress) -> None:
        text = _("Opening {case}: {done}").format(case=case, done=size_in_words(progress.done))
        if progress.total:
            text = _("{sofar} of {total}").format(sofar=text, total=size_in_words(progress.total))
        self._say(text, "busy")

    def _fetched(self, dataset: Dataset, opened: OpenedCase) -> None:
        self._call = None
        self.keep(lambda: self._show(dataset, opened))

    def _not_fetched(self, error: DualNetSSLError) -> None:
        self._call = None
        self._say(str(error), "bad")
        self.changed()

    def _show(self, dataset: Dataset, opened: OpenedCase) -> None:
        """Put a case in the place of the one before."""
        if self._context.state.dataset is None or self._context.state.dataset.id != dataset.id:
            return
        self._clear()
        shown = ShownCase(dataset, opened, opened.case.revision, whole=opened.verified is None)
        brought = marked_node(role=LABEL, dataset=dataset.id, case=opened.case.case)
        draft, voxels = self._draft_of(shown)
        shown.show(voxels, self._context.state.models)
        self.shown, self.modified = shown, voxels is not None or brought is not None
        self._observe_label()
        self._greet(shown, draft)
        self._context.state.change(open_case=shown.name)
        self.changed()

    def _draft_of(self, shown: ShownCase) -> tuple[Draft | None, Any]:
        """Return the draft of a case and its voxels; one that does not fit the scan any more is set aside."""
        draft = self._drafts.find(shown.dataset.id, shown.name)
        if draft is None:
            return None, None
        try:
            voxels = mapped(self._drafts.folder(shown.dataset.id, shown.name) / draft.file)
        except DualNetSSLError:
            voxels = None
        if voxels is None or voxels.shape != shown.geometry.size[::-1]:
            self._drafts.set_aside(shown.dataset.id, shown.name)
            return None, None
        shown.model, shown.whole, shown.revision = draft.model, draft.whole, draft.revision
        return draft, voxels

    def _greet(self, shown: ShownCase, draft: Draft | None) -> None:
        """Say what is shown, and if another one has submitted since the draft was begun, say so too."""
        current = shown.opened.case
        if draft is not None and draft.revision != current.revision:
            who = current.annotator or _("Somebody")
            text = _(
                "{who} submitted revision {revision} of {case} since you began. Your label is shown; Submit makes it "
                "the next revision and keeps theirs, Set aside shows theirs."
            )
            shown.revision = current.revision
            self._say(text.format(who=who, revision=current.revision, case=shown.name), "bad")
        elif draft is not None:
            self._say(_("Your edits of {case}, not submitted yet, are back.").format(case=shown.name), "good")
        else:
            self._say("", "info")

    # keeping

    def keep(self, then: Then | None = None) -> None:
        """Keep what was painted as a draft on disk, a little at a time; then go on."""
        after = then or (lambda: None)
        if self.shown is None or not self.modified or self.shown.node(LABEL) is None:
            after()
            return
        shown = self.shown
        file = self._drafts.new_file(shown.dataset.id, shown.name)

        def written(_found: Found) -> None:
            self._drafts.keep(shown.dataset.id, shown.name, self._draft(shown, file))
            self.changed()
            after()

        self._write(shown, file, None, written, lenient=True)

    def keep_now(self) -> None:
        """Keep what was painted before this returns; for a scene or a panel that is about to go."""
        try:
            self.keep()
        except DualNetSSLError as error:
            self._say(str(error), "bad")
        self._writer.finish()

    def _draft(self, shown: ShownCase, file: Path) -> Draft:
        return Draft(file.name, shown.revision, shown.model, shown.whole, time.time())

    def _write(
        self,
        shown: ShownCase,
        file: Path,
        verified: Path | None,
        done: Callable[[Found], None],
        *,
        lenient: bool = False,
    ) -> None:
        node, labels = shown.node(LABEL), shown.dataset.labels
        start = shown.start()

        def steps() -> Iterator[Found]:
            return write_label(node, shown.geometry, labels, file, verified_file=verified, start=start, lenient=lenient)

        self._keeping.stop()
        self._writer.write(steps, lambda: self._version, done, self._not_written)

    def _not_written(self, error: DualNetSSLError) -> None:
        self._say(str(error), "bad")
        self.changed()

    # what the user does with the label

    def begin_with_prediction(self) -> None:
        """Start the label from the prediction; only voxels changed after that count, unless the user says otherwise."""
        if self.shown is not None and not self.modified:
            self._stop_observing_label()
            self._removing = True
            self.shown.begin_with_prediction()
            self._removing = False
            self._observe_label()
            self._painted()

    def vouch(self, whole: bool) -> None:
        """Note whether the whole scan is vouched for, or what was changed alone."""
        if self.shown is not None:
            self.shown.whole = whole
            self.changed()

    def set_aside(self) -> None:
        """Put the edits where they do not come back by themselves, and show the case as the server has it."""
        if self.shown is None:
            return
        shown = self.shown
        self.keep_now()
        self._drafts.set_aside(shown.dataset.id, shown.name)
        self.leave()
        self.open(shown.name)

    def submit(self) -> None:
        """Check the label, hand it to the background and open the next case."""
        if self.shown is None or self.busy or self.opening or self.shown.node(LABEL) is None:
            return
        shown = self.shown
        file = self._drafts.new_file(shown.dataset.id, shown.name)
        verified = None if shown.whole else self._drafts.new_file(shown.dataset.id, shown.name, "verified")
        self._say(_("Checking the label of {case}…").format(case=shown.name), "busy")
        self._write(shown, file, verified, lambda found: self._checked(shown, file, verified, found))
        self.changed()

    def _checked(self, shown: ShownCase, file: Path, verified: Path | None, found: Found) -> None:
        self._drafts.keep(shown.dataset.id, shown.name, self._draft(shown, file))
        doubt = self._doubt(shown, found)
        if doubt and self._warned_at != self._version:
            self._warned_at = self._version
            self._say(doubt, "bad")
            self.changed()
            return
        self._hand_over(shown, file, verified, found)

    def _doubt(self, shown: ShownCase, found: Found) -> str:
        """Say what speaks against sending this label; empty if nothing does."""
        if not shown.whole and not found.changed:
            return _("Nothing was changed, so there is nothing that counts. Paint, or vouch for the whole scan.")
        if not found.labelled:
            return _("No voxel is labelled. Submit again if this scan really holds none of the classes.")
        return ""

    def _hand_over(self, shown: ShownCase, file: Path, verified: Path | None, found: Found) -> None:
        """Give the label to the background; it is safe on disk before anything else happens."""
        version, safe = self._version, []

        def kept(_progress: Any) -> None:
            if not safe:
                safe.append(True)
                self._safe(shown, version, found)

        self._context.session.call(
            "submit",
            dataset=shown.dataset.id,
            case=shown.name,
            label_file=str(file),
            verified_file=None if verified is None else str(verified),
            base_revision=shown.revision,
            progress=kept,
            done=lambda answer: (kept(None), self._submitted(shown, answer)),
            failed=lambda error: self._refused(shown, error),
        )
        self._say(_("Submitting {case}…").format(case=shown.name), "busy")

    def _safe(self, shown: ShownCase, version: int, found: Found) -> None:
        """The label waits in the outbox: the draft has done its work, and the next case can come."""
        self._drafts.discard(shown.dataset.id, shown.name)
        text = _("{case} is on its way to the server.").format(case=shown.name)
        if found.overlapping:
            text += " " + _("{count} voxels lay in two segments; the class further down the list got them.").format(
                count=found.overlapping
            )
        self._say(text, "good")
        if self.shown is shown and version == self._version:
            self.modified = False
            self.next_case(after=shown.name)
        self.changed()

    def _submitted(self, shown: ShownCase, answer: Any) -> None:
        if isinstance(answer, Case) and self.shown is shown:
            shown.revision = answer.revision
        self._context.loader.refresh_cases()

    def _refused(self, shown: ShownCase, error: DualNetSSLError) -> None:
        if isinstance(error, RevisionConflict):
            text = _("{case}: {error} Your label is kept; open the case again to compare.")
            self._say(text.format(case=shown.name, error=error), "bad")
        else:
            self._say(f"{shown.name}: {error}", "bad")
        self._context.loader.refresh_cases()
        self.changed()

    # the next case

    def next_case(self, after: str = "") -> None:
        """Open the case of the worklist that is most worth a label, but not the one just done."""
        dataset = self._context.state.dataset
        if dataset is not None:
            self._cancel()
            self._call = self._context.session.call(
                "worklist",
                dataset=dataset.id,
                done=lambda entries: self._listed(entries, after),
                failed=self._not_fetched,
            )

    def _listed(self, entries: list[WorklistEntry], after: str) -> None:
        self._call = None
        waiting = [entry.case for entry in entries if entry.case != after and entry.state in ("new", "predicted")]
        if waiting:
            self.open(waiting[0])
        else:
            self._say(_("Every other scan of this data set has a label."), "good")
            self.changed()

    def show_predictions(self) -> None:
        """Show the newest prediction of the case that is open, beside the label as it is."""
        shown = self.shown
        if shown is None or self.opening:
            return

        def fetched(opened: OpenedCase) -> None:
            self._call = None
            if self.shown is shown:
                self._removing = True
                shown.opened = OpenedCase(**{**vars(shown.opened), "prediction": opened.prediction})
                shown.show_prediction(opened.prediction, self._context.state.models)
                self._removing = False
            self.changed()

        self._call = self._context.session.call(
            "open_case",
            dataset=shown.dataset.id,
            case=shown.name,
            model=self._context.state.model,
            done=fetched,
            failed=self._not_fetched,
        )

    # leaving

    def leave(self) -> None:
        """Put the case away: its edits are kept, its nodes removed."""
        self.keep_now()
        self._cancel()
        self._clear()
        self._context.state.change(open_case=None)
        self.changed()

    def let_go(self) -> None:
        """The scene is about to be closed: keep the edits, and forget the nodes that go with it."""
        self.keep_now()
        self._cancel()
        self._stop_observing_label()
        self.shown, self.modified = None, False
        self.changed()

    def adopt(self) -> None:
        """Go on with a label that a scene brought along, if it belongs to the open data set."""
        dataset = self._context.state.dataset
        if dataset is None or self.shown is not None or self.opening:
            return
        node = marked_node(role=LABEL, dataset=dataset.id)
        mark = None if node is None else Mark.of(node)
        if mark is not None:
            self.open(mark.case)

    def close(self) -> None:
        """End: keep the edits, stop timers, let go of observers."""
        self.keep_now()
        self._cancel()
        self._stop_observing_label()
        self._keeping.stop()
        self._keeping.disconnect("timeout()", self.keep)
        self._writer.close()
        for tag in self._scene_observers:
            slicer.mrmlScene.RemoveObserver(tag)
        self._scene_observers = []

    def _cancel(self) -> None:
        if self._call is not None:
            self._call.cancel()
        self._call = None

    def _clear(self) -> None:
        """Remove the nodes of the case that is open."""
        self._stop_observing_label()
        shown, self.shown, self.modified = self.shown, None, False
        self.changed()
        if shown is not None:
            self._removing = True
            shown.remove()
            self._removing = False

    # what happens in the scene

    def _observe_scene(self) -> list[int]:
        scene = slicer.mrmlScene

        @vtk.calldata_type(vtk.VTK_OBJECT)
        def removed(_scene: Any, _event: str, node: Any) -> None:
            self._node_goes(node)

        return [
            scene.AddObserver(slicer.vtkMRMLScene.NodeAboutToBeRemovedEvent, removed),
            scene.AddObserver(slicer.vtkMRMLScene.EndImportEvent, lambda *_: self.adopt()),
        ]

    def _node_goes(self, node: Any) -> None:
        """Somebody deletes a node: if it is the label, keep what was painted and put the case away."""
        if self._removing or self.shown is None or node is not self.shown.node(LABEL) or slicer.mrmlScene.IsClosing():
            return
        name = self.shown.name
        self.keep_now()
        self._stop_observing_label()
        self.shown, self.modified = None, False
        self._context.state.change(open_case=None)
        text = _("The label of {case} was removed from the scene. What was painted is kept: open the case to go on.")
        self._say(text.format(case=name), "info")
        self.changed()

    def _observe_label(self) -> None:
        self._stop_observing_label()
        node = None if self.shown is None else self.shown.node(LABEL)
        if node is not None:
            event = slicer.vtkSegmentation.SourceRepresentationModified
            self._label_observer = (node, node.AddObserver(event, lambda *_: self._painted()))

    def _stop_observing_label(self) -> None:
        if self._label_observer is not None:
            node, tag = self._label_observer
            node.RemoveObserver(tag)
        self._label_observer = None
        self._keeping.stop()

    def _painted(self) -> None:
        self._version += 1
        if not self._keeping.active:
            self._keeping.start()
        if not self.modified:
            self.modified = True
            self.changed()
