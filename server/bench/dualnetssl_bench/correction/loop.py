"""``bench loop``: Dice on scans kept out against a clinician's effort, by where the clinician looks.

A simulated clinician corrects with the truth inside the place shown, at the prices of
`dualnetssl_bench.correction.effort`; then training goes on from the last model. Every strategy has the same time
to spend by the end of each round: what correcting 1, 2, 4, 8 whole scans takes on average.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import whole as whole_number
from dualnetssl.contract.errors import ProblemError
from dualnetssl_bench.correction.curves import effort_ratio, mean_curve
from dualnetssl_bench.experiments import series
from dualnetssl_bench.findings import charts, frame
from dualnetssl_bench.findings.charts import Axis, Panel, Series
from dualnetssl_bench.findings.colours import BEFORE, LINES
from dualnetssl_bench.findings.frame import Findings

if TYPE_CHECKING:
    from dualnetssl_bench.correction.course import Plan, Start

NAMES = (
    "nothing",
    "random-scan",
    "foreground-scan",
    "uncertain-scan",
    "slices",
    "uncertain-slices",
    "random-places",
    "regions",
    "worklist",
)
WHOLE_SCANS = ("random-scan", "foreground-scan", "uncertain-scan")
OURS = "regions"
_COUNTS = ("places", "clicks", "slices", "looks", "voxels")
_HEADER = ["strategy", "seeds", "scans", *_COUNTS, "minutes", "Dice before", "Dice after"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    series.add_options(parser)
    parser.add_argument("--strategies", nargs="+", choices=NAMES, default=list(NAMES), help="default: all")
    parser.add_argument(
        "--scans",
        metavar="N",
        nargs="+",
        type=whole_number("--scans", 1),
        help="time spent by the end of each round, in whole scans corrected (default: 1 2 4 8)",
    )
    parser.add_argument(
        "--warm-steps",
        metavar="N",
        type=whole_number("--warm-steps", 1),
        help="steps of each later training (a quarter of all)",
    )
    parser.add_argument(
        "--pool",
        metavar="N",
        type=whole_number("--pool", 1),
        help="scans that may be corrected (default: all unlabelled)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Let every strategy run its course with every seed; go on where an earlier run stopped. 1 if one failed."""
    from dualnetssl_bench.servers.find_library import need_library

    need_library()
    plan = make_plan(arguments)
    told = Told()
    for seed in arguments.seeds:
        told = run_seed(plan, seed, arguments.strategies, told)
    frame.conclude(findings(told, plan), plan.ground.output)
    return int(bool(told.failures))


