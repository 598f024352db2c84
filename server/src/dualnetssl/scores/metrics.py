"""Figures of merit of a segmentation and of its uncertainty; pure functions on arrays.

Distances are in mm on the true voxel spacing. Shapes: label volumes and maps ``[D, H, W]`` (k, j, i order).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dualnetssl.contract.schema import IGNORED

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[np.integer[Any]]
Spacing = Sequence[float]

_LARGEST_SAMPLE = 2**22
_BINS = 20
REVIEWED_SHARES = (0.01, 0.02, 0.05)
"""Shares of the volume that a reviewer might look at; the figures ``errors_in_top_*`` belong to them."""


@dataclass(frozen=True)
class ClassScore:
    """How well one class of one scan was found.

    ``failed`` says that the class is in only one of prediction and truth: then Dice and Jaccard are 0 and no distance
    exists. Where it is in neither, the scan says nothing about the class: everything is None.
    """

    dice: float | None
    jaccard: float | None
    hd95_mm: float | None
    assd_mm: float | None
    failed: bool


def score_classes(prediction: Labels, truth: Labels, spacing: Spacing, values: Sequence[int]) -> dict[int, ClassScore]:
    """Score every class of one scan; voxels whose truth is 255 (not verified) take no part.

    Args:
        prediction: label volume ``[D, H, W]``.
        truth: label volume of the same shape.
        spacing: voxel size in mm, (k, j, i).
        values: label values of the foreground classes.

    Example:
        >>> truth = np.zeros((4, 4, 4), np.uint8)
        >>> truth[1:3, 1:3, 1:3] = 1
        >>> score_classes(truth, truth, (1.0, 1.0, 1.0), [1])[1].dice
        1.0
    """
    known = truth != IGNORED
    return {value: score_mask((prediction == value) & known, truth == value, spacing) for value in values}


def score_mask(prediction: Mask, truth: Mask, spacing: Spacing) -> ClassScore:
    """Score one class given as boolean volumes ``[D, H, W]``."""
    overlap, total = int((prediction & truth).sum()), int(prediction.sum()) + int(truth.sum())
    if total == 0:
        return ClassScore(None, None, None, None, failed=False)
    if not prediction.any() or not truth.any():
        return ClassScore(0.0, 0.0, None, None, failed=True)
    there, back = surface_distances(prediction, truth, spacing)
    return ClassScore(
        dice=2 * overlap / total,
        jaccard=overlap / (total - overlap),
        hd95_mm=float(max(np.percentile(there, 95), np.percentile(back, 95))),
        assd_mm=float(np.concatenate([there, back]).mean()),
        failed=False,
    )


def surface_distances(first: Mask, second: Mask, spacing: Spacing) -> tuple[Floats, Floats]:
    """Return the distance in mm of every surface voxel of ``first`` to the surface of ``second``, and the reverse.

    A surface voxel has a face neighbour outside the mask or lies on the border of the volume. Neither mask is empty.
    """
    box = ndimage.find_objects((first | second).astype(np.uint8))[0]
    surface_first, surface_second = _surface(first[box]), _surface(second[box])
    to_second = ndimage.distance_transform_edt(~surface_second, sampling=spacing)
    to_first = ndimage.distance_transform_edt(~surface_first, sampling=spacing)
    return to_second[surface_first], to_first[surface_second]


def _surface(mask: Mask) -> Mask:
    # A mask that touches the border of the crop has its surface there, whatever lay beyond: the box holds all of it.
    surface: Mask = mask & ~ndimage.binary_erosion(mask)
    return surface


def uncertainty_figures(uncertainty: Floats, wrong: Mask, classes: int) -> dict[str, float | None]:
    """Return how well the uncertainty of one scan points at its wrong voxels.

    Args:
        uncertainty: values in [0, 1], any shape; normalised entropy of the predicted distribution.
        wrong: where the prediction differs from the truth, same shape.
        classes: C, including background.

    Returns:
        ``error_auroc``; ``errors_in_top_1_percent``, ``_2_`` and ``_5_``: share of the wrong voxels that lie in the
        most uncertain 1, 2 and 5 % of the volume; ``ece``; ``risk_coverage_area`` (lower is better);
        ``error_share``. A figure that does not exist (no wrong voxel, say) is None.
    """
    uncertainty, wrong = _sample(uncertainty.ravel(), wrong.ravel())
    if not wrong.size:
        return {}
    shares = {
        f"errors_in_top_{round(100 * share)}_percent": errors_in_most_uncertain(uncertainty, wrong, share)
        for share in REVIEWED_SHARES
    }
    return {
        "error_auroc": error_auroc(uncertainty, wrong),
        **shares,
        "ece": expected_calibration_error(confidence_from_entropy(uncertainty, classes), ~wrong),
        "risk_coverage_area": risk_coverage_area(uncertainty, wrong),
        "error_share": float(wrong.mean()),
    }


def reliability(uncertainty: Floats, wrong: Mask) -> list[list[float]]:
    """Count voxels and wrong ones by the value of a map, both ``[N]``, in 20 bins of equal width.

    Returns:
        Rows of lowest value, highest value, voxels, wrong ones.

    Example:
        >>> reliability(np.array([0.01, 0.02, 0.99]), np.array([False, True, True]))[::19]
        [[0.0, 0.05, 2, 1], [0.95, 1.0, 1, 1]]
    """
    place = np.minimum((uncertainty * _BINS).astype(np.int64), _BINS - 1)
    voxels, missed = (np.bincount(found, minlength=_BINS).tolist() for found in (place, place[wrong]))
    return [[row / _BINS, (row + 1) / _BINS, voxels[row], missed[row]] for row in range(_BINS)]


def _sample(uncertainty: Floats, wrong: Mask) -> tuple[Floats, Mask]:
    if wrong.size <= _LARGEST_SAMPLE:
        return uncertainty, wrong
    kept = np.random.default_rng(0).integers(0, wrong.size, _LARGEST_SAMPLE)
    return uncertainty[kept], wrong[kept]


def average_ranks(values: Floats) -> Floats:
    """Return ranks from 1, equal values sharing the mean of theirs.

    Example:
        >>> average_ranks(np.array([0.2, 0.1, 0.2])).tolist()
        [2.5, 1.0, 2.5]
    """
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2)[inverse]
    return ranks


def error_auroc(uncertainty: Floats, wrong: Mask) -> float | None:
    """Return the chance that a wrong voxel is more uncertain than a right one (ties count half).

    None where all voxels are right or all are wrong. Shapes: both ``[N]``.

    Example:
        >>> error_auroc(np.array([0.1, 0.2, 0.9]), np.array([False, False, True]))
        1.0
    """
    errors = int(wrong.sum())
    right = wrong.size - errors
    if not errors or not right:
        return None
    rank_sum = float(average_ranks(uncertainty)[wrong].sum())
    return (rank_sum - errors * (errors + 1) / 2) / (errors * right)


def errors_in_most_uncertain(uncertainty: Floats, wrong: Mask, share: float) -> float | None:
    """Return which share of the wrong voxels lies in the most uncertain ``share`` of all; None without an error.

    Voxels that tie at the limit count in proportion, so the figure does not depend on their order.

    Example:
        >>> errors_in_most_uncertain(np.array([0.1, 0.2, 0.9, 0.3]), np.array([True, False, True, False]), 0.25)
        0.5
    """
    errors = int(wrong.sum())
    if not errors:
        return None
    taken = max(1, round(share * wrong.size))
    limit = np.partition(uncertainty, wrong.size - taken)[wrong.size - taken]
    above, tied = uncertainty > limit, uncertainty == limit
    part = (taken - int(above.sum())) / int(tied.sum())
    return float((wrong & above).sum() + part * (wrong & tied).sum()) / errors


def confidence_from_entropy(uncertainty: Floats, classes: int) -> Floats:
    """Return the probability of the chosen class that a normalised entropy stands for.

    Exact for two classes; with more it takes the two best to share all the probability, which holds nearly everywhere.
    Entropies above ln 2 give 0.5.

    Example:
        >>> confidence_from_entropy(np.array([0.0, 1.0]), 2).tolist()
        [1.0, 0.5]
    """
    probability = np.linspace(1.0, 0.5, 4096)
    rest = 1 - probability
    entropy = -(probability * np.log(probability) + rest * np.log(np.where(rest > 0, rest, 1.0)))
    confidence: Floats = np.interp(uncertainty * np.log(classes), entropy, probability)
    return confidence


def expected_calibration_error(confidence: Floats, right: Mask, bins: int = 15) -> float:
    """Return the mean gap between stated confidence and share of right voxels over equal bins of confidence (ECE).

    Args:
        confidence: probability of the chosen class, ``[N]``, in [0, 1].
        right: whether the chosen class is the true one, ``[N]``.
        bins: number of equal bins of [0, 1].

    Example:
        >>> expected_calibration_error(np.array([0.8, 0.8]), np.array([True, False]))
        0.3...
    """
    index = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    stated = np.bincount(index, weights=confidence, minlength=bins)
    met = np.bincount(index, weights=right, minlength=bins)
    return float(np.abs(stated - met).sum() / confidence.size)


def risk_coverage_area(uncertainty: Floats, wrong: Mask) -> float:
    """Return the mean share of errors among the k most certain voxels, over all k; lower is better.

    Voxels of equal uncertainty share their errors, so the figure does not depend on their order.

    Example:
        >>> risk_coverage_area(np.array([0.1, 0.9]), np.array([False, True]))
        0.25
    """
    _, inverse, counts = np.unique(uncertainty, return_inverse=True, return_counts=True)
    errors = np.bincount(inverse, weights=wrong)
    per_voxel = np.repeat(errors / counts, counts)
    return float((np.cumsum(per_voxel) / np.arange(1, wrong.size + 1)).mean())


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Spearman's rank correlation; None for fewer than three pairs or where one side never changes.

    Example:
        >>> round(rank_correlation([0.1, 0.5, 0.9], [1.0, 2.0, 3.0]), 6)
        1.0
    """
    one, other = (average_ranks(np.asarray(values, dtype=np.float64)) for values in (first, second))
    if len(first) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    one, other = one - one.mean(), other - other.mean()
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))
