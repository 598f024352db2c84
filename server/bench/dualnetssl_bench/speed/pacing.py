"""The training step in every precision and layout, compiled, and recorded: which of them a device does fastest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from dualnetssl.worker import autotune
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.loop import Run, train_step
from dualnetssl.worker.recording import Recorder, on_cuda
from dualnetssl_bench.speed import roofline

_PRECISIONS = {"float32": torch.float32, "bf16": torch.bfloat16}
_LAYOUTS = {
    "channels last": torch.channels_last_3d,
    "channels first": torch.contiguous_format,
}
_WARM_UP = 3


@dataclass(frozen=True)
class Setting:
    """How the networks compute.

    Attributes:
        precision: float32 or bf16.
        layout: channels last or channels first.
        compiled: whether PyTorch compiled them.
        recorded: whether a step is played back from a CUDA graph.
    """

    precision: str
    layout: str
    compiled: bool = False
    recorded: bool = False

    def __str__(self) -> str:
        more = {"compiled": self.compiled, "recorded": self.recorded}
        return ", ".join([self.precision, self.layout, *(word for word, meant in more.items() if meant)])


SETTINGS = tuple(Setting(precision, layout) for precision in _PRECISIONS for layout in _LAYOUTS)


def compare(run: Run, state: TrainState, steps: int, settings: Sequence[Setting] = SETTINGS) -> dict[str, Any]:
    """Time some steps in a row in each setting, after some that are not counted.

    Args:
        run: its device does the work.
        state: goes on training; it ends as the last setting left it.
        steps: number of steps in a row, between which nobody waits for the device.
        settings: what to try; a compiled one must come last, as networks stay compiled.

    Returns:
        For each setting by name seconds a step, how far one step deviates from float32, and why steps were not recorded
        where that was wanted.
    """
    return {str(setting): _timed(run, state, steps, setting) for setting in settings}


def _timed(run: Run, state: TrainState, steps: int, setting: Setting) -> dict[str, Any]:
    autotune.arrange(state, _LAYOUTS[setting.layout])
    deviation = None
    if setting.precision == "bf16" and not setting.compiled:
        found = autotune.deviation(run, state)
        deviation = {
            "loss": found.loss,
            "cosine": found.cosine,
            "bearable": found.bearable,
        }
    state.model.precision = _PRECISIONS[setting.precision]
    if setting.compiled:
        autotune.compile_networks(state.model)
    refusals: list[str] = []
    state.recorder = Recorder(on_cuda, refusals.append) if setting.recorded else None
    work = repeated(lambda: train_step(run, state, False), steps)
    repeated(lambda: train_step(run, state, False), min(_WARM_UP, steps))()
    taken = roofline.seconds(work, run.device, 1) / steps
    state.recorder = None
    return {"seconds": taken, "deviation": deviation, "refusal": " ".join(refusals) or None}


def repeated(work: Callable[[], object], times: int) -> Callable[[], None]:
    """Return what does some work so many times in a row.

    Example:
        >>> done = []
        >>> repeated(lambda: done.append(1), 3)()
        >>> len(done)
        3
    """

    def again() -> None:
        for _ in range(times):
            work()

    return again


def fastest(found: dict[str, Any]) -> Setting:
    """Return the setting that took least time, of those whose deviation can be borne."""
    usable = [
        setting
        for setting in SETTINGS
        if str(setting) in found and (found[str(setting)]["deviation"] or {"bearable": True})["bearable"]
    ]
    return min(usable, key=lambda setting: float(found[str(setting)]["seconds"]))
