"""What each process of ``bench gpu`` is told to do, in a file, so that one that dies takes no other with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import LabelSet, Strict
from dualnetssl_bench.experiments.protocols import Material


class SpeedOrder(Strict):
    """Measure how fast the device is.

    Attributes:
        output: gets ``throughput`` as table and JSON.
        device: ``auto``, ``cpu`` or ``cuda:N``.
        quick: tiny networks, two rounds.
        rounds: of both loops in turns.
        compiled: whether the networks are also compiled, which takes minutes.
        until: nothing new is begun after this time (seconds since the epoch).
    """

    output: str
    device: str
    quick: bool
    rounds: int
    compiled: bool
    until: float


class TrainingOrder(Strict):
    """Train and judge, or only try how fast training goes.

    Attributes:
        name: in the table, and of the folder.
        preset: of the training.
        labelled: how many scans keep their labels.
        seed: of everything random.
        train: scans that training may see, all with their labels.
        kept_out: scans that judge.
        labels: the label set.
        fields: of the training configuration.
        output: folder under which the training has its own.
        device: ``auto``, ``cpu`` or ``cuda:N``.
        strides: of the literature's prediction, None: the product's own alone.
    """

    name: str
    preset: str
    labelled: int
    seed: int
    train: tuple[JobCase, ...]
    kept_out: tuple[JobCase, ...]
    labels: LabelSet
    fields: dict[str, Any]
    output: str
    device: str
    strides: tuple[int, int, int] | None = None

    @property
    def material(self) -> Material:
        """The scans."""
        return Material(self.train, self.kept_out, self.labels)

    @property
    def folder(self) -> Path:
        """Where the experiment's `perform` leaves what it finds."""
        return Path(self.output) / "runs" / self.name / f"seed-{self.seed}"

    @property
    def training(self) -> JobDirectory:
        """The training's job directory."""
        return JobDirectory(self.folder / "training")

    @property
    def trial(self) -> JobDirectory:
        """The job directory of the trial."""
        return JobDirectory(Path(self.output) / "trials" / self.name)
