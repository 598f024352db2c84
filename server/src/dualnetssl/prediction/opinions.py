"""What each network says of every class, kept where they doubt: a few megabytes, of which other answers are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualnetssl import volumes
from dualnetssl.contract.schema import Geometry
from dualnetssl.prediction.archives import write_arrays

VERSION = 1
"""Of the file; see docs/formats.md."""
FLOOR = 0.02
"""Doubt above which a voxel is kept: nobody is led to a region below it."""
STEP = 0.05
"""Natural logarithms of odds are kept in steps of this, up to 255 steps: 1 to 340,000."""
MOST_BYTES = 32 << 20
"""Of odds that are kept of a scan; where there are more, the least doubtful voxels are left out."""


@dataclass(frozen=True)
class Opinions:
    """What both networks say of the doubtful voxels of a scan, by rising index.

    Attributes:
        floor: of these the doubt is greater than this, in [0, 1]; of no other is it, as far as was looked for.
        where: flat indices ``[N]`` into the volume ``[k, j, i]`` in C order, int64.
        odds: how much less likely than its network's most likely class a class is, ``[2, C, N]`` uint8, in `STEP`.
    """

    floor: float
    where: Tensor
    odds: Tensor


def in_bytes(probabilities: Tensor) -> Tensor:
    """Return how much less likely than the most likely class each one is, uint8, for ``[C, N]``.

    Example:
        >>> in_bytes(torch.tensor([[0.5], [0.25], [0.0]])).flatten().tolist()
        [0, 14, 255]
    """
    logarithms = probabilities.clamp(min=1e-30).log_()
    # of `max` the places are not wanted, and with them it takes four times as long
    behind = (logarithms.amax(dim=0) - logarithms).div_(STEP)
    return behind.round_().clamp_(max=255).to(torch.uint8)


class OpinionKeeper:
    """Takes both networks' probabilities slab by slab and keeps what is doubtful."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Keep at most so many bytes of odds."""
        self._most, self._next, self._held, self._floor = most_bytes, 0, 0, FLOOR
        self._parts: list[tuple[Tensor, Tensor, Tensor]] = []

    def add(self, first: Tensor, second: Tensor, doubt: Tensor) -> None:
        """Take the next slab of the scan: probabilities ``[C, d, H, W]`` of both, and the doubt ``[d, H, W]``."""
        line = doubt.flatten()
        here = _places(line > self._floor)
        odds = torch.stack([in_bytes(each.flatten(1).index_select(1, here)) for each in (first, second)])
        self._parts.append((here + self._next, line[here], odds))
        self._next += len(line)
        self._held += odds.numel()
        # twice what may stay, so that the scan is thinned out a few times and not with every slab
        if self._held > 2 * self._most:
            self._thin_out()

    def opinions(self) -> Opinions:
        """Return what was kept.

        Raises:
            ValueError: there was no slab.
        """
        if not self._parts:
            raise ValueError("opinions need a scan; received no slab of any")
        self._thin_out()
        where, odds = self._joined()
        return Opinions(self._floor, where, odds)

    def _thin_out(self) -> None:
        doubt = torch.cat([part for _, part, _ in self._parts])
        most = self._most // max(1, self._held // max(1, len(doubt)))
        if len(doubt) > most:
            # the largest that has `most` above it; to sort all of them takes many times as long
            place = len(doubt) - most - 1
            self._floor = float(np.partition(doubt.numpy(), place)[place])
            self._parts = [_above(self._floor, *part) for part in self._parts]
            self._held = sum(odds.numel() for *_, odds in self._parts)

    def _joined(self) -> tuple[Tensor, Tensor]:
        where, _, odds = zip(*self._parts, strict=True)
        return torch.cat(where), torch.cat(odds, dim=2)


def _above(floor: float, where: Tensor, doubt: Tensor, odds: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    here = _places(doubt > floor).numpy()
    kept, still, left = (torch.from_numpy(each.numpy().take(here, axis=-1)) for each in (where, doubt, odds))
    return kept, still, left


def _places(chosen: Tensor) -> Tensor:
    """Return where a line is true, int64; numpy looks for it, and takes it, many times as fast as PyTorch on a CPU."""
    return torch.from_numpy(np.flatnonzero(chosen.numpy()))


def write_opinions(path: Path, opinions: Opinions, native: Geometry, values: Sequence[int]) -> None:
    """Write opinions on a scan's own grid, as a whole.

    Args:
        path: file to make or replace.
        opinions: on the canonical form of the grid.
        native: the scan's own grid.
        values: label value of each class, background first.
    """
    places = volumes.places_from_canonical(opinions.where.numpy(), native)
    places, odds = _in_order(places, opinions.odds.numpy())
    parts: dict[str, NDArray[Any]] = {
        "version": np.array(VERSION, np.uint8),
        "size": np.array(native.size, np.uint32),
        "floor": np.array(opinions.floor, np.float32),
        "step": np.array(STEP, np.float32),
        "values": np.array(values, np.uint8),
        # each index less the one before it, the first one as it is: small numbers, which pack well
        "gaps": np.diff(places, prepend=0).astype(np.uint32),
        "odds": odds,
    }
    write_arrays(path, parts)


def _in_order(places: NDArray[np.int64], odds: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return both by rising place; most scans lie as their canonical form does, and are in order already."""
    if bool((places[1:] > places[:-1]).all()):
        return places, odds
    order = np.argsort(places)
    return places[order], odds[..., order]
