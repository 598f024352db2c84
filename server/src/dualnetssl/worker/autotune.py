"""Makes a run as fast as its device allows, where a trial on the run's own networks and scans bears it out.

On a CPU nothing is tried unless the configuration asks for it, so that runs there are the same bit for bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from dualnetssl.contract.config import TrainConfig
from dualnetssl.method.model import DualModel, parameters_of
from dualnetssl.method.step import Batch, Ramps, step_terms
from dualnetssl.scans.batches import draw_batch
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.loop import Run
from dualnetssl.worker.recording import Recorder, on_cuda, recordable
from dualnetssl.worker.restoring import untouched

Layouts = tuple[torch.memory_format, ...]

_LAYOUTS: Layouts = (torch.channels_last_3d, torch.contiguous_format)
_LARGEST_DEVIATION = 0.02
_LEAST_COSINE = 0.7
_WARM_UP, _TIMED = 2, 3


def settle(run: Run, state: TrainState) -> None:
    """Choose precision and layout for a run that is about to start or go on; tells of what did not pass.

    Args:
        run: the run; gets a ``warning`` where bf16 was wanted and deviates.
        state: its model is changed in how it computes and how its weights lie in memory, never in their values.
    """
    if state.step >= run.config.steps:
        return
    if wants_bf16(run.config, run.device):
        _try_bf16(run, state)
    if run.device.type == "cuda":
        chosen = _LAYOUTS.index(fastest(_LAYOUTS, lambda layout: trial_seconds(run, state, layout)))
        arrange(state, _LAYOUTS[run.team.first(chosen)])
    if run.config.compile:
        compile_networks(state.model)
    if recordable(run.config, run.device, run.team.pool.size):
        state.recorder = Recorder(on_cuda, lambda why: run.report("warning", message=why))


def compile_networks(model: DualModel) -> None:
    """Have every network compiled by PyTorch when it is next used; names and values of its weights stay."""
    for network in (*model.networks, *model.teachers):
        network.compile()


def wants_bf16(config: TrainConfig, device: torch.device) -> bool:
    """Tell whether the configuration asks for bf16 on this device; ``auto`` does on a GPU that computes in it."""
    if config.precision == "auto":
        return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return config.precision == "bf16"


def _try_bf16(run: Run, state: TrainState) -> None:
    found = deviation(run, state)
    bearable = run.team.first(found.bearable)
    state.model.precision = torch.bfloat16 if bearable else torch.float32
    if not bearable:
        run.report("warning", message=f"training in float32: in bf16 {found}")


@dataclass(frozen=True)
class Deviation:
    """How far one step in bf16 is from the same step in float32.

    Attributes:
        loss: largest relative difference of a network's losses.
        cosine: smallest cosine between both gradients of a network.
    """

    loss: float
    cosine: float

    @property
    def bearable(self) -> bool:
        """Whether training may go on in bf16; a number that is not finite never is.

        With a cosine of 0.7 what rounding does to a gradient is as large as the gradient, still less than what the
        choice of patches does. Where patches are so small that the coarsest level norms over a few voxels it is worse.
        """
        return self.loss <= _LARGEST_DEVIATION and self.cosine >= _LEAST_COSINE

    def __str__(self) -> str:
        return f"losses differ by {self.loss:.1%} and gradients have a cosine of {self.cosine:.3f}"


def deviation(run: Run, state: TrainState) -> Deviation:
    """Compare one step in bf16 with float32, all terms on; the state is afterwards as it was, random numbers too."""
    with untouched(state):
        batch = draw_batch(run.pools, run.reader, run.config, True, state.generator)
        seed = torch.initial_seed()
        found = []
        for precision in (torch.float32, torch.bfloat16):
            state.model.precision = precision
            torch.manual_seed(seed)
            with untouched(state):
                found.append(_losses_and_gradients(state.model, batch, run.config))
    pairs = list(zip(*found, strict=True))
    losses = [float((mixed - whole).abs() / whole.abs().clamp(min=1e-6)) for (whole, _), (mixed, _) in pairs]
    cosines = [float(torch.cosine_similarity(whole, mixed, dim=0)) for (_, whole), (_, mixed) in pairs]
    return Deviation(max(losses), min(cosines))


def _losses_and_gradients(model: DualModel, batch: Batch, config: TrainConfig) -> list[tuple[Tensor, Tensor]]:
    """Loss and flat gradient of each network, all terms on."""
    terms, _ = step_terms(model, batch, config, Ramps(1.0, 1.0), (0, 1))
    found = []
    for index in (0, 1):
        loss = torch.stack([term for (_, network), term in terms.items() if network == index]).sum()
        gradients = torch.autograd.grad(loss, parameters_of(model, index), retain_graph=True, allow_unused=True)
        present = [gradient.flatten() for gradient in gradients if gradient is not None]
        found.append((loss.detach(), torch.cat(present)))
    return found


def fastest(layouts: Layouts, seconds: Callable[[torch.memory_format], float]) -> torch.memory_format:
    """Return the layout whose trial takes least time."""
    return min(layouts, key=seconds)


def trial_seconds(run: Run, state: TrainState, layout: torch.memory_format) -> float:
    """Return the shortest time of forward and backward of one batch in that layout, which the model keeps."""
    arrange(state, layout)
    times = []
    with untouched(state):
        batch = draw_batch(run.pools, run.reader, run.config, True, state.generator)
        for _ in range(_WARM_UP + _TIMED):
            begun = time.perf_counter()
            ends = [gradient[-1] for _, gradient in _losses_and_gradients(state.model, batch, run.config)]
            torch.stack(ends).tolist()  # waits for the device
            times.append(time.perf_counter() - begun)
    return min(times[_WARM_UP:])


def arrange(state: TrainState, layout: torch.memory_format) -> None:
    """Lay out weights, and with them what the optimisers remember of each, which fused optimisers want alike."""
    if state.recorder is not None:
        state.recorder.forget()
    state.model.place(state.model.shares.device, layout)
    for optimizer in state.optimizers:
        for parameter, memory in optimizer.state.items():
            for name, value in memory.items():
                if isinstance(value, Tensor) and value.shape == parameter.shape:
                    memory[name] = torch.empty_like(parameter).copy_(value)
