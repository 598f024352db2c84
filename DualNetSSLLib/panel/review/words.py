"""How far the review of the open case is, in words."""

from __future__ import annotations

from slicer.i18n import tr as _

from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.review.walk import Walk


def progress_in_words(walk: Walk) -> str:
    """Say how many regions are done, and how much of the expected error that is; empty before that is known."""
    if not walk.places or not walk.looked:
        return ""
    progress = walk.progress()
    text = _("<b>{done} of {count} regions</b>, {share} % of the expected error reviewed; {left} ml of it left")
    share, left = int(100 * progress.share), walk.left_mm3() / 1000
    return text.format(done=progress.done, count=progress.regions, share=share, left=f"{left:.2f}")


def others_in_words(shown: ShownCase) -> str:
    """Say what somebody has verified before."""
    case = shown.opened.case
    if shown.opened.verified is None or not case.verified_fraction:
        return ""
    text = _("{who} verified {share} % of this scan in revision {revision}: those voxels count as done.")
    share = f"{100 * case.verified_fraction:.1f}"
    return text.format(who=case.annotator or _("Somebody"), share=share, revision=case.revision)
