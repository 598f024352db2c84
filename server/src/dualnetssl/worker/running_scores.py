"""Moving averages of the losses and Dice of labelled patches, and what was skipped, kept on the device."""

from __future__ import annotations

import torch
from torch import Tensor

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.schema import IGNORED
from dualnetssl.method import losses
from dualnetssl.method.pooling import ALONE, Pool
from dualnetssl.method.step import Batch, Outputs
from dualnetssl.worker.checkpoint import TrainState

_DICE_MEMORY = 0.9


@torch.no_grad()
def remember(
    state: TrainState, config: TrainConfig, outputs: tuple[Outputs, Outputs], batch: Batch, taken: Tensor
) -> None:
    """Blend a step's labelled losses and Dice into the smoothed ones, and count it among the skipped if not taken.

    Args:
        state: its ``smoothed``, ``dice`` and ``skipped`` change, in their places.
        config: the run's configuration.
        outputs: of both networks.
        batch: the step's patches.
        taken: boolean scalar; nothing is remembered of a step that was not taken.
    """
    labels = batch.labels[: batch.labelled]
    chances = [output.logits[: batch.labelled].float().softmax(dim=1) for output in outputs]
    pool = state.model.pool
    found = torch.stack([losses.dice_loss(probabilities, labels, pool=pool) for probabilities in chances])
    blended = config.role_smoothing * state.smoothed + (1 - config.role_smoothing) * found
    state.smoothed.copy_(torch.where(taken, blended, state.smoothed))
    dice = patch_dice(losses.most_likely(chances[0] + chances[1]), labels, len(state.dice), pool)
    blended = torch.where(state.dice.isnan(), dice, _DICE_MEMORY * state.dice + (1 - _DICE_MEMORY) * dice)
    state.dice.copy_(torch.where(taken & ~dice.isnan(), blended, state.dice))
    row, untold = state.skipped.unbind()
    state.skipped.copy_(torch.stack([torch.where(taken, 0, row + 1), untold + ~taken]))


def patch_dice(predicted: Tensor, labels: Tensor, classes: int, pool: Pool = ALONE) -> Tensor:
    """Return Dice of each foreground class over verified voxels, ``[classes]``; nan where neither shows the class.

    Args:
        predicted: class indices ``[B, D, H, W]``.
        labels: class indices ``[B, D, H, W]``, 255 where not verified.
        classes: number of foreground classes.
        pool: the other ranks.
    """
    verified = labels != IGNORED
    scores = []
    for index in range(1, classes + 1):
        own, truth = (predicted == index) & verified, labels == index
        both, either = pool.sums((own & truth).sum(), own.sum() + truth.sum())
        scores.append(2 * both / either)
    return torch.stack(scores)
