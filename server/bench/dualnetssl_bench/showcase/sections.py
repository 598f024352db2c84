"""What the demo's report has beside the report of one's own data: the correction, before and after, the next looks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import SimpleITK as sitk

from dualnetssl.contract.schema import LabelDefinition
from dualnetssl.report.chapter import Cell, Column, swatch, table
from dualnetssl.report.facts import figure
from dualnetssl.report.sheets import scale
from dualnetssl_bench.findings.colours import REVIEW
from dualnetssl_bench.showcase import pictures
from dualnetssl_bench.showcase.pictures import Picture, Slice
from dualnetssl_bench.showcase.story import Correction, Round, Story, mean_dice


def legend(story: Story) -> str:
    """Explain the lines and colours of the pictures."""
    review = LabelDefinition(value=1, name="reviewed region", colour=REVIEW)
    parts = [f"<span>{swatch(label)}{escape(label.name)}, predicted</span>" for label in story.labels]
    parts += ["<span>dashed: true outline</span>", f"<span>{swatch(review)}{escape(review.name)}</span>"]
    return f'<p class="legend">{"".join(parts)}</p>{scale()}'


def correction(story: Story) -> str:
    """Show each corrected scan before and after, on the slice with most errors before."""
    shown = "".join(_corrected(story, one) for one in story.corrections)
    return (
        "<p>Each row shows the same slice: the outlines, the uncertainty laid "
        "over the anatomy, and the scan itself with what was reviewed.</p>"
        f"{legend(story)}{shown}"
    )


def _corrected(story: Story, done: Correction) -> str:
    scan, truth = story.scan(done.case), story.truth(done.case)
    wrong = _array(story.first.volume(done.case, "seg")) != _array(truth)
    plane = pictures.plane_through(scan, pictures.height_of(wrong, scan))
    mask = sitk.ReadImage(str(done.mask))
    rows = [
        f'<div class="three">{_row(story, told, done.case, plane, mask if told is story.first else None)}</div>'
        f"<figcaption>{word}: mean Dice {_dice(told, done.case)}</figcaption>"
        for word, told in (("Before the correction", story.first), ("After the second training", story.second))
    ]
    heading = f"<h3>{escape(done.case)}</h3>"
    return heading + "".join(f"<figure>{row}</figure>" for row in rows)


def _row(story: Story, told: Round, case: str, plane: Slice, mask: sitk.Image | None) -> str:
    grey = pictures.grey(plane, story.scan(case))
    outlines = pictures.with_outlines(grey, plane, told.volume(case, "seg"), story.truth(case), story.labels)
    doubt = pictures.with_uncertainty(grey, plane, told.volume(case, "uncertainty"))
    plain = grey if mask is None else pictures.with_review(grey, plane, mask)
    words = ("outlines", "uncertainty", "scan")
    return "".join(
        _image(picture, f"{case}: {word}") for picture, word in zip((outlines, doubt, plain), words, strict=True)
    )


def _image(picture: Picture, text: str) -> str:
    return f'<img src="{pictures.data_uri(picture)}" alt="{escape(text)}">'


def _array(volume: sitk.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = sitk.GetArrayFromImage(volume)
    return array


def _dice(told: Round, case: str) -> str:
    value = told.dice(case)
    return "–" if value is None else f"{value:.2f}"


def scores(story: Story) -> str:
    """Return the table of Dice per scan and organ, before and after."""
    names = [label.name for label in story.labels]
    columns = [Column("scan", figures=False), Column("was", figures=False)]
    columns += [Column(f"{name} {when}") for name in (*names, "mean") for when in ("before", "after")]
    order = (*story.untouched, *story.corrected, *story.labelled)
    rows = [_scores(case, story.role(case), story, [case], names) for case in order]
    if story.untouched:
        rows.append(_scores("mean", "untouched scans", story, story.untouched, names))
    return table("Dice of every scan, before and after the correction", columns, rows)


def _scores(case: str, role: str, story: Story, cases: Sequence[str], names: Sequence[str]) -> list[Cell]:
    pairs = [[mean_dice(told, cases, name) for told in (story.first, story.second)] for name in (*names, None)]
    return [Cell(escape(case)), Cell(role), *(Cell(figure(dice, 3)) for pair in pairs for dice in pair)]


def next_looks(story: Story) -> str:
    """Tell where a look would help most now."""
    if not story.next_looks:
        return "<p>The networks are sure of every scan; no region stands out.</p>"
    rows = [
        [
            Cell(escape(look.case)),
            Cell(f"{-look.centre[0]:.0f}, {-look.centre[1]:.0f}, {look.centre[2]:.0f}"),
            Cell(f"{look.gain_mm3:.0f}"),
            Cell(escape(look.label)),
        ]
        for look in story.next_looks
    ]
    columns = [Column("scan", figures=False), Column("place (R, A, S in mm)"), Column("expected error in mm³")]
    said = "These places promise the most for the least work: here the volume expected to be wrong is largest"
    return table(said, [*columns, Column("in question", figures=False)], rows)
