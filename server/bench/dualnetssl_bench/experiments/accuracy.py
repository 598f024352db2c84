"""``bench accuracy``: how much of the way from a few labels to all labels the unlabelled scans go."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from dualnetssl_bench.experiments import series
from dualnetssl_bench.experiments.series import Outcome, Setting
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.dots import DotRow, dot_rows
from dualnetssl_bench.findings.frame import Findings

if TYPE_CHECKING:
    from dualnetssl_bench.experiments.experiments import Experiment

CHOICES = ("supervised", "default", "paper", "all")
_FEW, _ALL, _OURS = "supervised", "all", "default"
_MEANS = {"dice": 3, "hd95_mm": 2, "assd_mm": 2}
_DOUBT = {"error_auroc": 3, "errors_in_top_2_percent": 3, "ece": 3}
_HEADER = ["", "labels", "seeds", "Dice", "gap closed", "HD95 mm", "ASSD mm", "error AUROC", "in top 2 %", "ECE"]
_PUBLISHED = {"dc": 4, "jc": 4, "hd95": 2, "asd": 2}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    series.add_options(parser)
    parser.add_argument(
        "--presets", nargs="+", choices=CHOICES, default=list(CHOICES), help="all: supervised with all labels"
    )


def run(arguments: argparse.Namespace) -> int:
    """Train, predict and compare; go on where an earlier run stopped. 1 if an experiment failed."""
    setting = series.set_up(arguments)
    from dualnetssl_bench.experiments.experiments import perform

    ground = setting.ground
    outcome = series.run_series(
        plan(arguments.presets, arguments.seeds, setting),
        lambda experiment: perform(experiment, ground),
        lambda found: frame.publish(findings(found, setting), ground.output),
    )
    frame.conclude(findings(outcome, setting), ground.output)
    return int(bool(outcome.failures))


def plan(presets: list[str], seeds: list[int], setting: Setting) -> list[Experiment]:
    """Return the experiments, all presets of a seed before the next seed."""
    from dualnetssl_bench.experiments.experiments import Experiment

    everything = len(setting.ground.material.train)
    return [
        Experiment(name, "supervised", seed, everything)
        if name == _ALL
        else Experiment(name, name, seed, setting.protocol.labelled)
        for seed in seeds
        for name in dict.fromkeys(presets)
    ]


def gap_closed(few: float, ours: float, everything: float) -> float | None:
    """Return which share of the way from a few labels to all labels was gone; None if there is no such way.

    Example:
        >>> gap_closed(0.80, 0.84, 0.85)
        0.8
    """
    return round((ours - few) / (everything - few), 6) if everything > few else None


def gaps(outcome: Outcome, name: str) -> dict[str, Any]:
    """Return the share of the gap that a preset closes: per seed, and of the means over the seeds all three have."""
    few, ours, everything = (outcome.dice(one) for one in (_FEW, name, _ALL))
    common = sorted(few.keys() & ours.keys() & everything.keys())
    per_seed = {str(seed): gap_closed(few[seed], ours[seed], everything[seed]) for seed in common}
    means = [sum(values[seed] for seed in common) / len(common) for values in (few, ours, everything)] if common else []
    return {"per_seed": per_seed, "of_means": gap_closed(*means) if means else None}


def findings(outcome: Outcome, setting: Setting) -> Findings:
    """Lay out what is known so far."""
    names = [name for name in CHOICES if outcome.of(name)]
    closed = {name: gaps(outcome, name) for name in names if name not in (_FEW, _ALL)}
    figures = {
        "protocol": setting.protocol.name,
        "labelled": setting.protocol.labelled,
        "fields": setting.ground.fields,
        "gap_closed": closed,
        "results": outcome.results,
        "failures": outcome.failures,
    }
    published = setting.ground.published_strides is not None
    header = [*_HEADER, *(["DC voxels", "JC", "95HD", "ASD"] if published else [])]
    rows = [row(name, outcome, closed.get(name), published) for name in names]
    dots = [DotRow(name, list(outcome.dice(name).values())) for name in names]
    picture = dot_rows(dots, "mean Dice on the scans kept out, a dot a seed", "Dice by preset")
    return Findings("accuracy", header, rows, figures, (*told(closed), *outcome.notes()), picture)


def row(name: str, outcome: Outcome, closed: dict[str, Any] | None, published: bool) -> list[str]:
    """Return one line of the table: means over seeds with their deviation."""
    results = list(outcome.of(name).values())
    means = [result["evaluation"]["mean"] for result in results]
    share = None if closed is None else closed["of_means"]
    first, *distances = (_spread(means, key, digits) for key, digits in _MEANS.items())
    cells = [name, str(results[0]["labelled"]), str(len(results)), first, "-" if share is None else f"{share:.0%}"]
    cells += [*distances, *(_spread([mean["uncertainty"] for mean in means], key, n) for key, n in _DOUBT.items())]
    tables = [result.get("published", {}) for result in results]
    return cells + ([_spread(tables, key, digits) for key, digits in _PUBLISHED.items()] if published else [])


def _spread(tables: list[dict[str, Any]], key: str, digits: int) -> str:
    return frame.spread([table[key] for table in tables if table.get(key) is not None], digits)


def told(closed: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """Say the gap closed seed by seed, so that no mean hides a bad one."""
    lines = []
    for name, shares in closed.items():
        known = [f"seed {seed} {share:.0%}" for seed, share in shares["per_seed"].items() if share is not None]
        if known:
            lines.append(f"Gap closed by {name}: {', '.join(known)}.")
    return tuple(lines)
