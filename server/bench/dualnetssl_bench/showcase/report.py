"""The demo's report: one HTML file that a clinician can read from top to bottom, with nothing outside itself."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from dualnetssl.cli.terminal import duration
from dualnetssl_bench.showcase import curves, sections, tables
from dualnetssl_bench.showcase.story import Story, mean_dice


def render(story: Story) -> str:
    """Return the report as HTML."""
    style = files("dualnetssl_bench.showcase").joinpath("report.css").read_text(encoding="utf-8")
    parts = [
        _opening(story),
        _course(story),
        sections.correction(story),
        tables.scores(story),
        sections.gallery(story),
        curves.doubt(story),
        sections.next_looks(story),
        curves.learning(story),
        _limits(story),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>DualNetSSL: the demo's report</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


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
    cards = [
        (f"{len(story.labelled)} of {len(story.cases)}", "scans came with a label"),
        (f"{_mean(story, story.untouched, 0)} → {_mean(story, story.untouched, 1)}", "mean Dice, untouched scans"),
        (corrected, "mean Dice, the corrected scans"),
        (f"{100 * reviewed:.0f} %", "of each corrected scan was reviewed"),
    ]
    shown = "".join(f'<div class="card"><b>{escape(big)}</b><span>{escape(small)}</span></div>' for big, small in cards)
    return (
        "<h1>Few labels, many scans, and a look where it counts</h1>"
        f'<p class="lead">Two networks learnt to find {_names(story)} from {len(story.labelled)} labelled scans and '
        f"{len(story.cases) - len(story.labelled)} unlabelled ones. Then a simulated clinician looked only at the "
        f"places the networks were least sure of, in the {_count(len(story.corrections), 'scan')} they got most wrong, "
        f"and they learnt again from there. {escape(verdict(before, after))}</p>"
        f'<div class="cards">{shown}</div>'
        '<p class="note">Dice measures how well two outlines agree: 0 is no overlap, 1 is the same outline. The scans '
        "are computer-made phantoms, so the true outlines are known exactly.</p>"
    )


def _mean(story: Story, cases: tuple[str, ...], index: int) -> str:
    value = mean_dice((story.first, story.second)[index], cases)
    return "–" if value is None else f"{value:.2f}"


def _names(story: Story) -> str:
    return escape(" and ".join(label.name for label in story.labels))


def _count(number: int, word: str) -> str:
    return f"{number} {word}s" if number != 1 else f"one {word}"


def _course(story: Story) -> str:
    changed = sum(correction.changed_ml for correction in story.corrections)
    reviewed = sum(correction.reviewed_ml for correction in story.corrections)
    regions = sum(correction.regions for correction in story.corrections)
    steps = [
        f"A server was started on this computer and {len(story.cases)} scans were sent to it, "
        f"{len(story.labelled)} of them with labels.",
        f"It trained two networks and predicted every scan ({duration(story.first.seconds)}).",
        f"In the {_count(len(story.corrections), 'worst scan')} ({', '.join(map(escape, story.corrected))}), "
        f"a look at {_count(regions, 'uncertain region')} took in {reviewed:.1f} ml, of which {changed:.1f} ml "
        "were wrong and got corrected. Only the reviewed part was marked as verified; the rest stayed unlabelled.",
        f"Training went on from the first model with the corrections, and all scans were predicted again "
        f"({duration(story.second.seconds)}).",
    ]
    items = "".join(f"<li>{step}</li>" for step in steps)
    took = f'<p class="note">All of it took {duration(story.seconds)}.</p>'
    return f'<h2>What was done</h2><ol class="steps">{items}</ol>{took}'


def _limits(story: Story) -> str:
    return (
        "<h2>What this does not show</h2>"
        "<p>Phantoms are simpler than patients, and a demo of minutes trains small networks on coarse voxels: these "
        "figures say that the loop works, not how well it will do in your hospital. The second training also had more "
        "time to learn, so not all of a gain comes from the correction. The three labelled scans taught the networks "
        "and are left out of every mean above. Nothing here is fit for diagnosis.</p>"
        "<footer>Made by <code>dualnetssl demo</code>. The scans, predictions and models lie beside this file; "
        "the <code>.seg.nrrd</code> files open in 3D Slicer.</footer>"
    )
