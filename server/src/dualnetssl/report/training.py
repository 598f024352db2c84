"""What the model was trained on, and how that went."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from dualnetssl.contract.words import mean_losses
from dualnetssl.report.chapter import Cell, Chapter, Column, table
from dualnetssl.report.charts import Axis, Series, chart
from dualnetssl.report.facts import KEPT_OUT, LEARNT, UNLABELLED, Facts, Training

_LISTED = 40


def data(facts: Facts) -> Chapter | None:
    """Return which scans taught, and the choices that were made."""
    training = facts.training
    if training is None:
        return None
    words = {LEARNT: "taught with their labels", KEPT_OUT: "were kept out to measure", UNLABELLED: "taught without"}
    lists = "".join(_listed(training, role, text) for role, text in words.items())
    warnings = [escape(str(event["message"])) for event in training.of_kind("warning")]
    told = f"<p>Warnings:</p><ul>{''.join(f'<li>{text}.</li>' for text in warnings)}</ul>" if warnings else ""
    begun = "<p>It went on from an earlier model.</p>" if training.start else ""
    return Chapter("data", "What it was trained on", f"{begun}{lists}{_prepared(training)}{_choices(training)}{told}")


def _listed(training: Training, role: str, text: str) -> str:
    names = sorted(name for name, own in training.roles.items() if own == role)
    if not names:
        return ""
    shown = escape(", ".join(names))
    if len(names) <= _LISTED:
        return f"<p>{len(names)} scans {text}: {shown}.</p>"
    return f"<details><summary>{len(names)} scans {text}</summary><p>{shown}.</p></details>"


def _prepared(training: Training) -> str:
    told = next((event for event in reversed(training.of_kind("data")) if "spacing" in event), None)
    if told is None:
        return ""
    spacing, patch = (" × ".join(f"{value:g}" for value in reversed(told[name])) for name in ("spacing", "patch"))
    windows = ["MR" if window is None else "CT, {:.0f} to {:.0f} HU".format(*window) for window in told["windows"]]
    return f"<p>Voxels of {spacing} mm, patches of {patch} voxels (i × j × k). Intensities: {', '.join(windows)}.</p>"


def _choices(training: Training) -> str:
    preset = escape(str(training.config.get("preset", "default")))
    if not training.chosen:
        return f"<p>Preset {preset}, nothing changed.</p>"
    rows = [[Cell(escape(name)), Cell(escape(json.dumps(value)))] for name, value in training.chosen.items()]
    columns = [Column("field", figures=False), Column("value", figures=False)]
    return table(f"Preset {preset}, with these changes", columns, rows)


def curves(facts: Facts) -> Chapter | None:
    """Return losses and Dice over the steps."""
    events = facts.training.of_kind("progress") if facts.training else []
    if not facts.training or not events:
        return None
    drawn = _losses(events) + _dice(events, facts.training.of_kind("validation"))
    said = (
        "<p>Left the terms of the loss, lower is better: <em>supervised</em> is learnt from labels, the others from "
        "scans without. Right the Dice on patches that training sees, rosier than on new scans; scans kept out, where "
        "there are any, tell the truth.</p>"
    )
    return Chapter("curves", "How training went", f'{said}<div class="two">{drawn}</div>')


def _steps(events: Sequence[Mapping[str, Any]]) -> Axis:
    return Axis("step", 0, max(event["step"] for event in events))


def _losses(events: Sequence[Mapping[str, Any]]) -> str:
    points: dict[str, list[tuple[float, float]]] = {}
    for event in events:
        for term, value in mean_losses(event["losses"]).items():
            points.setdefault(term, []).append((event["step"], value))
    top = max([value for line in points.values() for _, value in line], default=1.0)
    lines = [Series(term, line) for term, line in points.items()]
    return chart(_steps(events), Axis("loss", 0, 1.05 * max(top, 0.1)), lines, "Losses during training")


def _dice(events: Sequence[Mapping[str, Any]], kept_out: Sequence[Mapping[str, Any]]) -> str:
    lines = [Series(name, line) for name, line in _by_class(events).items()]
    lines += [Series(f"{name}, scans kept out", line, dashed=True) for name, line in _by_class(kept_out).items()]
    return chart(_steps(events), Axis("Dice", 0, 1), lines, "Dice during training")


def _by_class(events: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[float, float]]]:
    points: dict[str, list[tuple[float, float]]] = {}
    for event in events:
        for name, value in event["dice"].items():
            if value is not None:
                points.setdefault(name, []).append((event["step"], value))
    return points
