"""A finer training grid where small structures would vanish: found from where their voxels lie, before any training."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.config import TrainConfig, patches_for
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import IGNORED, Geometry, LabelDefinition
from dualnetssl.method.networks import patch_divisor, plan_levels
from dualnetssl.scans.preparation import (
    TrainingGrid,
    choose_grid,
    grid_size,
    kji,
    probe_image,
    read_canonical_label,
)
from dualnetssl.scans.structures import RARE, structures
from dualnetssl.scans.vanishing import FEW
from dualnetssl.volumes import canonical_geometry
from dualnetssl.volumes.counting import count_values

_SURELY_KEPT = 1000
_FEW_OF_ONE = 2
_FACTORS = (1.0, 0.5, 0.25)
_LEAST_FINER = 1.05

Spacing = tuple[float, float, float]


@dataclass(frozen=True)
class Small:
    """A class of which a scan shows little, or a single structure of a class that is rare.

    Attributes:
        case: name of the scan.
        index: of the class.
        places: of its voxels ``[N, 3]`` in the canonical scan (k, j, i).
        geometry: of the canonical scan.
        least: voxels without which it vanishes.
    """

    case: str
    index: int
    places: NDArray[np.int64]
    geometry: Geometry
    least: int = FEW

    def kept(self, spacing: Sequence[float]) -> int:
        """Return how many voxels are left of it on a grid of this spacing."""
        return voxels_kept(self.places, self.geometry.size[::-1], grid_size(self.geometry, spacing))

    def vanishes(self, spacing: Sequence[float]) -> bool:
        """Whether next to nothing of it is left there."""
        return self.kept(spacing) < self.least


def voxels_kept(places: NDArray[np.int64], size: Sequence[int], wanted: Sequence[int]) -> int:
    """Return how many voxels of a grid of another size over the same extent are nearest to these.

    Args:
        places: voxels ``[N, 3]``.
        size: of the grid that they lie on.
        wanted: size of the other grid.

    Example:
        >>> two = np.array([[0, 0, 2], [0, 0, 3]])
        >>> [voxels_kept(two, (1, 1, 8), (1, 1, edge)) for edge in (2, 4, 8, 16)]
        [1, 1, 2, 4]
    """
    times = np.ones(len(places), np.int64)
    for axis, (edge, other) in enumerate(zip(size, wanted, strict=True)):
        nearest = np.minimum(((np.arange(other) + 0.5) * edge / other).astype(np.int64), edge - 1)
        times *= np.bincount(nearest, minlength=edge)[places[:, axis]]
    return int(times.sum())


def small_structures(
    case: str, label: NDArray[np.uint8], geometry: Geometry, spacing: Sequence[float]
) -> Iterator[Small]:
    """Yield what may vanish of a label ``[D, H, W]``: classes and, of rare ones, single structures, of `FEW` voxels."""
    counts = count_values(label)
    share = math.prod(grid_size(geometry, spacing)) / label.size
    for index in np.flatnonzero((counts >= FEW) & (counts * share <= _SURELY_KEPT)).tolist():
        if 0 < index < IGNORED:
            places = np.argwhere(label == index)
            yield Small(case, index, places, geometry)
            single = structures(places) if len(places) <= RARE * label.size else []
            yield from (Small(case, index, part, geometry, _FEW_OF_ONE) for part in single if len(part) >= FEW)


def finer_spacings(spacing: Spacing, finest: Sequence[float]) -> list[Spacing]:
    """List spacings with axes halved once or twice, none finer than ``finest``, the fewest voxels first.

    Example:
        >>> finer_spacings((2.5, 1.2, 1.0), (2.5, 0.3, 0.6))
        [(2.5, 1.2, 0.6), (2.5, 0.6, 1.0), (2.5, 0.6, 0.6), (2.5, 0.3, 1.0), (2.5, 0.3, 0.6)]
    """
    axes = [
        sorted({step, *(max(step * factor, least) for factor in _FACTORS if step > _LEAST_FINER * least)})
        for step, least in zip(spacing, finest, strict=True)
    ]
    found = {(k, j, i) for k, j, i in product(*axes)} - {spacing}
    return sorted(found, key=lambda steps: (-math.prod(steps), steps[::-1]))


@dataclass(frozen=True)
class Choice:
    """The training grid, and what there is to say about it (None: nothing)."""

    grid: TrainingGrid
    told: str | None = None


def settle_grid(
    cases: Sequence[JobCase],
    labels: Sequence[LabelDefinition],
    config: TrainConfig,
    affordable: Callable[[TrainingGrid, int, int], bool],
) -> Choice:
    """Choose the training grid: the scans' median, or a finer one on which no class vanishes, if it can be afforded.

    Args:
        cases: the scans; the labels of those that are finer than the grid are read.
        labels: the label set.
        config: whose spacing, if it sets one, is kept.
        affordable: whether memory allows a grid, by its voxels in all scans, and by those of the median grid.

    Raises:
        InvalidVolume: a scan has other channels than the first.
        InvalidDataset: the patch is none that the networks take.
    """
    grid = choose_grid(cases, config)
    if config.spacing is not None:
        return Choice(grid)
    lost = [small for small in _small(cases, labels, grid.spacing) if small.vanishes(grid.spacing)]
    finest = [min(axis) for axis in zip(*(kji(small.geometry.spacing) for small in lost), strict=True)]
    curable = [small for small in lost if not small.vanishes(finest)]
    if not curable:
        return Choice(grid)
    geometries = [canonical_geometry(probe_image(case.image).geometry) for case in cases]
    before = voxels_of(geometries, grid.spacing)
    for spacing in finer_spacings(grid.spacing, finest):
        if any(small.vanishes(spacing) for small in curable) or not _takes(config, spacing):
            continue
        finer = choose_grid(cases, config, spacing)
        if affordable(finer, voxels_of(geometries, spacing), before):
            return Choice(finer, _finer(curable, labels, grid.spacing, spacing))
        return Choice(grid, _too_large(curable, labels, spacing))
    return Choice(grid)


def voxels_of(geometries: Iterable[Geometry], spacing: Sequence[float]) -> int:
    """Return the voxels that scans have at a spacing, all together."""
    return sum(math.prod(grid_size(geometry, spacing)) for geometry in geometries)


def _small(cases: Sequence[JobCase], labels: Sequence[LabelDefinition], spacing: Sequence[float]) -> Iterator[Small]:
    """Go through the labels of scans that have more voxels than the grid would give them."""
    for case in (case for case in cases if case.label is not None):
        geometry = canonical_geometry(probe_image(case.image).geometry)
        own = grid_size(geometry, kji(geometry.spacing))
        if any(here < edge for here, edge in zip(grid_size(geometry, spacing), own, strict=True)):
            yield from small_structures(case.case, read_canonical_label(case, labels), geometry, spacing)


def _takes(config: TrainConfig, spacing: Spacing) -> bool:
    """Whether the networks take the patch that the user has asked for at a spacing, too."""
    return config.patch is None or patches_for(config.patch, patch_divisor(plan_levels(spacing))) is None


def _finer(lost: Sequence[Small], labels: Sequence[LabelDefinition], before: Spacing, after: Spacing) -> str:
    times, lost_there = math.prod(before) / math.prod(after), _named(lost, labels)
    return (
        f"the training grid is {_mm(after)}, as {lost_there} would vanish on the scans' median, {_mm(before)}; that is "
        f"{times:.3g} times the voxels. --set spacing=[{', '.join(f'{step:g}' for step in before)}] keeps the "
        "median"
    )


def _too_large(lost: Sequence[Small], labels: Sequence[LabelDefinition], spacing: Spacing) -> str:
    return (
        f"{_named(lost, labels)} will vanish on the training grid: one of {_mm(spacing)} would keep them, and needs "
        "more memory than there is. Fewer scans help, or scans cropped around the organ"
    )


def _named(lost: Sequence[Small], labels: Sequence[LabelDefinition]) -> str:
    names = [label.name for label in sorted(labels, key=lambda label: label.value)]
    found = sorted({small.index for small in lost})
    scans = len({small.case for small in lost})
    of = ", ".join(names[index - 1] for index in found)
    return f"small structures of {of} in {scans} scan{'s' * (scans != 1)}"


def _mm(spacing: Spacing) -> str:
    return f"{' x '.join(f'{step:g}' for step in spacing)} mm"
