"""A process of ``bench gpu``: ``python -m dualnetssl_server.cli.benchmarks.gpu.child speed|trial|train ORDER``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dualnetssl_server.cli.benchmarks import frame
from dualnetssl_server.cli.benchmarks.experiments import Experiment, Ground, perform
from dualnetssl_server.cli.benchmarks.gpu.orders import SpeedOrder, TrainingOrder
from dualnetssl_server.jobdir import write_atomic

_ENDLESS = {"steps": 1_000_000, "warm_up": 0.0, "ramp": 0.0, "contrast_ramp": 0.0}
_REPORT_EVERY = 5


def main(words: Sequence[str] | None = None) -> int:
    """Do one order; an error ends the process, with its trace in the log."""
    work, path = sys.argv[1:] if words is None else words
    text = Path(path).read_bytes()
    if work == "speed":
        from dualnetssl_server.cli.benchmarks.gpu.speed import measure_speed

        measure_speed(SpeedOrder.model_validate_json(text))
    elif work == "trial":
        try_out(TrainingOrder.model_validate_json(text))
    else:
        train(TrainingOrder.model_validate_json(text))
    return 0


def try_out(order: TrainingOrder) -> None:
    """Train with every term on until stopped; the pace is read from the events."""
    from dualnetssl_server.train.worker import run

    spec = _ground(order).order(_experiment(order, _ENDLESS))
    assert spec.train is not None  # noqa: S101 - it is an order to train
    config = spec.train.model_copy(update={"report_every": _REPORT_EVERY, "checkpoint_every": _ENDLESS["steps"]})
    order.trial.create(spec.model_copy(update={"train": config}))
    result = run(order.trial)
    if result.problem is not None:
        raise SystemExit(str(result.problem))


def train(order: TrainingOrder) -> None:
    """Train, judge with the product's own prediction, and then as the literature does; each is written at once."""
    import torch

    perform(_experiment(order, {}), _ground(order))
    write(order, {"machine": frame.machine(), "peak_bytes": _peak()})
    if order.strides is None:
        return
    from dualnetssl_server.cli.benchmarks.published import published_figures

    torch.set_flush_denormal(True)
    found = published_figures(order.training.model_path, order.material, order.strides, order.device)
    write(order, {"machine": frame.machine(), "peak_bytes": _peak(), "published": found})


def write(order: TrainingOrder, figures: dict[str, Any]) -> None:
    """Write down what is known beside the result."""
    write_atomic(order.folder / "beside.json", json.dumps(figures, indent=1).encode())


def _experiment(order: TrainingOrder, overrides: dict[str, Any]) -> Experiment:
    return Experiment(order.name, order.preset, order.seed, order.labelled, overrides)


def _ground(order: TrainingOrder) -> Ground:
    return Ground(order.material, order.fields, Path(order.output), order.device, stopped_counts=True)


def _peak() -> int | None:
    import torch

    return torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None


if __name__ == "__main__":
    raise SystemExit(main())
