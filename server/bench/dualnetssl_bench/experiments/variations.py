"""What the ablation tries: every term alone and every one switched off, and every choice the other way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.method.step import TERMS

NO_TEACHING: dict[str, Any] = {f"{name}_weight": 0.0 for name in TERMS}


@dataclass(frozen=True)
class Variation:
    """A row of the ablation: a preset and what differs from it."""

    name: str
    preset: str = "default"
    overrides: dict[str, Any] = field(default_factory=dict)


def _alone(name: str) -> Variation:
    weight = TERMS[name].weight(TrainConfig())
    return Variation(f"{name}-alone", overrides={**NO_TEACHING, f"{name}_weight": weight})


VARIATIONS = (
    Variation("default"),
    Variation("supervised", "supervised"),
    Variation("no-term", overrides=NO_TEACHING),
    *(_alone(name) for name in TERMS),
    *(Variation(f"{name}-off", overrides={f"{name}_weight": 0.0}) for name in TERMS),
    Variation("review-off", overrides={"review_weight": 0.0}),
    Variation("pseudo-strong", overrides={"pseudo_weight": 5.0}),
    Variation("consistency-strong", overrides={"consistency_weight": 5.0}),
    Variation("consistency-stronger", overrides={"consistency_weight": 20.0}),
    Variation("copy-paste-off", overrides={"copy_paste": False}),
    Variation("align-off", overrides={"align": False}),
    Variation("averaging-off", overrides={"ema": 0.0}),
    Variation("averaging-long", overrides={"ema": 0.99}),
    Variation("winner-teaches", overrides={"directions": "winner"}),
    Variation("opposite-teaches", overrides={"teacher": "opposite"}),
    Variation("winner-opposite", overrides={"directions": "winner", "teacher": "opposite"}),
    Variation("union-labels", overrides={"pseudo_labels": "union"}),
    Variation("reliable-0.5", overrides={"reliable_share": 0.5}),
    Variation("reliable-all", overrides={"reliable_share": 1.0}),
    Variation("warm-up-off", overrides={"warm_up": 0.0}),
    Variation("warm-up-0.25", overrides={"warm_up": 0.25}),
    Variation("ramp-slow", overrides={"ramp": 0.5}),
    Variation("one-cycle", overrides={"schedule": "poly"}),
    Variation("paper-contrast", overrides={"contrast_form": "paper"}),
    Variation("contrast-strong", overrides={"contrast_weight": 0.5}),
    Variation("crops-only", overrides={"augmentation": "crop"}),
    Variation("batch-norm", overrides={"norm": "batch"}),
    Variation("dropout-0.5", overrides={"dropout": 0.5}),
    Variation("sgd", overrides={"optimizer": "sgd", "learning_rate": 0.02}),
    Variation("clip-off", overrides={"gradient_clip": None}),
    Variation("3+1-patches", overrides={"labelled_per_step": 3, "unlabelled_per_step": 1}),
    Variation("2+4-patches", overrides={"unlabelled_per_step": 4}),
    Variation("paper", "paper"),
)
"""The first is what all others are compared with."""


def choose(only: list[str] | None) -> tuple[Variation, ...]:
    """Return the variations of these names, the default first; all without names.

    Raises:
        InvalidRequest: there is no such variation.

    Example:
        >>> [variation.name for variation in choose(["review-off"])]
        ['default', 'review-off']
    """
    if not only:
        return VARIATIONS
    known = [variation.name for variation in VARIATIONS]
    unknown = [name for name in only if name not in known]
    if unknown:
        raise InvalidRequest(f"--only {unknown[0]!r}", ", ".join(map(repr, known)), "Choose among these.")
    return tuple(variation for variation in VARIATIONS if variation.name in {VARIATIONS[0].name, *only})
