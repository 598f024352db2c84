"""What a device does in one training step: losses, gradients, and both networks and their teachers moved.

Nothing here asks the device for a number, so that it never runs out of work; but for gradient norms, where asked for,
and for ``directions="winner"``, which decides by one what to do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dualnetssl.contract.config import TrainConfig
from dualnetssl.method.model import learning_rate, parameters_of, teacher_share
from dualnetssl.method.step import Batch, Ramps, Terms, ramps, step_terms
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.ranks import Team
from dualnetssl.worker.running_scores import remember


@dataclass(frozen=True)
class Factors:
    """The numbers that differ from step to step; scalars on the device where steps are recorded.

    Attributes:
        learning_rate: of both optimisers.
        teacher: share of the way to their students that the teachers go, in [0, 1].
        ramps: of the unsupervised terms.
    """

    learning_rate: float | Tensor
    teacher: float | Tensor
    ramps: Ramps


def factors_of(config: TrainConfig, step: int) -> Factors:
    """Return the numbers of a step."""
    return Factors(learning_rate(config, step), teacher_share(config.ema, step), ramps(config, step))


@dataclass(frozen=True)
class StepValues:
    """What a step found: its terms, still on the device, and gradient norms where asked for."""

    terms: Terms
    gradients: dict[tuple[str, int], float]


def take_step(
    config: TrainConfig, team: Team, state: TrainState, batch: Batch, factors: Factors, gradients: bool = False
) -> StepValues:
    """Learn from a batch.

    Args:
        config: the run's configuration.
        team: the other ranks.
        state: moves, but for its ``step``.
        batch: the patches.
        factors: the numbers of this step.
        gradients: whether the norm of each term's gradient is wanted.
    """
    model = state.model
    buffers = list(model.buffers())
    before = [buffer.clone() for buffer in buffers]
    terms, outputs = step_terms(model, batch, config, factors.ramps, students(config, state.smoothed))
    norms = gradient_norms(state, terms) if gradients else {}
    taken = _move(config, team, state, torch.stack(list(terms.values())).sum(), factors.learning_rate)
    for buffer, kept in zip(buffers, before, strict=True):
        buffer.copy_(torch.where(taken, buffer, kept))
    if config.ema > 0:
        model.follow(factors.teacher, taken)
    remember(state, config, outputs, batch, taken)
    return StepValues({key: term.detach() for key, term in terms.items()}, norms)


def students(config: TrainConfig, smoothed: Sequence[float] | Tensor) -> tuple[int, ...]:
    """Return which networks learn from unlabelled patches: both, or the one with the larger labelled loss.

    Example:
        >>> students(TrainConfig(directions="winner"), [0.4, 0.2])
        (0,)
    """
    if config.directions == "mutual":
        return 0, 1
    return (0,) if smoothed[0] > smoothed[1] else (1,)


def gradient_norms(state: TrainState, terms: Terms) -> dict[tuple[str, int], float]:
    """Return the Euclidean norm of each term's gradient on the network that it trains."""
    norms = {}
    for (name, index), term in terms.items():
        parameters = parameters_of(state.model, index)
        gradients = torch.autograd.grad(term, parameters, retain_graph=True, allow_unused=True)
        found = [gradient for gradient in gradients if gradient is not None]
        whole = state.model.pool.sums(*found) if found else ()
        norms[name, index] = float(torch.stack(torch._foreach_norm(whole)).norm()) if whole else 0.0
    return norms


def _move(config: TrainConfig, team: Team, state: TrainState, loss: Tensor, rate: float | Tensor) -> Tensor:
    """Take the step unless its loss or gradients are not finite; a boolean scalar on the device tells which."""
    for optimizer in state.optimizers:
        optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    for index in (0, 1):
        team.add_gradients(parameters_of(state.model, index))
    most = math.inf if config.gradient_clip is None else config.gradient_clip
    norms = [torch.nn.utils.clip_grad_norm_(parameters_of(state.model, index), most) for index in (0, 1)]
    taken = (loss.detach() + norms[0] + norms[1]).isfinite()
    for optimizer in state.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate
        # Fused optimisers leave everything as it is where this is 1; made for gradient scalers, which set it the same.
        optimizer.found_inf = (~taken).float()  # type: ignore[attr-defined]
        optimizer.step()
    return taken
