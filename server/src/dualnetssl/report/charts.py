"""Charts as SVG: lines and dots on labelled axes, and bars. Their colours follow the page, light or dark.

Each series has a mark of its own beside its colour, so that a chart says the same in grey.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]
Segment = tuple[Point, Point]

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 440, 262, 46, 10, 10, 42
_MOST_POINTS, _MARKS_A_LINE = 400, 8
_BAR, _BAR_NAME = 22, 150
COLOURS = 6
"""Colours of series that a page has, classes ``s0``, ``s1`` …"""


@dataclass(frozen=True)
class Series:
    """A named line of points; with ``dots`` the points alone, each with its tip."""

    name: str
    points: Sequence[Point]
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
        """Return where a value lies: 0 at the lower end, 1 at the upper one."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5


def chart(x: Axis, y: Axis, series: Sequence[Series], title: str) -> str:
    """Draw a chart; ``title`` is what a screen reader says of it, with the last value of every line."""
    drawn = "".join(_drawn(x, y, index, one) for index, one in enumerate(series))
    ends = [f"{one.name} {_number(one.points[-1][1])}" for one in series if one.points and not one.dots]
    said = f"{title}{'. Last values: ' + ', '.join(ends) if ends else ''}"
    return (
        f'<figure class="chart"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(said)}">'
        f"{_axes(x, y)}{drawn}</svg>{_legend(series)}</figure>"
    )


def _at(x: Axis, y: Axis, point: Point) -> Point:
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    return _LEFT + across * x.share(point[0]), _TOP + up * (1 - y.share(point[1]))


def _axes(x: Axis, y: Axis) -> str:
    parts = []
    for value in ticks(y.low, y.high):
        _, down = _at(x, y, (x.low, value))
        parts.append(f'<path class="grid" d="M{_LEFT} {down:.1f}H{_WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{down + 4:.1f}" text-anchor="end">{_number(value)}</text>')
    for value in ticks(x.low, x.high):
        across, _ = _at(x, y, (value, y.low))
        parts.append(
            f'<text x="{across:.1f}" y="{_HEIGHT - _BOTTOM + 17}" text-anchor="middle">{_number(value)}</text>'
        )
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<path class="axis" d="M{_LEFT} {_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}"/>')
    parts.append(f'<text class="name" x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(x.label)}</text>')
    turned = f"rotate(-90) translate({-(_TOP + _HEIGHT - _BOTTOM) / 2} 12)"
    parts.append(f'<text class="name" transform="{turned}" text-anchor="middle">{escape(y.label)}</text>')
    return "".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Return four to six round numbers of a range.

    Example:
        >>> ticks(0, 1), ticks(0, 300)
        ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0, 50, 100, 150, 200, 250, 300])
    """
    if not high > low:
        return [low]
    rough = (high - low) / 6
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _drawn(x: Axis, y: Axis, index: int, series: Series) -> str:
    places = [_at(x, y, point) for point in thinned(series.points)]
    colour = f"s{index % COLOURS}"
    if series.dots:
        tips = series.tips or [""] * len(series.points)
        places = [_at(x, y, point) for point in series.points]
        return "".join(_mark(index, place, tip) for place, tip in zip(places, tips, strict=True))
    path = "M" + "L".join(f"{across:.1f} {down:.1f}" for across, down in places)
    line = f'<path class="line {colour}{" dashed" if series.dashed else ""}" d="{path}"/>' if places else ""
    every = max(1, len(places) // _MARKS_A_LINE)
    marked = [] if series.dashed else places[index % every :: every]
    return line + "".join(_mark(index, place) for place in marked)


def thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Return at most some hundreds of points of a line, always with its last one."""
    every = max(1, math.ceil(len(points) / _MOST_POINTS))
    return [*points[:-1:every], *points[-1:]]


_SHAPES = ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M-3.5-3.5h7v7h-7z", "M0-4.6L4.4 3.4H-4.4z", "M0-5L5 0L0 5L-5 0z")


def _mark(index: int, place: Point, tip: str = "") -> str:
    title = f"<title>{escape(tip)}</title>" if tip else ""
    shape = _SHAPES[index % len(_SHAPES)]
    move = f"translate({place[0]:.1f} {place[1]:.1f})"
    return f'<path class="mark s{index % COLOURS}" transform="{move}" d="{shape}">{title}</path>'


def _legend(series: Sequence[Series]) -> str:
    names = [
        f'<span><svg viewBox="-10 -6 20 12" width="20" height="12" aria-hidden="true">'
        f'<path class="line s{index % COLOURS}{" dashed" if one.dashed else ""}" d="M-10 0H10"/>'
        f"{'' if one.dashed else _mark(index, (0, 0))}</svg>{escape(one.name)}</span>"
        for index, one in enumerate(series)
        if one.name
    ]
    return f'<figcaption class="legend">{"".join(names)}</figcaption>' if names else ""


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """Draw a bar for each name and value, with what is written behind it."""
    most = max([value for _, value, _ in rows], default=1.0) or 1.0
    room = _WIDTH - _BAR_NAME - 90
    parts = [
        f'<text x="{_BAR_NAME - 8}" y="{_BAR * row + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect class="bar" x="{_BAR_NAME}" y="{_BAR * row + 4}" height="14" '
        f'width="{max(1.0, room * value / most):.1f}"/>'
        f'<text x="{_BAR_NAME + room * value / most + 6:.1f}" y="{_BAR * row + 15}">{escape(said)}</text>'
        for row, (name, value, said) in enumerate(rows)
    ]
    spoken = escape(f"{title}: {', '.join(f'{name} {said}' for name, _, said in rows)}")
    return (
        f'<figure class="chart"><svg viewBox="0 0 {_WIDTH} {_BAR * len(rows) + 4}" role="img" '
        f'aria-label="{spoken}">{"".join(parts)}</svg></figure>'
    )
