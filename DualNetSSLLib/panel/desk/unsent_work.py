"""Work that the server does not have yet: a draft, or a label that waits in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.labels.local_drafts import Draft, Drafts
from DualNetSSLLib.labels.marks import Marks
from DualNetSSLLib.labels.outbox import SENDING, WAITING, Entry
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, began_with, mapped, take_bounds, withhold_proposals
from DualNetSSLLib.tasks.reports import OpenedDraft


@dataclass(frozen=True)
class Unfinished:
    """A label to go on with.

    Attributes:
        voxels: label volume ``[k, j, i]``.
        revision: of the case, when the work began.
        modified: whether it still has to be submitted.
        elsewhere: whether it was done at another computer.
    """

    voxels: npt.NDArray[Any]
    revision: int
    modified: bool
    elsewhere: bool = False


def unfinished(
    drafts: Drafts, shown: ShownCase, entry: Entry | None, kept: OpenedDraft | None = None
) -> Unfinished | None:
    """Return what there is to go on with, and note in ``case_nodes`` how it was begun.

    Args:
        drafts: on this computer; one that is older than the server's is set aside.
        shown: the case.
        entry: the case's label in the outbox; a draft goes before it.
        kept: the annotator's draft on the server.
    """
    here = drafts.find(shown.dataset.id, shown.name)
    shown.generation = max(0 if here is None else here.generation, 0 if kept is None else kept.draft.generation)
    if kept is not None and _is_newer(kept, here):
        drafts.set_aside(shown.dataset.id, shown.name)
        return _elsewhere(shown, kept)
    return _draft(drafts, shown) or (None if entry is None else _entry(shown, entry))


def _is_newer(kept: OpenedDraft, here: Draft | None) -> bool:
    return here is None or (kept.draft.generation > here.generation and kept.draft.updated > here.saved)


def _elsewhere(shown: ShownCase, kept: OpenedDraft) -> Unfinished | None:
    """Go on with the draft of the server; it never tells that the whole scan is vouched for."""
    voxels = _voxels(Path(kept.label.file), shown)
    if voxels is None or not _take(shown, Path(kept.label.file), Path(kept.verified.file)):
        return None
    shown.model = kept.draft.model or ""
    take_bounds(shown, voxels)
    _unsettle(shown, kept.draft.base_revision, Path(kept.label.file), Path(kept.verified.file))
    return Unfinished(voxels, kept.draft.base_revision, True, elsewhere=True)


def greeting(shown: ShownCase, work: Unfinished) -> tuple[str, str]:
    """Say what is shown, and whether somebody else has submitted meanwhile, as text and kind of message."""
    case = shown.opened.case
    if not work.modified:
        return _("Your label of {case} is still on its way to the server.").format(case=shown.title), "info"
    if work.revision == case.revision and work.elsewhere:
        return _("Your edits of {case} from another computer are here, not submitted yet.").format(
            case=shown.title
        ), "good"
    if work.revision == case.revision:
        return _("Your edits of {case}, not submitted yet, are back.").format(case=shown.title), "good"
    text = _(
        "{who} submitted revision {revision} of {case} since you began. Your label is shown. Put both together keeps "
        "what either of you verified; Submit makes yours the next revision, Set aside shows theirs."
    )
    who = case.annotator or _("Somebody")
    return text.format(who=who, revision=case.revision, case=shown.title), "bad"


def _draft(drafts: Drafts, shown: ShownCase) -> Unfinished | None:
    """Return the draft of a case; one that does not fit the scan any more is set aside."""
    draft = drafts.find(shown.dataset.id, shown.name)
    if draft is None:
        return None
    folder = drafts.folder(shown.dataset.id, shown.name)
    voxels = _voxels(folder / draft.file, shown)
    if voxels is None:
        drafts.set_aside(shown.dataset.id, shown.name)
        return None
    if not _take(shown, folder / draft.file, folder / draft.verified if draft.verified else None):
        shown.started = _began_with(shown, draft.model, folder / draft.file)
    elif not draft.whole:
        _unsettle(shown, draft.revision, folder / draft.file, folder / draft.verified)
    shown.model, shown.marks.whole = draft.model, draft.whole
    _withhold(shown, draft)
    return Unfinished(voxels, draft.revision, True)


def _entry(shown: ShownCase, entry: Entry) -> Unfinished | None:
    voxels = _voxels(Path(entry.label_file), shown)
    if voxels is None:
        return None
    if not _take(shown, Path(entry.label_file), Path(entry.verified_file) if entry.verified_file else None):
        shown.started = voxels.copy()
    shown.sent, shown.marks.whole = True, entry.verified_file is None
    shown.model = entry.model or ""
    withhold_proposals(shown)
    refused = entry.state not in (WAITING, SENDING)
    shown.entry = entry.id if refused else ""
    return Unfinished(voxels, entry.base_revision, refused)


def _voxels(file: Path, shown: ShownCase) -> npt.NDArray[Any] | None:
    try:
        voxels = mapped(file)
    except DualNetSSLError:
        return None
    return voxels if voxels.shape == shown.geometry.size[::-1] else None


def _take(shown: ShownCase, label_file: Path, mask_file: Path | None) -> bool:
    """Go on from a mask that tells by itself what is verified, whatever the work began with; tells whether it can."""
    mask = None if mask_file is None else _voxels(mask_file, shown)
    if mask is None:
        return False
    shown.marks, shown.started = Marks(mask), _voxels(label_file, shown)
    return True


def _unsettle(shown: ShownCase, began: int, label_file: Path, mask_file: Path) -> None:
    """Note a label that may have been put together with the revision of the server, with contradictions left."""
    if shown.opened.label is not None and began == shown.revision:
        shown.unsettled = (str(label_file), str(mask_file))


def _withhold(shown: ShownCase, draft: Draft) -> None:
    """Let what bounds have taken away come back once they move, as if the case had stayed open."""
    withhold_proposals(shown)
    began = began_with(shown, draft.model, draft.revision)
    if began is not None:
        shown.marks.withhold_outside(began)


def _began_with(shown: ShownCase, model: str, label_file: Path) -> npt.NDArray[Any] | None:
    """Return what a draft of an earlier version began with; where that is not known, nothing counts as changed."""
    prediction = shown.opened.prediction
    if not model:
        return shown.started
    same = prediction is not None and prediction.prediction.model == model
    return mapped(prediction.segmentation.file) if prediction is not None and same else _voxels(label_file, shown)
