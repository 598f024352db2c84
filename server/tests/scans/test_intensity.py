from __future__ import annotations

import numpy as np
import pytest

from dualnetssl.scans.intensity import normalise, normalise_ct, normalise_mr, soft_clip, without_filling


def body(seed=0):
    """Air around a body of intensities that vary, with some voxels far too bright."""
    generator = np.random.default_rng(seed)
    image = np.zeros((20, 20, 20), dtype=np.float32)
    image[5:15, 5:15, 5:15] = generator.normal(300, 40, (10, 10, 10))
    image[7, 7, 7:9] = 90_000
    return image


def test_mr_is_scaled_by_its_body_and_not_by_air_or_outliers():
    scaled = normalise_mr(body())
    inside = scaled[5:15, 5:15, 5:15][body()[5:15, 5:15, 5:15] < 90_000]
    assert scaled.dtype == np.float32
    assert inside.mean() == pytest.approx(0, abs=0.02)
    assert inside.std() == pytest.approx(1, abs=0.05)
    assert scaled.max() < 7  # half of the range of air and body beyond it


def test_a_bright_lesion_of_few_voxels_stays_brighter_than_all_else():
    image = body()
    image[10, 10, 10] = 95_000
    scaled, cut = normalise_mr(image), normalise_mr(image, soft=False)
    assert np.array_equal(np.argsort(scaled, axis=None, kind="stable"), np.argsort(image, axis=None, kind="stable"))
    assert cut[10, 10, 10] == cut[7, 7, 7]
    middle = scaled == cut
    assert middle.mean() > 0.98


def test_what_is_compressed_keeps_its_order_and_stays_near():
    image = np.random.default_rng(0).standard_cauchy(10_000).astype(np.float32) * 1e4
    found = soft_clip(image, -5.0, 5.0)
    assert (np.diff(found[np.argsort(image)]) >= 0).all()
    assert np.abs(found).max() <= 10
    flat = np.full(3, 7.0, np.float32)
    assert np.array_equal(soft_clip(flat, 7.0, 7.0), flat)


def test_mr_does_not_depend_on_the_scanners_units():
    assert np.allclose(normalise_mr(body()), normalise_mr(body() * 7.5), atol=1e-3)


@pytest.mark.parametrize("value", [0, -1000, 5])
def test_constant_images_become_zero(value):
    assert not normalise_mr(np.full((4, 4, 4), value, dtype=np.float32)).any()


def test_masks_are_not_stretched_beyond_measure():
    image = np.zeros((8, 8, 8), dtype=np.float32)
    image[2:6, 2:6, 2:6] = 1
    scaled = normalise_mr(image)
    assert np.ptp(scaled) == pytest.approx(20, rel=1e-3)


def test_ct_maps_its_window_to_one():
    image = np.array([[[-3000.0, -100.0, 0.0, 100.0, 3000.0]]], dtype=np.float32)
    assert normalise_ct(image, (-100.0, 100.0)).ravel().tolist() == [-1, -1, 0, 1, 1]


def test_each_channel_is_scaled_by_itself():
    both = np.stack([body(0), body(1) * 3])
    found = normalise(both, ((-100.0, 100.0), None))
    assert np.array_equal(found[0], normalise_ct(both[0], (-100.0, 100.0)))
    assert np.array_equal(found[1], normalise_mr(both[1]))
    assert np.array_equal(normalise(both[1:], (None,)), found[1:])
    with pytest.raises(ValueError, match="shorter"):
        normalise(both, (None,))


@pytest.mark.parametrize("filling", [-1, -1024, -3024])
@pytest.mark.parametrize("blend", [False, True])
def test_what_a_program_has_filled_in_counts_as_air(filling, blend):
    """Padding at prediction alone must not change what the networks see: without the cure contrast is flattened."""
    plain = body()
    padded = plain.copy()
    outside = np.ones(plain.shape, bool)
    outside[4:16, 4:16, 4:16] = False
    padded[outside] = filling
    if blend:  # as interpolation leaves the border of a filling
        padded[4, 4:16, 4:16] = filling / 2
    assert np.allclose(normalise_mr(padded), normalise_mr(plain), rtol=0, atol=0.02)


def test_a_scan_that_was_filled_twice_counts_both_as_air():
    plain, padded = body(), body()
    padded[:4], padded[-4:] = -1024, -3024
    assert np.array_equal(normalise_mr(padded), normalise_mr(plain))


def noisy():
    """A body in air whose noise lies around 0."""
    return body() + np.random.default_rng(1).normal(0, 6, (20, 20, 20)).astype(np.float32)


@pytest.mark.parametrize("filled", [39, 40, 41, 80])  # of 8000: where the lowest half percent ends, and beyond it
def test_a_few_filled_voxels_take_no_contrast(filled):
    """Those in the lowest half percent are clipped, those beyond raised; none between may be halfway."""
    plain, padded = noisy(), noisy()
    padded.ravel()[:filled] = -3024
    organ = (slice(5, 15),) * 3
    assert normalise_mr(padded)[organ] == pytest.approx(normalise_mr(plain)[organ], abs=0.25)


def test_noise_around_0_in_whole_numbers_is_no_filling():
    """Its lowest numbers are shared by many voxels, too: raised to 0 they would be air, and its noise in floats not."""
    assert without_filling(np.rint(noisy() / 4)).min() < -2


@pytest.mark.parametrize("gain", [0.001, 30_000])
def test_a_single_voxel_far_off_and_any_gain_leave_all_others_alone(gain):
    plain = noisy()
    wild = plain.astype(np.float64) * gain
    wild[2, 3, 4], wild[5, 6, 7], wild[10, 16, 2] = 1e6 * gain, -1e6 * gain, 1e6 * gain
    found, right = normalise_mr(wild.astype(np.float32)), normalise_mr(plain)
    assert np.percentile(np.abs(found - right), 99) < 0.05


def test_images_that_are_negative_by_nature_keep_their_values():
    image = np.random.default_rng(0).normal(0, 1, (20, 20, 20)).astype(np.float32)
    filled = np.where(np.arange(20) < 8, np.float32(-3024), image)
    assert normalise_mr(filled)[..., 8:].std() > 0.9
    standing = np.where(np.arange(20) < 8, image.min(), image)  # z-scored by somebody, its air one number
    assert np.array_equal(without_filling(standing), standing)


@pytest.mark.parametrize("gain", [1e-30, 1e18, 1e32])
def test_values_whose_squares_no_float32_holds_keep_their_contrast(gain):
    plain = np.random.default_rng(0).normal(100, 20, (12, 12, 12)).astype(np.float32)
    np.testing.assert_allclose(normalise_mr(plain * np.float32(gain)), normalise_mr(plain), atol=1e-3)
