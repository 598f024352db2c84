"""Colours that everybody can tell apart: a perceptually uniform map for uncertainty and a few for lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Rgb = tuple[int, int, int]

TRUTH: Rgb = (255, 255, 255)
REVIEW: Rgb = (0, 158, 115)
BEFORE: Rgb = (130, 130, 140)
AFTER: Rgb = (0, 114, 178)
LINES: tuple[Rgb, ...] = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233))


def uncertainty_colours(values: Array) -> npt.NDArray[np.uint8]:
    """Map values in [0, 1] to RGB from dark violet over red to light yellow, ``[..., 3]``.

    Lightness rises evenly with the value (in Oklab, Ottosson 2020), so equal steps look equal, in grey and to the
    colour-blind as well.

    Example:
        >>> uncertainty_colours(np.array([0.0, 1.0])).sum(axis=-1).tolist()[0] < 250
        True
    """
    value = np.clip(values, 0, 1)
    lightness = 0.28 + 0.66 * value
    hue = np.radians(305 + 160 * value)
    chroma = 0.06 + 0.42 * value * (1 - value) + 0.07 * value
    return _rgb(lightness, chroma * np.cos(hue), chroma * np.sin(hue))


def _rgb(lightness: Array, a: Array, b: Array) -> npt.NDArray[np.uint8]:
    """Turn Oklab into sRGB bytes."""
    roots = (
        lightness + 0.3963377774 * a + 0.2158037573 * b,
        lightness - 0.1055613458 * a - 0.0638541728 * b,
        lightness - 0.0894841775 * a - 1.2914855480 * b,
    )
    long, middle, short = (root**3 for root in roots)
    linear = np.stack(
        [
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        ],
        axis=-1,
    ).clip(0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    colours: npt.NDArray[np.uint8] = np.rint(255 * encoded).astype(np.uint8)
    return colours


def css(colour: Rgb) -> str:
    """Return a colour as CSS writes it.

    Example:
        >>> css((0, 114, 178))
        '#0072b2'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)
