"""What a training run owns: two networks, their moving averages, projection heads and class prototypes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dualnetssl.contract.config import TrainConfig
from dualnetssl.method.networks import PAIR, Level, Segmenter, build_network
from dualnetssl.method.pooling import ALONE, Pool

_PROJECTED = 64
_PROTOTYPE_MOMENTUM = 0.99
_SHARE_RATE = 0.03
_MOST_ALIGNED = 2.0


class DualModel(nn.Module):
    """The V-Net (index 0) and the residual net (index 1), with all that the unsupervised terms remember of them.

    Attributes:
        networks: the two students.
        teachers: their exponential moving averages; empty if the configuration uses none.
        heads: projection of features for the contrast, one per network.
        prototypes: unit-length class prototypes ``[2, C, F']``; ``known`` tells which were ever updated.
        shares: share of each class in the labelled scans, ``[C]``; zeros until it is known.
        believed: moving average of the share that the teachers believe in on unlabelled patches, ``[C]``.
        precision: of the networks' arithmetic, float32 or bfloat16; weights and losses are float32 always.
        layout: of the networks' weights and volumes in memory.
        moved: all that each network's optimiser moves.
        pool: the other ranks that train the same model.
    """

    prototypes: Tensor
    known: Tensor
    shares: Tensor
    believed: Tensor

    def __init__(self, config: TrainConfig, *, channels: int, classes: int, plan: Sequence[Level]) -> None:
        """Build both networks from the global random state."""
        super().__init__()
        parts = {
            "channels": channels,
            "classes": classes,
            "width": config.width,
            "norm": config.norm,
            "plan": plan,
            "dropout": config.dropout,
        }
        networks = [build_network(kind, **parts) for kind in PAIR]  # type: ignore[arg-type]
        self.networks = nn.ModuleList(networks)
        self.teachers = nn.ModuleList(_frozen_copy(network) for network in networks if config.ema > 0)
        projected = _PROJECTED if config.contrast_form == "prototype" else config.width
        self.heads = nn.ModuleList(_head(config.width, projected) for _ in networks)
        self.register_buffer("prototypes", torch.zeros(2, classes, projected))
        self.register_buffer("known", torch.zeros(2, classes, dtype=torch.bool))
        self.register_buffer("shares", torch.zeros(classes))
        self.register_buffer("believed", torch.zeros(classes))
        self.precision, self.layout = torch.float32, torch.channels_last_3d
        self.pool: Pool = ALONE
        # walking two hundred modules for their parameters costs milliseconds a step; buffers are replaced by `to`
        pairs = zip(self.networks, self.heads, strict=True)
        self.moved = [[*network.parameters(), *head.parameters()] for network, head in pairs]
        self._averaged: list[tuple[list[Tensor], list[Tensor]]] = [
            ([*teacher.parameters()], [*network.parameters()])
            for teacher, network in zip(self.teachers, self.networks, strict=False)
        ]
        self._counts = config.norm == "batch"

    def place(self, device: torch.device, layout: torch.memory_format) -> None:
        """Move everything to a device, weights in that layout."""
        self.layout = layout
        self.to(device, memory_format=layout)  # type: ignore[call-overload]

    def run(self, network: Segmenter, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits and features of ``x [B, K, D, H, W]`` in the model's precision and layout."""
        mixed = self.precision != torch.float32
        with torch.autocast(x.device.type, self.precision) if mixed else nullcontext():
            logits, features = network(x.contiguous(memory_format=self.layout))
        return logits, features

    def student(self, index: int) -> Segmenter:
        """Return one of the two networks."""
        network = self.networks[index]
        assert isinstance(network, Segmenter)  # noqa: S101 - narrows the type
        return network

    def predictor(self, index: int) -> Segmenter:
        """Return what predicts for this network: its moving average where there is one."""
        network = self.teachers[index] if len(self.teachers) else self.networks[index]
        assert isinstance(network, Segmenter)  # noqa: S101 - narrows the type
        return network

    @torch.no_grad()
    def follow(self, share: float | Tensor, taken: Tensor) -> None:
        """Move the teachers towards the students.

        Args:
            share: of the way between them, see `teacher_share`.
            taken: whether the students moved; else the teachers stay, without the host asking which.
        """
        share = taken * share
        for teacher, network in self._averaged:
            _approach(teacher, network, share)
        if self._counts:
            for own, other in zip(self.teachers.buffers(), self.networks.buffers(), strict=bool(len(self.teachers))):
                own.copy_(other)

    @torch.no_grad()
    def update_prototypes(self, index: int, means: Tensor, present: Tensor) -> None:
        """Move the prototypes of one network towards unit-length class means ``[C, F']`` where ``present``."""
        old, known = self.prototypes[index], self.known[index]
        moved = torch.where(known[:, None], _PROTOTYPE_MOMENTUM * old + (1 - _PROTOTYPE_MOMENTUM) * means, means)
        self.prototypes[index] = torch.where(present[:, None], F.normalize(moved, dim=1), old)
        self.known[index] = known | present

    @torch.no_grad()
    def align(self, beliefs: tuple[Tensor, Tensor], inside: Tensor) -> tuple[Tensor, Tensor]:
        """Scale beliefs ``[B, C, D, H, W]`` so that on average each class takes the share it has in labelled scans.

        Networks that saw few labels doubt every boundary and so believe in organs that are too large; taught by
        themselves they would grow further. The moving shares correct that (distribution alignment, Berthelot et al.
        2020), by a factor of at most 2.

        Args:
            beliefs: of both networks.
            inside: voxels that lie in a scan, ``[B, D, H, W]``; what is beyond has no share, as in labelled scans.
        """
        mean = (beliefs[0] + beliefs[1]) / 2 * inside[:, None]
        total, voxels = self.pool.sums(mean.sum(dim=(0, 2, 3, 4)), inside.sum())
        present = total / voxels.clamp(min=1)
        started = self.believed.sum() > 0
        self.believed.copy_(torch.where(started, torch.lerp(self.believed, present, _SHARE_RATE), present))
        factor = (self.shares / self.believed.clamp(min=1e-8)).clamp(1 / _MOST_ALIGNED, _MOST_ALIGNED)
        first, second = (belief * factor[:, None, None, None] for belief in beliefs)
        return first / first.sum(dim=1, keepdim=True), second / second.sum(dim=1, keepdim=True)


def _approach(averaged: list[Tensor], students: list[Tensor], share: Tensor) -> None:
    if share.device.type == "cpu":
        for own, other in zip(averaged, students, strict=True):
            own.lerp_(other, share)
        return
    gaps = torch._foreach_sub(students, averaged)
    torch._foreach_mul_(gaps, share)
    torch._foreach_add_(averaged, gaps)


def _head(features: int, projected: int) -> nn.Module:
    if features == projected:
        return nn.Identity()
    return nn.Sequential(nn.Linear(features, projected), nn.ReLU(), nn.Linear(projected, projected))


def _frozen_copy(network: nn.Module) -> nn.Module:
    teacher = copy.deepcopy(network).eval()
    return teacher.requires_grad_(False)


def parameters_of(model: DualModel, index: int) -> list[nn.Parameter]:
    """Return all that one network's optimiser moves."""
    return model.moved[index]


def build_optimizers(model: DualModel, config: TrainConfig) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    """Return one optimiser per network."""

    def build(index: int) -> torch.optim.Optimizer:
        parameters = parameters_of(model, index)
        arguments: dict[str, Any] = {"lr": config.learning_rate, "weight_decay": config.weight_decay, "fused": True}
        if config.optimizer == "adamw":
            return torch.optim.AdamW(parameters, **arguments)
        optimizer = torch.optim.SGD(parameters, momentum=0.9, **arguments)
        for parameter in parameters:  # PyTorch leaves them undefined where the very first step is not taken
            optimizer.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
        return optimizer

    return build(0), build(1)


def teacher_share(ema: float, step: int) -> float:
    """Return 1 - alpha, the part of the way that teachers go: alpha = min(1 - 1/(step + 1), ema).

    Source: Tarvainen & Valpola 2017.

    Example:
        >>> teacher_share(0.98, 0), round(teacher_share(0.98, 1000), 4)
        (1.0, 0.02)
    """
    return 1 - min(1 - 1 / (step + 1), ema)


def learning_rate(config: TrainConfig, step: int) -> float:
    """Return the rate of a step: polynomial decay (power 0.9), or a tenth after 5/12 and again after 5/6 of the run.

    With ``cycles`` it decays to nothing over the warm-up, so that the networks know all that the labels tell before
    they teach, and then again over the rest.

    Example:
        >>> learning_rate(TrainConfig(steps=6000, learning_rate=0.01, schedule="step"), 2500)
        0.001
    """
    if config.schedule == "poly":
        return config.learning_rate * float((1 - step / config.steps) ** 0.9)
    if config.schedule == "cycles":
        return _cycle(config, step, config.warm_up * config.steps)
    drops = sum(step >= config.steps * part // 12 for part in (5, 10))
    return float(config.learning_rate / 10**drops)


def _cycle(config: TrainConfig, step: int, warm: float) -> float:
    done = step / warm if step < warm else (step - warm) / max(1.0, config.steps - warm)
    return config.learning_rate * float((1 - done) ** 0.9)
