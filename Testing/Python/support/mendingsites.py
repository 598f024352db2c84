"""Made regions: a ball of a class in a noisy scan, networks that put its rim elsewhere, and a region about that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from DualNetSSLLib.mending.site import Site

VALUES = (0, 3, 7)


@dataclass(frozen=True)
class Made:
    """A region with what belongs to it, all ``[k, j, i]``: intensities, and the true label."""

    site: Site
    image: np.ndarray
    truth: np.ndarray


def ball(shape, centre, radius, spacing=(1.0, 1.0, 1.0)):
    """True within so many mm of a voxel."""
    away = (np.indices(shape) - np.reshape(centre, (3, 1, 1, 1))) * np.reshape(spacing, (3, 1, 1, 1))
    return (away**2).sum(axis=0) <= radius**2


def made(seed=0, size=18, off=2.0, spacing=(1.0, 1.0, 1.0), verified=0.0, locked=()):
    """A ball of class 3, and a smaller one of class 7 in it; the networks put the rim ``off`` mm from where it is."""
    rng = np.random.default_rng(seed)
    shape = (size,) * 3
    centre = (size - 1) / 2
    away = np.sqrt((((np.indices(shape) - centre) * np.reshape(spacing, (3, 1, 1, 1))) ** 2).sum(axis=0))
    truth = np.where(away <= 6, 3, 0).astype(np.uint8)
    truth[away <= 2.5] = 7
    image = (truth > 0) * 100.0 + rng.normal(0, 5, shape)
    scores = np.stack([np.zeros(shape), 6 - off - away, 2 * (2.5 - away)])
    chances = np.stack([np.exp(scores + rng.normal(0, 0.2, scores.shape)) for _ in range(2)])
    chances = (chances / chances.sum(axis=1, keepdims=True)).astype(np.float32)
    label = np.array(VALUES, np.uint8)[chances.sum(axis=0).argmax(axis=0)]
    region = (np.abs(away - 6) <= 3) & ball(shape, (centre, centre, centre + 6 / spacing[2]), 5, spacing)
    region[[0, -1]] = region[:, [0, -1]] = region[:, :, [0, -1]] = False
    held = rng.random(shape) < verified
    free = region & ~held & ~np.isin(label, locked)
    return Made(Site(label, free, held, chances, VALUES, spacing, locked), image, truth)


def errors(made, label):
    """Wrong voxels of a label among those that may change."""
    return int(((label != made.truth) & made.site.free).sum())
