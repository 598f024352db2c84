"""Trials on a training's own networks that leave no trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from dualnetssl.worker.checkpoint import TrainState


@contextmanager
def untouched(state: TrainState) -> Iterator[None]:
    """Put back, at the end, all that forward and backward change: buffers, precision, sources of random numbers."""
    model, drawn, chosen = state.model, state.generator.get_state(), state.model.precision
    kept = [buffer.clone() for buffer in model.buffers()]
    device = model.shares.device
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            yield
    finally:
        state.generator.set_state(drawn)
        model.precision = chosen
        with torch.no_grad():
            for buffer, old in zip(model.buffers(), kept, strict=True):
                buffer.copy_(old)


@contextmanager
def unmoved(state: TrainState) -> Iterator[None]:
    """Put back, at the end, all that a whole step changes; every tensor stays where it lies in memory."""
    moved = moved_tensors(state)
    kept = {id(tensor): tensor.detach().clone() for tensor in moved}
    rates = [group["lr"] for optimizer in state.optimizers for group in optimizer.param_groups]
    try:
        with untouched(state):
            yield
    finally:
        with torch.no_grad():
            for tensor in moved_tensors(state):
                # what an optimiser began to remember meanwhile begins at zero
                tensor.zero_() if id(tensor) not in kept else tensor.copy_(kept[id(tensor)])
        groups = [group for optimizer in state.optimizers for group in optimizer.param_groups]
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = rate


def moved_tensors(state: TrainState) -> list[Tensor]:
    """Return all that a step moves besides buffers: weights, what optimisers remember, moving averages, counts."""
    return [*state.model.parameters(), *optimizer_memory(state), state.smoothed, state.dice, state.skipped]


def optimizer_memory(state: TrainState) -> list[Tensor]:
    """Return what both optimisers remember of each weight, and how many steps they count."""
    memories = [memory for optimizer in state.optimizers for memory in optimizer.state.values()]
    return [value for memory in memories for value in memory.values() if isinstance(value, Tensor)]
