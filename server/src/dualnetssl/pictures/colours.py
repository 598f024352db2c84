"""Colours of pictures: the map of uncertainty as the panel shows it, the marks, and those of lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Rgb = tuple[int, int, int]

TRUTH: Rgb = (255, 255, 255)
VISIBLE_FROM, OPAQUE_FROM, MOST_OPAQUE = 0.08, 0.33, 0.9
"""Uncertainty below the first is not drawn; from the second on it hides the anatomy as much as it ever does."""

_UNCERTAINTY = (
    "591871 631b72 6d1d73 771e74 821f75 8c2075 972275 a12574 aa2872 b32d6f bc316a c43564 cc3a5e d33f57 "
    "da4550 e14c49 e75442 ec5d3b f06633 f36f2b f67821 f98117 fb8b0d fd9509 ff9e11 ffa820 ffb22f ffbc3e "
    "ffc64c ffd059 ffd965 ffe370 ffec7a "
)
"""The panel's colours at 33 even steps; what lies between is drawn on the straight line, off by less than 2 of 255."""


def uncertainty_colours(values: Floats) -> npt.NDArray[np.uint8]:
    """Map values in [0, 1] to RGB, ``[..., 3]``, by the colours that the panel gives the map of uncertainty.

    Example:
        >>> uncertainty_colours(np.array([0.0, 1.0])).tolist()
        [[89, 24, 113], [255, 236, 122]]
    """
    table = np.array([list(bytes.fromhex(colour)) for colour in _UNCERTAINTY.split()], dtype=np.float64)
    even = np.linspace(0, 1, len(table))
    mixed = np.stack([np.interp(values, even, table[:, channel]) for channel in range(3)], axis=-1)
    colours: npt.NDArray[np.uint8] = np.rint(mixed).astype(np.uint8)
    return colours


def opacity(values: Floats) -> Floats:
    """Return how opaque the map is over the anatomy: certain places stay as they are.

    Example:
        >>> opacity(np.array([0.08, 0.205, 1.0])).round(3).tolist()
        [0.0, 0.5, 0.9]
    """
    rising: Floats = np.clip((values - VISIBLE_FROM) / (OPAQUE_FROM - VISIBLE_FROM), 0, MOST_OPAQUE)
    return rising


def css(colour: Rgb) -> str:
    """Return a colour as CSS writes it.

    Example:
        >>> css((0, 114, 178))
        '#0072b2'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)
