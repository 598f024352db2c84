"""The desk: one case is open on it at a time, comes from the server, and goes back to it labelled.

What is done to its label is in `work`, how that is kept in `keeping`, where cases come from in `opening`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from slicer.i18n import tr as _

from DualNetSSLLib.labels.local_drafts import Drafts
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.scene import LABEL, Mark, marked_node
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.keeping import DraftKeeper
from DualNetSSLLib.panel.desk.opening import Arrival, CaseOpener
from DualNetSSLLib.panel.desk.scene_label import take_brought
from DualNetSSLLib.panel.desk.server_drafts import DraftMirror
from DualNetSSLLib.panel.desk.sweep import Sweep
from DualNetSSLLib.panel.desk.unsent_work import greeting, unfinished
from DualNetSSLLib.panel.desk.work import LabelWork
from DualNetSSLLib.tasks.reports import OpenedCase


class CaseDesk:
    """Lays a case on the desk, and puts it away; the case before keeps its edits as a draft.

    Attributes:
        work: the case that is open, and what is done to its label.
        keeper: writes the label, and keeps it as a draft.
        changed: told when a case comes or goes, and when its work changes.
        painted: told after every stroke and every mark.
        said: told what the user should know, as text and kind of message.
        passed_over: returns which cases are not to come next, given the one that was just done.
        comes_next: returns the case that comes after one that was just done; empty: the server says which.
    """

    def __init__(self, context: PanelContext, drafts: Drafts) -> None:
        """Work with the scene and the session."""
        self._context, self._drafts = context, drafts
        self.said = Notice()
        self.passed_over: Callable[[str], Sequence[str]] = lambda _after: ()
        self.comes_next: Callable[[str], str] = lambda _after: ""
        self.work = LabelWork(self._node_goes, self.adopt)
        self.changed, self.painted = self.work.changed, self.work.painted
        self._mirror = DraftMirror(context, drafts, self.said)
        self.keeper = DraftKeeper(self.work, drafts, self._mirror, self.said)
        self._opener = CaseOpener(context, self._mirror, self.said, self.changed)
        self._sweep = Sweep(self.work)

    @property
    def shown(self) -> ShownCase | None:
        """The case that is open."""
        return self.work.shown

    @property
    def modified(self) -> bool:
        """Whether it was painted on since it was opened or submitted."""
        return self.work.modified

    @property
    def opening(self) -> bool:
        """Whether a case is on its way."""
        return self._opener.busy

    @property
    def busy(self) -> bool:
        """Whether a label is being written."""
        return self.keeper.busy

    # a case comes

    def open(self, case: str) -> None:
        """Fetch a case of the open data set and show it; the one before keeps its edits as a draft."""
        dataset = self._context.state.dataset
        if dataset is not None and not self._at_work_on(case):
            self._opener.open(dataset, case, lambda arrival: self.keeper.keep(lambda: self._show(arrival)))

    def _at_work_on(self, case: str) -> bool:
        """Tell whether a case is open with edits: opening it again would bring nothing. Without, it is fetched anew."""
        return self.shown is not None and self.shown.name == case and self.modified and not self.opening

    def _show(self, arrival: Arrival) -> None:
        """Put a case in the place of the one before."""
        state = self._context.state
        if state.dataset is None or state.dataset.id != arrival.dataset.id:
            return
        self._clear()
        shown = ShownCase.of(arrival.dataset, arrival.opened, state.called.get(arrival.opened.case.case, ""))
        work = unfinished(self._drafts, shown, arrival.entry, arrival.kept)
        shown.began = shown.revision if work is None else work.revision
        brought = take_brought(shown)
        shown.show(None if work is None else work.voxels, state.models)
        self.work.take_up(shown, modified=brought is not None or (work is not None and work.modified))
        if brought is not None and not brought.start_known:
            self.keeper.keep_beginning(shown)
        self.said(*("", "info") if work is None else greeting(shown, work))
        state.change(open_case=shown.name)
        self.changed()

    def next_case(self, after: str = "") -> None:
        """Open the case that is most worth a label, but not the one just done."""
        dataset, following = self._context.state.dataset, self.comes_next(after)
        if following:
            self.open(following)
        elif dataset is not None:
            self._opener.next(dataset, [*([after] if after else []), *self.passed_over(after)], self.open)

    def adopt(self) -> None:
        """Go on with a label that a scene brought along, if it belongs to the open data set."""
        dataset = self._context.state.dataset
        if dataset is None or self.shown is not None or self.opening:
            return
        node = marked_node(role=LABEL, dataset=dataset.id)
        mark = None if node is None else Mark.of(node)
        if mark is not None:
            self.open(mark.case)

    def show_predictions(self) -> None:
        """Show the newest prediction of the case that is open, beside the label as it is."""
        shown = self.shown
        if shown is None or self.opening:
            return

        def fetched(opened: OpenedCase) -> None:
            if self.shown is shown:
                shown.opened = replace(shown.opened, prediction=opened.prediction)
                with self.work.watch.own_doing():
                    shown.show_prediction(opened.prediction, self._context.state.models)
            self.changed()

        self._opener.newest(shown, fetched)

    # its work is done

    def sent(self, shown: ShownCase, version: int) -> None:
        """The label of a case is safe: the draft has done its work, and the next case can come."""
        self._mirror.forget(shown)
        self._drafts.discard(shown.dataset.id, shown.name)
        self._drop_entry(shown)
        shown.sent = True
        if self.shown is shown and version == self.work.version:
            self.work.modified = False
            self.next_case(after=shown.name)
        self.changed()

    def set_aside(self) -> None:
        """Put the edits where they do not come back by themselves, and show the case as the server has it."""
        if self.shown is None:
            return
        shown = self.shown
        if not self.keeper.keep_now():
            return
        self._mirror.forget(shown)
        self._drafts.set_aside(shown.dataset.id, shown.name)
        self._drop_entry(shown)
        self.work.modified = False
        self.leave()
        self.open(shown.name)

    def _drop_entry(self, shown: ShownCase) -> None:
        """Forget the label in the outbox that nobody waits for any more: it was in conflict, and is dealt with."""
        if shown.entry:
            self._context.session.call("resolve", entry=shown.entry, keep="theirs", failed=lambda _error: None)
        shown.entry = ""

    # a case goes

    def leave(self) -> None:
        """Put the case away: its edits are kept, its nodes removed, unless they are all that there is of the edits."""
        kept = self.keeper.keep_now()
        self._opener.cancel()
        if kept:
            self._clear()
        else:
            self._put_down()
        self._context.state.change(open_case=None)
        self.changed()

    def let_go(self) -> None:
        """The scene is about to be closed: keep the edits, and forget the nodes that go with it."""
        self.keeper.keep_now()
        self._opener.cancel()
        self._put_down()
        self.changed()

    def close(self) -> None:
        """End: keep the edits, stop timers, let go of observers."""
        self.keeper.keep_now()
        self._opener.cancel()
        self._sweep.close()
        self.work.watch.close()
        self.keeper.close()
        self._mirror.close()

    def _node_goes(self) -> None:
        """Somebody deletes the scan or its label: keep what was painted, and put the case away."""
        kept = self.keeper.keep_now()
        shown = self._put_down()
        self._context.state.change(open_case=None)
        if shown is not None and kept:
            text = _("{case} or its label was removed from the scene. What was painted is kept: open it to go on.")
            self.said(text.format(case=shown.title), "info")
            self._sweep.later(shown)
        self.changed()

    def _clear(self) -> None:
        """Remove the nodes of the case that is open."""
        shown = self._put_down()
        self.changed()
        if shown is not None:
            with self.work.watch.own_doing():
                shown.remove()

    def _put_down(self) -> ShownCase | None:
        self.keeper.rest()
        return self.work.put_down()
