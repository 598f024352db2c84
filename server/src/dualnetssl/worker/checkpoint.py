"""The whole state of a training run, written so that a crash at any moment leaves a whole checkpoint.

Resuming from it on the CPU gives the same weights, bit for bit, as never having stopped.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.method.model import DualModel
from dualnetssl.worker.ranks import SOLO, Team

if TYPE_CHECKING:
    from dualnetssl.worker.recording import Recorder


@dataclass
class TrainState:
    """Everything that changes while training; its own tensors rest on the model's device: nobody waits for them.

    Attributes:
        model: networks, teachers, heads and prototypes.
        optimizers: one per network.
        generator: source of every random choice of the data.
        step: steps done.
        smoothed: smoothed labelled losses of both networks, which decide the roles, ``[2]``.
        dice: smoothed Dice per foreground class on labelled patches, nan where there was none yet.
        skipped: steps that were not finite: in a row up to now, and since the last report, ``[2]``.
        recorder: plays steps back, where that is wanted; no part of a checkpoint.
    """

    model: DualModel
    optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer]
    generator: Generator
    step: int = 0
    recorder: Recorder | None = None
    smoothed: Tensor = field(init=False)
    dice: Tensor = field(init=False)
    skipped: Tensor = field(init=False)

    def __post_init__(self) -> None:
        """Begin to count."""
        shares = self.model.shares
        self.smoothed, self.skipped = shares.new_ones(2), shares.new_zeros(2, dtype=torch.long)
        self.dice = torch.full_like(shares[1:], torch.nan)


def save(state: TrainState, directory: JobDirectory, team: Team = SOLO) -> None:
    """Write ``checkpoint.pt`` as a whole and keep the one before as ``checkpoint.prev.pt``.

    All ranks call it at the same step; the first one writes, with the generators of all.
    """
    generators = team.everyone(_generators(state))
    if team.rank == 0:
        _write(_pack(state, generators), directory)


def _write(packed: dict[str, Any], directory: JobDirectory) -> None:
    part = directory.checkpoint_path.with_suffix(".part")
    with part.open("wb") as file:
        torch.save(packed, file)
        file.flush()
        os.fsync(file.fileno())
    if directory.checkpoint_path.exists():
        directory.checkpoint_path.replace(directory.previous_checkpoint_path)
    part.replace(directory.checkpoint_path)


def load(state: TrainState, directory: JobDirectory, rank: int = 0) -> bool:
    """Fill ``state`` from the newest checkpoint that is whole; return false if there is none.

    A rank that the checkpoint does not know, as there were fewer, keeps the generators that it has.
    """
    for path in (directory.checkpoint_path, directory.previous_checkpoint_path):
        packed = _read(path)
        if packed is not None:
            _unpack(packed, state, rank)
            return True
    return False


def _read(path: Path) -> dict[str, Any] | None:
    try:
        packed: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (EOFError, RuntimeError, OSError, pickle.UnpicklingError):
        return None
    return packed


def _generators(state: TrainState) -> dict[str, Any]:
    return {
        "generator": state.generator.get_state(),
        "random": torch.get_rng_state(),
        "cuda_random": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def _pack(state: TrainState, generators: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "model": state.model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in state.optimizers],
        **generators[0],
        "ranks": generators[1:],
        "step": state.step,
        "smoothed": state.smoothed.tolist(),
        "dice": state.dice.tolist(),
        "skipped": state.skipped.tolist(),
    }


def _unpack(packed: dict[str, Any], state: TrainState, rank: int) -> None:
    state.model.load_state_dict(packed["model"])
    for optimizer, stored in zip(state.optimizers, packed["optimizers"], strict=True):
        optimizer.load_state_dict(stored)
    known = [packed, *packed.get("ranks", ())]
    if rank < len(known):
        _set_generators(known[rank], state)
    state.step = packed["step"]
    for kept, name in ((state.smoothed, "smoothed"), (state.dice, "dice"), (state.skipped, "skipped")):
        kept.copy_(torch.tensor(packed[name]))


def _set_generators(stored: dict[str, Any], state: TrainState) -> None:
    state.generator.set_state(stored["generator"])
    torch.set_rng_state(stored["random"])
    if torch.cuda.is_available() and len(stored["cuda_random"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(stored["cuda_random"])
