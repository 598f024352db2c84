"""How fast a device could do the operations of a piece of code: the larger of arithmetic and memory traffic of each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry


@dataclass(frozen=True)
class Device:
    """What a device was measured to do: multiplications and additions, and bytes moved, per second."""

    flops: float
    bytes: float


def finish(device: torch.device) -> None:
    """Wait until a device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds(work: Callable[[], object], device: torch.device, times: int) -> float:
    """Return the shortest time that some work took."""
    best = float("inf")
    for _ in range(times):
        finish(device)
        begun = time.perf_counter()
        work()
        finish(device)
        best = min(best, time.perf_counter() - begun)
    return best


def measure(device: torch.device, kind: torch.dtype, times: int = 5) -> Device:
    """Measure a device by a matrix product and a copy, both large for it."""
    edge = 8192 if device.type == "cuda" else 1024
    matrix = torch.ones(edge, edge, device=device, dtype=kind)
    volume = torch.ones(edge * edge * 8, device=device)
    target = torch.empty_like(volume)
    product = seconds(lambda: matrix @ matrix, device, times)
    moved = seconds(lambda: target.copy_(volume), device, times)
    return Device(2 * edge**3 / product, 2 * volume.numel() * volume.element_size() / moved)


class Floor(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up, operation by operation, the least time that a device needs; views cost nothing.

    Attributes:
        seconds: found so far.
        flops: found so far.
    """

    def __init__(self, device: Device) -> None:
        """Start at nothing."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._device, self.seconds, self.flops = device, 0.0, 0.0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Do the operation and count it."""
        kwargs = kwargs or {}
        if func.overloadpacket not in flop_registry:
            with self:
                parts = func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        result = func(*args, **kwargs)
        if not func.is_view:
            count = flop_registry.get(func.overloadpacket)
            flops = float(count(*args, **kwargs, out_val=result)) if count is not None else 0.0
            tensors = [leaf for leaf in tree_leaves((args, kwargs, result)) if isinstance(leaf, Tensor)]
            moved = sum({id(tensor): tensor.numel() * tensor.element_size() for tensor in tensors}.values())
            self.flops += flops
            self.seconds += max(flops / self._device.flops, moved / self._device.bytes)
        return result
