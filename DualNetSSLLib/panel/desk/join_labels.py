"""Puts the label on the desk and the one that somebody else has submitted meanwhile together."""

from __future__ import annotations

from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.labels.local_drafts import Draft, Drafts
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.tasks.reports import MergedWork


class Joining:
    """Keeps what either of two people verified; the label as it was is kept as a draft until then."""

    def __init__(self, context: PanelContext, desk: CaseDesk, drafts: Drafts) -> None:
        """Work on this desk."""
        self._context, self._desk, self._drafts = context, desk, drafts

    @property
    def possible(self) -> bool:
        """Whether somebody has submitted since the label was begun that is on the desk."""
        shown = self._desk.shown
        return shown is not None and self._desk.modified and shown.began < shown.revision

    def join(self) -> None:
        """Keep the label as a draft, then have both put together and show that."""
        shown = self._desk.shown
        if shown is not None and self.possible and not self._desk.busy and not self._desk.opening:
            self._desk.said(_("Putting both labels of {case} together…").format(case=shown.title), "busy")
            self._desk.keeper.keep(lambda: self._merge(shown))

    def _merge(self, shown: ShownCase) -> None:
        draft, version = self._drafts.find(shown.dataset.id, shown.name), self._desk.work.version
        if draft is None or self._desk.shown is not shown:
            return
        folder = self._drafts.folder(shown.dataset.id, shown.name)
        self._context.session.call(
            "merge_revisions",
            dataset=shown.dataset.id,
            case=shown.name,
            label_file=str(folder / draft.file),
            base_revision=draft.revision,
            verified_file=_mask(draft, str(folder / draft.verified)),
            done=lambda merged: self._merged(shown, version, merged),
            failed=self._failed,
        )

    def _merged(self, shown: ShownCase, version: int, merged: MergedWork) -> None:
        """Show both in one, unless something has happened since."""
        if self._desk.shown is not shown:
            return
        theirs = merged.compared.theirs
        if theirs.revision != shown.revision:
            text = _("Revision {revision} of {case} came in between: open the case again, your label is kept.")
            self._desk.said(text.format(revision=theirs.revision, case=shown.title), "bad")
        elif self._desk.work.version != version:
            self._desk.said(_("You painted meanwhile: press Put both together again."), "info")
        else:
            self._desk.work.take_joined(merged.label_file, merged.verified_file)
            self._desk.said(*_joined_in_words(merged))

    def _failed(self, error: DualNetSSLError) -> None:
        self._desk.said(str(error), "bad")


def _mask(draft: Draft, file: str) -> str | None:
    """Return the mask of a draft; without one the whole label counts."""
    return None if draft.whole else file


def _joined_in_words(merged: MergedWork) -> tuple[str, str]:
    """Say what came of it, as text and kind of message."""
    compared = merged.compared
    who = compared.theirs.annotator or _("somebody else")
    if not compared.conflict:
        text = _("Both labels are one: {mine} voxels verified by you, {theirs} by {who}. Submit sends them.")
        return text.format(mine=compared.mine, theirs=compared.theirs_alone, who=who), "good"
    text = _(
        "Both labels are one, but {count} voxels are labelled otherwise by {who}: the first rows of Review. Accept "
        "keeps yours there, Restore takes theirs."
    )
    return text.format(count=compared.conflict, who=who), "info"
