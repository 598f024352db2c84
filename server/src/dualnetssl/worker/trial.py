"""A trial before the first step: what the steps to come cost, and what comes after the last one.

Networks, optimisers and every source of random numbers are afterwards as they were, so that a run is the same without.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import torch

from dualnetssl.method.model import parameters_of
from dualnetssl.method.step import Ramps, step_terms
from dualnetssl.prediction.calibration import looked_at
from dualnetssl.prediction.places import windows_of
from dualnetssl.scans.batches import draw_batch
from dualnetssl.scans.sampling import PreparedCase
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.loop import Run
from dualnetssl.worker.restoring import untouched

_FEWEST_STEPS = 50
"""A training of fewer steps is over before a trial pays."""


def try_out(run: Run, state: TrainState, overlap: float) -> None:
    """Measure what ``run.pace`` needs to know.

    Nothing is measured in short trainings, with several ranks, and where PyTorch compiles the networks.

    Args:
        run: its pace is told.
        state: networks to measure; as it was afterwards.
        overlap: of windows in calibration and validation.
    """
    left = run.config.steps - state.step
    if left < _FEWEST_STEPS or run.config.compile or run.team.pool.size > 1:
        return
    with untouched(state):
        window = _window_seconds(run, state)
        if state.step < run.pace.boundary < run.config.steps:
            run.pace.ratio = max(1.0, _step_seconds(run, state, True) / _step_seconds(run, state, False))
    if run.config.calibration_scans:
        seen = [case for cases in looked_at(run.pools, run.config.calibration_scans) for case in cases]
        run.pace.ending = window * _windows(run, seen, overlap)
    run.pace.validation = window * _windows(run, run.pools.held_out, overlap)
    run.pace.validate_every = run.config.validate_every


def _windows(run: Run, cases: Sequence[PreparedCase], overlap: float) -> int:
    return sum(windows_of(case.image.shape[1:], run.reader.patch, overlap) for case in cases)


def _step_seconds(run: Run, state: TrainState, unsupervised: bool) -> float:
    """Return the time of forward and backward of one batch."""
    batch = draw_batch(run.pools, run.reader, run.config, unsupervised, state.generator)
    weights = Ramps(1.0, 1.0) if unsupervised else Ramps(0.0, 0.0)

    def once() -> torch.Tensor:
        terms, _ = step_terms(state.model, batch, run.config, weights, (0, 1))
        loss = torch.stack(list(terms.values())).sum()
        parameters = [parameter for index in (0, 1) for parameter in parameters_of(state.model, index)]
        return torch.autograd.grad(loss, parameters, allow_unused=True)[0]

    return _timed(once)


def _window_seconds(run: Run, state: TrainState) -> float:
    """Return the time that both networks take for a window of prediction."""
    networks = [state.model.predictor(index) for index in (0, 1)]
    modes = [network.training for network in networks]
    window = torch.zeros(1, run.pools.labelled[0].image.shape[0], *run.reader.patch, device=run.device)
    for network in networks:
        network.eval()
    try:
        with torch.inference_mode():
            return _timed(lambda: torch.stack([network(window)[0].sum() for network in networks]))
    finally:
        for network, mode in zip(networks, modes, strict=True):
            network.train(mode)


def _timed(once: Callable[[], torch.Tensor]) -> float:
    """Return the time of the second call, which does no more than every later one; waits for the device."""
    begun = time.perf_counter()
    for _ in range(2):
        begun = time.perf_counter()
        once().flatten()[0].item()
    return time.perf_counter() - begun
