"""Many experiments one after the other: the options they share, the order, and what becomes of one that fails."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import LARGEST_SEED, whole
from dualnetssl.contract.errors import InvalidRequest, ProblemError

if TYPE_CHECKING:
    from dualnetssl_bench.experiments.experiments import Experiment, Ground
    from dualnetssl_bench.experiments.protocols import Protocol

PROTOCOL_NAMES = ("hippocampus", "left-atrium", "left-atrium-half")


def add_options(parser: argparse.ArgumentParser, *, labelled: bool = True) -> None:
    """Declare what every bench that trains takes; with ``labelled`` how many scans are labelled, too."""
    parser.add_argument("--data", metavar="DIR", type=Path, help="folder with images, labels and maybe train.list")
    parser.add_argument("--protocol", choices=PROTOCOL_NAMES, default="hippocampus", help="default: hippocampus")
    if labelled:
        parser.add_argument(
            "--labelled", metavar="N", type=whole("--labelled", 1), help="labelled scans (default: the protocol's)"
        )
    parser.add_argument(
        "--seeds",
        metavar="SEED",
        nargs="+",
        type=whole("--seeds", 0, LARGEST_SEED),
        default=[0, 1, 2],
        help="default: 0 1 2",
    )
    parser.add_argument(
        "--steps", metavar="N", type=whole("--steps", 1), help="training steps (default: the protocol's)"
    )
    parser.add_argument(
        "--width",
        metavar="N",
        type=whole("--width", 2, 64),
        help="channels at full resolution (default: the protocol's)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default: auto)")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="any field of all configurations"
    )
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="gets runs, table, JSON and picture")
    parser.add_argument("--keep", action="store_true", help="keep checkpoints and predicted volumes of finished runs")
    parser.add_argument("--quick", action="store_true", help="phantoms and a few steps: shows that it runs, no more")


@dataclass(frozen=True)
class Setting:
    """The protocol, with the user's choices in it, and the ground of its experiments."""

    protocol: Protocol
    ground: Ground


def set_up(arguments: argparse.Namespace) -> Setting:
    """Check options and scans.

    Raises:
        InvalidRequest: options that make no sense, or no data.
        InvalidDataset: scans that cannot be used.
    """
    from dualnetssl.cli.train import checked_config, read_assignment
    from dualnetssl_bench.experiments import protocols
    from dualnetssl_bench.experiments.experiments import Ground

    output = arguments.output.resolve()
    protocol = protocols.QUICK if arguments.quick else protocols.PROTOCOLS[arguments.protocol]
    chosen = {name: getattr(arguments, name, None) for name in ("labelled", "steps")}
    own = {name: value for name, value in chosen.items() if value is not None}
    protocol = replace(protocol, **own)
    fields = {**protocol.fields, "steps": protocol.steps, **({"width": arguments.width} if arguments.width else {})}
    fields |= dict(read_assignment(text) for text in arguments.set)
    checked_config(fields)
    material = protocols.gather(protocol, _data(arguments, output), output)
    protocols.check_labelled(protocol.labelled, material)
    strides = protocol.published_strides
    return Setting(protocol, Ground(material, fields, output, arguments.device, arguments.keep, strides))


def _data(arguments: argparse.Namespace, output: Path) -> Path:
    from dualnetssl_bench.experiments.protocols import quick_data

    if arguments.quick:
        return quick_data(output / "phantoms")
    if arguments.data is None:
        received, allowed = "no --data", "--data DIR with the protocol's scans, or --quick"
        raise InvalidRequest(received, allowed, "Name the folder that holds images and labels.")
    data: Path = arguments.data
    return data.resolve()


@dataclass(frozen=True)
class Outcome:
    """What a series has found so far: results of `perform`, and the reasons why others have none."""

    results: tuple[dict[str, Any], ...] = ()
    failures: tuple[str, ...] = ()

    def of(self, name: str) -> dict[int, dict[str, Any]]:
        """Return the results of all experiments of a name by their seed."""
        return {result["seed"]: result for result in self.results if result["name"] == name}

    def dice(self, name: str) -> dict[int, float]:
        """Return the mean Dice on the scans kept out by seed."""
        found = {seed: result["evaluation"]["mean"]["dice"] for seed, result in self.of(name).items()}
        return {seed: dice for seed, dice in found.items() if dice is not None}

    def notes(self) -> tuple[str, ...]:
        """Say what failed, and whether different versions of the code made the results."""
        sources = {result["sources"] for result in self.results}
        mixed = f"Results of {len(sources)} versions of the training code are mixed here: see 'sources' in the JSON."
        return (*self.failures, *([mixed] if len(sources) > 1 else []))


def run_series(
    experiments: Sequence[Experiment],
    perform: Callable[[Experiment], dict[str, Any]],
    on_result: Callable[[Outcome], object],
) -> Outcome:
    """Perform one experiment after the other; one that fails is noted, and the others go on.

    Args:
        experiments: in their order.
        perform: does one and returns its result.
        on_result: told after each one what is known by then, so that a table grows while the series runs.
    """
    outcome = Outcome()
    for number, experiment in enumerate(experiments, start=1):
        print(f"[{number}/{len(experiments)}] {experiment}", flush=True)
        try:
            outcome = replace(outcome, results=(*outcome.results, perform(experiment)))
        except ProblemError as problem:
            outcome = replace(outcome, failures=(*outcome.failures, f"{experiment} failed: {problem}"))
        on_result(outcome)
    return outcome
