"""What a comparison of two models comes to, in sentences that say what was measured and what was not."""

from __future__ import annotations

from collections.abc import Sequence

from slicer.i18n import tr as _

from DualNetSSLLib.comparison.compare_labels import paired_dice
from DualNetSSLLib.panel.common.words import scans_in_words
from DualNetSSLLib.tasks.reports import ComparedCase, Comparison

CHANGED_ML = 0.0005
"""Changes below are shown as nothing."""


def new_to_both(case: ComparedCase) -> bool:
    """Tell whether somebody has verified voxels of a case of which neither model has learnt."""
    return case.verified_voxels > 0 and not case.learnt_before and not case.learnt_after


def judged(comparison: Comparison) -> tuple[tuple[ComparedCase, ...], bool]:
    """Return the cases that Dice is measured on, and whether they are new to both models.

    Those are the ones to judge by; only where there is none, all verified ones are taken.
    """
    fresh = tuple(case for case in comparison.cases if new_to_both(case))
    return fresh or tuple(case for case in comparison.cases if case.verified_voxels), bool(fresh)


def label_dice(cases: Sequence[ComparedCase]) -> dict[str, tuple[float, float]]:
    """Return the mean Dice before and after of every label that occurs, over the cases."""
    names = [label.name for label in cases[0].labels] if cases else []
    found = {}
    for place, name in enumerate(names):
        pairs = [(case.labels[place].dice_before, case.labels[place].dice_after) for case in cases]
        mean = paired_dice(pairs)
        if mean is not None:
            found[name] = mean
    return found


def case_dice(case: ComparedCase) -> tuple[float, float] | None:
    """Return the mean Dice before and after over the labels of a case; None if nothing of it is verified."""
    return paired_dice((label.dice_before, label.dice_after) for label in case.labels) if case.verified_voxels else None


def truth_in_words(case: ComparedCase, before: str, after: str) -> str:
    """Say of which model the verified voxels of a case are new; ``before`` and ``after`` name the models."""
    if not case.verified_voxels:
        return "–"
    if new_to_both(case):
        return _("new to both")
    if case.learnt_before and case.learnt_after:
        return _("learnt by both")
    return _("learnt by {model}").format(model=before if case.learnt_before else after)


def comparison_in_words(comparison: Comparison, before: str, after: str) -> str:
    """Say Dice, regions and changes of a comparison; ``before`` and ``after`` name the models."""
    title = _("{before} → {after}").format(before=before.capitalize(), after=after)
    parts = [title, _dice_in_words(comparison, before, after)]
    parts += [_regions_in_words(comparison), _changes_in_words(comparison)]
    if comparison.missing:
        parts.append(
            _("Left out, as one of the two has not predicted them: {scans}.").format(
                scans=scans_in_words(len(comparison.missing))
            )
        )
    return "\n".join(parts)


def _dice_in_words(comparison: Comparison, before: str, after: str) -> str:
    cases, fresh = judged(comparison)
    scores = label_dice(cases)
    if not scores:
        return _("Nothing is verified yet that Dice could be measured on.")
    old, new = (sum(pair[side] for pair in scores.values()) / len(scores) for side in (0, 1))
    figures = _("Dice {before} before, {after} after").format(before=f"{old:.3f}", after=f"{new:.3f}")
    if len(scores) > 1:
        figures += f" ({', '.join(f'{name} {a:.3f} → {b:.3f}' for name, (a, b) in scores.items())})"
    scans = scans_in_words(len(cases))
    if fresh:
        return _("On the verified voxels of {scans} that neither model has learnt from: {figures}.").format(
            scans=scans, figures=figures
        )
    return _(
        "On the verified voxels of {scans} ({who}): {figures}. "
        "This shows what was taken in, not how new scans fare: verify a scan after training to see that."
    ).format(scans=scans, figures=figures, who=_learners(cases, before, after))


def _learners(cases: Sequence[ComparedCase], before: str, after: str) -> str:
    known = ((before, sum(case.learnt_before for case in cases)), (after, sum(case.learnt_after for case in cases)))
    return ", ".join(_("{model} learnt from {count}").format(model=name, count=count) for name, count in known if count)


def _regions_in_words(comparison: Comparison) -> str:
    before, after = (sum(getattr(case, f"regions_{side}") for case in comparison.cases) for side in ("before", "after"))
    return _("Uncertain regions (above {threshold}) not verified yet: {before} before, {after} after.").format(
        threshold=f"{comparison.threshold:.2f}", before=before, after=after
    )


def _changes_in_words(comparison: Comparison) -> str:
    changed = [case.changed_ml for case in comparison.cases if case.changed_ml >= CHANGED_ML]
    return _("{volume} ml changed their label, in {count} of {all}.").format(
        volume=f"{sum(changed):.2f}", count=len(changed), all=scans_in_words(len(comparison.cases))
    )
