"""Temperature and quality estimate of a trained model, fitted on labelled and unlabelled scans of its training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
from torch import Tensor

from dualnetssl.contract.schema import IGNORED
from dualnetssl.method.losses import most_likely
from dualnetssl.prediction.expected_dice import fit_quality, overlaps
from dualnetssl.prediction.reliability import tables
from dualnetssl.prediction.temperature import Tally, expected_error_share, fit_temperature, tally
from dualnetssl.scans.batches import Pools
from dualnetssl.scans.sampling import PreparedCase

Look = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Maps a prepared image ``[1, D, H, W]`` to both networks' probabilities ``[C, D, H, W]`` at temperature 1."""

_MOST_VOXELS = 2**21


@dataclass(frozen=True)
class Calibration:
    """What prediction needs so that its figures mean something.

    Attributes:
        temperature: divides the logits of both networks.
        quality: loss of Dice per loss of agreement.
        error_share: share of wrong voxels expected on scans without labels.
        scans: how many were looked at.
        reliability: how often voxels were wrong by the value that the maps show, see `reliability.tables`.
    """

    temperature: float
    quality: float
    error_share: float
    scans: int
    reliability: dict[str, Any]


@dataclass(frozen=True)
class _Sight:
    """What both networks say of the voxels of one scan that count."""

    counts: Tally
    sample: tuple[Tensor, Tensor]
    quality: tuple[tuple[float | None, float | None], ...] = ()
    truth: Tensor | None = None


def calibrate(
    look: Look, pools: Pools, most_scans: int, stopped: Callable[[], bool] = lambda: False
) -> Calibration | None:
    """Look at labelled and unlabelled scans and fit; if every scan is labelled, the labelled ones serve as both.

    Where scans were kept out of training, they are the labelled ones: what is fitted on them is not too hopeful.

    Args:
        look: what predicts.
        pools: the scans of the training; only verified voxels count as labelled, only others as unlabelled.
        most_scans: of either kind; evenly spaced ones are taken if there are more.
        stopped: asked before each scan; once true, there is no calibration.
    """
    labelled, unlabelled = looked_at(pools, most_scans)
    stride = 1 + sum(case.image[0].numel() for case in (*labelled, *unlabelled)) // _MOST_VOXELS
    known: list[_Sight] = []
    unknown: list[_Sight] = []
    for cases, verified, sights in ((labelled, True, known), (unlabelled, False, unknown)):
        for case in cases:
            if stopped():
                return None
            sights.append(_see(look, case, verified, stride))
    return _fit(known, unknown or known, bool(pools.held_out)) if known else None


def looked_at(pools: Pools, most_scans: int) -> tuple[list[PreparedCase], list[PreparedCase]]:
    """Return the labelled and the unlabelled scans that `calibrate` looks at."""
    return _spread(pools.held_out or pools.labelled, most_scans), _spread(pools.unlabelled, most_scans)


def _spread(cases: Sequence[PreparedCase], most: int) -> list[PreparedCase]:
    if len(cases) <= most:
        return list(cases)
    return [cases[(2 * index + 1) * len(cases) // (2 * most)] for index in range(most)]


def _see(look: Look, case: PreparedCase, verified: bool, stride: int) -> _Sight:
    first, second = (part.flatten(1) for part in look(case.image))
    label = None if case.label is None else case.label.flatten().cpu()
    if label is not None:
        counting = (label != IGNORED) == verified
        first, second, label = first[:, counting], second[:, counting], label[counting]
    if not verified or label is None:
        return _Sight(tally(first, second, None), _thin(first, second, stride))
    classes = first.shape[0] - 1
    agreements = overlaps(most_likely(first, 0), most_likely(second, 0), classes)
    dices = overlaps(most_likely(first + second, 0), label, classes)
    quality = tuple(zip(agreements, dices, strict=True))
    return _Sight(tally(first, second, label), _thin(first, second, stride), quality, label[::stride].clone())


def _thin(first: Tensor, second: Tensor, stride: int) -> tuple[Tensor, Tensor]:
    return first[:, ::stride].clone(), second[:, ::stride].clone()


def _fit(labelled: Sequence[_Sight], unlabelled: Sequence[_Sight], held_out: bool) -> Calibration:
    known, unknown = (reduce(Tally.__add__, [sight.counts for sight in part]) for part in (labelled, unlabelled))
    share = expected_error_share(known, unknown)
    first, second = (torch.cat([sight.sample[index] for sight in unlabelled], dim=1) for index in (0, 1))
    temperature = fit_temperature(first, second, share)
    known_voxels = [(*sight.sample, sight.truth) for sight in labelled if sight.truth is not None]
    return Calibration(
        temperature=temperature,
        quality=fit_quality(pair for sight in labelled for pair in sight.quality),
        error_share=share,
        scans=len(labelled) + (0 if unlabelled is labelled else len(unlabelled)),
        reliability=tables(known_voxels, temperature, held_out),
    )
