"""The colours of the uncertainty map: even steps, an order that everybody sees, and nothing at zero."""

from __future__ import annotations

import numpy as np

from DualNetSSLLib.maps.colourmap import GROUND, SOLID, surface_colours, uncertainty_colours

SRGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LMS_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# Machado, Oliveira and Fernandes (2009), severity 1, on linear sRGB.
BLINDNESS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(light):
    return np.cbrt(np.clip(light, 0, 1) @ SRGB_TO_LMS.T) @ LMS_TO_OKLAB.T


def test_equal_steps_look_equal():
    lab = oklab(linear(uncertainty_colours()[:, :3]))
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.1


def test_the_order_is_seen_without_colour_vision():
    light = linear(uncertainty_colours()[:, :3])
    lightness = oklab(light)[:, 0]
    assert np.diff(lightness).min() > 0
    assert lightness[-1] - lightness[0] > 0.5
    for matrix in BLINDNESS.values():
        seen = oklab(light @ np.array(matrix).T)[:, 0]
        assert np.diff(seen[::16]).min() > 0


def test_no_colour_can_be_taken_for_the_scan():
    lab = oklab(linear(uncertainty_colours()[:, :3]))
    assert np.hypot(lab[:, 1], lab[:, 2]).min() > 0.08
    dichromats = [oklab(linear(uncertainty_colours()[:, :3]) @ np.array(matrix).T) for matrix in BLINDNESS.values()]
    for seen in dichromats[:2]:
        chroma = np.hypot(seen[:, 1], seen[:, 2])
        assert (chroma > 0.03).mean() > 0.8


def test_zero_is_clear_and_what_matters_is_solid():
    table = uncertainty_colours()
    value = np.linspace(0, 1, len(table))
    assert table[0, 3] == 0
    assert np.all(table[value >= SOLID, 3] == 1)
    assert np.diff(table[:, 3]).min() >= 0
    assert table.min() >= 0
    assert table.max() <= 1


def cie_lightness(light):
    y = light @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > (6 / 29) ** 3, 116 * np.cbrt(y) - 16, (29 / 3) ** 3 * y)


def test_cie_lightness_rises_nearly_in_a_straight_line():
    lightness = cie_lightness(linear(uncertainty_colours()[:, :3]))
    value = np.linspace(0, 1, len(lightness))
    straight = np.polyval(np.polyfit(value, lightness, 1), value)
    assert np.diff(lightness).min() > 0
    assert np.abs(lightness - straight).max() < 0.06 * np.ptp(lightness)


def test_ten_steps_stay_apart_whatever_the_colour_vision():
    light = linear(uncertainty_colours(11)[:, :3])
    seen = [oklab(light), *(oklab(light @ np.array(matrix).T) for matrix in BLINDNESS.values())]
    for lab in seen:
        assert np.linalg.norm(np.diff(lab, axis=0), axis=1).min() > 0.035


def test_a_surface_without_doubt_has_its_own_colour_and_a_doubtful_one_that_of_the_map():
    table, flat = surface_colours(), uncertainty_colours()
    value = np.linspace(0, 1, len(table))
    np.testing.assert_allclose(table[0, :3], GROUND)
    np.testing.assert_allclose(table[value >= SOLID, :3], flat[value >= SOLID, :3])
    assert np.all(table[:, 3] == 1)
