"""The patches of one step: labelled crops, unlabelled crops mixed with them, and each network's own view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.schema import IGNORED
from dualnetssl.method.step import Batch
from dualnetssl.scans.sampling import PatchReader, PreparedCase, draw_box, vary_intensity


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
    focused = -(-count // 3)
    shares = [case.verified for case in pools.labelled]
    images, labels, inside = reader.read_many(pools.labelled, count, focused, generator, shares)
    clean, inside, unverified = images[:0], inside[:0], labels[:0] == IGNORED
    if unsupervised and pools.unlabelled and config.unlabelled_per_step:
        clean, unknown, inside = reader.read_many(pools.unlabelled, config.unlabelled_per_step, 0, generator)
        keep = _kept(clean, reader, config, generator)
        partners = torch.arange(len(clean), device=clean.device) % count
        unverified = keep & inside & (unknown == IGNORED)
        images = torch.cat([images, torch.where(keep[:, None], clean, images[partners])])
        labels = torch.cat([labels, torch.where(keep, unknown, labels[partners])])
    views = _views(images, generator) if reader.augment else (images, images)
    return Batch(views, labels, clean, count, unverified, inside)


def _kept(clean: Tensor, reader: PatchReader, config: TrainConfig, generator: Generator) -> Tensor:
    """Where unlabelled patches keep their own voxels: in turns inside and outside a box (bidirectional, BCP)."""
    if not config.copy_paste:
        return torch.ones((len(clean), *reader.patch), dtype=torch.bool, device=clean.device)
    boxes = [draw_box(reader.patch, generator, clean.device) for _ in clean]
    return torch.stack([box if index % 2 == 0 else ~box for index, box in enumerate(boxes)])


def class_shares(pools: Pools, classes: int) -> Tensor:
    """Return the share of each class, background first, among the verified voxels of the labelled scans, ``[C]``.

    Scans verified as a whole tell it, if there are any: places that somebody looked at for their doubt lie at organs,
    and would have the networks believe that scans are full of them.
    """
    whole = [case for case in pools.labelled if case.whole]
    counts = torch.zeros(classes, dtype=torch.float64)
    for case in whole or pools.labelled:
        assert case.label is not None  # noqa: S101 - the pool holds labelled scans only
        counts += torch.bincount(case.label.flatten().long().cpu(), minlength=IGNORED + 1)[:classes]
    return (counts / counts.sum()).float()


def _views(images: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    return vary_intensity(images, generator), vary_intensity(images, generator)
