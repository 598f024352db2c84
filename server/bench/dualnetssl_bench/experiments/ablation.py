"""``bench ablation``: what each term and each choice of the method is worth, and how loud each term speaks."""

from __future__ import annotations

import argparse
import shutil
import statistics
from typing import TYPE_CHECKING

from dualnetssl.cli.terminal import table
from dualnetssl_bench.experiments import series
from dualnetssl_bench.experiments.series import Outcome, Setting
from dualnetssl_bench.experiments.variations import VARIATIONS, Variation, choose
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.colours import AFTER, BEFORE
from dualnetssl_bench.findings.dots import DotRow, dot_rows
from dualnetssl_bench.findings.frame import Findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dualnetssl.contract.jobdir import JobDirectory
    from dualnetssl.contract.jobspec import JobSpec
    from dualnetssl_bench.experiments.experiments import Experiment, Ground, Hooks

_WARM_UPS = "warm-ups"
_HEADER = ["variation", "seeds", "Dice", "against default", "HD95 mm", "error AUROC"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    series.add_options(parser)
    parser.add_argument("--only", metavar="NAME", nargs="+", help="these variations and the default (default: all)")
    parser.add_argument("--list", action="store_true", help="show the variations and stop")


def run(arguments: argparse.Namespace) -> int:
    """Train every variation with every seed; go on where an earlier run stopped. 1 if an experiment failed."""
    chosen = choose(arguments.only)
    if arguments.list:
        rows = [[one.name, one.preset, " ".join(f"{k}={v}" for k, v in one.overrides.items())] for one in chosen]
        print(table(["variation", "preset", "overrides"], rows))
        return 0
    setting = series.set_up(arguments)
    from dualnetssl_bench.experiments.experiments import perform

    ground, planned = setting.ground, plan(chosen, arguments.seeds, setting)
    hooks = hooks_of(ground, planned)
    outcome = series.run_series(
        planned,
        lambda experiment: perform(experiment, ground, hooks),
        lambda found: frame.publish(findings(found, setting), ground.output),
    )
    frame.conclude(findings(outcome, setting), ground.output)
    if not outcome.failures and not ground.keep:
        shutil.rmtree(ground.output / _WARM_UPS, ignore_errors=True)
    return int(bool(outcome.failures))


def plan(chosen: Sequence[Variation], seeds: list[int], setting: Setting) -> list[Experiment]:
    """Return the experiments, all variations of a seed before the next seed."""
    from dualnetssl_bench.experiments.experiments import Experiment

    labelled = setting.protocol.labelled
    return [Experiment(one.name, one.preset, seed, labelled, one.overrides) for seed in seeds for one in chosen]


def hooks_of(ground: Ground, planned: Sequence[Experiment]) -> Hooks:
    """Let experiments begin at the end of a warm-up that another one went through."""
    from dualnetssl_bench.experiments.experiments import Hooks
    from dualnetssl_bench.experiments.warm_up import WarmUps, shared_by

    shared = shared_by([ground.order(experiment) for experiment in planned], ground.sources)
    warm_ups = WarmUps(ground.output / _WARM_UPS, ground.sources, shared)

    def before(directory: JobDirectory, spec: JobSpec) -> None:
        if warm_ups.begin(directory, spec):
            print("It begins at the end of a warm-up that was trained before.", flush=True)

    return Hooks(before, warm_ups.keep)


def against(outcome: Outcome, name: str) -> dict[int, float]:
    """Return how much better in Dice than the default a variation is, seed by seed."""
    own, default = outcome.dice(name), outcome.dice(VARIATIONS[0].name)
    return {seed: own[seed] - default[seed] for seed in sorted(own.keys() & default.keys())}


def findings(outcome: Outcome, setting: Setting) -> Findings:
    """Lay out what is known so far."""
    names = [variation.name for variation in VARIATIONS if outcome.of(variation.name)]
    figures = {
        "protocol": setting.protocol.name,
        "labelled": setting.protocol.labelled,
        "fields": setting.ground.fields,
        "against_default": {name: against(outcome, name) for name in names},
        "results": outcome.results,
        "failures": outcome.failures,
    }
    header, rows = [*_HEADER, *(f"|∇ {term}|" for term in _terms())], [row(name, outcome) for name in names]
    dots = [
        DotRow(name, list(outcome.dice(name).values()), BEFORE if index == 0 else AFTER)
        for index, name in enumerate(names)
    ]
    picture = dot_rows(dots, "mean Dice on the scans kept out, a dot a seed", "Dice by variation")
    notes = ("Gradient norms are medians over the reports of a run from the end of its warm-up on.", *outcome.notes())
    return Findings("ablation", header, rows, figures, notes, picture)


def row(name: str, outcome: Outcome) -> list[str]:
    """Return one line of the table."""
    results = list(outcome.of(name).values())
    means = [result["evaluation"]["mean"] for result in results]
    change = list(against(outcome, name).values())
    gradients = [[result["gradients"][term] for result in results if term in result["gradients"]] for term in _terms()]
    return [
        name,
        str(len(results)),
        frame.spread(list(outcome.dice(name).values())),
        _signed(change) if name != VARIATIONS[0].name else "-",
        frame.spread([mean["hd95_mm"] for mean in means if mean["hd95_mm"] is not None], 2),
        frame.spread(_known(mean["uncertainty"].get("error_auroc") for mean in means)),
        *(f"{statistics.median(norms):.3g}" if norms else "-" for norms in gradients),
    ]


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _signed(values: list[float]) -> str:
    text = frame.spread(values)
    return text if text.startswith("-") else f"+{text}"


def _terms() -> tuple[str, ...]:
    from dualnetssl.method.step import SUPERVISED, TERMS

    return SUPERVISED, *TERMS
