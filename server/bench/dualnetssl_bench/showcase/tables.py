"""The report's table: every scan before and after."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dualnetssl_bench.showcase.story import Story, mean_dice

_NOTICEABLE = 0.005


def scores(story: Story) -> str:
    """Return the table of Dice per scan and organ, before and after."""
    names = [label.name for label in story.labels]
    head = "".join(f"<th>{escape(name)}<br>before</th><th>{escape(name)}<br>after</th>" for name in names)
    order = (*story.untouched, *story.corrected, *story.labelled)
    rows = [_row(case, story.role(case), _pairs(story, [case], names)) for case in order]
    mean = _row("mean", "untouched scans", _pairs(story, story.untouched, names), "mean")
    rows.insert(len(story.untouched), mean if story.untouched else "")
    return (
        "<h2>Scan by scan</h2><p>Agreement with the true outlines (Dice). A change of half a percent or more is "
        "coloured: green for better, orange for worse.</p>"
        f'<table><tr><th>scan</th><th class="text">was</th>{head}<th>both<br>before</th><th>both<br>after</th></tr>'
        f"{''.join(rows)}</table>"
    )


def _pairs(story: Story, cases: Sequence[str], names: Sequence[str]) -> list[tuple[float | None, float | None]]:
    return [(mean_dice(story.first, cases, name), mean_dice(story.second, cases, name)) for name in (*names, None)]


def _row(case: str, role: str, pairs: list[tuple[float | None, float | None]], kind: str = "") -> str:
    cells = "".join(f"<td>{_text(before)}</td>{_after(before, after)}" for before, after in pairs)
    return f'<tr class="{kind}"><td>{escape(case)}</td><td class="text">{role}</td>{cells}</tr>'


def _after(before: float | None, after: float | None) -> str:
    change = (after or 0.0) - (before or 0.0)
    kind = "up" if change >= _NOTICEABLE else "down" if change <= -_NOTICEABLE else ""
    return f'<td class="{kind}">{_text(after)}</td>'


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
