"""Charts of lines and points on labelled axes, each with its legend below: in a page, or as SVG documents.

Each series has a mark of its own beside its colour, so that a chart says the same in grey.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from dualnetssl_bench.findings.canvas import figure, gid_of_tip, svg
from dualnetssl_bench.findings.colours import Rgb, css

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT, _LEGEND_ROW = 460, 250, 18
_LETTERS_OF_THREE, _LETTERS_OF_TWO = 36, 56
_MARGIN = 0.02
_MARKS, _MARKS_A_LINE = "os^DvP", 8
_LINE = 1.8


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

    @property
    def limits(self) -> tuple[float, float]:
        """The range with a little room at both ends, so that no mark is cut."""
        room = _MARGIN * (self.high - self.low)
        return self.low - room, self.high + room


@dataclass(frozen=True)
class Panel:
    """Two axes and what is drawn on them; with a heading where a picture has several."""

    x: Axis
    y: Axis
    series: Sequence[Series]
    heading: str = ""

    @property
    def height(self) -> float:
        """Points that it needs with its legend."""
        names = [one.name for one in self.series if one.name]
        return _HEIGHT + _LEGEND_ROW * (math.ceil(len(names) / _columns(names)) + bool(self.heading))


def chart(panel: Panel, title: str) -> str:
    """Draw a chart for a page; ``title`` is what a screen reader says of it."""
    return f'<figure class="chart">{lines([panel], title)}</figure>'


def lines(panels: Sequence[Panel], title: str) -> str:
    """Draw panels one below the other as one SVG document."""
    with figure(_WIDTH, sum(panel.height for panel in panels)) as drawn:
        draw(drawn, panels)
        return svg(drawn, title)


def draw(drawn: Figure, panels: Sequence[Panel]) -> None:
    """Put panels one below the other on a figure."""
    heights = [panel.height for panel in panels]
    places = drawn.subfigures(len(panels), 1, squeeze=False, height_ratios=heights)
    for place, panel in zip(places[:, 0], panels, strict=True):
        _draw_panel(place, panel)


def _draw_panel(place: SubFigure, panel: Panel) -> None:
    axes = place.add_subplot()
    axes.set(xlim=panel.x.limits, ylim=panel.y.limits, xlabel=panel.x.label, ylabel=panel.y.label, title=panel.heading)
    axes.grid(visible=False, axis="x")
    for index, series in enumerate(panel.series):
        (_draw_dots if series.dots else _draw_line)(axes, index, series)
    handles, names = axes.get_legend_handles_labels()
    if names:
        place.legend(handles, names, loc="outside lower left", ncols=_columns(names))


def _columns(names: Sequence[str]) -> int:
    """Return how many names of a legend stand beside each other: three short ones have a row of their own.

    Example:
        >>> _columns(["a", "b", "c"]), _columns(["one", "two"]), _columns(["a name of thirty letters, near"] * 4)
        (3, 2, 1)
    """
    if len(names) == 3 and sum(map(len, names)) <= _LETTERS_OF_THREE:
        return 3
    half = math.ceil(len(names) / 2)  # names go down the columns, and the longest ones make these as wide as they are
    widest = [max(map(len, part), default=0) for part in (names[:half], names[half:])]
    return 2 if sum(widest) <= _LETTERS_OF_TWO else 1


def _draw_line(axes: Axes, index: int, series: Series) -> None:
    style: dict[str, Any] = {"linestyle": (0, (4, 3)), "zorder": 3}  # seen where it lies on another line
    if not series.dashed:
        every = max(1, len(series.points) // _MARKS_A_LINE)
        style = {"marker": _mark(index), "markersize": 5, "markevery": (index % every, every)}
    columns, rows = ([point[part] for point in series.points] for part in (0, 1))
    axes.plot(columns, rows, label=series.name, color=css(series.colour), linewidth=_LINE, **style)


def _draw_dots(axes: Axes, index: int, series: Series) -> None:
    style: dict[str, Any] = {"marker": _mark(index), "markersize": 8, "linestyle": "", "color": css(series.colour)}
    tips = series.tips or [""] * len(series.points)
    for (column, row), tip in zip(series.points, tips, strict=True):
        axes.plot([column], [row], gid=gid_of_tip(tip), **style)
    axes.plot([], [], label=series.name, **style)


def _mark(index: int) -> str:
    return _MARKS[index % len(_MARKS)]
