"""From two networks' probabilities to a segmentation and maps of how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from dualnetssl_server.train.quality import Scores, overlaps


@dataclass(frozen=True)
class Beliefs:
    """What both networks say of a scan together.

    Attributes:
        mean: mean probabilities ``[C, D, H, W]``.
        classes: class indices ``[D, H, W]`` uint8, the argmax of ``mean``.
        total: entropy of ``mean`` over ln C, ``[D, H, W]`` in [0, 1].
        disagreement: Jensen-Shannon divergence of the networks over ln 2, ``[D, H, W]`` in [0, 1].
        agreement: Dice of the one network's segmentation with the other's, for each foreground class.
    """

    mean: Tensor
    classes: Tensor
    total: Tensor
    disagreement: Tensor
    agreement: Scores


def entropy(probabilities: Tensor) -> Tensor:
    """Return the entropy in nats over the first axis of ``[C, ...]``."""
    return -torch.xlogy(probabilities, probabilities).sum(dim=0)


def combine(first: Tensor, second: Tensor) -> Beliefs:
    """Combine the probabilities ``[C, D, H, W]`` of both networks.

    The entropy of the mean splits exactly into the networks' own mean entropy and their Jensen-Shannon divergence
    (Lin 1991).

    Example:
        >>> sure = torch.tensor([1.0, 0.0]).view(2, 1, 1, 1)
        >>> combine(sure, sure.flip(0)).disagreement.item()
        1.0
    """
    mean = (first + second) / 2
    whole = entropy(mean)
    apart = whole - (entropy(first) + entropy(second)) / 2
    return Beliefs(
        mean=mean,
        classes=mean.argmax(dim=0).to(torch.uint8),
        total=(whole / math.log(mean.shape[0])).clamp(0, 1),
        disagreement=(apart / math.log(2)).clamp(0, 1),
        agreement=overlaps(first.argmax(dim=0), second.argmax(dim=0), len(first) - 1),
    )
