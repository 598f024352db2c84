"""The colours of lines over scan and map, and how much they stand out from what lies below them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

REGION_LINE, REGION_HALO = (1.0, 0.95, 0.75), (0.0, 0.0, 0.0)
"""A light line on a dark, wider one: whatever is below, one of the two stands out from it, and each from the other."""
REGION_LIT = (1.0, 0.85, 0.0)
"""The region in the 3D view, where the organ is grey."""
LABEL_OVER_MAP = (0.15, 0.85, 1.0)
"""The border of every class while the map is seen, on which no colour is blue."""
LABEL_EDGE = (0.0, 0.0, 0.0)
"""Beside a label's line, which would else be lost on anatomy that is as light."""
ENOUGH = 3.0
"""Least contrast of lines and signs (WCAG 2.2, 1.4.11)."""
LIGHT = 0.42
"""Least luminance of a line with a black edge. The contrast of the two is 9 and a little more, `ENOUGH` squared: what
lies half-way between them still stands out from both."""


def over(colours: Floats, ground: float) -> Floats:
    """Return colours (red, green, blue and opacity, shape (n, 4)) as they look on a grey of the scan, shape (n, 3).

    Example:
        >>> over(np.array([[1.0, 0.0, 0.0, 0.5]]), 1.0).tolist()
        [[1.0, 0.5, 0.5]]
    """
    solid = colours[:, 3:]
    seen: Floats = colours[:, :3] * solid + ground * (1.0 - solid)
    return seen


def line_colour(colour: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return the colour of a class (sRGB in [0, 1]) as its line has it: mixed with white until it is light enough.

    Example:
        >>> line_colour((1.0, 1.0, 0.0)), [round(channel, 2) for channel in line_colour((0.0, 0.0, 1.0))]
        ((1.0, 1.0, 0.0), [0.65, 0.65, 1.0])
    """
    light = float(luminance(colour))
    if light >= LIGHT:
        return colour
    mixed = 1.0 - (1.0 - _linear(colour)) * (1.0 - LIGHT) / (1.0 - light)
    red, green, blue = np.where(mixed <= 0.0031308, mixed * 12.92, 1.055 * mixed ** (1 / 2.4) - 0.055).tolist()
    return red, green, blue


def luminance(colour: npt.ArrayLike) -> Floats:
    """Return the relative luminance of sRGB colours in [0, 1], shape (..., 3), as WCAG defines it.

    Example:
        >>> float(luminance((1.0, 1.0, 1.0)).round(6)), float(luminance((0.0, 0.0, 0.0)))
        (1.0, 0.0)
    """
    weighed: Floats = _linear(colour) @ np.array([0.2126, 0.7152, 0.0722])
    return weighed


def _linear(colour: npt.ArrayLike) -> Floats:
    """Return sRGB colours as amounts of light."""
    channels = np.asarray(colour, np.float64)
    linear: Floats = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear


def contrast(some: npt.ArrayLike, others: npt.ArrayLike) -> Floats:
    """Return the contrast of colours, from 1 (none) to 21 (black on white).

    Example:
        >>> round(float(contrast((0, 0, 0), (1, 1, 1))), 3)
        21.0
    """
    first, second = luminance(some) + 0.05, luminance(others) + 0.05
    ratio: Floats = np.maximum(first, second) / np.minimum(first, second)
    return ratio
