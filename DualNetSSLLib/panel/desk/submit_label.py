"""Checks a label, hands it to the background, and tells what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import (
    DiskFull,
    DualNetSSLError,
    InternalError,
    RevisionConflict,
    ServerUnavailable,
    TransportError,
    Unauthorized,
)
from DualNetSSLLib.client.records import Case
from DualNetSSLLib.labels.local_drafts import SENDING, Drafts
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.scene import LABEL
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.labelmap import Found

KEPT = (DiskFull, InternalError, ServerUnavailable, Unauthorized)
"""What has to be mended by somebody before the label can be sent; until then it waits in the outbox."""


class Submitting:
    """Sends the label of the case on the desk; the label is safe on disk before anything else happens.

    Attributes:
        busy: whether a label was handed over and is not safe yet.
    """

    def __init__(self, context: PanelContext, desk: CaseDesk, drafts: Drafts) -> None:
        """Submit from this desk."""
        self._context, self._desk, self._drafts = context, desk, drafts
        self._warned_at: int | None = None
        self.busy = False

    def submit(self) -> None:
        """Check the label, hand it to the background and open the next case."""
        desk, shown = self._desk, self._desk.shown
        if shown is None or desk.busy or desk.opening or shown.node(LABEL) is None:
            return
        desk.said(_("Checking the label of {case}…").format(case=shown.title), "busy")
        self._write(shown)
        desk.changed()

    def _write(self, shown: ShownCase) -> None:
        """Write the label, with a mask unless the whole scan is vouched for."""
        file = self._drafts.new_file(shown.dataset.id, shown.name, SENDING)
        verified = None if shown.whole else self._drafts.new_file(shown.dataset.id, shown.name, f"{SENDING}-verified")
        self._desk.keeper.write(shown, file, verified, lambda found: self._checked(shown, file, verified, found))

    def _checked(self, shown: ShownCase, file: Path, verified: Path | None, found: Found) -> None:
        if (verified is None) != shown.whole:  # what is vouched for was changed while the label was written
            if shown.node(LABEL) is not None:
                self._write(shown)
            return
        if found.outside:
            self._desk.said(_contradiction(found), "bad")
            self._desk.changed()
            return
        doubt = _doubt(shown, found)
        if doubt and self._warned_at != self._desk.work.version:
            self._warned_at = self._desk.work.version
            self._desk.said(doubt, "bad")
            self._desk.changed()
            return
        self._hand_over(shown, file, verified, found)

    def _hand_over(self, shown: ShownCase, file: Path, verified: Path | None, found: Found) -> None:
        version = found.version  # whoever painted since then is not done yet
        safe: list[bool] = []
        self.busy = True

        def kept(_progress: Any) -> None:
            if not safe:
                safe.append(True)
                self.busy = False
                self._desk.said(_kept_in_words(shown, found), "good")
                self._desk.sent(shown, version)

        self._desk.said(_("Submitting {case}…").format(case=shown.title), "busy")
        self._context.session.call(
            "submit",
            dataset=shown.dataset.id,
            case=shown.name,
            label_file=str(file),
            verified_file=None if verified is None else str(verified),
            base_revision=shown.revision,
            annotator=self._context.annotator or None,
            model=shown.model or None,
            progress=kept,
            done=lambda case: self._submitted(shown, case),
            failed=lambda error: self._refused(shown, error),
        )

    def _submitted(self, shown: ShownCase, case: Case) -> None:
        """The server has it; a case that is still open goes on from the new revision."""
        if not self._desk.opening:
            text = _("{case} is on the server as revision {revision}.")
            self._desk.said(text.format(case=shown.title, revision=case.revision), "good")
        if self._desk.shown is shown:
            shown.revision = shown.began = case.revision
        self._context.loader.refresh_cases()

    def _refused(self, shown: ShownCase, error: DualNetSSLError) -> None:
        self.busy = False
        text = f"{shown.title}: {error}"
        if isinstance(error, RevisionConflict):
            text = _("{error} Open the case again to see your label and go on.").format(error=error.cause)
        elif isinstance(error, KEPT):
            text = _("{error} The label of {case} is kept here, and sent as soon as the server takes it.")
            text = text.format(error=error, case=shown.title)
        elif isinstance(error, TransportError):
            text = _("{cause} The label of {case} is kept and sent as soon as the server is back.")
            text = text.format(cause=error.cause, case=shown.title)
        self._desk.said(text, "bad")
        self._context.loader.refresh_cases()
        self._desk.changed()


def _contradiction(found: Found) -> str:
    """Say that something is painted where nothing can be: one of the two is wrong, and only a person knows which."""
    text = _(
        "{count} voxels are painted outside the bounds of the organ, where all is verified as background. Erase them, "
        "or set the bounds further out, then submit."
    )
    return text.format(count=found.outside)


def _doubt(shown: ShownCase, found: Found) -> str:
    """Say what speaks against sending this label; empty if nothing does."""
    if not shown.whole and not found.verified:
        return _("Nothing was changed, so nothing counts as verified. Paint, or vouch for the whole scan.")
    if not found.labelled:
        return _("No voxel is labelled. Submit again if this scan really holds none of the classes.")
    undecided = shown.undecided()
    if undecided:
        text = _(
            "{count} voxels are labelled otherwise by somebody else, and nobody has decided: the first rows of Review. "
            "Submit again to leave them as not verified."
        )
        return text.format(count=undecided)
    return ""


def _kept_in_words(shown: ShownCase, found: Found) -> str:
    text = _("{case} is on its way to the server.").format(case=shown.title)
    if found.overlapping:
        text += " " + _("{count} voxels lay in two segments: the class further down the list got them.").format(
            count=found.overlapping
        )
    return text
