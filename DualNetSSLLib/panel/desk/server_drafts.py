"""Drafts on the server as well: an annotator with a name can go on at another computer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError, RevisionConflict
from DualNetSSLLib.client.records import Dataset, Draft
from DualNetSSLLib.labels import local_drafts as local
from DualNetSSLLib.labels.local_drafts import Drafts
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.tasks.reports import OpenedCase, OpenedDraft


@dataclass(frozen=True)
class _Wish:
    """A draft that is to be sent."""

    shown: ShownCase
    draft: local.Draft


class DraftMirror:
    """Sends each draft once it is safe on this computer, one at a time, and never over a newer one of the same name."""

    def __init__(self, context: PanelContext, drafts: Drafts, said: Notice) -> None:
        """Send through the context's session; ``said`` is told of what the user should know."""
        self._context, self._drafts, self._said = context, drafts, said
        self._call: Call | None = None
        self._waiting: _Wish | None = None

    @property
    def annotator(self) -> str:
        """Whose drafts they are; empty: nobody's, and none is sent."""
        return self._context.annotator

    def fetch(self, dataset: Dataset, opened: OpenedCase, then: Callable[[OpenedDraft | None], None]) -> Call | None:
        """Ask for the draft of a case; ``then`` gets it, or None. Returns the call, or None if nothing was asked."""
        me, case = self.annotator, opened.case
        if not me:
            then(None)
            return None

        def arrived(found: OpenedDraft | None) -> None:
            submitted = found is not None and case.annotator == me and found.draft.base_revision < case.revision
            then(None if submitted else found)

        def failed(_error: DualNetSSLError) -> None:
            then(None)

        return self._context.session.call(
            "open_draft", done=arrived, failed=failed, dataset=dataset.id, case=case.case, annotator=me
        )

    def send(self, shown: ShownCase, draft: local.Draft) -> None:
        """Send a draft in the background; of those that wait, the newest one goes."""
        if self.annotator and draft.verified:
            self._waiting = _Wish(shown, draft)
            self._next()

    def forget(self, shown: ShownCase) -> None:
        """The draft has done its work: it was submitted, or set aside."""
        if self._waiting is not None and self._waiting.shown is shown:
            self._waiting = None
        kept = self._drafts.find(shown.dataset.id, shown.name)
        generation = max(shown.generation, 0 if kept is None else kept.generation)
        if self.annotator and generation:
            self._context.session.call(
                "delete_draft",
                dataset=shown.dataset.id,
                case=shown.name,
                generation=generation,
                annotator=self.annotator,
                failed=lambda _error: None,
            )

    def close(self) -> None:
        """Send nothing any more."""
        self._waiting = None
        if self._call is not None:
            self._call.cancel()
        self._call = None

    def _next(self) -> None:
        wish = self._waiting
        if wish is None or self._call is not None:
            return
        self._waiting = None
        folder = self._drafts.folder(wish.shown.dataset.id, wish.shown.name)
        self._call = self._context.session.call(
            "put_draft",
            dataset=wish.shown.dataset.id,
            case=wish.shown.name,
            label_file=str(folder / wish.draft.file),
            verified_file=str(folder / wish.draft.verified),
            base_revision=wish.draft.revision,
            annotator=self.annotator,
            model=wish.draft.model or None,
            generation=max(wish.shown.generation, wish.draft.generation) or None,
            done=lambda kept: self._sent(wish, kept),
            failed=lambda error: self._not_sent(wish, error),
        )

    def _sent(self, wish: _Wish, kept: Draft) -> None:
        self._call = None
        wish.shown.generation = kept.generation
        self._drafts.note_generation(wish.shown.dataset.id, wish.shown.name, kept.generation)
        self._next()

    def _not_sent(self, wish: _Wish, error: DualNetSSLError) -> None:
        self._call = None
        if isinstance(error, RevisionConflict):
            text = _("{who} has gone on with {case} at another computer. What you do here is kept on this computer.")
            self._said(text.format(who=self.annotator, case=wish.shown.title), "bad")
        self._next()
