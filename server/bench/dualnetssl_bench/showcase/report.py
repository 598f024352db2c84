"""The demo's report: the report of its second model, with a chapter before it on what the correction did."""

from __future__ import annotations

from html import escape
from importlib.resources import files

import numpy as np

from dualnetssl import volumes
from dualnetssl.contract.config import resolve
from dualnetssl.contract.words import duration
from dualnetssl.pictures import sheet
from dualnetssl.report import opening, page
from dualnetssl.report.chapter import Chapter, cards
from dualnetssl.report.facts import LEARNT, UNLABELLED, Case, Facts, Training, count, figure
from dualnetssl.report.gather import chosen, summed
from dualnetssl_bench.showcase import sections
from dualnetssl_bench.showcase.story import Story, mean_dice


def render(story: Story) -> str:
    """Return the report as HTML."""
    facts = facts_of(story)
    style = files("dualnetssl_bench.showcase").joinpath("loop.css").read_text(encoding="utf-8")
    frame = page.Frame("DualNetSSL: the demo's report", _opening(story), _limits(story) + opening.footer(facts), style)
    loop = Chapter("loop", "What the correction did", _course(story) + sections.correction(story))
    before_and_after = Chapter("before-after", "Before and after", sections.scores(story))
    looks = Chapter("looks", "Where to look next", sections.next_looks(story))
    return page.framed(frame, [loop, before_and_after, *page.chapters(facts), looks])


def facts_of(story: Story) -> Facts:
    """Return what the report tells of the second round."""
    roles = {case: UNLABELLED if story.role(case) == "untouched" else LEARNT for case in story.cases}
    config = resolve(dict(story.config))
    training = Training(roles, config.model_dump(mode="json"), chosen(config), "cpu", story.second.events, {}, "first")
    rows = {row["case"]: row for row in story.second.evaluation["cases"]}
    summaries = story.second.summaries()
    cases = [
        Case(case, roles[case], summaries[case], rows[case], story.second.folder / f"{case}.{sheet.ENDING}")
        for case in story.cases
    ]
    cases.sort(key=lambda case: case.badness, reverse=True)
    untouched = [rows[case]["reliability"] for case in story.untouched]
    reliability = {"scans that nobody touched": summed(untouched)} if untouched else {}
    return Facts("demo", story.labels, training, cases, reliability)


def draw_sheets(story: Story) -> None:
    """Draw the sheet of every scan after the second training: the server keeps none."""
    colours = [label.colour for label in sorted(story.labels, key=lambda label: label.value)]
    indices = np.zeros(256, np.uint8)
    indices[sorted(label.value for label in story.labels)] = np.arange(1, len(story.labels) + 1)
    for case in story.cases:
        scan, geometry = volumes.to_canonical(*volumes.read_image(story.scan_file(case)))
        doubt = volumes.to_canonical(*volumes.read_image(story.second.file(case, "uncertainty")))[0]
        labels = (story.second.file(case, "seg"), story.truth_file(case))
        segmentation, truth = (volumes.to_canonical(*volumes.read_label(path))[0] for path in labels)
        i, j, k = geometry.spacing
        drawn = sheet.draw(scan, indices[segmentation], doubt, (k, j, i), colours).with_truth(truth)
        sheet.write(drawn, story.second.folder / f"{case}.{sheet.ENDING}", case)


def verdict(before: float | None, after: float | None) -> str:
    """Say honestly what the second training did to the untouched scans.

    Example:
        >>> verdict(0.701, 0.752)
        'After the correction the agreement on scans that nobody touched rose from 0.70 to 0.75.'
        >>> verdict(0.75, 0.70)
        'After the correction the agreement on scans that nobody touched fell from 0.75 to 0.70: no gain this time.'
    """
    if before is None or after is None:
        return "No scan was left untouched, so nothing can be said about new scans."
    start = "After the correction the agreement on scans that nobody touched"
    if after - before >= 0.005:
        return f"{start} rose from {before:.2f} to {after:.2f}."
    if before - after >= 0.005:
        return f"{start} fell from {before:.2f} to {after:.2f}: no gain this time."
    return f"{start} stayed as it was, at {after:.2f}: no gain this time."


def _opening(story: Story) -> str:
    before, after = (mean_dice(told, story.untouched) for told in (story.first, story.second))
    reviewed = sum(correction.share for correction in story.corrections) / max(1, len(story.corrections))
    corrected = f"{_mean(story, story.corrected, 0)} → {_mean(story, story.corrected, 1)}"
    figures = [
        (f"{len(story.labelled)} of {len(story.cases)}", "scans came with a label"),
        (f"{_mean(story, story.untouched, 0)} → {_mean(story, story.untouched, 1)}", "mean Dice, untouched scans"),
        (corrected, "mean Dice, the corrected scans"),
        (f"{100 * reviewed:.0f} %", "of each corrected scan was reviewed"),
    ]
    quick = '<p class="warning" role="note">This was --quick: a few steps on tiny scans, which show that it runs.</p>'
    return (
        "<h1>Few labels, many scans, and a look where it counts</h1>"
        f'<p class="lead">Two networks learnt to find {_names(story)} from {len(story.labelled)} labelled scans and '
        f"{len(story.cases) - len(story.labelled)} unlabelled ones. Then a simulated clinician looked only at the "
        f"places the networks were least sure of, in the {_worst(story)} they got most wrong, "
        f"and they learnt again from there. {escape(verdict(before, after))}</p>"
        f"{cards(figures)}{quick if story.quick else ''}"
        '<p class="note">The scans are computer-made phantoms, so the true outlines are known exactly.</p>'
    )


def _mean(story: Story, cases: tuple[str, ...], index: int) -> str:
    return figure(mean_dice((story.first, story.second)[index], cases))


def _names(story: Story) -> str:
    return escape(" and ".join(label.name for label in story.labels))


def _worst(story: Story) -> str:
    return count(len(story.corrections), "scan")


def _course(story: Story) -> str:
    changed = sum(correction.changed_ml for correction in story.corrections)
    reviewed = sum(correction.reviewed_ml for correction in story.corrections)
    regions = sum(correction.regions for correction in story.corrections)
    steps = [
        f"A server was started on this computer and {len(story.cases)} scans were sent to it, "
        f"{len(story.labelled)} of them with labels.",
        f"It trained two networks and predicted every scan ({duration(story.first.seconds)}).",
        f"In the {_worst(story)} that it got most wrong ({', '.join(map(escape, story.corrected))}), "
        f"a look at {count(regions, 'uncertain region')} took in {reviewed:.1f} ml, of which {changed:.1f} ml "
        "were wrong and got corrected. Only the reviewed part was marked as verified; the rest stayed unlabelled.",
        f"Training went on from the first model with the corrections, and all scans were predicted again "
        f"({duration(story.second.seconds)}).",
    ]
    items = "".join(f"<li>{step}</li>" for step in steps)
    return f'<ol>{items}</ol><p class="note">All of it took {duration(story.seconds)}.</p>'


def _limits(story: Story) -> str:
    labelled = count(len(story.labelled), "labelled scan")
    return (
        "<p>Phantoms are simpler than patients, and a demo of minutes trains small networks on coarse voxels: these "
        "figures say that the loop works, not how well it will do in your hospital. The second training also had more "
        f"time to learn, so not all of a gain comes from the correction. The {labelled} taught the "
        "networks and are left out of every mean of other scans. The scans, predictions and models lie beside this "
        "file; the <code>.seg.nrrd</code> files open in 3D Slicer.</p>"
    )
