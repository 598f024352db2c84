"""How far the doubt that a map states can be trusted: figures, curves and review regions of a scan, and their mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from dualnetssl.contract.schema import IGNORED
from dualnetssl.scores import metrics
from dualnetssl.scores.evaluate import mean_of

Floats = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

REVIEWED = (1, 3, 5, 10)
"""How many of the first review regions somebody might look at."""
BINS = 15
COVERAGES = tuple(round(0.5 + 0.01 * index, 2) for index in range(51))
"""Shares of the volume, the most certain voxels first, whose errors the risk-coverage curve tells."""
_DRAWS = 5


@dataclass(frozen=True)
class Judged:
    """One scan, its segmentation and what is known of it.

    Attributes:
        case: its name.
        segmentation: label volume ``[D, H, W]``.
        truth: the same, 255 where nobody knows.
        spacing: mm along (k, j, i).
        values: label values of the foreground classes.
    """

    case: str
    segmentation: metrics.Labels
    truth: metrics.Labels
    spacing: Sequence[float]
    values: Sequence[int]

    @property
    def known(self) -> Mask:
        """Where the truth is known."""
        known: Mask = self.truth != IGNORED
        return known

    @property
    def wrong(self) -> Mask:
        """Where the segmentation is known to be wrong."""
        wrong: Mask = self.known & (self.segmentation != self.truth)
        return wrong

    @property
    def dice(self) -> float | None:
        """Mean Dice over the classes that occur."""
        scores = metrics.score_classes(self.segmentation, self.truth, self.spacing, self.values)
        return mean_of(score.dice for score in scores.values())


def measure(judged: Judged, calibrated: Floats, plain: Floats | None, predicted_dice: float | None) -> dict[str, Any]:
    """Measure one scan.

    Args:
        judged: the scan.
        calibrated: its map of total uncertainty ``[D, H, W]`` in [0, 1].
        plain: the map that it would have at temperature 1, if that is known.
        predicted_dice: what the summary of the prediction says.

    Returns:
        ``case``, ``dice``, ``predicted_dice``, ``calibrated`` and ``plain`` (see `judge_map`), and ``regions`` (see
        `region_shares`); fit for JSON.
    """
    return {
        "case": judged.case,
        "dice": judged.dice,
        "predicted_dice": predicted_dice,
        "calibrated": judge_map(judged, calibrated),
        "plain": None if plain is None else judge_map(judged, plain),
        "regions": region_shares(judged, calibrated, np.random.default_rng(0)),
    }


def judge_map(judged: Judged, uncertainty: Floats) -> dict[str, Any]:
    """Return `metrics.uncertainty_figures`, and beside them ``attainable``, ``reliability`` and ``risk``.

    ``attainable`` is the most that the most uncertain 2 % can hold of the errors if the doubt is true: a voxel whose
    chosen class is the likelier of two is wrong in at most half of the cases, and the errors may be more than that.
    ``reliability`` has for each of `BINS` equal bins of confidence the voxels, the sum of their confidence and the
    number of right ones; ``risk`` the share of wrong voxels at each of `COVERAGES`.
    """
    doubt, wrong, classes = uncertainty[judged.known], judged.wrong[judged.known], len(judged.values) + 1
    confidence = metrics.confidence_from_entropy(doubt, classes)
    place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    counts = [np.bincount(place, weights=weights, minlength=BINS) for weights in (None, confidence, ~wrong)]
    errors = np.cumsum(wrong[np.argsort(doubt, kind="stable")])
    ends = [max(1, round(coverage * wrong.size)) for coverage in COVERAGES]
    return {
        **metrics.uncertainty_figures(doubt, wrong, classes),
        "attainable": min(1.0, 0.5 * 0.02 * wrong.size / int(wrong.sum())) if wrong.any() else None,
        "reliability": [[float(value) for value in row] for row in zip(*counts, strict=True)],
        "risk": [float(errors[end - 1]) / end for end in ends],
    }


def region_shares(judged: Judged, uncertainty: Floats, generator: np.random.Generator) -> dict[str, Any]:
    """Return which share of the wrong voxels lies in the first 1, 3, 5 and 10 review regions.

    The regions are those that the panel's walk shows: compact places by expected error.

    Returns:
        For each number of regions: ``errors``, the share of all wrong voxels in them; ``volume``, the share of the
        scan that they take; ``random``, the share of wrong voxels in regions of the same shapes whose boxes are
        centred on random voxels of the segmentation, the mean of five draws. Shares of errors are None without any.
    """
    shapes = _review_regions(judged, uncertainty)
    foreground = np.argwhere(judged.segmentation > 0)
    draws = [[_moved(box, foreground, judged.wrong.shape, generator) for box, _ in shapes] for _ in range(_DRAWS)]
    shares = {}
    for count in REVIEWED:
        own = _covered(shapes[:count], [box for box, _ in shapes], judged.wrong.shape)
        others = [_covered(shapes[:count], places, judged.wrong.shape) for places in draws]
        shares[str(count)] = {
            "errors": _share(judged.wrong, own),
            "volume": float(own.mean()),
            "random": mean_of(_share(judged.wrong, other) for other in others),
        }
    return shares


Box = tuple[slice, slice, slice]


def _review_regions(judged: Judged, uncertainty: Floats) -> list[tuple[Box, Mask]]:
    """Return box and mask of each of the first review regions, the largest expected error first."""
    from DualNetSSLLib.regions.finder import Query
    from DualNetSSLLib.regions.in_memory import regions

    known = sitk.GetImageFromArray(np.where(judged.known, uncertainty, 0).astype(np.float32))
    known.SetSpacing([float(step) for step in reversed(judged.spacing)])
    segmentation = sitk.GetImageFromArray(judged.segmentation)
    found = regions(known, segmentation, Query(limit=max(REVIEWED)), classes=len(judged.values) + 1)
    return [(region.box(), region.mask()[region.box()]) for region in found]


def _moved(box: Box, centres: npt.NDArray[Any], shape: Sequence[int], generator: np.random.Generator) -> Box:
    if not len(centres):
        return box
    centre = centres[generator.integers(len(centres))]
    sizes = [side.stop - side.start for side in box]
    starts = [
        int(np.clip(middle - size // 2, 0, most - size))
        for middle, size, most in zip(centre, sizes, shape, strict=True)
    ]
    k, j, i = (slice(start, start + size) for start, size in zip(starts, sizes, strict=True))
    return k, j, i


def _covered(shapes: Sequence[tuple[Box, Mask]], places: Sequence[Box], shape: Sequence[int]) -> Mask:
    covered = np.zeros(tuple(shape), dtype=bool)
    for (_, mask), place in zip(shapes, places, strict=False):
        covered[place] |= mask
    return covered


def _share(wrong: Mask, covered: Mask) -> float | None:
    return float((wrong & covered).sum() / wrong.sum()) if wrong.any() else None


def average(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Average over scans: figures, regions and risk by scan; reliability over all voxels.

    Returns:
        The shape of `measure` without ``case``, and ``dice_rank_correlation`` of predicted and true Dice.
    """
    pairs = [(row["predicted_dice"], row["dice"]) for row in rows if None not in (row["predicted_dice"], row["dice"])]
    maps = {name: [row[name] for row in rows if row[name]] for name in ("calibrated", "plain")}
    return {
        "dice": mean_of(row["dice"] for row in rows),
        "predicted_dice": mean_of(row["predicted_dice"] for row in rows),
        "dice_rank_correlation": metrics.rank_correlation([one for one, _ in pairs], [other for _, other in pairs]),
        **{name: _mean_map(found) if found else None for name, found in maps.items()},
        "regions": {
            count: {key: mean_of(row["regions"][count][key] for row in rows) for key in ("errors", "volume", "random")}
            for count in map(str, REVIEWED)
        },
    }


def _mean_map(maps: Sequence[dict[str, Any]]) -> dict[str, Any]:
    single = [key for key in maps[0] if key not in ("reliability", "risk")]
    return {
        **{key: mean_of(one[key] for one in maps) for key in single},
        "reliability": np.sum([one["reliability"] for one in maps], axis=0).tolist(),
        "risk": np.mean([one["risk"] for one in maps], axis=0).tolist(),
    }
