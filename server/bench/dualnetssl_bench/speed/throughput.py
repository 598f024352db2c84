"""``bench throughput``: training steps and predicted windows a second, beside a plain loop and the device's limits."""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import whole
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers.memory import peak_bytes

if TYPE_CHECKING:
    import torch

    from dualnetssl.worker.checkpoint import TrainState
    from dualnetssl.worker.loop import Run

_SIZES = {"cpu": (8, (32, 48, 32)), "cuda": (16, (80, 112, 112))}
_QUICK = (2, (16, 16, 32))
_WORK = {"training step": "step", "prediction of a patch": "prediction"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default: auto)")
    parser.add_argument(
        "--width",
        type=whole("--width", 2, 64),
        help="channels at full resolution (default: 16 on a GPU, 8 on a CPU)",
    )
    parser.add_argument(
        "--patch",
        type=whole("--patch", 1, 512),
        nargs=3,
        metavar=("K", "J", "I"),
        help="voxels (default: 80 112 112, on a CPU 32 48 32)",
    )
    parser.add_argument("--rounds", type=whole("--rounds", 1), default=10, help="of both loops in turns (default: 10)")
    parser.add_argument(
        "--settings",
        action="store_true",
        help="also the step in every precision and layout (a GPU: always)",
    )
    parser.add_argument(
        "--compile",
        action="store_true",
        help="also the step compiled, in the fastest of them: minutes",
    )
    parser.add_argument("--threads", type=whole("--threads", 1), help="of a CPU (default: as PyTorch chooses)")
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="gets table and JSON")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="tiny networks, two rounds: shows that it runs, no more",
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure and publish."""
    import torch

    from dualnetssl.worker.jobs import choose_device

    device = choose_device(arguments.device)
    torch.set_flush_denormal(True)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    width, patch = _QUICK if arguments.quick else _SIZES[device.type]
    patch = tuple(arguments.patch) if arguments.patch else patch
    rounds = 2 if arguments.quick else arguments.rounds
    with tempfile.TemporaryDirectory() as folder:
        order, state = example(device, arguments.width or width, patch, Path(folder))
        figures = measured(order, state, rounds)
        if arguments.settings or arguments.compile or device.type == "cuda":
            _add_settings(figures, order, state, rounds)
        frame.conclude(findings(figures), arguments.output)
        if arguments.compile:
            _add_compiled(figures, order, state, rounds)
            frame.conclude(findings(figures), arguments.output)
    return 0


def _add_settings(figures: dict[str, Any], order: Run, state: TrainState, rounds: int) -> None:
    from dualnetssl_bench.speed import pacing

    figures["settings"] = pacing.compare(order, state, rounds)
    if order.device.type == "cuda":
        best = dataclasses.replace(pacing.fastest(figures["settings"]), recorded=True)
        figures["settings"] |= pacing.compare(order, state, rounds, [best])


def _add_compiled(figures: dict[str, Any], order: Run, state: TrainState, rounds: int) -> None:
    from dualnetssl_bench.speed import pacing

    best = dataclasses.replace(pacing.fastest(figures["settings"]), compiled=True)
    figures["settings"] |= pacing.compare(order, state, rounds, [best])


def measured(order: Run, ours: TrainState, rounds: int) -> dict[str, Any]:
    """Time both loops in turns; the first round of each warms up and is not counted.

    Ours computes as a training on this device would choose to; a GPU does ten steps a round, to see it kept busy.

    Returns:
        ``step`` and ``prediction``, each with the times of ``ours`` and ``plain`` in seconds, the ``floor`` and what
        it was measured by; and what was run.
    """
    import torch

    from dualnetssl.worker import autotune
    from dualnetssl.worker.loop import train_step
    from dualnetssl_bench.speed import roofline
    from dualnetssl_bench.speed.pacing import repeated
    from dualnetssl_bench.speed.plain import plain_state, plain_step

    device, patch = order.device, order.reader.patch
    plain, window = plain_state(ours), torch.zeros(1, 1, *patch, device=device)
    autotune.settle(order, ours)
    work: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "step": (
            lambda: train_step(order, ours, False),
            lambda: plain_step(order, plain),
        ),
        "prediction": (lambda: predict(ours, window), lambda: predict(plain, window)),
    }
    limits = roofline.measure(device, ours.model.precision, 1 if rounds <= 2 else 5)
    figures: dict[str, Any] = {
        "device": str(device),
        "width": order.config.width,
        "patch": list(patch),
        "rounds": rounds,
        "precision": str(ours.model.precision),
        "layout": str(ours.model.layout),
        "limits": {"flops_per_second": limits.flops, "bytes_per_second": limits.bytes},
    }
    count = 10 if device.type == "cuda" else 1
    for name, both in work.items():
        times: dict[str, list[float]] = {"ours": [], "plain": []}
        for _ in range(rounds + 1):
            for loop, one in zip(times, both, strict=True):
                times[loop].append(roofline.seconds(repeated(one, count), device, 1) / count)
        floor = roofline.Floor(limits)
        with floor:
            both[0]()
        kept = {loop: found[1:] for loop, found in times.items()}
        figures[name] = {
            **kept,
            "floor": floor.seconds,
            "flops": floor.flops,
            "peak_bytes": _peak(device),
        }
    return figures


def _peak(device: torch.device) -> int | None:
    import torch

    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else peak_bytes(os.getpid())


def predict(state: TrainState, window: torch.Tensor) -> list[torch.Tensor]:
    """Return the probabilities of both averaged networks for one window."""
    import torch

    with torch.inference_mode():
        return [state.model.predictor(index)(window)[0].softmax(dim=1) for index in (0, 1)]


def example(device: torch.device, width: int, patch: tuple[int, int, int], folder: Path) -> tuple[Run, TrainState]:
    """Return a training of the default preset on two scans of noise with two cubes, every term on from the start."""
    import torch

    from dualnetssl.contract.config import resolve
    from dualnetssl.contract.jobdir import JobDirectory
    from dualnetssl.method.model import DualModel, build_optimizers
    from dualnetssl.method.networks import plan_levels
    from dualnetssl.scans.batches import class_shares, sort_into_pools
    from dualnetssl.scans.sampling import PatchReader, PreparedCase
    from dualnetssl.worker.checkpoint import TrainState
    from dualnetssl.worker.loop import Run

    fields = {
        "width": width,
        "warm_up": 0.0,
        "ramp": 0.0,
        "contrast_ramp": 0.0,
        "steps": 1_000_000,
    }
    config, spacing = resolve(fields), (1.0, 1.0, 1.0)
    generator = torch.Generator().manual_seed(0)
    cases = []
    for name in ("labelled", "unlabelled"):
        label = cubes(patch)
        image = (torch.randn(1, *label.shape, generator=generator) + label).half().to(device)
        places = tuple((label == index).nonzero() for index in (1, 2))
        known = name == "labelled"
        cases.append(
            PreparedCase(
                name,
                image,
                label.to(device) if known else None,
                places if known else (),
                verified=float(known),
            )
        )
    pools = sort_into_pools(cases)
    torch.manual_seed(0)
    model = DualModel(config, channels=1, classes=3, plan=plan_levels(spacing))
    model.place(device, torch.channels_last_3d)
    model.shares.copy_(class_shares(pools, 3, spacing))
    reader = PatchReader(patch, spacing, (), augment=True)
    order = Run(
        config,
        pools,
        reader,
        ("a", "b"),
        JobDirectory(folder),
        lambda kind, **fields: None,
        device,
    )
    return order, TrainState(model, build_optimizers(model, config), generator)


def cubes(patch: tuple[int, int, int]) -> torch.Tensor:
    """Return a label half as large again as a patch with a cube of each of two classes, uint8 ``[D, H, W]``."""
    import torch

    label = torch.zeros([edge * 3 // 2 for edge in patch], dtype=torch.uint8)
    first, second = ([slice(edge // part, edge // part + edge // 3) for edge in patch] for part in (2, 1))
    label[tuple(first)], label[tuple(second)] = 1, 2
    return label


def findings(figures: dict[str, Any]) -> Findings:
    """Turn the figures into a table."""
    rows = [_row(title, figures[key]) for title, key in _WORK.items()]
    rows += [_setting_row(name, found) for name, found in figures.get("settings", {}).items()]
    size = " x ".join(map(str, reversed(figures["patch"])))
    limits = figures["limits"]
    notes = (
        f"Width {figures['width']}, patches of {size} voxels, 2 + 2 a step, on {figures['device']}; medians.",
        f"Measured limits: {limits['flops_per_second'] / 1e9:.0f} GFLOP/s in a matrix product, "
        f"{limits['bytes_per_second'] / 1e9:.1f} GB/s in a copy. The limit of a piece of work is the sum over its "
        "operations of the larger of both.",
    )
    header = [
        "",
        "per second",
        "plain loop",
        "times as fast",
        "share of limit",
        "peak memory",
    ]
    return Findings("throughput", header, rows, figures, notes)


def _setting_row(name: str, found: dict[str, Any]) -> list[str]:
    deviates = found["deviation"] and not found["deviation"]["bearable"]
    title = f"step: {name}" + (" (deviates)" if deviates else "") + (" (refused)" if found["refusal"] else "")
    return [title, f"{1 / found['seconds']:.2f}", "-", "-", "-", "-"]


def _row(title: str, found: dict[str, Any]) -> list[str]:
    ours, plain = statistics.median(found["ours"]), statistics.median(found["plain"])
    ratio = statistics.median(theirs / mine for mine, theirs in zip(found["ours"], found["plain"], strict=True))
    peak = "-" if found["peak_bytes"] is None else f"{found['peak_bytes'] / 1e9:.2f} GB"
    return [
        title,
        f"{1 / ours:.2f}",
        f"{1 / plain:.2f}",
        f"{ratio:.2f}",
        f"{found['floor'] / ours:.0%}",
        peak,
    ]
