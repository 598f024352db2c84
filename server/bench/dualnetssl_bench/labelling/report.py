"""The table and the picture of `bench labels`: Dice against minutes."""

from __future__ import annotations

from collections.abc import Sequence

from dualnetssl_bench.findings import charts, frame
from dualnetssl_bench.findings.charts import Axis, Panel, Series
from dualnetssl_bench.findings.colours import LINES
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.labelling.book import Row
from dualnetssl_bench.labelling.ways import IN_WORDS

_HEADER = ["labels", "preset", "minutes", "spent", "scans", "verified", "wrong", "seeds", "Dice", "HD95 mm"]
_UNLABELLED = "default"
_DRAWN_WAYS = ("whole", "slices-bounds", "slices-habit")

Group = tuple[str, str]
"""Way and preset."""


def findings(rows: Sequence[Row], protocol: str, failures: Sequence[str] = ()) -> Findings:
    """Lay out results of one protocol with the same fields."""
    ordered = [(way, preset) for way in IN_WORDS for preset in dict.fromkeys(row["preset"] for row in rows)]
    cells = [
        line(group, minutes, found)
        for group in ordered
        for minutes in sorted({row["minutes"] for row in rows})
        if (found := [row for row in rows if (row["way"], row["preset"], row["minutes"]) == (*group, minutes)])
    ]
    figures = {"protocol": protocol, "rows": list(rows), "failures": list(failures)}
    return Findings("labels", _HEADER, cells, figures, (*failures, *_versions(rows)), picture(rows))


def _versions(rows: Sequence[Row]) -> list[str]:
    versions = {row["sources"] for row in rows}
    if len(versions) < 2:
        return []
    return [f"Results of {len(versions)} versions of the training code are mixed here: see 'sources' in the JSON."]


def line(group: Group, minutes: int, found: Sequence[Row]) -> list[str]:
    """Return one line of the table, means over seeds."""
    way, preset = group
    known = [row for row in found if row["dice"] is not None]
    return [
        IN_WORDS[way],
        preset,
        str(minutes),
        frame.spread([_mean([row["spent_minutes"] for row in found])], 1),
        frame.spread([_mean([row["scans"] for row in found])], 0),
        frame.spread([_mean([row["verified"] for row in found])], 0),
        frame.spread([_mean([row["wrong"] for row in found])], 0),
        str(len(found)),
        frame.spread([row["dice"] for row in known]),
        frame.spread([row["hd95_mm"] for row in known if row["hd95_mm"] is not None], 2),
    ]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def picture(rows: Sequence[Row]) -> str | None:
    """Draw Dice against the minutes spent; None while no way has two points, which make a line."""
    curves = {group: curve(rows, group) for group in groups(rows)}
    points = [point for curve in curves.values() for point in curve]
    if len(points) < 2 or max(map(len, curves.values())) < 2:
        return None
    dice = [value for _, value in points]
    margin = 0.05 * (max(dice) - min(dice)) or 0.05
    axes = (
        Axis("minutes of an expert", 0, max(minutes for minutes, _ in points)),
        Axis("Dice on scans kept out", min(dice) - margin, max(dice) + margin),
    )
    lines = [Series(title(group), curves[group], LINES[place]) for place, group in enumerate(curves)]
    return charts.lines([Panel(*axes, lines)], "Dice against an expert's minutes")


def groups(rows: Sequence[Row]) -> list[Group]:
    """Return which ways and presets are drawn: whole scans and the two cheapest ways, as far as they have results."""
    present = {(row["way"], row["preset"]) for row in rows if row["dice"] is not None}
    return [(way, preset) for way in _DRAWN_WAYS for preset in ("supervised", _UNLABELLED) if (way, preset) in present]


def title(group: Group) -> str:
    """Return how the picture calls a way with a preset.

    Example:
        >>> title(("slices", "default"))
        'slices + unlabelled'
    """
    way, preset = group
    return IN_WORDS[way] + (" + unlabelled" if preset == _UNLABELLED else "")


def curve(rows: Sequence[Row], group: Group) -> list[tuple[float, float]]:
    """Return mean minutes spent and mean Dice of a way with a preset, by rising minutes."""
    own = [row for row in rows if (row["way"], row["preset"]) == group and row["dice"] is not None]
    points = []
    for minutes in sorted({row["minutes"] for row in own}):
        found = [row for row in own if row["minutes"] == minutes]
        points.append((_mean([row["spent_minutes"] for row in found]), _mean([row["dice"] for row in found])))
    return points
