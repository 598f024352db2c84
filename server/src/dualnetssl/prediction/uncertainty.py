"""From two networks' probabilities to a segmentation and maps of how sure it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dualnetssl.method.losses import most_likely
from dualnetssl.prediction.expected_dice import Scores, agreement, confusion
from dualnetssl.prediction.opinions import OpinionKeeper, Opinions

_TINY = torch.finfo(torch.float32).tiny


@dataclass(frozen=True)
class Beliefs:
    """What both networks say of a scan together.

    Attributes:
        expected: sum over all voxels of each class's mean probability, float64 ``[C]``.
        classes: class indices ``[D, H, W]`` uint8, the argmax of the mean.
        total: entropy of the mean over ln C, ``[D, H, W]`` in [0, 1].
        disagreement: Jensen-Shannon divergence of the networks over ln 2, ``[D, H, W]`` in [0, 1].
        agreement: Dice of the one network's segmentation with the other's, for each foreground class.
        opinions: what each network says of every class, where there is doubt.
        probabilities: of the mean, float16 ``[C, D, H, W]``; None unless they are kept.
    """

    expected: Tensor
    classes: Tensor
    total: Tensor
    disagreement: Tensor
    agreement: Scores
    opinions: Opinions
    probabilities: Tensor | None = None


def entropy(probabilities: Tensor) -> Tensor:
    """Return the entropy in nats over the first axis of ``[C, ...]``."""
    # xlogy takes twice as long; where a probability is 0, so is its product
    return -(probabilities * probabilities.clamp(min=_TINY).log()).sum(dim=0)


def combine(first: Tensor, second: Tensor) -> Beliefs:
    """Combine the probabilities ``[C, D, H, W]`` of both networks.

    The entropy of the mean splits exactly into the networks' own mean entropy and their Jensen-Shannon divergence
    (Lin 1991).

    Example:
        >>> sure = torch.tensor([1.0, 0.0]).view(2, 1, 1, 1)
        >>> combine(sure, sure.flip(0)).disagreement.item()
        1.0
    """
    return gather([(first, second)], first.shape[1:])


def gather(slabs: Iterable[tuple[Tensor, Tensor]], size: Sequence[int], keep: bool = False) -> Beliefs:
    """Combine both networks' probabilities slab by slab, so that no other volume has the size of the scan.

    Args:
        slabs: of both networks, ``[C, d, H, W]`` each, which follow each other along the first axis of the scan.
        size: of the scan (D, H, W).
        keep: whether to keep the probabilities of the mean.
    """
    classes = torch.empty(tuple(size), dtype=torch.uint8)
    total, disagreement = torch.empty(tuple(size)), torch.empty(tuple(size))
    expected, counts, start = torch.zeros(1, dtype=torch.float64), torch.zeros(1, dtype=torch.int64), 0
    keeper, kept = OpinionKeeper(), list[Tensor]()
    for first, second in slabs:
        mean = (first + second) / 2
        whole, stop = entropy(mean), start + mean.shape[1]
        apart = whole - (entropy(first) + entropy(second)) / 2
        classes[start:stop] = most_likely(mean, 0)
        total[start:stop] = (whole / math.log(mean.shape[0])).clamp(0, 1)
        disagreement[start:stop] = (apart / math.log(2)).clamp(0, 1)
        expected = expected + mean.sum(dim=(1, 2, 3), dtype=torch.float64)
        counts = counts + confusion(most_likely(first, 0), most_likely(second, 0), len(mean))
        keeper.add(first, second, torch.maximum(total[start:stop], disagreement[start:stop]))
        kept += [mean.half()] if keep else []
        start = stop
    means = torch.cat(kept, dim=1) if keep else None
    return Beliefs(expected, classes, total, disagreement, agreement(counts), keeper.opinions(), means)
