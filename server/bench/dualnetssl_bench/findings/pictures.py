"""Pictures of a bench as SVG documents that stand alone: lines on axes, and rows of dots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dualnetssl_bench.findings import charts
from dualnetssl_bench.findings.charts import Axis, Series, nice_ticks
from dualnetssl_bench.findings.colours import AFTER, BEFORE, Rgb, css

_STYLE = (
    'text{font:12px "Segoe UI",system-ui,sans-serif;fill:#5c6470}.name{font-size:12.5px;fill:#343a44}'
    ".grid{stroke:#e9ecef}.axis{stroke:#9aa2ad}"
)
_SIZE = re.compile(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"')
_LINE = 18
_WIDTH, _NAMES, _RIGHT, _FOOT, _HEAD = 640, 190, 24, 40, 8


@dataclass(frozen=True)
class DotRow:
    """A named row: one dot for each value, and a bar at their mean."""

    name: str
    values: Sequence[float]
    colour: Rgb = AFTER


def lines(x: Axis, y: Axis, series: Sequence[Series], title: str) -> str:
    """Draw lines on labelled axes, with a legend below."""
    named = [one for one in series if one.name]
    legend = "".join(_legend(one, charts.HEIGHT + _LINE * (index + 0.5)) for index, one in enumerate(named))
    height = charts.HEIGHT + _LINE * len(named) + 8
    return _document(charts.WIDTH, height, charts.plot(x, y, series) + legend, title)


def _legend(series: Series, row: float) -> str:
    dashes = ' stroke-dasharray="5 4"' if series.dashed else ""
    line = f'<line x1="60" x2="84" y1="{row - 4}" y2="{row - 4}" stroke="{css(series.colour)}" stroke-width="2.2"'
    return f'{line}{dashes}/><text x="92" y="{row}">{escape(series.name)}</text>'


def dot_rows(rows: Sequence[DotRow], label: str, title: str) -> str:
    """Draw a row of dots for each name on one axis that spans all values."""
    axis = _spanning([value for row in rows for value in row.values] or [0.0, 1.0], label)
    bottom = _HEAD + _LINE * len(rows)
    drawn = "".join(_dot_row(row, axis, _HEAD + _LINE * (index + 0.5)) for index, row in enumerate(rows))
    name = (
        f'<text class="name" x="{(_NAMES + _WIDTH) / 2}" y="{bottom + 34}" text-anchor="middle">{escape(label)}</text>'
    )
    return _document(_WIDTH, bottom + _FOOT, _ticks(axis, bottom) + drawn + name, title)


def _spanning(values: Sequence[float], label: str) -> Axis:
    margin = 0.06 * (max(values) - min(values)) or 0.05
    return Axis(label, min(values) - margin, max(values) + margin)


def _column(axis: Axis, value: float) -> float:
    return round(_NAMES + axis.share(value) * (_WIDTH - _NAMES - _RIGHT), 1)


def _ticks(axis: Axis, bottom: float) -> str:
    parts = []
    for tick in nice_ticks(axis.low, axis.high):
        x = _column(axis, tick)
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{_HEAD}" y2="{bottom}"/>')
        parts.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>')
    return "".join(parts)


def _dot_row(row: DotRow, axis: Axis, y: float) -> str:
    parts = [f'<text class="name" x="{_NAMES - 10}" y="{y + 4}" text-anchor="end">{escape(row.name)}</text>']
    for value in row.values:
        place = f'cx="{_column(axis, value)}" cy="{y}"'
        parts.append(f'<circle {place} r="4" fill="{css(row.colour)}" fill-opacity="0.75"/>')
    if row.values:
        x = _column(axis, sum(row.values) / len(row.values))
        parts.append(f'<line x1="{x}" x2="{x}" y1="{y - 7}" y2="{y + 7}" stroke="{css(BEFORE)}" stroke-width="2"/>')
    return "".join(parts)


def stacked(documents: Sequence[str], title: str) -> str:
    """Put documents of this module one below the other into one."""
    sizes = [[float(text) for text in _SIZE.findall(document)[0]] for document in documents]
    tops = [sum(height for _, height in sizes[:index]) for index in range(len(sizes))]
    body = "".join(one.replace("<svg ", f'<svg y="{top}" ', 1) for one, top in zip(documents, tops, strict=True))
    return _document(int(max(width for width, _ in sizes)), sum(height for _, height in sizes), body, title)


def _document(width: int, height: float, body: str, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{body}</svg>\n'
    )