def make_plan(arguments: argparse.Namespace) -> Plan:
    """Check the options and the scans.

    Raises:
        InvalidRequest: options that make no sense.
    """
    from dualnetssl.contract.errors import InvalidRequest
    from dualnetssl_bench.correction.course import Plan

    setting = series.set_up(arguments)
    labelled = setting.protocol.labelled
    scans = tuple(arguments.scans or ((1, 2) if arguments.quick else (1, 2, 4, 8)))
    if scans[0] < 1 or any(later <= earlier for earlier, later in pairwise(scans)):
        raise InvalidRequest(
            f"--scans {' '.join(map(str, scans))}", "rising numbers from 1", "Write for instance 1 2 4."
        )
    pool = min(arguments.pool or len(setting.ground.material.train), len(setting.ground.material.train) - labelled)
    warm_steps = arguments.warm_steps or max(1, setting.protocol.steps // 4)
    return Plan(setting.ground, labelled, pool, scans, warm_steps)


@dataclass(frozen=True)
class Told:
    """Results so far: where each seed began, the rows of all rounds, and what failed."""

    starts: tuple[Start, ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    failures: tuple[str, ...] = ()

    def curve(self, strategy: str, seed: int) -> list[tuple[float, float]]:
        """Return (minutes, Dice) of one course, the start included; empty if it has no round."""
        rows = [row for row in self.rows if (row["strategy"], row["seed"]) == (strategy, seed)]
        first = next(start.dice for start in self.starts if start.seed == seed)
        return [(0.0, first), *((row["seconds"] / 60, row["dice"] or 0.0) for row in rows)] if rows else []

    def curves(self, strategy: str) -> dict[int, list[tuple[float, float]]]:
        """Return the curve of each seed that has one."""
        found = {start.seed: self.curve(strategy, start.seed) for start in self.starts}
        return {seed: curve for seed, curve in found.items() if curve}


def run_seed(plan: Plan, seed: int, strategies: Sequence[str], told: Told) -> Told:
    """Train the first model of a seed and let every strategy run its course from there."""
    from dualnetssl_bench.correction.course import begin, run_course

    print(f"[seed {seed}] first training", flush=True)
    try:
        start = begin(plan, seed)
    except ProblemError as problem:
        return replace(told, failures=(*told.failures, f"The first training of seed {seed} failed: {problem}"))
    told = replace(told, starts=(*told.starts, start))
    for name in dict.fromkeys(strategies):
        print(f"[seed {seed}] {name}", flush=True)
        try:
            told = replace(told, rows=(*told.rows, *run_course(plan, start, name)))
        except ProblemError as problem:
            told = replace(told, failures=(*told.failures, f"{name}, seed {seed} failed: {problem}"))
        frame.publish(findings(told, plan), plan.ground.output)
    return told


def ratios(told: Told, name: str) -> dict[str, Any]:
    """Return the effort of a strategy against each kind of whole-scan correction: per seed, and of the mean curves."""
    found: dict[str, Any] = {}
    for whole in WHOLE_SCANS:
        pairs = {seed: (told.curve(name, seed), curve) for seed, curve in told.curves(whole).items()}
        pairs = {seed: pair for seed, pair in pairs.items() if pair[0]}
        if pairs and whole != name:
            per_seed = {str(seed): effort_ratio(*pair) for seed, pair in pairs.items()}
            of_means = effort_ratio(*(mean_curve([pair[index] for pair in pairs.values()]) for index in (0, 1)))
            found[whole] = {"per_seed": per_seed, "of_means": of_means}
    return found


def findings(told: Told, plan: Plan) -> Findings:
    """Lay out what is known so far."""
    names = [name for name in NAMES if told.curves(name)]
    compared = {name: ratios(told, name) for name in names if name not in ("nothing", *WHOLE_SCANS)}
    figures = {
        "labelled": plan.labelled,
        "pool": plan.pool,
        "kept_out": len(plan.ground.material.kept_out),
        "scans": plan.scans,
        "warm_steps": plan.warm_steps,
        "fields": plan.ground.fields,
        "start": {str(one.seed): {"dice": one.dice, "scan_seconds": one.scan_seconds} for one in told.starts},
        "effort_ratios": compared,
        "rounds": told.rows,
        "failures": told.failures,
    }
    rows = [row(told, name, len(plan.scans)) for name in names]
    return Findings("loop", _HEADER, rows, figures, (*sentences(compared), *told.failures), picture(told, names))


def row(told: Told, name: str, rounds: int) -> list[str]:
    """Return one line of the table: counts of all rounds, means over seeds, and Dice before and after."""
    last = [one for one in told.rows if one["strategy"] == name and one["round"] == rounds]
    seeds = [one["seed"] for one in last]

    def mean(values: list[float], digits: int) -> str:
        return f"{sum(values) / len(values):.{digits}f}" if values else "-"

    return [
        name,
        str(len(last)),
        mean([one["corrected"] for one in last], 1),
        *(mean([one["effort"][part] for one in last], 0) for part in _COUNTS),
        mean([one["seconds"] / 60 for one in last], 1),
        frame.spread([start.dice for start in told.starts if start.seed in seeds]),
        frame.spread([one["dice"] for one in last if one["dice"] is not None]),
    ]


def sentences(compared: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Say for each partial strategy what it needs to get as far as whole scans do."""
    lines = []
    for name, against in compared.items():
        for whole, found in against.items():
            seeds = "; ".join(f"seed {seed}: {_share(ratio)}" for seed, ratio in found["per_seed"].items())
            lines.append(f"Effort of {name} to the Dice that {whole} ends at: {_share(found['of_means'])} ({seeds}).")
    return tuple(lines)


def _share(ratio: float | None) -> str:
    return "not reached" if ratio is None else f"{ratio:.0%} of its effort"


def picture(told: Told, names: Sequence[str]) -> str:
    """Draw mean Dice against mean effort; the training without any correction is a dashed level line."""
    curves = {name: mean_curve(list(told.curves(name).values())) for name in names}
    end = max([effort for curve in curves.values() for effort, _ in curve], default=0.0) or 1.0
    values = [dice for curve in curves.values() for _, dice in curve] or [0.0, 1.0]
    margin = 0.05 * (max(values) - min(values)) or 0.05
    lines = [
        Series(name, [(0.0, curve[-1][1]), (end, curve[-1][1])], BEFORE, dashed=True)
        if name == "nothing"
        else Series(name, curve, LINES[NAMES.index(name) % len(LINES)])
        for name, curve in curves.items()
    ]
    axes = (
        Axis("minutes of a clinician", 0, end),
        Axis("Dice on scans kept out", min(values) - margin, max(values) + margin),
    )
    return charts.lines([Panel(*axes, lines)], "Dice against effort by strategy")
