"""The training step as one would write it first: what `bench throughput` compares with.

The same networks, weights, patches and losses; but PyTorch's own instance norm, the plain memory layout, float32
throughout, optimisers that go through the parameters one by one, and percentiles taken by numpy on the host.
"""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from torch import Tensor, nn

from dualnetssl.method import losses
from dualnetssl.method.model import learning_rate, parameters_of
from dualnetssl.method.networks import InstanceNorm
from dualnetssl.method.step import (
    Guidance,
    consistency_term,
    contrast_term,
    forward,
    pseudo_label_term,
    ramps,
    supervised_terms,
    teacher_beliefs,
)
from dualnetssl.scans.batches import draw_batch
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.loop import Run

_FEWEST = 32


def plain_state(state: TrainState) -> TrainState:
    """Return a copy with PyTorch's instance norm, the plain layout and optimisers that fuse nothing."""
    model = copy.deepcopy(state.model)
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, InstanceNorm):
                setattr(module, name, _theirs(child))
    model.place(model.shares.device, torch.contiguous_format)
    rate = state.optimizers[0].param_groups[0]["lr"]
    first, second = (torch.optim.AdamW(parameters_of(model, k), lr=rate, foreach=False, fused=False) for k in (0, 1))
    generator = torch.Generator()
    generator.set_state(state.generator.get_state())
    return TrainState(model, (first, second), generator, state.step)


def _theirs(norm: InstanceNorm) -> nn.Module:
    plain = nn.InstanceNorm3d(len(norm.weight), affine=True)
    plain.weight, plain.bias = norm.weight, norm.bias
    return plain


def plain_step(run: Run, state: TrainState) -> float:
    """Do one step of the default preset and return its loss."""
    config, model = run.config, state.model
    weights = ramps(config, state.step)
    drawn = draw_batch(run.pools, run.reader, config, not weights.silent, state.generator)
    outputs = forward(model, drawn)
    loss = torch.stack(supervised_terms(outputs, drawn, config)).sum()
    if len(drawn.clean):
        beliefs = teacher_beliefs(model, drawn, outputs, config)
        for index in (0, 1):
            guidance = plain_guide(beliefs, drawn.unverified, config.reliable_share)
            logits = outputs[index].logits[drawn.labelled :]
            taught = config.pseudo_weight * pseudo_label_term(logits, guidance)
            taught = taught + config.consistency_weight * consistency_term(logits, guidance)
            contrast = contrast_term(model, index, outputs[index], drawn, guidance, config)
            loss = loss + (taught * weights.unsupervised + config.contrast_weight * contrast * weights.contrast) / 2
    return _move(run, state, loss)


def _move(run: Run, state: TrainState, loss: Tensor) -> float:
    for optimizer in state.optimizers:
        optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    for index, optimizer in enumerate(state.optimizers):
        torch.nn.utils.clip_grad_norm_(parameters_of(state.model, index), run.config.gradient_clip or math.inf)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(run.config, state.step)
        optimizer.step()
    factor = min(1 - 1 / (state.step + 1), run.config.ema)
    with torch.no_grad():
        for teacher, network in zip(state.model.teachers, state.model.networks, strict=True):
            for own, other in zip(teacher.parameters(), network.parameters(), strict=True):
                own.mul_(factor).add_(other, alpha=1 - factor)
    state.step += 1
    return float(loss.detach())


@torch.no_grad()
def plain_guide(beliefs: tuple[Tensor, Tensor], where: Tensor, share: float) -> Guidance:
    """Return what a student is taught, the percentiles taken on the host.

    Args:
        beliefs: of both teachers, ``[B_U, C, D, H, W]``.
        where: voxels that nobody verified.
        share: of the voxels of each class that is trusted.
    """
    mean = (beliefs[0] + beliefs[1]) / 2
    pseudo, uncertainty = mean.argmax(dim=1), losses.normalised_entropy(mean)
    classes, doubt, known = pseudo.cpu().numpy(), uncertainty.cpu().numpy(), where.cpu().numpy()
    reliable = np.zeros_like(known)
    for index in range(mean.shape[1]):
        own = known & (classes == index)
        if own.sum() >= _FEWEST:
            reliable |= own & (doubt <= np.percentile(doubt[own], 100 * share))
    return Guidance(mean, pseudo, uncertainty, torch.from_numpy(reliable).to(where.device), where)
