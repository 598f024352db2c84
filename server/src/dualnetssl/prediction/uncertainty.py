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
from dualnetssl.prediction.windows import pieces

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
    return probabilities.clamp(min=_TINY).log_().mul_(probabilities).sum(dim=0).neg_()


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
    sums, start = _Sums(size, keep), 0
    for first, second in slabs:
        for deep, rows in pieces(first.shape[1:]):
            place = slice(start + deep.start, start + deep.stop), rows
            sums.add(first[:, deep, rows], second[:, deep, rows], place)
        start += first.shape[1]
    return sums.beliefs()


class _Sums:
    """What is known of the voxels so far; they come in pieces that the cache of a core holds with all made of them."""

    def __init__(self, size: Sequence[int], keep: bool) -> None:
        self._classes = torch.empty(tuple(size), dtype=torch.uint8)
        self._total, self._disagreement = torch.empty(tuple(size)), torch.empty(tuple(size))
        self._expected, self._counts = torch.zeros(1, dtype=torch.float64), torch.zeros(1, dtype=torch.int64)
        self._keeper, self._size, self._keep = OpinionKeeper(), tuple(size), keep
        self._means: Tensor | None = None

    def add(self, first: Tensor, second: Tensor, place: tuple[slice, slice]) -> None:
        """Take both networks' probabilities ``[C, d, h, W]`` of the next voxels in C order, and where they lie."""
        mean = (first + second).mul_(0.5)
        whole, total, disagreement = entropy(mean), self._total[place], self._disagreement[place]
        apart = whole - (entropy(first) + entropy(second)).mul_(0.5)
        torch.div(whole, math.log(len(mean)), out=total).clamp_(0, 1)
        torch.div(apart, math.log(2), out=disagreement).clamp_(0, 1)
        self._classes[place] = _classes(mean)
        self._expected = self._expected + mean.sum(dim=(1, 2, 3), dtype=torch.float64)
        self._counts = self._counts + confusion(_classes(first), _classes(second), len(mean))
        self._keeper.add(first, second, torch.maximum(total, disagreement))
        if self._keep:
            self._kept(len(mean))[:, place[0], place[1]] = mean

    def _kept(self, classes: int) -> Tensor:
        if self._means is None:
            self._means = torch.empty((classes, *self._size), dtype=torch.float16)
        return self._means

    def beliefs(self) -> Beliefs:
        """Return what is known of all voxels."""
        maps, opinions = (self._classes, self._total, self._disagreement), self._keeper.opinions()
        return Beliefs(self._expected, *maps, agreement(self._counts), opinions, self._means)


def _classes(probabilities: Tensor) -> Tensor:
    return most_likely(probabilities, 0, torch.uint8)
