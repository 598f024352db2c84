"""What there is to say of the list over all scans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slicer.i18n import tr as _

from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.panel.common.words import case_in_words, scans_in_words, volume_in_words
from DualNetSSLLib.panel.worklist.course import Course
from DualNetSSLLib.panel.worklist.table import Row
from DualNetSSLLib.tasks.rounds import DealtRegion, DealtRegions


def too_little_in_words() -> str:
    """Say that a walk is not worth it."""
    return _(
        "This model knows too little of this scan for a walk through its regions: label one more scan, or train longer."
    )


def course_in_words(course: Course) -> str:
    """Say how long the list is, how far one is, and what is not in it."""
    dealt = course.dealt
    parts = [_listed(course)] if dealt.regions else []
    if dealt.left > 0:
        parts.append(_("{count} more regions are left for later rounds.").format(count=dealt.left))
    if dealt.too_little:
        parts.append(_too_little(dealt))
    if dealt.unpredicted:
        parts.append(_("Not predicted yet: {scans}.").format(scans=scans_in_words(dealt.unpredicted)))
    return " ".join(parts) or _("No scan has a region that is that uncertain and not verified.")


def _listed(course: Course) -> str:
    regions = course.dealt.regions
    return _("Round {number}: <b>{done} of {count} regions done</b>, in {scans}.").format(
        number=course.dealt.number,
        done=len(regions) - course.left,
        count=len(regions),
        scans=scans_in_words(len({one.case for one in regions})),
    )


def _too_little(dealt: DealtRegions) -> str:
    if not dealt.regions:
        return _("This model knows too little for a walk: label one more scan, or train longer.")
    scans = scans_in_words(len(dealt.too_little))
    return _("Left out, as the model knows too little of them: {scans}. A label of one teaches more.").format(
        scans=scans
    )


def rows_of(course: Course, labels: Sequence[LabelDefinition], names: Mapping[str, str]) -> list[Row]:
    """Return a row for each region; ``names`` says what scans are called here."""
    titles = {label.value: label.name for label in labels}
    return [_row(one, course, titles, case_in_words(one.case, names.get(one.case, ""))) for one in course.dealt.regions]


def _row(region: DealtRegion, course: Course, titles: Mapping[int, str], name: str) -> Row:
    state = _("done") if course.is_done(region) else _("open")
    return name, titles.get(region.label, _("background")), volume_in_words(region.remaining_error_mm3), state
