"""The report's charts: how training went, and whether the uncertainty points at the errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from dualnetssl.cli.monitor import mean_losses
from dualnetssl_bench.findings.charts import Axis, Panel, Series, chart
from dualnetssl_bench.findings.colours import AFTER, BEFORE, LINES
from dualnetssl_bench.showcase.story import Round, Story

Floats = npt.NDArray[np.floating[Any]]
_BINS = 10
_REVIEWED = (0.0, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1)


def learning(story: Story) -> str:
    """Show losses and Dice during both trainings."""
    rows = "".join(
        f'<h3>{name.capitalize()} training</h3><div class="two">{_losses(told, name)}{_dice(story, told, name)}</div>'
        for name, told in (("first", story.first), ("second", story.second))
    )
    return (
        "<h2>How training went</h2><p>Left, the terms of the loss (lower is better): <em>supervised</em> is learnt "
        "from labels, the others from the scans without. Right, the agreement on the labelled patches that training "
        f"sees; it is always rosier than on new scans.</p>{rows}"
    )


def _progress(told: Round) -> list[dict[str, Any]]:
    return [event for event in told.events if event["kind"] == "progress"]


def _losses(told: Round, name: str) -> str:
    events = _progress(told)
    points: dict[str, list[tuple[float, float]]] = {}
    for event in events:
        for term, value in mean_losses(event["losses"]).items():
            points.setdefault(term, []).append((event["step"], value))
    top = max([value for line in points.values() for _, value in line], default=1.0)
    lines = [Series(term, line, LINES[index % len(LINES)]) for index, (term, line) in enumerate(points.items())]
    axes = _steps(events), Axis("loss", 0, 1.05 * max(top, 0.1))
    return chart(Panel(*axes, lines), f"Losses during the {name} training")


def _dice(story: Story, told: Round, name: str) -> str:
    events = _progress(told)
    lines = [
        Series(
            label.name,
            [(event["step"], event["dice"][label.name]) for event in events if label.name in event["dice"]],
            LINES[index % len(LINES)],
        )
        for index, label in enumerate(story.labels)
    ]
    return chart(
        Panel(_steps(events), Axis("Dice on labelled patches", 0, 1), lines), f"Dice during the {name} training"
    )


def _steps(events: Sequence[dict[str, Any]]) -> Axis:
    return Axis("training step", 0, max([event["step"] for event in events], default=1))


def doubt(story: Story) -> str:
    """Show whether the uncertainty of the second model points at its errors, on scans it never saw the truth of."""
    maps = [_maps(story, case) for case in story.untouched]
    if not maps:
        return ""
    uncertainty, wrong = np.concatenate([one[0] for one in maps]), np.concatenate([one[1] for one in maps])
    found = np.interp(0.02, _REVIEWED, [y / 100 for _, y in found_errors(uncertainty, wrong)])
    return (
        "<h2>Does the doubt point at the mistakes?</h2><p>It should: a map of uncertainty is only worth a look if it "
        "leads to the errors. On the untouched scans, looking at the most uncertain 2 % of the volume finds "
        f'{100 * found:.0f} % of all wrong voxels.</p><div class="two">'
        f"{_finding(uncertainty, wrong)}{_honesty(uncertainty, wrong)}</div>{_cases(story)}"
    )


def _maps(story: Story, case: str) -> tuple[Floats, npt.NDArray[np.bool_]]:
    uncertainty = sitk.GetArrayFromImage(story.second.volume(case, "uncertainty"))
    segmentation = sitk.GetArrayFromImage(story.second.volume(case, "seg"))
    return uncertainty.ravel(), (segmentation != sitk.GetArrayFromImage(story.truth(case))).ravel()


def found_errors(uncertainty: Floats, wrong: npt.NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Return which percentage of the wrong voxels lies in the most uncertain percentage of all voxels.

    Example:
        >>> found_errors(np.linspace(0, 1, 1000), np.arange(1000) >= 990)[3]
        (1.0, 100.0)
    """
    ordered = np.concatenate([[0], np.cumsum(wrong[np.argsort(-uncertainty, kind="stable")])])
    total = max(1, int(wrong.sum()))
    return [(100 * share, 100 * float(ordered[round(share * wrong.size)]) / total) for share in _REVIEWED]


def _finding(uncertainty: Floats, wrong: npt.NDArray[np.bool_]) -> str:
    lines = [
        Series("guided by uncertainty", found_errors(uncertainty, wrong), AFTER),
        Series("looking at random", [(0, 0), (10, 10)], BEFORE, dashed=True),
    ]
    axes = Axis("% of the volume looked at", 0, 10), Axis("% of wrong voxels found", 0, 100)
    return chart(Panel(*axes, lines), "Wrong voxels found against volume looked at")


def _honesty(uncertainty: Floats, wrong: npt.NDArray[np.bool_]) -> str:
    bins = np.minimum((uncertainty * _BINS).astype(int), _BINS - 1)
    counts, errors = np.bincount(bins, minlength=_BINS), np.bincount(bins, weights=wrong, minlength=_BINS)
    points = [
        ((index + 0.5) / _BINS, 100 * float(errors[index] / counts[index]))
        for index in range(_BINS)
        if counts[index] > 50
    ]
    top = max([share for _, share in points], default=1.0)
    line = Series("untouched scans", points, AFTER)
    axes = Axis("uncertainty", 0, 1), Axis("% of voxels wrong", 0, max(10.0, 1.1 * top))
    return chart(Panel(*axes, [line]), "Errors by doubt")


def _cases(story: Story) -> str:
    told = story.second.evaluation["cases"]
    means = {
        case: float(sitk.GetArrayFromImage(story.second.volume(case, "uncertainty")).mean()) for case in story.cases
    }
    lines = []
    for role, colour in (("untouched", AFTER), ("corrected in part", LINES[1]), ("labelled", BEFORE)):
        rows = [row for row in told if story.role(row["case"]) == role and row["dice"] is not None]
        tips = [f"{row['case']}: Dice {row['dice']:.2f}" for row in rows]
        lines.append(Series(role, [(means[row["case"]], row["dice"]) for row in rows], colour, dots=True, tips=tips))
    top = 1.1 * max(means.values())
    axes = Axis("mean uncertainty of the scan", 0, top), Axis("Dice", 0, 1)
    drawn = chart(Panel(*axes, lines), "Dice against uncertainty")
    note = "Each dot is a scan. The further right, the more the networks doubt it; the lower, the worse it is."
    return f'<div class="two">{drawn}<div><p class="note" style="margin-top:24px">{note}</p></div></div>'
