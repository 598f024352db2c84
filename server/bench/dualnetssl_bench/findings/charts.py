"""Small charts as inline SVG: lines and points on labelled axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dualnetssl_bench.findings.colours import Rgb, css

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 460, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 14, 14, 44


@dataclass(frozen=True)
class Series:
    """A named line of points; with ``dots`` the points alone, each with its tip shown on hover."""

    name: str
    points: Points
    colour: Rgb
    dots: bool = False
    dashed: bool = False
    tips: Sequence[str] = ()


@dataclass(frozen=True)
class Axis:
    """An axis: its label and range."""

    label: str
    low: float
    high: float

    def share(self, value: float) -> float:
        """Return where a value lies on the axis, 0 at its low end and 1 at its high end."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers that divide a range.

    Example:
        >>> nice_ticks(0, 1), nice_ticks(0, 240)
        ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 50.0, 100.0, 150.0, 200.0])
    """
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = min((factor * power for factor in (1, 2, 5, 10)), key=lambda candidate: abs(candidate - rough))
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 10) for index in range(first, math.floor(high / step + 1e-9) + 1)]


def chart(x: Axis, y: Axis, series: Sequence[Series], title: str) -> str:
    """Draw a chart; ``title`` is what a screen reader says of it."""
    legend = "".join(_legend_entry(one) for one in series if one.name)
    picture = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{plot(x, y, series)}</svg>'
    return f'<figure class="chart">{picture}<div class="legend">{legend}</div></figure>'


def plot(x: Axis, y: Axis, series: Sequence[Series]) -> str:
    """Return axes and series as SVG elements on a canvas of `WIDTH` by `HEIGHT`."""
    return "".join([_grid(x, y), *(_draw(x, y, one) for one in series)])


def _legend_entry(series: Series) -> str:
    shape = "dot" if series.dots else "dash" if series.dashed else "line"
    return f'<span><i class="{shape}" style="--c:{css(series.colour)}"></i>{escape(series.name)}</span>'


def _column(x: Axis, value: float) -> float:
    return _LEFT + x.share(value) * (WIDTH - _LEFT - _RIGHT)


def _row(y: Axis, value: float) -> float:
    return _TOP + (1 - y.share(value)) * (HEIGHT - _TOP - _BOTTOM)


def _grid(x: Axis, y: Axis) -> str:
    parts = []
    for tick in nice_ticks(y.low, y.high):
        row = _row(y, tick)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{row:.1f}" y2="{row:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 7}" y="{row + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in nice_ticks(x.low, x.high):
        column = _column(x, tick)
        parts.append(f'<text x="{column:.1f}" y="{HEIGHT - _BOTTOM + 17}" text-anchor="middle">{tick:g}</text>')
    middle_x, middle_y = (_LEFT + WIDTH - _RIGHT) / 2, (_TOP + HEIGHT - _BOTTOM) / 2
    bottom = HEIGHT - _BOTTOM
    parts.append(f'<line class="axis" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{bottom}" y2="{bottom}"/>')
    parts.append(f'<text class="name" x="{middle_x}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x.label)}</text>')
    parts.append(
        f'<text class="name" transform="translate(13 {middle_y}) rotate(-90)" text-anchor="middle">'
        f"{escape(y.label)}</text>"
    )
    return "".join(parts)


def _draw(x: Axis, y: Axis, series: Series) -> str:
    places = [(_column(x, first), _row(y, second)) for first, second in series.points]
    if series.dots:
        tips = list(series.tips) or [""] * len(places)
        return "".join(
            f'<circle cx="{column:.1f}" cy="{row:.1f}" r="4.5" fill="{css(series.colour)}">'
            f"<title>{escape(tip)}</title></circle>"
            for (column, row), tip in zip(places, tips, strict=True)
        )
    path = " ".join(f"{column:.1f},{row:.1f}" for column, row in places)
    dashes = ' stroke-dasharray="5 4"' if series.dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{css(series.colour)}" stroke-width="2.2"{dashes}/>'
