"""A process of ``bench gpu``, ``python -m dualnetssl_bench.gpu.child WORK ORDER``; see `main`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dualnetssl.contract.jobdir import write_atomic
from dualnetssl_bench.experiments.experiments import Experiment, Ground, perform
from dualnetssl_bench.findings import frame
from dualnetssl_bench.gpu.orders import SpeedOrder, TrainingOrder

_ENDLESS = {"steps": 1_000_000, "warm_up": 0.0, "ramp": 0.0, "contrast_ramp": 0.0}
_REPORT_EVERY = 5


def main(words: Sequence[str] | None = None) -> int:
    """Do one order: ``speed``, ``trial``, ``train`` or ``publish``; an error ends the process, its trace in the log."""
    work, path = sys.argv[1:] if words is None else words
    text = Path(path).read_bytes()
    if work == "speed":
        from dualnetssl_bench.gpu.speed import measure_speed

        measure_speed(SpeedOrder.model_validate_json(text))
    else:
        {"trial": try_out, "train": train, "publish": publish}[work](TrainingOrder.model_validate_json(text))
    return 0


def try_out(order: TrainingOrder) -> None:
    """Train with every term on until stopped; the pace is read from the events."""
    from dualnetssl.worker.process import run

    spec = _ground(order).order(_experiment(order, _ENDLESS))
    assert spec.train is not None  # noqa: S101 - it is an order to train
    config = spec.train.model_copy(update={"report_every": _REPORT_EVERY, "checkpoint_every": _ENDLESS["steps"]})
    order.trial.create(spec.model_copy(update={"train": config}))
    result = run(order.trial)
    if result.problem is not None:
        raise SystemExit(str(result.problem))


def train(order: TrainingOrder) -> None:
    """Train, and judge with the product's own prediction."""
    import torch

    perform(_experiment(order, {}), _ground(order))
    peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None
    _write(order.folder / "beside.json", {"machine": frame.machine(), "peak_bytes": peak})


def publish(order: TrainingOrder) -> None:
    """Judge a trained model as the literature does."""
    import torch

    from dualnetssl_bench.experiments.published import published_figures

    assert order.strides is not None  # noqa: S101 - who asks for it has checked
    torch.set_flush_denormal(True)
    found = published_figures(order.training.model_path, order.material, order.strides, order.device)
    _write(order.folder / "published.json", found)


def _write(path: Path, figures: dict[str, Any]) -> None:
    write_atomic(path, json.dumps(figures, indent=1).encode())


def _experiment(order: TrainingOrder, overrides: dict[str, Any]) -> Experiment:
    return Experiment(order.name, order.preset, order.seed, order.labelled, overrides)


def _ground(order: TrainingOrder) -> Ground:
    return Ground(order.material, order.fields, Path(order.output), order.device, stopped_counts=True)


if __name__ == "__main__":
    raise SystemExit(main())
