"""Several processes that train one model: who they are, and what they tell each other.

Every rank draws its own patches and has the whole model. The first one writes: events, checkpoints, the model. What the
host decides (to stop, a layout) the first one decides for all, so that nobody waits for an answer that never comes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.distributed as dist
from torch import Tensor, nn

from dualnetssl.method.pooling import ALONE, Pool, with_gradient_of

_PATIENCE = timedelta(hours=2)
"""The first rank validates alone; the others wait for it at the next step."""


class RankLost(Exception):
    """Another rank is gone: this one ends without an outcome, and all begin again from the checkpoint."""


@contextmanager
def _among_others() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise RankLost(str(error)) from error


class Team(Protocol):
    """All ranks, as one of them sees them; every one calls the same in the same order."""

    @property
    def rank(self) -> int:
        """Number of this one; the first is 0."""

    @property
    def pool(self) -> Pool:
        """Sums over the patches of all."""

    def first(self, value: int) -> int:
        """Return the first rank's value."""

    def everyone(self, value: Any) -> list[Any]:
        """Return the values of all, by rank."""

    def add_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Replace each gradient by the sum over all ranks."""

    def leave(self) -> None:
        """Say goodbye; no rank asks another one any more."""


@dataclass(frozen=True)
class Solo:
    """One process."""

    @property
    def rank(self) -> int:
        """The first and only one."""
        return 0

    @property
    def pool(self) -> Pool:
        """Its own patches."""
        return ALONE

    def first(self, value: int) -> int:
        """Return the value."""
        return value

    def everyone(self, value: Any) -> list[Any]:
        """Return the value in a list."""
        return [value]

    def add_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Leave them as they are."""

    def leave(self) -> None:
        """Nobody is there."""


SOLO: Team = Solo()


@dataclass(frozen=True)
class Ranks:
    """One of several processes, which talk by torch.distributed.

    Attributes:
        rank: number of this one.
        size: how many there are.
        hosts: a group for what the hosts say; their devices are not asked and never wait for it.
    """

    rank: int
    size: int
    hosts: Any

    @property
    def pool(self) -> Pool:
        """This object: it sums."""
        return self

    def sums(self, *own: Tensor) -> tuple[Tensor, ...]:
        """Return tensors summed over all ranks, in one message; counts are exact up to 2^53."""
        flat = torch.cat([tensor.detach().double().flatten() for tensor in own])
        with _among_others():
            dist.all_reduce(flat)
        totals = torch.split(flat, [tensor.numel() for tensor in own])
        return tuple(
            with_gradient_of(tensor, total.view(tensor.shape).to(tensor.dtype))
            for tensor, total in zip(own, totals, strict=True)
        )

    def gather(self, own: Tensor) -> Tensor:
        """Return the tensors of all ranks behind each other."""
        found = [torch.empty_like(own) for _ in range(self.size)]
        with _among_others():
            dist.all_gather(found, own.detach().contiguous())
        return torch.cat(found)

    def first(self, value: int) -> int:
        """Return the first rank's value."""
        said = torch.tensor([value])
        with _among_others():
            dist.broadcast(said, 0, group=self.hosts)
        return int(said)

    def everyone(self, value: Any) -> list[Any]:
        """Return the values of all, by rank."""
        found: list[Any] = [None] * self.size
        with _among_others():
            dist.all_gather_object(found, value, group=self.hosts)
        return found

    def add_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Replace each gradient by the sum over all ranks, in one message; None stays, as it is None for all."""
        present = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in present])
        with _among_others():
            dist.all_reduce(flat)
        for gradient, total in zip(present, torch.split(flat, [gradient.numel() for gradient in present]), strict=True):
            gradient.copy_(total.view(gradient.shape))

    def leave(self) -> None:
        """End the connection."""
        dist.destroy_process_group()


@dataclass(frozen=True)
class Seat:
    """A process among those of one job: its number, how many there are, its number on its computer."""

    rank: int = 0
    size: int = 1
    local: int = 0


def seat_of(variables: Mapping[str, str]) -> Seat:
    """Read the seat that torchrun gave, or srun where it started several tasks.

    Example:
        >>> seat_of({"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1"})
        Seat(rank=1, size=2, local=1)
        >>> seat_of({"SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "4", "SLURM_LOCALID": "1"})
        Seat(rank=3, size=4, local=1)
        >>> seat_of({"SLURM_PROCID": "0", "SLURM_NTASKS": "1"})
        Seat(rank=0, size=1, local=0)
    """
    for rank, size, local in (
        ("RANK", "WORLD_SIZE", "LOCAL_RANK"),
        ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"),
    ):
        if int(variables.get(size, "1")) > 1:
            return Seat(int(variables[rank]), int(variables[size]), int(variables.get(local, "0")))
    return Seat()


def _store_of_this_start() -> Any:
    """Return where ranks that torchrun has started find each other.

    Torchrun keeps one store over all starts. By its keys a rank that is started again would find the addresses of the
    ranks before it, and nobody listens there.
    """
    stores: Any = dist  # whose stores are public, but not typed so
    place = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    kept = stores.TCPStore(*place, is_master=False, timeout=_PATIENCE)
    return stores.PrefixStore(f"start-{os.environ['TORCHELASTIC_RESTART_COUNT']}", kept)


def join(seat: Seat, folder: Path) -> Team:
    """Meet the other ranks; returns when all are there.

    Args:
        seat: this process's.
        folder: that all of them see: where srun started them they meet there.
    """
    if seat.size == 1:
        return SOLO
    where: dict[str, Any] = {"timeout": _PATIENCE}
    if "MASTER_ADDR" not in os.environ:
        start = "-".join(os.environ.get(name, "0") for name in ("SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT"))
        where |= {"init_method": f"file://{folder.resolve()}/ranks-{start}", "rank": seat.rank, "world_size": seat.size}
    elif os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True":
        where |= {"store": _store_of_this_start(), "rank": seat.rank, "world_size": seat.size}
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(seat.local % torch.cuda.device_count())
    dist.init_process_group("nccl" if on_gpu else "gloo", **where)
    hosts = dist.new_group(backend="gloo", timeout=_PATIENCE) if on_gpu else None
    return Ranks(seat.rank, seat.size, hosts)
