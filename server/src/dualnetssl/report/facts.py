"""What a report tells, whichever command it is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from dualnetssl.contract.schema import LabelDefinition

LEARNT, KEPT_OUT, UNLABELLED, NEW = "learnt from", "kept out", "unlabelled", "new"
"""What a scan was to the training: its label taught, its label measured, it taught without one, it took no part."""

Rows = Sequence[Sequence[float]]
"""Bins of a map by rising value: lowest value, highest value, voxels, wrong ones."""


@dataclass(frozen=True)
class Case:
    """A predicted scan.

    Attributes:
        name: of its file.
        role: what it was to the training, see `LEARNT`.
        summary: what prediction says of it, see formats.md.
        truth: what evaluation says of it, see formats.md; empty without a label.
        sheet: file of its pictures; None where there is none.
    """

    name: str
    role: str
    summary: Mapping[str, Any]
    truth: Mapping[str, Any] = field(default_factory=dict)
    sheet: Path | None = None

    @property
    def dice(self) -> float | None:
        """True Dice, the mean over classes."""
        found: float | None = self.truth.get("dice")
        return found

    @property
    def predicted_dice(self) -> float | None:
        """Predicted Dice, the mean over classes."""
        found: float | None = self.summary.get("predicted_dice")
        return found

    @property
    def badness(self) -> tuple[float, float]:
        """Larger is worse: by true Dice, else by predicted Dice, then by what is expected to be wrong."""
        dice = self.predicted_dice if self.dice is None else self.dice
        return (0.0 if dice is None else 1.0 - dice), self.summary.get("expected_error_ml") or 0.0


@dataclass(frozen=True)
class Training:
    """How a model came to be.

    Attributes:
        roles: what each scan was, by name.
        config: the complete configuration.
        chosen: its fields that differ from the preset's.
        device: that it ran on.
        events: the history, as `events.jsonl` has it; empty where it is not at hand.
        metrics: what the model's card tells of it.
        start: digest of the model that it began from; None: from nothing.
    """

    roles: Mapping[str, str]
    config: Mapping[str, Any]
    chosen: Mapping[str, Any]
    device: str
    events: Sequence[Mapping[str, Any]]
    metrics: Mapping[str, Any]
    start: str | None = None

    def of_kind(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the events of a kind."""
        return [event for event in self.events if event["kind"] == kind]


@dataclass(frozen=True)
class Facts:
    """Everything that a report tells.

    Attributes:
        title: what the report is of.
        labels: the classes.
        training: of the model; None where nothing is known of it.
        cases: predicted scans, the worst first.
        reliability: how often voxels were wrong by the value of the uncertainty map, under what was counted.
        records: by command, how it was called and what it took.
        left: scans that were not predicted or pictured, in words.
    """

    title: str
    labels: Sequence[LabelDefinition]
    training: Training | None = None
    cases: Sequence[Case] = ()
    reliability: Mapping[str, Rows] = field(default_factory=dict)
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    left: Sequence[str] = ()

    @property
    def evaluated(self) -> bool:
        """Whether any scan was compared with a label."""
        return any(case.truth for case in self.cases)


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of what is known, None of nothing.

    Example:
        >>> mean([0.5, None, 1.0]), mean([None])
        (0.75, None)
    """
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def figure(value: float | None, digits: int = 2) -> str:
    """Write a figure with all its digits; a dash for none.

    Example:
        >>> figure(0.9), figure(None)
        ('0.90', '–')
    """
    return "–" if value is None else f"{value:.{digits}f}"


def count(number: int, word: str) -> str:
    """Write a number of things.

    Example:
        >>> count(1, "scan"), count(3, "scan")
        ('1 scan', '3 scans')
    """
    return f"{number} {word}{'' if number == 1 else 's'}"
