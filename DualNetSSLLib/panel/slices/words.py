"""What the slices' part of the panel says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from slicer.i18n import tr as _

from DualNetSSLLib.labels.bounding import Moved
from DualNetSSLLib.labels.bounds import Bounds
from DualNetSSLLib.labels.marks import ACCEPT, BOUNDS, PAINT, RESTORE, WHOLE, Step
from DualNetSSLLib.labels.slice_work import BOX, EMPTY, PROPOSAL, SLICE, SliceWork
from DualNetSSLLib.panel.common.words import joined
from DualNetSSLLib.panel.slices.clock import WorkClock
from DualNetSSLLib.panel.slices.part import Part

MOVING = (BOUNDS, EMPTY)
"""Steps that take a model's proposals away."""


def bounds_in_words(work: SliceWork) -> str:
    """Say within which slices or which box the organ lies; what to do if that is not known."""
    box = work.bounds
    if box is None:
        return _("Where the organ begins and ends is not marked: outside it nothing is known to be background.")
    text = _("The organ lies in slices {first} to {last} of {count}").format(
        first=box.lower[work.axis] + 1, last=box.upper[work.axis] + 1, count=work.slices
    )
    others = [axis for axis in range(3) if axis != work.axis]
    if any(box.size[axis] < work.size[axis] for axis in others):
        text += ", " + _("in a box of {box} voxels").format(box=" × ".join(str(length) for length in box.size))
    return text + _("; outside all is verified as background.")


def bounded_in_words(ends: Collection[str], plan: Sequence[int], keys: Mapping[str, str]) -> str:
    """Say what comes after one end of the organ was marked.

    Args:
        ends: which are, ``first`` and ``last``.
        plan: slices that are proposed; empty if boxes are.
        keys: of the actions.
    """
    if "last" not in ends:
        return _("Now go to where the organ ends: {key}.").format(key=keys["last"])
    if "first" not in ends:
        return _("Now go to where the organ begins: {key}.").format(key=keys["first"])
    slices = ", ".join(str(index + 1) for index in plan)
    return _("Paint slices {plan}; {key} goes on.").format(plan=slices, key=keys["next"]) if plan else ""


def cornered_in_words(moved: Moved | None, work: SliceWork, key: str) -> str:
    """Say what comes after a corner of the box around the organ.

    Args:
        moved: what came of the box; None while the opposite corner is to come.
        work: of the scan.
        key: of the action.
    """
    if moved is None:
        return _("Now the opposite corner of the box, in the same view: {key}.").format(key=key)
    box = moved.box or Bounds.whole(work.size)
    if any(box.size[axis] == work.size[axis] for axis in range(3)):
        return _("Two corners in another view ({key}) bound the organ in the third direction, too.").format(key=key)
    return boxed_in_words(work)


def moved_in_words(moved: Moved, key: str) -> str:
    """Say what became of a model's proposals as the bounds moved; empty if they lie as before.

    Args:
        moved: what came of the bounds.
        key: that undoes it.
    """
    if moved.taken:
        text = _("What the model alone proposed outside is taken away, in {slices}; {key} brings it back.")
        return text.format(slices=count_in_words(moved.taken), key=key)
    if moved.back:
        text = _("What the model proposes in {slices} is back, as nobody has verified it.")
        return text.format(slices=count_in_words(moved.back))
    return ""


def count_in_words(slices: Sequence[int]) -> str:
    """Say how many slices these are."""
    return _("one slice") if len(slices) == 1 else _("{count} slices").format(count=len(slices))


def emptied_in_words(key: str) -> str:
    """Say what became of a model's proposal where somebody says that there is nothing; the key undoes it."""
    return _("What the model alone proposed there is taken away; {key} brings it back.").format(key=key)


def as_proposed_in_words(part: Part, key: str) -> str:
    """Say that what a model proposes was verified as it stands; the key undoes it."""
    if part.box is not None:
        return _("The box is verified as the model labelled it; {key} takes that back.").format(key=key)
    text = _("Slice {number} is verified as the model labelled it; {key} takes that back.")
    return text.format(number=part.seen + 1, key=key)


def too_soon_in_words(part: Part, key: str) -> str:
    """Say that a key came before anybody can have judged what is seen."""
    if part.box is not None:
        return _("The box has only just come into sight: look at it, then press {key}.").format(key=key)
    text = _("Slice {number} has only just come into sight: look at it, then press {key}.")
    return text.format(number=part.seen + 1, key=key)


