"""The hands and eyes of somebody who mends a region: they aim well and hit beside it, and are wrong at times.

Whom robots replace, they flatter: people click beside the middle of an error, draw their strokes beside it, take the
wrong class, and take for better what is worse. How much of each is a setting, and told with every figure.

Prices are those of `dualnetssl_bench.correction.effort`, and everything is paid in them:

- A **stroke** of the brush is a click and its way (`VOXEL_SECONDS` a voxel); a **dab** is a click. Either costs a key
  more if it is in another slice than the last one, and a key if it is of another class.
- After each, one **look** tells whether it went well; taking it back is a key.
- A **preview** of more than was touched (an opinion, a touch that spread) is looked at in every slice that it changes:
  a key and a look each. To take it is a key, to drop it is a key.
- **Opinions** are told with miniatures: a look at each, then the key of the best one, which is its preview.

To come to the region and to follow its outline costs the same whatever it is mended with, and is told apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dualnetssl_bench.correction.effort import CLICK_SECONDS, LOOK_SECONDS, SLICE_SECONDS, VOXEL_SECONDS

Array = npt.NDArray[Any]
Spacing = tuple[float, float, float]

KEY_SECONDS = SLICE_SECONDS
_TOUCHING = np.ones((3, 3, 3), bool)
_IN_SLICE = np.zeros((3, 3, 3), bool)
_IN_SLICE[1] = True


@dataclass(frozen=True)
class Hands:
    """How good hands and eyes are.

    Attributes:
        rng: of all that is random.
        jitter_mm: clicks and strokes land anywhere within so many mm of where they should, in the slice.
        mistakes: share of touches that are of a wrong class, and of judgements that are wrong.
    """

    rng: np.random.Generator
    jitter_mm: float
    mistakes: float

    def shift(self, spacing: Spacing) -> tuple[float, float]:
        """Return by how many voxels (j, i) a touch lands beside its aim."""
        angle, away = self.rng.uniform(0, 2 * math.pi), self.jitter_mm * math.sqrt(self.rng.uniform())
        return away * math.sin(angle) / spacing[1], away * math.cos(angle) / spacing[2]

    def errs(self) -> bool:
        """Tell whether something goes wrong this time."""
        return bool(self.rng.uniform() < self.mistakes)

    def takes(self, before: int, after: int) -> bool:
        """Tell whether a change is taken, which leaves so many wrong voxels of so many before."""
        return (after < before) != self.errs()


def aim(wrong: Array, spacing: Spacing) -> tuple[int, int, int]:
    """Return the voxel (k, j, i) where somebody would touch: the deepest of the largest patch of wrong voxels.

    Example:
        >>> wrong = np.zeros((3, 5, 5), bool); wrong[1, 1:4, 1:4] = True; wrong[0, 0, 4] = True
        >>> aim(wrong, (1.0, 1.0, 1.0))
        (1, 2, 2)
    """
    patches, _ = ndimage.label(wrong, _TOUCHING)
    patch = patches == 1 + np.argmax(np.bincount(patches.ravel())[1:])
    depth = ndimage.distance_transform_edt(np.pad(patch, 1), sampling=spacing)[1:-1, 1:-1, 1:-1]
    middle = np.argwhere(patch).mean(axis=0)
    deepest = np.argwhere(depth >= depth.max() - 1e-6)
    k, j, i = deepest[np.argmin(((deepest - middle) ** 2).sum(axis=1))].tolist()
    return k, j, i


def largest_stroke(wrong: Array) -> Array:
    """Return the largest patch of wrong voxels within a slice that a brush of three voxels paints without being lifted.

    Example:
        >>> wrong = np.zeros((2, 3, 9), bool); wrong[0, 1, [0, 2]] = wrong[0, 1, 7] = wrong[1, 0, 0] = True
        >>> np.argwhere(largest_stroke(wrong)).tolist()
        [[0, 1, 0], [0, 1, 2]]
    """
    patches, _ = ndimage.label(ndimage.binary_dilation(wrong, _IN_SLICE), _IN_SLICE)
    counts = np.bincount(patches[wrong], minlength=patches.max() + 1)
    result: Array = wrong & (patches == counts.argmax())
    return result


def ball(shape: tuple[int, ...], centre: tuple[float, float, float], radius_mm: float, spacing: Spacing) -> Array:
    """Return the voxels whose centre is within so many mm of a place (k, j, i) in voxels."""
    away = (np.indices(shape) - np.reshape(centre, (3, 1, 1, 1))) * np.reshape(spacing, (3, 1, 1, 1))
    near: Array = (away**2).sum(axis=0) <= radius_mm**2 + 1e-9
    return near


def moved(mask: Array, shift: tuple[float, float]) -> Array:
    """Return a mask moved within its slices by the nearest whole voxels; what leaves the box is lost."""
    j, i = (round(step) for step in shift)
    result = np.zeros_like(mask)
    places = np.argwhere(mask) + np.array([0, j, i])
    places = places[((places >= 0) & (places < mask.shape)).all(axis=1)]
    result[tuple(places.T)] = True
    return result


def seconds_of_preview(changed: Array) -> float:
    """Return what it takes to look at a change before it is taken: a key and a look in every slice."""
    return (KEY_SECONDS + LOOK_SECONDS) * int(changed.any(axis=(1, 2)).sum())


def seconds_of_touch(voxels: int, *, other_slice: bool, other_class: bool) -> float:
    """Return what a click or stroke over so many voxels takes, and the look after it."""
    keys = int(other_slice) + int(other_class)
    return CLICK_SECONDS + VOXEL_SECONDS * voxels + KEY_SECONDS * keys + LOOK_SECONDS
