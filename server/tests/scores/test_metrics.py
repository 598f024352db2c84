"""The figures of merit against values worked out by hand and against MONAI's where both mean the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualnetssl.scores import metrics

SPACING = (2.0, 1.0, 0.5)


def cube(low: int, high: int, size: int = 12) -> np.ndarray:
    mask = np.zeros((size, size, size), bool)
    mask[low:high, low:high, low:high] = True
    return mask


def blobs(seed: int) -> tuple[np.ndarray, np.ndarray]:
    from scipy import ndimage

    rng = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(rng.standard_normal((14, 15, 16)), 2)
    other = field + 0.3 * ndimage.gaussian_filter(rng.standard_normal(field.shape), 2)
    return field > 0.02, other > 0.02


def test_two_voxels_apart_by_hand():
    first, second = np.zeros((2, 8, 8, 8), bool)
    first[2, 3, 3], second[4, 3, 3] = True, True
    score = metrics.score_mask(first, second, SPACING)
    assert (score.dice, score.jaccard, score.hd95_mm, score.assd_mm, score.failed) == (0.0, 0.0, 4.0, 4.0, False)


def test_shifted_slab_by_hand():
    first, second = np.zeros((2, 6, 6, 6), bool)
    first[:, :, 0:2], second[:, :, 1:3] = True, True
    score = metrics.score_mask(first, second, SPACING)
    assert score.dice == pytest.approx(0.5)
    assert score.jaccard == pytest.approx(1 / 3)
    assert score.hd95_mm == 0.5
    assert 0 < score.assd_mm <= 0.5


@pytest.mark.filterwarnings("ignore:.*always_return_as_numpy:FutureWarning")  # MONAI 1.6 calls itself the old way
@pytest.mark.parametrize("seed", range(4))
def test_distances_and_overlap_equal_monai(seed):
    import torch
    from monai.metrics import compute_average_surface_distance, compute_dice, compute_hausdorff_distance

    prediction, truth = blobs(seed)
    score = metrics.score_mask(prediction, truth, SPACING)
    pair = [torch.from_numpy(mask)[None, None].float() for mask in (prediction, truth)]
    options = {"include_background": True, "spacing": SPACING}
    assert score.dice == pytest.approx(compute_dice(*pair).item(), rel=1e-6)
    assert score.hd95_mm == pytest.approx(compute_hausdorff_distance(*pair, percentile=95, **options).item(), rel=1e-5)
    assert score.assd_mm == pytest.approx(
        compute_average_surface_distance(*pair, symmetric=True, **options).item(), rel=1e-5
    )


def test_empty_prediction_is_a_failure_and_never_distance_zero():
    score = metrics.score_mask(np.zeros_like(cube(2, 5)), cube(2, 5), SPACING)
    assert (score.dice, score.jaccard, score.hd95_mm, score.assd_mm, score.failed) == (0.0, 0.0, None, None, True)
    assert metrics.score_mask(cube(2, 5), np.zeros_like(cube(2, 5)), SPACING) == score


def test_a_class_in_neither_volume_says_nothing():
    score = metrics.score_mask(np.zeros_like(cube(2, 5)), np.zeros_like(cube(2, 5)), SPACING)
    assert (score.dice, score.hd95_mm, score.failed) == (None, None, False)


def test_unverified_voxels_take_no_part():
    truth = cube(2, 8).astype(np.uint8)
    prediction = truth.copy()
    prediction[5:] = 2
    truth[5:] = 255
    scores = metrics.score_classes(prediction, truth, SPACING, [1, 2])
    assert scores[1].dice == 1.0
    assert scores[2].dice is None


def test_auroc_by_hand_with_ties():
    uncertainty = np.array([0.1, 0.4, 0.4, 0.8])
    wrong = np.array([False, False, True, True])
    assert metrics.error_auroc(uncertainty, wrong) == pytest.approx((1 + 0.5 + 1 + 1) / 4)
    assert metrics.error_auroc(uncertainty, np.zeros(4, bool)) is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auroc_equals_counting_pairs(pairs):
    uncertainty = np.array([value for value, _ in pairs], float)
    wrong = np.array([flag for _, flag in pairs])
    wins = [float(a > b) + 0.5 * float(a == b) for a in uncertainty[wrong] for b in uncertainty[~wrong]]
    expected = pytest.approx(np.mean(wins)) if wins else None
    assert metrics.error_auroc(uncertainty, wrong) == expected


def test_top_share_counts_ties_in_proportion():
    wrong = np.array([True, False, False, False])
    assert metrics.errors_in_most_uncertain(np.full(4, 0.5), wrong, 0.5) == pytest.approx(0.5)
    assert metrics.errors_in_most_uncertain(np.array([0.9, 0.1, 0.2, 0.3]), wrong, 0.25) == 1.0
    assert metrics.errors_in_most_uncertain(np.full(4, 0.5), np.zeros(4, bool), 0.5) is None


def test_confidence_inverts_the_binary_entropy():
    probability = np.array([0.5, 0.6, 0.75, 0.9, 0.999])
    entropy = -(probability * np.log(probability) + (1 - probability) * np.log(1 - probability))
    assert metrics.confidence_from_entropy(entropy / np.log(2), 2) == pytest.approx(probability, abs=1e-4)
    assert metrics.confidence_from_entropy(entropy / np.log(3), 3) == pytest.approx(probability, abs=1e-4)


def test_calibration_by_hand():
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False, True, False])
    expected = (4 * abs(0.95 - 0.75) + 2 * abs(0.55 - 0.5)) / 6
    assert metrics.expected_calibration_error(confidence, right) == pytest.approx(expected)
    assert metrics.expected_calibration_error(np.ones(3), np.ones(3, bool)) == 0


def test_risk_coverage_by_hand_and_independent_of_order():
    uncertainty = np.array([0.1, 0.2, 0.3, 0.4])
    assert metrics.risk_coverage_area(uncertainty, np.array([0, 0, 0, 1], bool)) == pytest.approx(0.25 / 4)
    assert metrics.risk_coverage_area(uncertainty, np.array([1, 0, 0, 0], bool)) == pytest.approx(
        (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4
    )
    tied = np.full(4, 0.5)
    assert metrics.risk_coverage_area(tied, np.array([1, 0, 0, 0], bool)) == pytest.approx(0.25)
    assert metrics.risk_coverage_area(tied, np.array([0, 0, 0, 1], bool)) == pytest.approx(0.25)


def test_rank_correlation():
    assert metrics.rank_correlation([1, 2, 3, 4], [10, 20, 15, 40]) == pytest.approx(0.8)
    assert metrics.rank_correlation([1, 2], [1, 2]) is None
    assert metrics.rank_correlation([1, 1, 1], [1, 2, 3]) is None


def test_figures_of_a_scan_come_together_and_large_ones_are_sampled(monkeypatch):
    wrong = np.zeros((10, 10, 10), bool)
    wrong[0, 0] = True
    figures = metrics.uncertainty_figures(np.where(wrong, 0.9, 0.0), wrong, 3)
    assert figures["error_auroc"] == 1.0
    assert figures["errors_in_top_1_percent"] == 1.0
    assert figures["error_share"] == pytest.approx(0.01)
    monkeypatch.setattr(metrics, "_LARGEST_SAMPLE", 500)
    sampled = metrics.uncertainty_figures(np.where(wrong, 0.9, 0.0), wrong, 3)
    assert sampled["error_auroc"] == 1.0
    assert 0 < sampled["error_share"] < 0.05