def unverified_in_words(keys: Mapping[str, str]) -> str:
    """Say that what is seen would stay unverified, and how it would not."""
    text = _(
        "What is labelled here is what the model proposes, and nobody has verified it: {next} verifies it, {scan} once "
        "more goes on without it."
    )
    return text.format(next=keys["next"], scan=keys["scan"])


def greeting_in_words(
    work: SliceWork, whole: bool, predicted: bool, boxes: bool, keys: Mapping[str, str]
) -> tuple[str, str]:
    """Say what to do with a scan first, as text and kind of message.

    Args:
        work: of the scan.
        whole: whether it is verified as a whole already.
        predicted: whether the label is what a model says, with nothing verified.
        boxes: whether it is gone through by boxes.
        keys: of the actions.
    """
    if whole:
        return _("This scan is verified as a whole already."), "good"
    if predicted and not boxes:
        text = _(
            "The label begins with the prediction. Correct the slices that are proposed: {next} verifies the one that "
            "is seen, as it is then."
        )
        return text.format(next=keys["next"]), "info"
    if boxes:
        text = _("Paint in the box, then {next}; {here} puts it where the views cross.")
        return text.format(next=keys["next"], here=keys["here"]), "info"
    if work.bounds is None and work.expected != Bounds.whole(work.size):
        text = _(
            "Slices are proposed where the organ is expected: paint and press {next}, or {empty} where there is none "
            "of it. Its ends need not be marked in every scan."
        )
        return text.format(next=keys["next"], empty=keys["empty"]), "info"
    if work.bounds is None:
        text = _(
            "Go to where the organ begins and press {first}, to where it ends and press {last}; or point at two "
            "opposite corners of a box around it, {corner} at each, in two views."
        )
        return text.format(first=keys["first"], last=keys["last"], corner=keys["corner"]), "info"
    return "", "info"


def progress_in_words(done: int, of: int, boxes: bool, share: float, clock: WorkClock, scan: object) -> str:
    """Say how much is verified, and how long that took.

    Args:
        done: slices or boxes of the plan that are verified.
        of: all of the plan.
        boxes: whether these are boxes.
        share: of the scan's voxels that is verified, 0 to 1.
        clock: of the work.
        scan: the one that is open.
    """
    what = _("{done} of {of} boxes") if boxes else _("{done} of {of} slices")
    text = "<b>" + what.format(done=done, of=of) + "</b> "
    text += _("verified, {share} % of the scan · {minutes} min").format(
        share=f"{100 * share:.1f}", minutes=f"{clock.minutes(scan):.1f}"
    )
    if clock.scans > 1:
        text += " · " + _("{minutes} min in {count} scans").format(minutes=f"{clock.total():.1f}", count=clock.scans)
    return text


def undone_in_words(step: Step, work: SliceWork) -> str:
    """Say what was taken back."""
    index, again = work.slice_of(step), step.values is not None
    texts = {
        SLICE: _("Slice {number} is not verified any more."),
        EMPTY: _("It is not declared empty any more."),
        BOX: _("The box is not verified any more."),
        PROPOSAL: _("The proposal is out of slice {number} again."),
        BOUNDS: _("The bounds are as before."),
        WHOLE: _("What counts as verified is as before."),
        ACCEPT: _("The region is not verified any more."),
        PAINT: _("The region is labelled as before it was painted."),
        RESTORE: _("The region has its label back."),
    }
    text = texts.get(step.what, _("The last step in Review is taken back."))
    text = text.format(number="?" if index is None else index + 1)
    return joined(text, _("What the model proposes is as before, too.") if again and step.what in MOVING else "")


def boxed_in_words(work: SliceWork) -> str:
    """Say what a box around the organ makes known."""
    text = _("Outside a box of {box} all is verified as background.")
    return text.format(box=box_in_words(work.bounds or Bounds.whole(work.size), work.spacing))


def box_in_words(box: Bounds, spacing: tuple[float, float, float]) -> str:
    """Say how large a box is.

    Example:
        >>> box_in_words(Bounds((0, 0, 0), (19, 19, 9)), (1.0, 0.5, 3.0))
        '20 × 20 × 10 voxels, 20 × 10 × 30 mm'
    """
    voxels = " × ".join(str(length) for length in box.size)
    mm = " × ".join(f"{length * step:.0f}" for length, step in zip(box.size, spacing, strict=True))
    return _("{voxels} voxels, {mm} mm").format(voxels=voxels, mm=mm)
