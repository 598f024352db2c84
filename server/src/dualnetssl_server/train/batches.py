"""The patches of one step: labelled crops, unlabelled crops mixed with them, and each network's own view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from dualnetssl_server.config import TrainConfig
from dualnetssl_server.schema import IGNORED
from dualnetssl_server.train.method import Batch
from dualnetssl_server.train.sampling import PatchReader, PreparedCase, draw_box, vary_intensity


@dataclass(frozen=True)
class Pools:
    """Where crops come from; a scan that is verified in part is in both pools."""

    labelled: tuple[PreparedCase, ...]
    unlabelled: tuple[PreparedCase, ...]


def sort_into_pools(cases: Sequence[PreparedCase]) -> Pools:
    """Put every scan with a verified voxel into the labelled pool, with an unverified one into the unlabelled."""
    labelled = tuple(case for case in cases if case.label is not None and bool((case.label != IGNORED).any()))
    unlabelled = tuple(case for case in cases if case.label is None or bool((case.label == IGNORED).any()))
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
    images, labels = reader.read_many(pools.labelled, count, focused, generator)
    clean = images[:0]
    if unsupervised and pools.unlabelled and config.unlabelled_per_step:
        clean, unknown = reader.read_many(pools.unlabelled, config.unlabelled_per_step, 0, generator)
        mixed, unknown = (
            _mix((clean, unknown), (images, labels), reader, generator) if config.copy_paste else (clean, unknown)
        )
        images, labels = torch.cat([images, mixed]), torch.cat([labels, unknown])
    views = _views(images, generator) if reader.augment else (images, images)
    first, second, clean = (part.contiguous(memory_format=torch.channels_last_3d) for part in (*views, clean))
    return Batch((first, second), labels, clean, count)


def _views(images: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    return vary_intensity(images, generator), vary_intensity(images, generator)


def _mix(
    unlabelled: tuple[Tensor, Tensor], labelled: tuple[Tensor, Tensor], reader: PatchReader, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Paste labelled patches into unlabelled ones, in turns inside and outside a box (bidirectional, BCP)."""
    images, labels = [], []
    for index in range(len(unlabelled[0])):
        partner = index % len(labelled[0])
        box = draw_box(reader.patch, generator).to(unlabelled[0].device)
        keep = box if index % 2 == 0 else ~box
        images.append(torch.where(keep, unlabelled[0][index], labelled[0][partner]))
        labels.append(torch.where(keep, unlabelled[1][index], labelled[1][partner]))
    return torch.stack(images), torch.stack(labels)
