"""What the tests of the models come to, in sentences that say what was measured and what was not."""

from __future__ import annotations

from collections.abc import Sequence

from slicer.i18n import tr as _

from DualNetSSLLib.client.records import Model
from DualNetSSLLib.comparison.outlook import (
    FEWEST_ROUNDS,
    FLAT_GAIN,
    MORE,
    enough,
    outlook,
    running,
    share_as_predicted,
)
from DualNetSSLLib.panel.common.words import scans_in_words
from DualNetSSLLib.panel.desk.case_nodes import model_title
from DualNetSSLLib.tasks.rounds import TriedModels, TriedScan

WHOLE = 0.995
"""A scan counts as verified as a whole from this share of its voxels on."""
Row = tuple[str, str, str, str]


def tried_in_words(tried: TriedModels) -> str:
    """Say the running Dice, how much models differ, which regions needed nothing, and what more scans may bring."""
    if running(tried.scans) is None:
        return _(
            "No scan has tested a model yet: label or correct one after a training, and it tests the model that it has "
            "not taught."
        )
    parts = [_running_in_words(tried.scans), _regions_in_words(tried.scans), _agreement_in_words(tried)]
    parts += [_outlook_in_words(tried), _("<b>Enough?</b> All of this is flat.") if enough(tried) else ""]
    return "<br>".join(part for part in parts if part)


def _running_in_words(scans: Sequence[TriedScan]) -> str:
    found = running(scans)
    if found is None:
        return ""
    text = _("<b>Dice {mean}</b> ({low} to {high}) on the last {scans} before they taught.").format(
        mean=f"{found.mean:.3f}", low=f"{found.low:.3f}", high=f"{found.high:.3f}", scans=scans_in_words(found.scans)
    )
    last = [scan for scan in scans if scan.dice is not None][-found.scans :]
    partly = sum(scan.measured < WHOLE for scan in last)
    if partly:
        note = _("Of {count} of them a part is verified; elsewhere the model's own expectation counts.")
        text += " " + note.format(count=partly)
    return text


def _regions_in_words(scans: Sequence[TriedScan]) -> str:
    untouched, regions = share_as_predicted(scans)
    if not regions:
        return ""
    text = _("{share} % of {count} regions that were looked at needed nothing.")
    return text.format(share=f"{100 * untouched / regions:.0f}", count=regions)


def _agreement_in_words(tried: TriedModels) -> str:
    if tried.agreement is None:
        return ""
    text = _("The last two models agree with Dice {dice} on {scans} without a label.")
    return text.format(dice=f"{tried.agreement:.3f}", scans=scans_in_words(tried.untouched))


def _outlook_in_words(tried: TriedModels) -> str:
    ahead = outlook(tried.scans, tried.taught)
    if ahead is None:
        text = _("What more scans may bring is said after {rounds} models of different numbers of labelled scans.")
        return text.format(rounds=FEWEST_ROUNDS)
    if ahead.high < FLAT_GAIN:
        text = _("{more} more labelled scans may bring less than {gain} Dice, by the curve so far.")
        return text.format(more=MORE, gain=f"{FLAT_GAIN:.2f}")
    text = _("{more} more labelled scans may bring {gain} Dice ({low} to {high}), by the curve so far.")
    return text.format(more=MORE, gain=f"{ahead.gain:.3f}", low=f"{ahead.low:.3f}", high=f"{ahead.high:.3f}")


def rows_of(tried: TriedModels, models: Sequence[Model]) -> list[Row]:
    """Return a row for each model that was tested: its name, what taught it, how many tested it, Dice and range."""
    by_model: dict[str, list[TriedScan]] = {}
    for scan in tried.scans:
        if scan.dice is not None:
            by_model.setdefault(scan.model, []).append(scan)
    return [_row(model_title(models, model), scans) for model, scans in by_model.items()]


def _row(title: str, scans: Sequence[TriedScan]) -> Row:
    dice = [scan.dice for scan in scans if scan.dice is not None]
    taught = str(scans[0].taught) if scans[0].taught else "–"
    figures = f"{sum(dice) / len(dice):.3f} ({min(dice):.3f}–{max(dice):.3f})"
    return title.capitalize(), taught, str(len(dice)), figures
