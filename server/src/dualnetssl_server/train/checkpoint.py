"""The whole state of a training run, written so that a crash at any moment leaves a whole checkpoint.

Resuming from it on the CPU gives the same weights, bit for bit, as never having stopped.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Generator

from dualnetssl_server.jobdir import JobDirectory
from dualnetssl_server.train.model import DualModel


@dataclass
class TrainState:
    """Everything that changes while training.

    Attributes:
        model: networks, teachers, heads and prototypes.
        optimizers: one per network.
        generator: source of every random choice of the data.
        step: steps done.
        smoothed: smoothed labelled losses of both networks, which decide the roles.
        dice: smoothed Dice per class on labelled patches.
        skipped: steps in a row that were not finite.
    """

    model: DualModel
    optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer]
    generator: Generator
    step: int = 0
    smoothed: list[float] = field(default_factory=lambda: [1.0, 1.0])
    dice: list[float] = field(default_factory=list)
    skipped: int = 0


def save(state: TrainState, directory: JobDirectory) -> None:
    """Write ``checkpoint.pt`` as a whole and keep the one before as ``checkpoint.prev.pt``."""
    part = directory.checkpoint_path.with_suffix(".part")
    with part.open("wb") as file:
        torch.save(_pack(state), file)
        file.flush()
        os.fsync(file.fileno())
    if directory.checkpoint_path.exists():
        directory.checkpoint_path.replace(directory.previous_checkpoint_path)
    part.replace(directory.checkpoint_path)


def load(state: TrainState, directory: JobDirectory) -> bool:
    """Fill ``state`` from the newest checkpoint that is whole; return false if there is none."""
    for path in (directory.checkpoint_path, directory.previous_checkpoint_path):
        packed = _read(path)
        if packed is not None:
            _unpack(packed, state)
            return True
    return False


def _read(path: Path) -> dict[str, Any] | None:
    try:
        packed: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (EOFError, RuntimeError, OSError, pickle.UnpicklingError):
        return None
    return packed


def _pack(state: TrainState) -> dict[str, Any]:
    return {
        "model": state.model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in state.optimizers],
        "generator": state.generator.get_state(),
        "random": torch.get_rng_state(),
        "cuda_random": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "step": state.step,
        "smoothed": state.smoothed,
        "dice": state.dice,
        "skipped": state.skipped,
    }


def _unpack(packed: dict[str, Any], state: TrainState) -> None:
    state.model.load_state_dict(packed["model"])
    for optimizer, stored in zip(state.optimizers, packed["optimizers"], strict=True):
        optimizer.load_state_dict(stored)
    state.generator.set_state(packed["generator"])
    torch.set_rng_state(packed["random"])
    if torch.cuda.is_available() and len(packed["cuda_random"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(packed["cuda_random"])
    state.step, state.skipped = packed["step"], packed["skipped"]
    state.smoothed, state.dice = list(packed["smoothed"]), list(packed["dice"])
