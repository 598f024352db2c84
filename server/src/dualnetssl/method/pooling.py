"""Sums over the patches of all ranks, where several processes train one model on patches of their own.

Losses are ratios of sums over patches. With the sums of all ranks in place of a rank's own, every rank has the loss of
the whole batch; and as each has the gradient of its own patches alone, the sum of their gradients is that of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor


class Pool(Protocol):
    """What the losses need of the other ranks; every rank calls the same in the same order."""

    @property
    def size(self) -> int:
        """How many ranks there are."""

    def sums(self, *own: Tensor) -> tuple[Tensor, ...]:
        """Return tensors summed over all ranks; their gradients are those of this rank's own."""

    def gather(self, own: Tensor) -> Tensor:
        """Return the tensors of all ranks, of one shape, behind each other; detached."""


@dataclass(frozen=True)
class Alone:
    """One process with all patches."""

    @property
    def size(self) -> int:
        """One."""
        return 1

    def sums(self, *own: Tensor) -> tuple[Tensor, ...]:
        """Return them as they are."""
        return own

    def gather(self, own: Tensor) -> Tensor:
        """Return it as it is."""
        return own


ALONE: Pool = Alone()


class _Total(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, own: Tensor, total: Tensor) -> Tensor:
        """Take the total."""
        return total.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Hand the gradient on to what this rank put in; the other ranks do the same with theirs."""
        return gradients[0], None


def with_gradient_of(own: Tensor, total: Tensor) -> Tensor:
    """Return a total, bit for bit, through which the gradient flows to a rank's own part of it."""
    return _Total.apply(own, total) if own.requires_grad else total  # type: ignore[no-untyped-call]
