"""Touch and spread: a correction of a few voxels is carried on through a region, over the scan's edges, and fades.

What spreads is the *correction*, not the label: 1 at the dab and 0 outside the region, at verified voxels and at dabs
of other classes, it diffuses between like intensities and decays with the distance. It is added to the logarithm of the
class's probability, and the most likely class wins. Regions are thin shells, with a rim on both sides of every voxel:
held at 0 there as firmly as voxels hold each other, a correction would stay where it was made, so the rim holds less.
A random walker with the probabilities as its prior, the textbook's way, made regions worse on average: it re-labels all
of the region whatever was touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.mending.site import Site

Array = npt.NDArray[Any]

_LEAST = 1e-6
"""Probabilities below this count as this."""
_HAIR = 1e-3
_TOLERANCE, _MOST_STEPS = 1e-2, 200
"""Of the solution: a hundredth of a correction moves no border that anybody sees."""


@dataclass(frozen=True)
class Spreading:
    """How far corrections spread.

    Attributes:
        edges: how much a step of intensity holds up, in squares of the site's standard deviations.
        reach_mm: distance over which a correction fades to 1/e in a medium without edges.
        rim: how firmly the outside of the region holds a correction at 0, against neighbours within the region;
            verified voxels hold it as those do.
        strength: what a correction of 1 adds to the logarithm of its class's probability.
    """

    edges: float = 3.0
    reach_mm: float = 2.0
    rim: float = 0.1
    strength: float = 6.0


def spread(site: Site, image: Array, dabs: Mapping[int, Array], how: Spreading | None = None) -> Array:
    """Return the label of the site's box once the dabs have spread; nothing changes outside the site's free voxels.

    Args:
        site: the region.
        image: intensities of the box, ``[k, j, i]``.
        dabs: what was touched for each class, by its label value, masks ``[k, j, i]``; voxels that are not free do not
            count. Background is a class like the others.
        how: how far to spread.

    Raises:
        ValueError: a dab is of a class that the networks do not know.
    """
    unknown = sorted(dabs.keys() - set(site.values))
    if unknown:
        raise ValueError(f"dabs of class {unknown[0]}; the networks know {', '.join(map(str, site.values))}")
    how = how or Spreading()
    dabs = {value: mask & site.free for value, mask in dabs.items() if value not in site.locked}
    scores = _scores(site)
    touched = np.any([np.zeros(site.free.shape, bool), *dabs.values()], axis=0)
    medium = Medium.of(site, image, site.free & ~touched, how)
    for value, dab in dabs.items():
        if dab.any():
            scores[site.values.index(value)] += how.strength * medium.diffuse(dab)
    wanted = np.array(site.values, np.uint8)[scores.argmax(axis=0)]
    for value, dab in dabs.items():
        wanted[dab] = value
    return site.put(wanted)


def _scores(site: Site) -> Array:
    """Return a score of each class, ``[C, k, j, i]``, of which the highest wins: to begin with that of the label.

    So nothing but a correction ever changes the label, also where a person has painted against both networks.
    """
    scores = np.log(np.maximum(site.chances.mean(axis=0), _LEAST))
    highest = scores.max(axis=0)
    for index, value in enumerate(site.values):
        # a hair more than the highest, so that of two equal ones the label wins
        scores[index] = np.where(site.label == value, highest + _HAIR, scores[index])
    result: Array = scores
    return result


@dataclass(frozen=True)
class Medium:
    """What corrections diffuse through: neighbours along each axis with their weights, and how fast all fades.

    Attributes:
        unknown: which voxels take on a correction, ``[k, j, i]``; in the others it is given.
        steps: for each axis how far its neighbour is in the flat array, and the weight between a voxel and that one.
        diagonal: of the equations, flat.
    """

    unknown: Array
    steps: tuple[tuple[int, Array], ...]
    diagonal: Array

    @classmethod
    def of(cls, site: Site, image: Array, unknown: Array, how: Spreading) -> Medium:
        """Weigh the neighbours: near in space and alike in intensity is much."""
        scaled = image.astype(np.float32) / np.float32(max(float(image.std()), 1e-6))
        count = scaled.size
        leaky = ~site.free & ~site.held
        diagonal = np.full(count, 1 / how.reach_mm**2, np.float32)
        steps, stride = [], 1
        for axis in (2, 1, 0):
            weights = np.zeros(scaled.shape, np.float32)
            ahead = tuple(slice(None, -1 if other == axis else None) for other in range(3))
            weights[ahead] = np.exp(-how.edges * np.diff(scaled, axis=axis) ** 2) / site.spacing[axis] ** 2
            behind = tuple(slice(1 if other == axis else None, None) for other in range(3))
            weights[ahead] *= np.where(leaky[ahead] | leaky[behind], np.float32(how.rim), np.float32(1))
            flat = weights.reshape(-1)
            diagonal += flat
            diagonal[stride:] += flat[: count - stride]
            steps.append((stride, flat))
            stride *= scaled.shape[axis]
        return cls(unknown, tuple(steps), diagonal)

    def diffuse(self, dab: Array) -> Array:
        """Return the correction ``[k, j, i]``, from 0 to 1: 1 at the dab, 0 at all that is not unknown."""
        from scipy import sparse  # takes its time to load, which a process that starts does not have
        from scipy.sparse.linalg import cg

        known = np.where(dab, np.float32(1), np.float32(0)).reshape(-1)
        unknown = self.unknown.reshape(-1)
        # scaled from both sides, the matrix has a diagonal of ones: half the steps, and still symmetric
        scale = np.where(unknown, 1 / np.sqrt(self.diagonal), np.float32(0)).astype(np.float32)
        given, matrix = np.zeros_like(known), [np.ones_like(known)]
        for stride, weights in self.steps:
            given[:-stride] += weights[:-stride] * known[stride:]
            given[stride:] += weights[:-stride] * known[:-stride]
            between = np.zeros_like(known)
            between[:-stride] = -weights[:-stride] * scale[:-stride] * scale[stride:]
            matrix += [between, np.concatenate([np.zeros(stride, np.float32), between[:-stride]])]
        offsets = [0, *(sign * stride for stride, _ in self.steps for sign in (-1, 1))]
        equations = sparse.dia_matrix((np.array(matrix), offsets), shape=(known.size, known.size))
        wanted = given * scale
        # `atol` is the one bound that scipy of all Slicers knows by the same name
        bound = _TOLERANCE * float(np.linalg.norm(wanted))
        solved = cg(equations, wanted, maxiter=_MOST_STEPS, atol=bound)[0] * scale
        correction: Array = np.where(unknown, solved, known).reshape(dab.shape)
        return correction
