"""A seeded partition: uncertain cells into compact regions, each about as large as can be seen in one look.

A Voronoi partition of each connected component: seeds by falling density of expected error, none within reach of
another of its component; each cell goes to the nearest seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from DualNetSSLLib.regions.grid import STRETCH, Cells
from DualNetSSLLib.regions.uncertain_voxels import Array

# A box of 0.4 of the reach to either side is as large as the densest part of a place: wider, and the seeds of two
# lesions beside each other fall between them; narrower, and single voxels decide.
_BOX = 0.4


@dataclass(frozen=True)
class _Neighbourhood:
    """All cells within reach of a cell: its box in a grid, and the squared distances in that box."""

    half: tuple[int, int, int]
    distance: Array
    inside: Array

    @classmethod
    def of(cls, cells: Cells, reach_mm: float) -> _Neighbourhood:
        half = [math.floor(reach_mm / edge) for edge in cells.edges]
        axes = [(np.arange(-n, n + 1) * edge) ** 2 for n, edge in zip(half, cells.edges, strict=True)]
        distance = (axes[0][:, None, None] + axes[1][None, :, None] + axes[2][None, None, :]).astype(np.float32)
        return cls((half[0], half[1], half[2]), distance, distance <= reach_mm**2)

    def box(self, cell: int, shape: tuple[int, int, int]) -> tuple[slice, slice, slice]:
        z, rest = divmod(cell, shape[1] * shape[2])
        y, x = divmod(rest, shape[2])
        a, b, c = self.half
        return slice(z - a, z + a + 1), slice(y - b, y + b + 1), slice(x - c, x + c + 1)


def cut(cells: Cells, voxels: Array, errors: Array, fewest: int) -> Array:
    """Cut cells into places: a seed for each, the densest first, and each cell to the nearest seed.

    Cells of one place hang together through neighbours, corners included; small components, of fewer than ``fewest``
    voxels, join a place within its reach, or are left out.

    Args:
        cells: the cells.
        voxels: how many voxels of each count.
        errors: the sum of their expected errors, in whole numbers.
        fewest: a place has at least so many voxels.

    Returns:
        Number of each cell's place, from 1; 0 for cells of none.
    """
    active = voxels > 0
    where, voxels = cells.places[active], voxels[active]
    parts = _connected(cells, where, voxels, fewest)
    density = _density(cells, where, errors[active])
    # stable, so by place where densities are equal: the same map gives the same regions on every machine
    order = np.argsort(-density, kind="stable")
    order = where[order[parts.reshape(-1)[where[order]] > 0]]
    reach = _Neighbourhood.of(cells, cells.reach_mm)
    seeds = _seeds(parts, order, reach)
    places = _nearest(parts, seeds, reach).reshape(-1)
    owned = np.bincount(places[where], weights=voxels, minlength=len(seeds) + 1)[1:]
    large = _large(parts.reshape(-1)[seeds], owned, fewest)
    # What is too small alone goes to a neighbour, from half as far again: better a place that is a little long than
    # uncertain voxels that are never shown. The largest of a component stays, however small, so that none is lost.
    if not large.all():
        places = _nearest(parts, seeds[large], _Neighbourhood.of(cells, STRETCH * cells.reach_mm)).reshape(-1)
    found: Array = np.where(active, places[cells.places], 0)
    return found


def _connected(cells: Cells, where: Array, voxels: Array, fewest: int) -> Array:
    """Number the connected parts from 1; -1 is what belongs to none that is large enough, 0 an empty cell."""
    filled = np.zeros(cells.shape, np.uint8)
    filled.reshape(-1)[where] = 1
    joined = sitk.ConnectedComponent(sitk.GetImageFromArray(filled), True)
    parts: Array = sitk.GetArrayFromImage(joined).view(np.int32)
    own = parts.reshape(-1)[where]
    small = np.bincount(own, weights=voxels) < fewest
    parts.reshape(-1)[where[small[own]]] = -1
    return parts


def _density(cells: Cells, where: Array, errors: Array) -> Array:
    """Return the sum of expected errors in a box about each cell.

    The rim is wider than the box, so that a shift along the flat array is one along an axis.
    """
    total, stride = np.zeros(math.prod(cells.shape), np.int32), 1
    # Errors come in units of 2^-16 of a voxel and a cell holds up to 40^3 voxels: without their low eight bits the 27
    # cells of a box, as wide as it is as a rule, sum up to 4.4e8 at most, within 32 bits. 1/256 of a voxel is lost.
    total[where] = errors >> 8
    for size, edge in zip(reversed(cells.shape), reversed(cells.edges), strict=True):
        # Three passes, one for each axis: a box is a product. Values never run over the end of a row into the next one,
        # since the grid's rim of empty cells is wider than half a box.
        half = max(1, round(_BOX * cells.reach_mm / edge)) * stride
        length = len(total) - 2 * half
        summed = np.zeros_like(total)
        middle = summed[half : half + length]
        for start in range(0, 2 * half + 1, stride):
            middle += total[start : start + length]
        total, stride = summed, stride * size
    density: Array = total[where]
    return density


def _seeds(parts: Array, order: Array, reach: _Neighbourhood) -> Array:
    """Choose cells in this order, none within reach of one before it that hangs together with it."""
    near = np.zeros(parts.shape, bool)
    flags, line = near.reshape(-1), parts.reshape(-1)
    seeds = []
    for cell in order.tolist():
        if not flags[cell]:
            box = reach.box(cell, parts.shape)
            near[box] |= reach.inside & (parts[box] == line[cell])
            seeds.append(cell)
    return np.array(seeds, np.int64)


def _nearest(parts: Array, seeds: Array, reach: _Neighbourhood) -> Array:
    """Give each cell to the nearest seed within reach; it must hang together with it, or be a small component."""
    best = np.full(parts.shape, np.inf, np.float32)
    place = np.zeros(parts.shape, np.int32)
    line = parts.reshape(-1)
    for number, cell in enumerate(seeds.tolist(), start=1):
        box = reach.box(cell, parts.shape)
        near = parts[box]
        closer = reach.inside & (reach.distance < best[box]) & ((near == line[cell]) | (near == -1))
        np.copyto(best[box], reach.distance, where=closer)
        np.copyto(place[box], np.int32(number), where=closer)
    return place


def _large(parts: Array, voxels: Array, fewest: int) -> Array:
    """Tell which places, each of a connected part, have voxels enough, or the most of their part."""
    most = np.zeros(int(parts.max(initial=0)) + 1)
    np.maximum.at(most, parts, voxels)
    large: Array = (voxels >= fewest) | (voxels == most[parts])
    return large
