"""Rows of dots on one axis: a row for each name, a dot for each value, a bar at their mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from dualnetssl_bench.findings.canvas import figure, svg
from dualnetssl_bench.findings.colours import AFTER, Rgb, css

_WIDTH, _ROW, _FRAME = 640, 20, 56
_BAR = "#1d2129"


@dataclass(frozen=True)
class DotRow:
    """A named row: one dot for each value, and a bar at their mean."""

    name: str
    values: Sequence[float]
    colour: Rgb = AFTER


def dot_rows(rows: Sequence[DotRow], label: str, title: str) -> str:
    """Draw a row of dots for each name, from the top, on one axis that spans all values."""
    with figure(_WIDTH, _FRAME + _ROW * len(rows)) as drawn:
        draw(drawn, rows, label)
        return svg(drawn, title)


def draw(drawn: Figure, rows: Sequence[DotRow], label: str) -> None:
    """Put the rows on a figure."""
    axes = drawn.add_subplot()
    axes.set(xlabel=label, ylim=(max(1, len(rows)) - 0.5, -0.5))
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.grid(visible=False, axis="y")
    for place, row in enumerate(rows):
        axes.plot(row.values, [place] * len(row.values), "o", color=css(row.colour), markersize=7, alpha=0.75)
        if row.values:
            mean = sum(row.values) / len(row.values)
            axes.plot([mean, mean], [place - 0.38, place + 0.38], color=_BAR, linewidth=1.8)
    axes.margins(x=0.06)
