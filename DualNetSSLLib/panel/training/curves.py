"""What the events of a training add up to: curves, place in the work, speed. No widget, no scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from DualNetSSLLib.client.records import Event

SERIES_LIMIT = 2000
"""Points that a curve keeps; older ones are thinned to every second beyond it."""


@dataclass
class Curve:
    """One curve: steps and values, thinned once it grows long.

    Example:
        >>> curve = Curve()
        >>> for step in range(2 * SERIES_LIMIT): curve.add(step, 0.5)
        >>> len(curve.steps) <= SERIES_LIMIT, curve.steps[0], curve.steps[-1] == 2 * SERIES_LIMIT - 1
        (True, 0, True)
    """

    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, step: int, value: float) -> None:
        """Append a point; a step that was reported before replaces the earlier value and what came after it."""
        while self.steps and self.steps[-1] >= step:
            self.steps.pop()
            self.values.pop()
        if len(self.steps) >= SERIES_LIMIT:
            del self.steps[1:-1:2]
            del self.values[1:-1:2]
        self.steps.append(step)
        self.values.append(value)


@dataclass
class TrainingCurves:
    """What one training job has told so far.

    Attributes:
        last: number of the last event, to go on from.
        device: what it runs on; empty as long as nobody knows.
        labelled: scans with a label that it learns from.
        unlabelled: scans without one.
        step: steps done.
        steps: steps in all; 0 as long as nobody knows.
        seconds_left: its own estimate, or None.
        memory_bytes: peak memory on the device; 0 where it is not measured.
        losses: mean of both networks by term.
        dice: by label; on validation scans if there are some, else on labelled training patches.
        validation_cases: how many validation scans there are; 0: none.
        warning: the last warning.
        predicted: cases that are predicted, and how many there will be.
        prepared: scans that are ready to be learnt from, and how many there will be; (0, 0): nobody said.
    """

    last: int = 0
    device: str = ""
    labelled: int = 0
    unlabelled: int = 0
    step: int = 0
    steps: int = 0
    seconds_left: float | None = None
    memory_bytes: int = 0
    losses: dict[str, Curve] = field(default_factory=dict)
    dice: dict[str, Curve] = field(default_factory=dict)
    validation_cases: int = 0
    warning: str = ""
    predicted: tuple[int, int] = (0, 0)
    prepared: tuple[int, int] = (0, 0)
    seconds_per_step: float | None = None
    _first: tuple[int, float] | None = None

    def add(self, event: Event) -> None:
        """Take in one event; one that was taken in before changes nothing."""
        if event.seq <= self.last:
            return
        self.last = event.seq
        take = {
            "started": self._started,
            "resumed": self._resumed,
            "preparing": self._preparing,
            "data": self._data,
            "progress": self._progress,
            "validation": self._validation,
            "predicted": self._predicted,
            "warning": self._warned,
        }.get(event.kind)
        if take is not None:
            take(event)

    def _started(self, event: Event) -> None:
        self.device = str(event.fields.get("device", ""))
        self._first, self.prepared = None, (0, 0)

    def _resumed(self, event: Event) -> None:
        self.step = int(event.fields.get("step", self.step))

    def _preparing(self, event: Event) -> None:
        self.prepared = (int(event.fields.get("done", 0)), int(event.fields.get("total", 0)))

    def _data(self, event: Event) -> None:
        self.labelled, self.unlabelled = (int(event.fields.get(name, 0)) for name in ("labelled", "unlabelled"))

    def _progress(self, event: Event) -> None:
        fields = event.fields
        self.step, self.steps = int(fields["step"]), int(fields["steps"])
        self.seconds_left, self.memory_bytes = fields.get("seconds_left"), int(fields.get("memory_bytes") or 0)
        for name, value in mean_of_networks(fields.get("losses", {})).items():
            self.losses.setdefault(name, Curve()).add(self.step, value)
        if not self.validation_cases:
            self._add_dice(fields.get("dice", {}))
        self._measure(event.time)

    def _measure(self, time: float) -> None:
        """Measure the speed since the first report, which leaves the start of the worker out."""
        if self._first is None:
            self._first = (self.step, time)
        elif self.step > self._first[0]:
            self.seconds_per_step = (time - self._first[1]) / (self.step - self._first[0])

    def _validation(self, event: Event) -> None:
        if not self.validation_cases:
            self.dice.clear()
        cases = event.fields.get("cases", 0)
        self.validation_cases = cases if isinstance(cases, int) else len(cases)
        self.step = max(self.step, int(event.fields.get("step", self.step)))
        self._add_dice(event.fields.get("dice", {}))

    def _add_dice(self, dice: dict[str, float | None]) -> None:
        for name, value in dice.items():
            if value is not None:
                self.dice.setdefault(name, Curve()).add(self.step, value)

    def _predicted(self, event: Event) -> None:
        self.predicted = (int(event.fields.get("done", 0)), int(event.fields.get("total", 0)))

    def _warned(self, event: Event) -> None:
        self.warning = str(event.fields.get("message", ""))


def mean_of_networks(losses: Mapping[str, Any]) -> dict[str, float]:
    """Average each term over the networks; a former version told them flat, the network's index behind the name.

    Example:
        >>> mean_of_networks({"vnet": {"supervised": 1.0, "contrast": 0.5}, "residual": {"supervised": 3.0}})
        {'supervised': 2.0, 'contrast': 0.5}
        >>> mean_of_networks({"supervised_0": 1.0, "supervised_1": 3.0})
        {'supervised': 2.0}
    """
    terms: dict[str, list[float]] = {}
    for name, told in losses.items():
        own = told if isinstance(told, dict) else {name.rpartition("_")[0]: told}
        for term, value in own.items():
            terms.setdefault(term, []).append(value)
    return {term: sum(values) / len(values) for term, values in terms.items()}
