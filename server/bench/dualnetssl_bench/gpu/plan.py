"""Which trainings ``bench gpu`` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dualnetssl_bench.experiments import protocols
from dualnetssl_bench.experiments.protocols import Protocol
from dualnetssl_bench.gpu.orders import TrainingOrder
from dualnetssl_bench.gpu.parts import join

_LEAST_STEPS = 2000
_YARDSTICK_STEPS = 4000
_QUICK_STEPS = (4, 20)
_QUICK_STRIDES = (16, 8, 8)
_COMMON = {"calibration_scans": 0}
"""Calibration moves no boundary of these figures, and takes time that others wait for."""


@dataclass(frozen=True)
class Subject:
    """A data set with its protocol.

    Attributes:
        protocol: how it is used.
        data: its folder, or its parts.
        name: in the table.
        lessons: preset and number of labels of each training; None: all labels.
    """

    protocol: Protocol
    data: tuple[Path, ...]
    name: str
    lessons: tuple[tuple[str, int | None], ...]


def left_atrium(data: Sequence[Path], quick: bool) -> Subject:
    """Return the literature's protocol, with a number of steps that is still to be chosen."""
    protocol = protocols.LEFT_ATRIUM
    if quick:
        protocol = replace(protocols.QUICK, published_strides=_QUICK_STRIDES)
    few = protocol.labelled
    return Subject(protocol, tuple(data), "left-atrium", (("supervised", few), ("default", few)))


def hippocampus(data: Sequence[Path], quick: bool) -> Subject:
    """Return the yardstick: few and all labels, and unlabelled scans beside the few."""
    protocol = protocols.QUICK if quick else replace(protocols.HIPPOCAMPUS, steps=_YARDSTICK_STEPS)
    few = protocol.labelled
    return Subject(protocol, tuple(data), "hippocampus", (("supervised", few), ("default", few), ("supervised", None)))


def step_bounds(quick: bool) -> tuple[int, int]:
    """Return the fewest and the most steps that the left atrium gets."""
    return _QUICK_STEPS if quick else (_LEAST_STEPS, protocols.LEFT_ATRIUM.steps)


def orders(subject: Subject, work: Path, device: str) -> list[TrainingOrder]:
    """Check a subject's scans and write its trainings down, with the protocol's number of steps.

    Raises:
        InvalidDataset: scans cannot be used, have no label, or are too few.
    """
    protocol = subject.protocol
    material = protocols.gather(protocol, join(subject.data, work / "data" / subject.name), work)
    everything = len(material.train)
    return [
        TrainingOrder(
            name=f"{subject.name}-{labelled or everything}-{preset}",
            preset=preset,
            labelled=labelled or everything,
            seed=0,
            train=material.train,
            kept_out=material.kept_out,
            labels=material.labels,
            fields={**_COMMON, **protocol.fields, "steps": protocol.steps},
            output=str(work),
            device=device,
            strides=protocol.published_strides,
        )
        for preset, labelled in subject.lessons
    ]


def with_steps(order: TrainingOrder, steps: int) -> TrainingOrder:
    """Return the same training with another number of steps."""
    fields: dict[str, Any] = {**order.fields, "steps": steps}
    return order.model_copy(update={"fields": fields})
