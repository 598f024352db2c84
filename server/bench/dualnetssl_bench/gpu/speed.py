"""How fast a device is: the step in every setting, the prediction of a patch and of a large scan; all saved at once."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from dualnetssl.bundle import export
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.jobspec import PredictConfig
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.prediction.places import windows_of
from dualnetssl.prediction.predict import Predictor, Scan, believe_scan, load_predictor
from dualnetssl.scans.preparation import Recipe
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.jobs import choose_device
from dualnetssl.worker.loop import Run
from dualnetssl_bench.findings import frame
from dualnetssl_bench.gpu.orders import SpeedOrder
from dualnetssl_bench.speed import pacing, throughput
from dualnetssl_bench.speed.roofline import seconds

SIZES = {"cpu": (8, (32, 48, 32)), "cuda": (16, (80, 112, 112))}
_QUICK = (2, (16, 16, 32))
_LARGE, _SMALL = (300, 512, 512), (24, 40, 40)


def measure_speed(order: SpeedOrder) -> None:
    """Measure and publish, one figure after the other, until the time is up."""
    torch.set_flush_denormal(True)
    device = choose_device(order.device)
    width, patch = _QUICK if order.quick else SIZES[device.type]
    rounds = 2 if order.quick else order.rounds
    with tempfile.TemporaryDirectory() as folder:
        run, state = throughput.example(device, width, patch, Path(folder))
        figures = throughput.measured(run, state, rounds)
        _publish(figures, order)
        for setting in pacing.SETTINGS:
            if time.time() < order.until:
                _add(figures, run, state, setting, rounds * 5)
                _publish(figures, order)
        if device.type == "cuda" and time.time() < order.until:
            best = dataclasses.replace(pacing.fastest(figures["settings"]), recorded=True)
            _add(figures, run, state, best, rounds * 5)
            _publish(figures, order)
        figures["scan"] = scan(run, state, _SMALL if order.quick else _LARGE, order.until, Path(folder) / "model")
        _publish(figures, order)
        if order.compiled and time.time() < order.until:
            best = dataclasses.replace(pacing.fastest(figures["settings"]), compiled=True)
            _add(figures, run, state, best, rounds * 5)
            _publish(figures, order)


def _add(figures: dict[str, Any], run: Run, state: TrainState, setting: pacing.Setting, steps: int) -> None:
    found = pacing.compare(run, state, steps, [setting])
    figures["settings"] = figures.get("settings", {}) | found
    print(f"{setting}: {found[str(setting)]}", flush=True)


def _publish(figures: dict[str, Any], order: SpeedOrder) -> None:
    findings = throughput.findings(figures)
    found = figures.get("scan")
    notes = (*findings.notes, *([told(found)] if found else []))
    frame.publish(dataclasses.replace(findings, notes=notes), Path(order.output))


def scan(run: Run, state: TrainState, size: tuple[int, int, int], until: float, model: Path) -> dict[str, Any]:
    """Predict a scan of noise with both networks, untrained, as the product does it, if there is time.

    A window is predicted in bf16, too.

    Args:
        run: of the networks.
        state: of the networks.
        size: of the scan (k, j, i).
        until: when it has to be done (seconds since the epoch).
        model: where to put the networks for it.

    Returns:
        ``size``, ``windows`` and the ``seconds`` of networks, blending and maps; None where there was no time.
        ``one_window`` and ``one_window_bf16``: seconds, with the maps, of as many windows as are looked at together.
    """
    predictor = _predictor(run, state, model)
    patch = predictor.card.recipe.patch
    windows = windows_of(size, patch, predictor.overlap)
    one = _one_window(predictor, patch)
    rough = _one_window(dataclasses.replace(predictor, precision=torch.bfloat16), patch)
    expected = one * windows
    enough = time.time() + expected < until
    large = noise(size) if enough else None
    taken = None if large is None else seconds(lambda: believe_scan(predictor, large), run.device, 1)
    return {
        "size": list(size),
        "windows": windows,
        "one_window": one,
        "one_window_bf16": rough,
        "expected": expected,
        "seconds": taken,
    }


def _one_window(predictor: Predictor, patch: Sequence[int]) -> float:
    """Return the seconds for a window of a look, of as many as the device sees together."""
    k, j, i = patch
    together, step = predictor.at_once, int(i * (1 - predictor.overlap))
    image = noise((k, j, i + (together - 1) * step))
    return seconds(lambda: believe_scan(predictor, image), predictor.device, 3) / together


def _predictor(run: Run, state: TrainState, model: Path) -> Predictor:
    labels = tuple(LabelDefinition(value=value, name=name) for value, name in enumerate(run.class_names, start=1))
    recipe = Recipe(spacing=(1.0, 1.0, 1.0), windows=(None,), patch=run.reader.patch)
    export.export(state.model, ModelCard(labels=labels, recipe=recipe, config=run.config, step=state.step), model)
    return load_predictor(model, PredictConfig(), run.device)


def noise(size: tuple[int, int, int]) -> Scan:
    """Return a scan of noise with voxels of 1 mm, (k, j, i)."""
    k, j, i = size
    upright = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    grid = Geometry(size=(i, j, k), spacing=(1.0, 1.0, 1.0), origin=(0.0, 0.0, 0.0), direction=upright)
    return Scan(torch.randn(1, *size), grid)


def told(found: dict[str, Any]) -> str:
    """Say how long the scan took.

    Example:
        >>> left_out = {"size": [3, 5, 4], "windows": 2, "one_window": 4.5, "one_window_bf16": 2.25, "expected": 9.0}
        >>> told(left_out | {"seconds": None})  # doctest: +NORMALIZE_WHITESPACE
        'A scan of 4 x 5 x 3 voxels, 2 windows of 4500.0 ms (2250.0 ms in bf16), was left out: it would have taken
        about 9 s.'
    """
    size = " x ".join(map(str, reversed(found["size"])))
    each = f"of {1000 * found['one_window']:.1f} ms ({1000 * found['one_window_bf16']:.1f} ms in bf16)"
    what = f"A scan of {size} voxels, {found['windows']} windows {each},"
    if found["seconds"] is None:
        return f"{what} was left out: it would have taken about {found['expected']:.0f} s."
    return f"{what} both networks, with maps, without files: {found['seconds']:.1f} s."
