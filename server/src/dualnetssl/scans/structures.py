"""The single structures of a class that shows little: lesions, of which each counts, however small it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

RARE = 1e-3
"""A class with no larger share of a scan's voxels is looked at structure by structure."""
_MOST_OF_EACH = 64
_TOUCHING = np.ones((3, 3, 3), bool)

Places = NDArray[np.int64]


def structures(places: Places) -> list[Places]:
    """Part the places of a class ``[N, 3]``, N at least 1, into those that touch at least at a corner.

    Example:
        >>> [part.tolist() for part in structures(np.array([[0, 0, 0], [5, 5, 5], [1, 1, 1]]))]
        [[[0, 0, 0], [1, 1, 1]], [[5, 5, 5]]]
    """
    corner = places.min(axis=0)
    here = np.zeros(places.max(axis=0) - corner + 1, bool)
    here[tuple((places - corner).T)] = True
    numbers, count = ndimage.label(here, _TOUCHING)
    own = numbers[tuple((places - corner).T)]
    return [places[own == number] for number in range(1, count + 1)]


def met_alike(places: Places) -> Places:
    """Return places of a class so that one drawn at random lies in each of its structures as often.

    Drawn voxel by voxel, a lesion of four voxels beside one of sixty would be in the middle of a patch once in sixteen
    times.

    Args:
        places: all places of the class, ``[N, 3]``, N at least 1.

    Returns:
        ``[M, 3]`` of them, as many of each structure; those of small ones are repeated.
    """
    parts = structures(places)
    most = min(_MOST_OF_EACH, max(map(len, parts)))
    return np.concatenate([part[np.linspace(0, len(part) - 1, most).round().astype(np.int64)] for part in parts])
