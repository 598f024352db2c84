"""The desk: one case is open on it at a time, comes from the server, and goes back to it labelled.

Whatever happens to scene, panel or server, a label that was begun is kept: as a draft on disk until it is submitted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import slicer
import vtk
from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.records import Dataset, WorklistEntry
from DualNetSSLLib.labels.local_drafts import Draft, Drafts
from DualNetSSLLib.labels.outbox import Entry
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.scene import LABEL, Mark, marked_node
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.common.words import size_in_words
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped
from DualNetSSLLib.panel.desk.labelmap import Found, write_label
from DualNetSSLLib.panel.desk.scene_label import take_brought
from DualNetSSLLib.panel.desk.server_drafts import DraftMirror
from DualNetSSLLib.panel.desk.unsent_work import greeting, unfinished
from DualNetSSLLib.panel.desk.write_label import LabelWriter
from DualNetSSLLib.tasks.reports import OpenedCase, OpenedDraft, Progress

KEEP_MS = 20_000
"""Time after a stroke at which the label is kept as a draft."""

ORDER = "caseOrder"
ORDERS = ("benefit", "foreground-random", "name", "uncertainty")
"""In which order the server serves cases, and under which name the choice is remembered."""

Then = Callable[[], None]


class CaseDesk:
    """Opens cases, keeps what was painted, and submits it.

    Attributes:
        shown: the case that is open, or None.
        modified: whether it was painted on since it was opened or submitted.
        version: a number that is another one after every stroke.
        changed: told when any of this changed.
        said: told what the user should know, as text and kind of message.
        mirror: the drafts on the server.
        painted: told after every stroke and every mark.
    """

    def __init__(self, context: PanelContext, drafts: Drafts) -> None:
        """Work with the scene and the session."""
        self._context, self._drafts = context, drafts
        self._say = self.said = Notice()
        self.shown: ShownCase | None = None
        self.modified = False
        self.changed = Notice()
        self.painted = Notice()
        self.mirror = DraftMirror(context, drafts, self.said)
        self._writer = LabelWriter()
        self._call: Call | None = None
        self.version = 0
        self._removing = False
        self._wiring = Wiring()
        self._keeping = self._wiring.timer(KEEP_MS, self.keep, once=True)
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
        if dataset is None or self._at_work_on(case):
            return
        self._cancel()
        self._say(_("Opening {case}…").format(case=case), "busy")
        # The outbox is asked first: a label that reaches the server in between is then in both, and not in neither.
        self._call = self._context.session.call(
            "outbox", done=lambda entries: self._fetch(dataset, case, entries), failed=self._not_fetched
        )
        self.changed()

    def _at_work_on(self, case: str) -> bool:
        """Tell whether a case is open with edits: opening it again would bring nothing. Without, it is fetched anew."""
        return self.shown is not None and self.shown.name == case and self.modified and not self.opening

    def _fetch(self, dataset: Dataset, case: str, entries: list[Entry]) -> None:
        mine = [entry for entry in entries if (entry.dataset, entry.case) == (dataset.id, case)]
        self._call = self._context.session.call(
            "open_case",
            dataset=dataset.id,
            case=case,
            model=self._context.state.model,
            progress=lambda progress: self._fetching(case, progress),
            done=lambda opened: self._fetched(dataset, opened, mine[-1] if mine else None),
            failed=self._not_fetched,
        )

    def _fetching(self, case: str, progress: Progress) -> None:
        text = _("Opening {case}: {done}").format(case=case, done=size_in_words(progress.done))
        if progress.total:
            text = _("{sofar} of {total}").format(sofar=text, total=size_in_words(progress.total))
        self._say(text, "busy")

    def _fetched(self, dataset: Dataset, opened: OpenedCase, entry: Entry | None) -> None:
        """Ask whether the same annotator has begun somewhere else, then show the case."""
        self._call = None

        def asked(kept: OpenedDraft | None) -> None:
            self._call = None
            self.keep(lambda: self._show(dataset, opened, entry, kept))

        self._call = self.mirror.fetch(dataset, opened, asked)

    def _not_fetched(self, error: DualNetSSLError) -> None:
        self._call = None
        self._say(str(error), "bad")
        self.changed()

    def _show(self, dataset: Dataset, opened: OpenedCase, entry: Entry | None, kept: OpenedDraft | None) -> None:
        """Put a case in the place of the one before."""
        if self._context.state.dataset is None or self._context.state.dataset.id != dataset.id:
            return
        self._clear()
        shown = ShownCase.of(dataset, opened)
        work = unfinished(self._drafts, shown, entry, kept)
        shown.began = shown.revision if work is None else work.revision
        brought = take_brought(shown)
        shown.show(None if work is None else work.voxels, self._context.state.models)
        self.shown = shown
        self.modified = brought is not None or (work is not None and work.modified)
        self._observe_label()
        if brought is not None and not brought.start_known:
            self._begin_here(shown)
        self._say(*("", "info") if work is None else greeting(shown, work))
        self._context.state.change(open_case=shown.name)
        self.changed()

    # keeping

    def keep(self, then: Then | None = None) -> None:
        """Keep what was painted as a draft on disk, a little at a time; then go on."""
        after = then or (lambda: None)
        if self.shown is None or not self.modified or self.shown.node(LABEL) is None:
            after()
            return
        shown = self.shown
        file = self._drafts.new_file(shown.dataset.id, shown.name)
        verified = self._drafts.new_file(shown.dataset.id, shown.name, "verified")

        def written(_found: Found) -> None:
            self.made_draft(shown, file, verified)
            self.changed()
            after()

        self.write(shown, file, verified, written, lenient=True)

    def keep_now(self) -> None:
        """Keep what was painted before this returns; for a scene or a panel that is about to go."""
        try:
            self.keep()
        except DualNetSSLError as error:
            self._say(str(error), "bad")
        self._writer.finish()

    def made_draft(self, shown: ShownCase, file: Path, verified: Path) -> None:
        """Make files that were written completely the draft of their case."""
        made = (file.name, shown.began, shown.model, shown.whole, time.time(), verified.name, shown.generation)
        draft = Draft(*made)
        self._drafts.keep(shown.dataset.id, shown.name, draft)
        self.mirror.send(shown, draft)

    def _begin_here(self, shown: ShownCase) -> None:
        """Let the label as it is now be what the work begins with: what the scene's began with is not known here."""
        file = self._drafts.new_file(shown.dataset.id, shown.name, "begun")

        def written(_found: Found) -> None:
            shown.started = mapped(file)
            self.changed()

        self.write(shown, file, None, written, lenient=True)

    def write(
        self,
        shown: ShownCase,
        file: Path,
        verified: Path | None,
        done: Callable[[Found], None],
        *,
        lenient: bool = False,
    ) -> None:
        """Write the label of a case into files, a little at a time; ``done`` is told what was found."""
        node, labels = shown.node(LABEL), shown.dataset.labels
        start = shown.start()

        def steps() -> Iterator[Found]:
            return write_label(node, shown.geometry, labels, file, verified_file=verified, start=start, lenient=lenient)

        self._keeping.stop()
        self._writer.write(steps, lambda: self.version, done, self._not_written)

    def _not_written(self, error: DualNetSSLError) -> None:
        self._say(str(error), "bad")
        self.changed()

    # what the user does with the label

    def begin_with_prediction(self, *, worth_keeping: bool = True) -> None:
        """Start the label from the prediction; only voxels changed after that count, unless the user says otherwise.

        Args:
            worth_keeping: whether this alone is work that a draft keeps.
        """
        if self.shown is not None and not self.modified:
            self._relabel(self.shown.begin_with_prediction)
            if worth_keeping:
                self._painted()
            self.changed()

    def take_joined(self, label_file: str, mask_file: str) -> None:
        """Go on with a label that holds somebody else's work too, and with what its mask tells to be verified."""
        if self.shown is not None:
            shown = self.shown
            self._relabel(lambda: shown.take_joined(label_file, mask_file))
            self._painted()
            self.changed()

    def _relabel(self, change: Callable[[], None]) -> None:
        """Replace the label's node; removing the old one is not taken for the user's doing."""
        self._stop_observing_label()
        self._removing = True
        change()
        self._removing = False
        self._observe_label()

    def vouch(self, whole: bool) -> None:
        """Note whether the whole scan is vouched for, or what was changed alone."""
        if self.shown is not None and self.shown.whole != whole:
            self.shown.marks.vouch(whole)
            self.marked()

    def marked(self) -> None:
        """Note that something was verified, or is no more: it is kept as what was painted is."""
        if self.shown is not None:
            self.shown.note_marks()
            self._painted()
            self.changed()

    @contextmanager
    def arranging(self) -> Iterator[None]:
        """What is done to the label's node meanwhile is nobody's painting."""
        self._stop_observing_label(keeping=True)
        try:
            yield
        finally:
            self._observe_label()

    def set_aside(self) -> None:
        """Put the edits where they do not come back by themselves, and show the case as the server has it."""
        if self.shown is None:
            return
        shown = self.shown
        self.keep_now()
        self.mirror.forget(shown)
        self._drafts.set_aside(shown.dataset.id, shown.name)
        self.drop_entry(shown)
        self.modified = False
        self.leave()
        self.open(shown.name)

    def drop_entry(self, shown: ShownCase) -> None:
        """Forget the label in the outbox that nobody waits for any more: it was in conflict, and is dealt with."""
        if shown.entry:
            self._context.session.call("resolve", entry=shown.entry, keep="theirs", failed=lambda _error: None)
        shown.entry = ""

    def sent(self, shown: ShownCase, version: int) -> None:
        """The label of a case is safe: the draft has done its work, and the next case can come."""
        self.mirror.forget(shown)
        self._drafts.discard(shown.dataset.id, shown.name)
        self.drop_entry(shown)
        if self.shown is shown and version == self.version:
            self.modified = False
            self.next_case(after=shown.name)
        self.changed()

    # the next case

    def next_case(self, after: str = "") -> None:
        """Open the case of the worklist that is most worth a label, but not the one just done."""
        dataset = self._context.state.dataset
        if dataset is not None:
            self._cancel()
            self._call = self._context.session.call(
                "next_case",
                dataset=dataset.id,
                annotator=self.mirror.annotator,
                order=str(self._context.settings.get(ORDER, ORDERS[0])),
                skip=[after] if after else [],
                done=self._served,
                failed=self._not_fetched,
            )

    def _served(self, entry: WorklistEntry | None) -> None:
        self._call = None
        if entry is None:
            self._say(_("Every other scan of this data set is verified."), "good")
            self.changed()
        else:
            self.open(entry.case)

    def show_predictions(self) -> None:
        """Show the newest prediction of the case that is open, beside the label as it is."""
        shown = self.shown
        if shown is None or self.opening:
            return

        def fetched(opened: OpenedCase) -> None:
            self._call = None
            if self.shown is shown:
                self._removing = True
                shown.opened = replace(shown.opened, prediction=opened.prediction)
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
        self._wiring.close()
        self._writer.close()
        self.mirror.close()
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

        def removed(_scene: Any, _event: str, node: Any) -> None:
            self._node_goes(node)

        return [
            scene.AddObserver(
                slicer.vtkMRMLScene.NodeAboutToBeRemovedEvent, vtk.calldata_type(vtk.VTK_OBJECT)(removed)
            ),
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
        self._stop_observing_label(keeping=True)
        node = None if self.shown is None else self.shown.node(LABEL)
        if node is not None:
            event = slicer.vtkSegmentation.SourceRepresentationModified
            self._label_observer = (node, node.AddObserver(event, lambda *_: self._painted()))

    def _stop_observing_label(self, *, keeping: bool = False) -> None:
        """Let go of the label; what waits to be kept waits on only if ``keeping``."""
        if self._label_observer is not None:
            node, tag = self._label_observer
            node.RemoveObserver(tag)
        self._label_observer = None
        if not keeping:
            self._keeping.stop()

    def _painted(self) -> None:
        self.version += 1
        if not self._keeping.active:
            self._keeping.start()
        if not self.modified:
            self.modified = True
            self.changed()
        self.painted()
