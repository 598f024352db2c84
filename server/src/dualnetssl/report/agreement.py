"""Whether the model knows what it does not know: predicted against true Dice, and uncertainty against errors."""

from __future__ import annotations

from dualnetssl.report.chapter import Cell, Chapter, Column, table
from dualnetssl.report.charts import Axis, Series, chart
from dualnetssl.report.facts import KEPT_OUT, LEARNT, NEW, UNLABELLED, Facts, Rows, figure

_FEWEST = 50
_GROUPS = {"not learnt from": (NEW, UNLABELLED, KEPT_OUT), "learnt from": (LEARNT,)}


def dice(facts: Facts) -> Chapter | None:
    """Return predicted against true Dice, scans learnt from and others apart."""
    series = []
    for name, roles in _GROUPS.items():
        found = [case for case in facts.cases if case.role in roles and None not in (case.dice, case.predicted_dice)]
        points = [(case.predicted_dice or 0.0, case.dice or 0.0) for case in found]
        if not found:
            continue
        tips = [f"{case.name}: predicted {figure(case.predicted_dice)}, true {figure(case.dice)}" for case in found]
        series.append(Series(f"{name} ({len(found)})", points, dots=True, tips=tips))
    if not series:
        return None
    even = Series("as predicted", [(0, 0), (1, 1)], dashed=True)
    drawn = chart(Axis("predicted Dice", 0, 1), Axis("true Dice", 0, 1), [*series, even], "True against predicted Dice")
    said = "<p>Each mark is a scan. Below the dashed line a scan is worse than the model expected.</p>"
    return Chapter("predicted-dice", "Predicted and true Dice", f'{said}<div class="two">{drawn}</div>')


def calibration(facts: Facts) -> Chapter | None:
    """Return how often voxels were wrong by the value that the map showed."""
    lines = [Series(name, points) for name, rows in facts.reliability.items() if (points := shares(rows))]
    if not lines:
        return None
    top = max([share for line in lines for _, share in line.points], default=0.0)
    axes = Axis("uncertainty", 0, 1), Axis("% of voxels wrong", 0, max(10.0, 1.1 * top))
    drawn = chart(*axes, lines, "Share of wrong voxels by uncertainty")
    columns = [Column("uncertainty", figures=False), Column("voxels"), Column("wrong %")]
    rows = "".join(f"<h3>{name}</h3>{_rows(found, columns, name)}" for name, found in facts.reliability.items())
    said = "<p>The line should rise: where the map shows more, more voxels are wrong. Zero is where nothing is.</p>"
    body = f'{said}<div class="two">{drawn}</div><details><summary>The same as figures</summary>{rows}</details>'
    return Chapter("calibration", "Does the uncertainty point at the errors?", body)


def shares(rows: Rows) -> list[tuple[float, float]]:
    """Return the middle of each bin with its percentage of wrong voxels; bins of few voxels say nothing.

    Example:
        >>> shares([[0, 0.5, 1000, 10], [0.5, 1, 3, 3]])
        [(0.25, 1.0)]
    """
    return [((low + high) / 2, 100 * wrong / voxels) for low, high, voxels, wrong in rows if voxels >= _FEWEST]


def _rows(rows: Rows, columns: list[Column], name: str) -> str:
    cells = [
        [Cell(f"{low:.2f} to {high:.2f}"), Cell(f"{voxels:,.0f}"), Cell(figure(100 * wrong / voxels, 1))]
        for low, high, voxels, wrong in rows
        if voxels
    ]
    return table(name, columns, cells)
