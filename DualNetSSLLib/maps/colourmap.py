"""The colours of the uncertainty map: made to lie over grey anatomy and to be told apart by everybody.

The path runs from violet over red and orange to pale yellow in OKLab (Ottosson 2020, "A perceptual color space for
image processing"), with lightness rising steadily and colours spaced evenly along it. So equal steps of uncertainty
look equal, the order can be seen without any colour vision, and nothing on the path is grey as the scan is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

COLOURS = 256
SOLID = 0.35
"""Value from which the map hides as much of the anatomy as the opacity allows; below it fades out to nothing at 0."""

GROUND = (0.78, 0.78, 0.76)
"""Red, green and blue of a surface without doubt."""

_PATH = ((0.36, 0.105, -0.105), (0.50, 0.175, -0.035), (0.63, 0.165, 0.085), (0.77, 0.075, 0.155), (0.94, -0.02, 0.135))
"""Lightness, green-red and blue-yellow of the colours that the path runs through."""

_OKLAB_TO_LMS = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
)
_LMS_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def uncertainty_colours(count: int = COLOURS) -> Floats:
    """Return red, green, blue and opacity, each in [0, 1], of ``count`` steps of uncertainty from 0 to 1.

    Example:
        >>> table = uncertainty_colours()
        >>> table.shape, float(table[0, 3]), float(table[-1, 3])
        ((256, 4), 0.0, 1.0)
    """
    value = np.linspace(0.0, 1.0, count)
    rgb = _rgb_of(_even_path(value))
    return np.column_stack([rgb, np.clip(value / SOLID, 0.0, 1.0)])


def surface_colours(count: int = COLOURS) -> Floats:
    """Return the colours of `uncertainty_colours` as they lie over `GROUND`, solid: for surfaces, where 0 is not clear.

    Example:
        >>> surface_colours()[0].tolist()
        [0.78, 0.78, 0.76, 1.0]
    """
    table = uncertainty_colours(count)
    solid = table[:, 3:]
    return np.column_stack([table[:, :3] * solid + np.array(GROUND) * (1.0 - solid), np.ones(count)])


def by_logarithm(colours: Floats) -> Floats:
    """Return the same colours, shape (n, 4), spread so that small values take up more of them, as Slicer 5.12 does it.

    A value t, in [0, 1], gets the colour that log10(1 + 9 t) had; the ends stay.

    Example:
        >>> table = uncertainty_colours()
        >>> bool(np.all(by_logarithm(table)[28] == table[76])), bool(np.all(by_logarithm(table)[255] == table[255]))
        (True, True)
    """
    last = len(colours) - 1
    result: Floats = colours[np.rint(last * np.log10(1.0 + 9.0 * np.arange(last + 1) / last)).astype(int)]
    return result


def _even_path(at: Floats) -> Floats:
    """Return points of the path, shape (n, 3) in OKLab, evenly spaced: equal steps, equal difference to the eye."""
    corners = np.array(_PATH)
    fine = np.linspace(0.0, 1.0, 4001)
    place = fine * (len(corners) - 1)
    path = np.column_stack([_smooth(place, corners[:, axis]) for axis in range(3)])
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    return np.column_stack([np.interp(at, length / length[-1], path[:, axis]) for axis in range(3)])


def _smooth(place: Floats, corners: Floats) -> Floats:
    """Interpolate between corners without a bend, by a Catmull-Rom spline."""
    padded = np.concatenate([[2 * corners[0] - corners[1]], corners, [2 * corners[-1] - corners[-2]]])
    piece = np.minimum(place.astype(int), len(corners) - 2)
    t = place - piece
    before, left, right, after = (padded[piece + shift] for shift in range(4))
    bent = 2 * before - 5 * left + 4 * right - after
    result: Floats = left + t / 2 * (right - before + t * (bent + t * (3 * (left - right) + after - before)))
    return result


def _rgb_of(oklab: Floats) -> Floats:
    """Turn OKLab, shape (n, 3), into sRGB in [0, 1]."""
    linear = np.clip((oklab @ _OKLAB_TO_LMS.T) ** 3 @ _LMS_TO_RGB.T, 0.0, 1.0)
    result: Floats = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return result
