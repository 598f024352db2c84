"""Lines stand out from whatever lies below them: from the scan, and from the map over it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from DualNetSSLLib.maps.colourmap import by_logarithm, uncertainty_colours
from DualNetSSLLib.maps.linecolours import (
    ENOUGH,
    LABEL_EDGE,
    LABEL_OVER_MAP,
    REGION_HALO,
    REGION_LINE,
    contrast,
    line_colour,
    over,
)

GROUNDS = (0.0, 0.5, 1.0)
FAR = 0.35
"""Least distance of the label's line from the colours of the map, of 1.73 from black to white."""


def grounds(opacity):
    """Every colour that the map can have over black, grey and white, and these without it."""
    table = np.concatenate([uncertainty_colours(), by_logarithm(uncertainty_colours())])
    table[:, 3] *= opacity
    return np.concatenate([over(table, grey) for grey in GROUNDS])


@pytest.mark.parametrize("opacity", [0.0, 0.3, 0.6, 1.0])
def test_line_or_halo_of_a_region_stands_out_from_every_value_of_the_map(opacity):
    below = grounds(opacity)
    either = np.maximum(contrast(REGION_LINE, below), contrast(REGION_HALO, below))
    assert either.min() >= ENOUGH
    assert contrast(REGION_LINE, below).min() < ENOUGH, "without a halo it does not"
    assert contrast(REGION_LINE, REGION_HALO) >= ENOUGH


def test_the_label_s_line_has_no_colour_of_the_map():
    below = grounds(0.6)
    away = np.linalg.norm(below - LABEL_OVER_MAP, axis=1)
    assert away.min() >= FAR
    orange = np.array((230, 159, 0)) / 255
    assert np.linalg.norm(below - orange, axis=1).min() < FAR, "a class's own colour may"


@pytest.mark.parametrize("opacity", [0.0, 0.6, 1.0])
def test_line_or_edge_of_a_label_stands_out_whatever_colour_its_class_has(opacity):
    below = grounds(opacity)
    edge = contrast(LABEL_EDGE, below)
    worst = []
    for colour in itertools.product(np.linspace(0, 1, 6).tolist(), repeat=3):
        line = line_colour(colour)
        assert contrast(line, LABEL_EDGE) >= ENOUGH
        assert (np.maximum(contrast(line, below), edge) >= ENOUGH).all(), colour
        assert [min(channels) for channels in zip(line, colour, strict=True)] == pytest.approx(colour), "lighter alone"
        worst.append(np.maximum(contrast(colour, below), edge).min())
    assert min(worst) < ENOUGH, "dark colours as they are do not"
    assert (np.maximum(contrast(LABEL_OVER_MAP, below), edge) >= ENOUGH).all()
