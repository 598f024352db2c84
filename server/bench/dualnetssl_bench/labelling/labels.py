"""``bench labels``: Dice on scans kept out against an expert's minutes, by how the first labels are painted."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import whole
from dualnetssl.contract.errors import ProblemError
from dualnetssl_bench.experiments import series
from dualnetssl_bench.findings import frame
from dualnetssl_bench.labelling.book import Book

if TYPE_CHECKING:
    from dualnetssl_bench.experiments.experiments import Experiment, Ground

WAYS = ("whole", "slices", "slices-bounds", "slices-box", "slices-habit", "boxes", "boxes-bounds")
PRESETS = ("supervised", "default")
MINUTES = (5, 10, 20, 40)
_QUICK_MINUTES = (1,)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    series.add_options(parser, labelled=False)
    parser.add_argument("--only", nargs="+", choices=WAYS, default=list(WAYS), help="ways to label (default: all)")
    parser.add_argument(
        "--minutes", metavar="N", nargs="+", type=whole("--minutes", 1), help="of an expert (default: 5 10 20 40)"
    )
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=list(PRESETS), help="default: both")
    parser.add_argument(
        "--patch", metavar=("K", "J", "I"), nargs=3, type=whole("--patch", 1), help="voxels (default: the protocol's)"
    )
    parser.add_argument("--again", action="store_true", help="do again what is done: the newest result counts")


def run(arguments: argparse.Namespace) -> int:
    """Label, train and judge, one result after the other; what is done is not done again. 1 if one failed."""
    setting = series.set_up(arguments)
    ground = setting.ground
    fields = ground.fields | ({"patch": list(arguments.patch)} if arguments.patch else {})
    bench = Bench(setting.protocol.name, replace(ground, fields=fields), Book(ground.output / "labels.jsonl"))
    minutes = arguments.minutes or (_QUICK_MINUTES if arguments.quick else MINUTES)
    trials = list(plan(arguments.presets, arguments.only, minutes, arguments.seeds))
    failures = []
    for number, trial in enumerate(trials, start=1):
        print(f"[{number}/{len(trials)}] {trial}", flush=True)
        try:
            bench.perform(trial, again=arguments.again)
        except ProblemError as problem:
            failures.append(f"{trial} failed: {problem}")
        frame.publish(bench.findings(failures), ground.output)
    frame.conclude(bench.findings(failures), ground.output)
    return int(bool(failures))


@dataclass(frozen=True)
class Trial:
    """One training: how its labels are painted, in how many minutes, and how it learns."""

    preset: str
    way: str
    minutes: int
    seed: int

    def __str__(self) -> str:
        return f"{self.way}, {self.minutes} minutes, {self.preset}, seed {self.seed}"

    @property
    def name(self) -> str:
        """Name of its folder."""
        return f"{self.preset}-{self.way}-{self.minutes}min"


def plan(presets: Sequence[str], ways: Sequence[str], minutes: Sequence[int], seeds: Sequence[int]) -> Iterator[Trial]:
    """Return the trainings: all of a seed before the next, of a preset before the next, of a way before the next."""
    for seed in seeds:
        for preset in dict.fromkeys(presets):
            for way in dict.fromkeys(ways):
                yield from (Trial(preset, way, each, seed) for each in minutes)


@dataclass(frozen=True)
class Bench:
    """What all trainings share, and where their results are kept."""

    protocol: str
    ground: Ground
    book: Book

    def perform(self, trial: Trial, *, again: bool) -> None:
        """Label, train, predict, evaluate, and write the result down, unless it is there."""
        from dualnetssl_bench.experiments.experiments import perform
        from dualnetssl_bench.labelling import sets

        kind = self._kind(trial)
        if not again and self.book.find(kind) is not None:
            return
        folder = self.ground.folder(_experiment(trial, 0))
        if again:
            shutil.rmtree(folder, ignore_errors=True)
        made = sets.make(self.ground.material, trial.way, trial.minutes, trial.seed, folder / "labels")
        found = perform(_experiment(trial, made.scans), replace(self.ground, material=made.material))
        self.book.add({**kind, **made.figures(), "sources": found["sources"], **_judged(found)})
        if not self.ground.keep:
            shutil.rmtree(folder / "labels", ignore_errors=True)

    def _kind(self, trial: Trial) -> dict[str, Any]:
        own = {"way": trial.way, "minutes": trial.minutes, "preset": trial.preset, "seed": trial.seed}
        return {"protocol": self.protocol, **own, "fields": self.ground.fields}

    def findings(self, failures: Sequence[str]) -> frame.Findings:
        """Lay out what is known so far of these fields."""
        from dualnetssl_bench.labelling import report

        rows = [row for row in self.book.rows() if row["fields"] == self.ground.fields]
        return report.findings([row for row in rows if row["protocol"] == self.protocol], self.protocol, failures)


def _experiment(trial: Trial, labelled: int) -> Experiment:
    from dualnetssl_bench.experiments.experiments import Experiment

    return Experiment(trial.name, trial.preset, trial.seed, labelled)


def _judged(found: dict[str, Any]) -> dict[str, Any]:
    mean = found["evaluation"]["mean"]
    classes = {name: score["dice"] for name, score in mean["classes"].items()}
    return {"dice": mean["dice"], "hd95_mm": mean["hd95_mm"], "assd_mm": mean["assd_mm"], "classes": classes}
