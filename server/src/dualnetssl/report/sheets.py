"""The contact sheets: every scan with outlines and uncertainty on three planes through its most uncertain place."""

from __future__ import annotations

import base64
from html import escape

import numpy as np

from dualnetssl.pictures import png, sheet
from dualnetssl.pictures.colours import opacity, uncertainty_colours
from dualnetssl.report.chapter import Chapter, swatch
from dualnetssl.report.facts import Case, Facts, figure

_GREY = 105
_BAR = (180, 12)


def chapter(facts: Facts) -> Chapter | None:
    """Return the sheets of all scans that have one, the worst first; a browser draws them as one scrolls."""
    shown = [(number, case) for number, case in enumerate(facts.cases) if case.sheet is not None]
    if not shown:
        return None
    tiles = "".join(_tile(number, case) for number, case in shown)
    left = "".join(f'<p class="note">{escape(text)}</p>' for text in facts.left)
    said = (
        "<p>Axial, coronal and sagittal plane through the most uncertain place of each scan, where doubt far from "
        "everything that was predicted counts half; marks at the borders point at it. Above the outlines, below the "
        "uncertainty over the anatomy. The patient's right is on the left; in the sagittal plane the front is.</p>"
    )
    return Chapter("pictures", "Every scan", f'{said}{left}{legend(facts)}<div class="sheets">{tiles}</div>')


def _tile(number: int, case: Case) -> str:
    found = sheet.read(case.sheet) if case.sheet else None
    if found is None:
        said = f"<figcaption>{escape(case.name)}: its pictures cannot be read</figcaption>"
        return f'<figure id="sheet-{number}">{said}</figure>'
    dice = [f"Dice {figure(case.dice)}"] if case.truth else []
    dice.append(f"predicted {figure(case.predicted_dice)}")
    caption = f"{', '.join(dice)}; uncertainty there {found.peak:.2f}; {case.role}"
    return (
        f'<figure id="sheet-{number}">{sheet.in_svg(found, case.name, f"a{number}")}'
        f"<figcaption><b>{escape(case.name)}</b> {escape(caption)}</figcaption></figure>"
    )


def legend(facts: Facts) -> str:
    """Explain the lines, and the colours of uncertainty with figures at them."""
    lines = [f"<span>{swatch(label)}{escape(label.name)}, predicted</span>" for label in facts.labels]
    if facts.evaluated:
        lines.append(
            '<span><svg class="swatch wide" viewBox="0 0 24 12" aria-hidden="true">'
            '<rect width="24" height="12" fill="#333"/>'
            '<path d="M2 6H22" stroke="#fff" stroke-width="2" stroke-dasharray="4 2"/></svg>label</span>'
        )
    return f'<p class="legend">{"".join(lines)}</p>{scale()}'


def scale() -> str:
    """Return the colours of uncertainty from 0 to 1 as they lie over mid-grey anatomy, with figures."""
    values = np.linspace(0, 1, _BAR[0])
    share = opacity(values)[:, None]
    row = np.rint(_GREY * (1 - share) + uncertainty_colours(values) * share).astype(np.uint8)
    data = base64.b64encode(png.plain(np.broadcast_to(row, (_BAR[1], *row.shape)))).decode()
    figures = "".join(
        f'<text x="{12 + _BAR[0] * value:.0f}" y="28" text-anchor="middle">{value:g}</text>'
        for value in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        '<svg class="scale" viewBox="0 0 320 32" role="img" '
        'aria-label="Colours of uncertainty from 0, sure, to 1, unsure">'
        f'<image x="12" y="2" width="{_BAR[0]}" height="{_BAR[1]}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>{figures}<text x="204" y="12">uncertainty</text></svg>'
    )
