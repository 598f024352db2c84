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


def hint_in_words(shown: ShownCase | None, walk: Walk | None, *, looking: bool, withheld: str, talking: bool) -> str:
    """Say what to do before there is anything to review.

    Args:
        shown: the case that is open.
        walk: through its regions; None: there is no prediction.
        looking: whether regions are looked for.
        withheld: why there are none though some were found; empty: they are not kept back.
        talking: whether the section says something else already.
    """
    if shown is None:
        return _("Open a case that has a prediction: its uncertain regions are listed here.")
    if walk is None or (walk.prediction is None and not walk.places and not looking):
        return _("This case has no prediction yet: train first.")
    if walk.places:
        return others_in_words(walk.shown)
    if looking:
        return _("Looking for uncertain regions…")
    if withheld or not talking:
        return withheld or _("No region is that uncertain. Lower the threshold of the map in the section above.")
    return others_in_words(walk.shown)


def outside_in_words(voxels: int) -> str:
    """Say how much of what the model says was left out as it lies outside the bounds; empty if nothing was."""
    text = _("{count} voxels that the model labels outside the bounds of the organ stay background.")
    return text.format(count=voxels) if voxels else ""


def others_in_words(shown: ShownCase) -> str:
    """Say what somebody has verified before."""
    case = shown.opened.case
    if shown.opened.verified is None or not case.verified_fraction:
        return ""
    text = _("{who} verified {share} % of this scan in revision {revision}: those voxels count as done.")
    share = f"{100 * case.verified_fraction:.1f}"
    return text.format(who=case.annotator or _("Somebody"), share=share, revision=case.revision)
