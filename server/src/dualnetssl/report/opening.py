"""How a report begins and ends: what it is of, its main figures, and what they do not say."""

from __future__ import annotations

import time
from collections.abc import Mapping
from html import escape
from typing import Any

from dualnetssl.report.chapter import cards
from dualnetssl.report.facts import KEPT_OUT, LEARNT, UNLABELLED, Facts, Training, count, figure, mean
from dualnetssl.version import VERSION

_TOO_LITTLE = 0.5


def opening(facts: Facts) -> str:
    """Return the heading, a sentence and the main figures."""
    classes = ", ".join(label.name for label in facts.labels)
    lead = f"{_trained(facts.training)} {_predicted(facts)}".strip()
    figures = _of_cases(facts) if facts.cases else _of_training(facts)
    warning = f'<p class="warning" role="note">{escape(text)}</p>' if (text := advice(facts)) else ""
    return (
        f'<h1>{escape(facts.title)}</h1><p class="lead">{escape(lead)} Classes: {escape(classes)}.</p>'
        f"{cards(figures)}{warning}"
    )


def _trained(training: Training | None) -> str:
    if training is None:
        return ""
    roles = list(training.roles.values())
    parts = [f"{count(roles.count(LEARNT), 'labelled scan')}"]
    if unlabelled := roles.count(UNLABELLED):
        parts.append(f"{unlabelled} without a label")
    kept = f"; {count(roles.count(KEPT_OUT), 'labelled scan')} kept out to measure" if KEPT_OUT in roles else ""
    return f"Two networks learnt from {' and '.join(parts)}{kept}."


def _predicted(facts: Facts) -> str:
    if not facts.cases:
        return ""
    judged = sum(bool(case.truth) for case in facts.cases)
    compared = f", {judged} of them compared with labels" if judged else ", not yet compared with labels"
    return f"{count(len(facts.cases), 'scan')} predicted{compared}."


def _of_cases(facts: Facts) -> list[tuple[str, str]]:
    cases = facts.cases
    new = [case for case in cases if case.role != LEARNT]
    wrong = sum(case.summary.get("expected_error_ml") or 0.0 for case in cases)
    figures = [(str(len(cases)), "scans predicted")]
    if facts.evaluated:
        figures.append((figure(mean(case.dice for case in new)), "mean Dice of scans not learnt from"))
        figures.append((figure(mean(case.dice for case in cases if case.role == LEARNT)), "of scans learnt from"))
    figures.append((figure(mean(case.predicted_dice for case in new)), "predicted Dice of scans not learnt from"))
    figures.append((f"{wrong:.1f} ml", "expected to be wrong, in all scans"))
    figures.append((cases[0].name, "is the worst scan"))
    return figures


def _of_training(facts: Facts) -> list[tuple[str, str]]:
    training = facts.training
    if training is None:
        return []
    roles = list(training.roles.values())
    told: Mapping[str, Any] = next(reversed(training.of_kind("progress")), {})
    metrics = training.metrics  # of the steps since that was told, too
    kept_out = training.metrics.get("validation_dice") or {}
    figures = [
        (f"{roles.count(LEARNT)} of {len(roles)}", "scans taught with a label"),
        (f"{metrics.get('step', told.get('step', 0))} of {training.config.get('steps')}", "steps"),
        (
            figure(mean((metrics.get("dice_on_labelled_patches") or told.get("dice") or {}).values())),
            "Dice on patches that it learns from",
        ),
    ]
    return [*figures, (figure(mean(kept_out.values())), "Dice on scans kept out")] if kept_out else figures


def advice(facts: Facts) -> str:
    """Say what the figures forbid to trust; empty where nothing does.

    Example:
        >>> advice(Facts("run", ()))
        ''
    """
    new = [case for case in facts.cases if case.role != LEARNT]
    dice = mean(case.dice for case in new)
    dice = mean(case.predicted_dice for case in new) if dice is None else dice
    if dice is not None and dice < _TOO_LITTLE:
        return (
            f"At a mean Dice of {dice:.2f} this model knows too little for its predictions to be worth correcting: "
            "label more scans, or train longer."
        )
    if facts.cases and facts.training is not None and not facts.training.metrics.get("reliability"):
        return "This model is not calibrated, as its training was stopped: its uncertainty is not a chance of error."
    return ""


def footer(facts: Facts) -> str:
    """Return what must be read with the figures."""
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime())
    return (
        "<p>Dice says how well two outlines agree: 0 is no overlap, 1 is the same outline. Predicted Dice is an "
        "estimate without a label. On scans that the model learnt from, both are rosier than on new ones. "
        f"Not for diagnosis.</p><p>Made by dualnetssl {escape(VERSION)}, {made}.</p>"
    )
