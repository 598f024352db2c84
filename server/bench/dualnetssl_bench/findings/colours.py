"""Colours that everybody can tell apart: the panel's map for uncertainty, and a few for lines."""

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
    """Map values in [0, 1] to RGB, ``[..., 3]``, by the colours that the panel gives the map of uncertainty.

    Example:
        >>> uncertainty_colours(np.array([0.0, 1.0])).sum(axis=-1).tolist()[0] < 250
        True
    """
    from DualNetSSLLib.maps import colourmap

    table = np.rint(255 * colourmap.uncertainty_colours()[:, :3]).astype(np.uint8)
    colours: npt.NDArray[np.uint8] = table[np.rint(np.clip(values, 0, 1) * (len(table) - 1)).astype(np.intp)]
    return colours


def css(colour: Rgb) -> str:
    """Return a colour as CSS writes it.

    Example:
        >>> css((0, 114, 178))
        '#0072b2'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)
