"""The patches of one step: labelled crops, unlabelled crops mixed with them, and each network's own view."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.schema import IGNORED
from dualnetssl.method.step import Batch
from dualnetssl.scans.extent import SIDES, open_sides
from dualnetssl.scans.labelfacts import facts_of
from dualnetssl.scans.sampling import PatchReader, PreparedCase, draw_box, vary_intensity

_ROAMING = 0.5


@dataclass(frozen=True)
class Pools:
    """Where crops come from; a scan that is verified in part is in both pools.

    Attributes:
        labelled: scans with a verified voxel.
        unlabelled: scans with a voxel that nobody verified.
        held_out: labelled scans that no crop comes from, for validation.
    """

    labelled: tuple[PreparedCase, ...]
    unlabelled: tuple[PreparedCase, ...]
    held_out: tuple[PreparedCase, ...] = ()

    @property
    def sparse(self) -> bool:
        """Whether no labelled scan is verified as a whole, so that nothing shows how much organ a scan holds."""
        return not any(case.whole for case in (*self.labelled, *self.held_out))

    @cached_property
    def reach(self) -> tuple[int, int, int]:
        """The scans' median reach in voxels along (k, j, i)."""
        k, j, i = (int(median(reaches)) for reaches in zip(*(case.reach for case in self.labelled), strict=True))
        return k, j, i


def sort_into_pools(cases: Sequence[PreparedCase]) -> Pools:
    """Put every scan with a verified voxel into the labelled pool, with an unverified one into the unlabelled."""
    labelled = tuple(case for case in cases if case.verified > 0)
    unlabelled = tuple(case for case in cases if not case.whole)
    return Pools(labelled, unlabelled)


def draw_batch(
    pools: Pools, reader: PatchReader, config: TrainConfig, unsupervised: bool, generator: Generator
) -> Batch:
    """Draw the patches of one step.

    Args:
        pools: the scans.
        reader: how crops are made.
        config: the run's configuration.
        unsupervised: whether unlabelled patches are wanted at this step.
        generator: source of every random choice.
    """
    count = config.labelled_per_step
    focused = math.ceil(count * config.focus)
    shares = [case.verified for case in pools.labelled]
    pressed = pools.sparse and config.size_weight > 0
    roaming = _ROAMING if pressed else 0.0
    images, labels, inside = reader.read_many(pools.labelled, count, focused, generator, shares, roaming)
    unpainted = inside & _unspoken(labels, pools.reach) if pressed else None
    clean, inside, unverified = images[:0], inside[:0], labels[:0] == IGNORED
    if unsupervised and pools.unlabelled and config.unlabelled_per_step:
        clean, unknown, inside = reader.read_many(pools.unlabelled, config.unlabelled_per_step, 0, generator)
        keep = _kept(clean, reader, config, generator)
        partners = torch.arange(len(clean), device=clean.device) % count
        unverified = keep & inside & (unknown == IGNORED)
        images = torch.cat([images, torch.where(keep[:, None], clean, images[partners])])
        labels = torch.cat([labels, torch.where(keep, unknown, labels[partners])])
    views = _views(images, generator) if reader.augment else (images, images)
    return Batch(views, labels, clean, count, unverified, inside, unpainted)


def _unspoken(labels: Tensor, reach: tuple[int, int, int]) -> Tensor:
    """Where nothing within reach is verified, ``[B, D, H, W]``; a box of that reach is near enough to a ball."""
    near = (labels != IGNORED).float()[:, None]
    for axis, voxels in enumerate(reach):
        window = [1, 1, 1]
        window[axis] = 2 * voxels + 1
        near = F.max_pool3d(near, window, stride=1, padding=[edge // 2 for edge in window])
    return near[:, 0] == 0


def _kept(clean: Tensor, reader: PatchReader, config: TrainConfig, generator: Generator) -> Tensor:
    """Where unlabelled patches keep their own voxels: in turns inside and outside a box (bidirectional, BCP)."""
    if not config.copy_paste:
        return torch.ones((len(clean), *reader.patch), dtype=torch.bool, device=clean.device)
    boxes = [draw_box(reader.patch, generator, clean.device) for _ in clean]
    return torch.stack([box if index % 2 == 0 else ~box for index, box in enumerate(boxes)])


def class_shares(pools: Pools, classes: int, spacing: Sequence[float]) -> Tensor:
    """Return the share of each class, background first, in the labelled scans, ``[C]``.

    Scans verified as a whole tell it, if there are any; else it is estimated (`extent.likely_counts`): what somebody
    verified in part lies at organs, and would have the networks believe that scans are full of them.

    Args:
        pools: the scans.
        classes: C, with the background.
        spacing: of the training grid in mm along (k, j, i).
    """
    whole = [case for case in pools.labelled if case.whole]
    counts = torch.stack([_counts(case, classes, spacing) for case in whole or pools.labelled]).sum(dim=0)
    return (counts / counts.sum()).float()


def _counts(case: PreparedCase, classes: int, spacing: Sequence[float]) -> Tensor:
    assert case.label is not None  # noqa: S101 - the pool holds labelled scans only
    facts = case.facts or facts_of(case.label.cpu().numpy(), classes, spacing)
    return torch.tensor(facts.counts, dtype=torch.float64)


def _sides(case: PreparedCase) -> tuple[str, ...]:
    assert case.label is not None  # noqa: S101 - the pool holds labelled scans only
    return open_sides(case.label.cpu().numpy()) if case.facts is None else case.facts.sides


def where_organs_end(pools: Pools) -> str | None:
    """Say on which sides no sparse label tells where organs end, and what would help; None if one does.

    One scan that tells it is enough: the others then teach as much as with bounds of their own (docs/results.md).
    """
    if not pools.sparse:
        return None
    each = [set(_sides(case)) for case in pools.labelled]
    untold = [side for axis in SIDES for side in axis if all(side in sides for sides in each)]
    if not untold:
        return None
    return (
        f"none of the {len(each)} labelled scans tells where organs end ({', '.join(untold)}): nothing is verified "
        "beyond what was painted there, so that what no label speaks for is taken for background. Mark the first and "
        "last slice of the organ, or a box around it, in one scan, or label one scan whole"
    )


def _views(images: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    return vary_intensity(images, generator), vary_intensity(images, generator)
