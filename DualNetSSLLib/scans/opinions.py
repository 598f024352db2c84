"""Reads what the two networks say of every class where they doubt; see docs/formats.md, ``NAME.opinions.npz``."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.files import local_file

VERSION = 1
"""Of the file; a later one is not read."""
MOST_BYTES = 256 << 20
"""A file that unpacks to more than this is none of ours: it is not unpacked."""
_AT_ONCE = 2**20
_PARTS = {"version": 0, "size": 1, "floor": 0, "step": 0, "values": 1, "gaps": 1, "odds": 3}
"""Arrays in the file, and how many axes each has."""

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Opinions:
    """What both networks say of the doubtful voxels of a scan.

    Attributes:
        values: label value of each class, background first.
        step: of the odds, in natural logarithms.
        where: flat indices ``[N]`` of the voxels into the scan ``[k, j, i]``, C order, ascending, int64.
        odds: how many steps less likely than its network's most likely class a class is, uint8 ``[2, C, N]``.
    """

    values: tuple[int, ...]
    step: float
    where: Array
    odds: Array

    def at(self, flat: Array, predicted: Array) -> Array:
        """Return both networks' probabilities of these voxels, float32 ``[2, C, n]``; they sum to 1 over the classes.

        Args:
            flat: indices ``[n]`` into the scan.
            predicted: label values of the prediction there: of voxels that were not kept, both networks are sure of it.
        """
        classes = np.array(self.values)
        odds = np.where(classes[:, None] == predicted, np.uint8(0), np.uint8(255))[None].repeat(2, axis=0)
        places, kept = self._find(flat)
        odds[..., kept] = self.odds[..., places]
        likely = np.exp(odds * np.float32(-self.step))
        shares: Array = likely / likely.sum(axis=1, keepdims=True)
        return shares

    def doubted(self, flat: Array) -> Array:
        """Return the class that each voxel may be, if it is not background: the likeliest by both networks together.

        Args:
            flat: indices ``[n]`` into the scan.

        Returns:
            Label values, uint8 ``[n]``; 0 where both networks are sure of what they say.
        """
        pieces = (self._doubted(flat[start : start + _AT_ONCE]) for start in range(0, len(flat), _AT_ONCE))
        found: Array = np.concatenate([np.zeros(0, np.uint8), *pieces])
        return found

    def _doubted(self, flat: Array) -> Array:
        kept = self._find(flat)[1]
        found = np.zeros(len(flat), np.uint8)
        if len(self.values) > 1:
            likely = self.at(flat[kept], np.zeros(int(kept.sum()), np.uint8)).mean(axis=0)[1:]
            found[kept] = np.array(self.values[1:], np.uint8)[likely.argmax(axis=0)]
        return found

    def _find(self, flat: Array) -> tuple[Array, Array]:
        """Return where those of these voxels stand that were kept, and which these are."""
        if not len(self.where):
            return np.zeros(0, np.int64), np.zeros(len(flat), np.bool_)
        places = np.minimum(np.searchsorted(self.where, flat), len(self.where) - 1)
        kept = self.where[places] == flat
        return places[kept], kept


def read_opinions(file: Path, size: Sequence[int]) -> Opinions:
    """Read the opinions of a scan of this size (i, j, k); nothing in the file is run, and a large one is not unpacked.

    Raises:
        UnusableVolume: the file is damaged, of a later version, or of another scan.
        LocalFileError: it cannot be read.
    """
    try:
        with local_file(file):
            parts = _parts(file)
        return _opinions(parts, size)
    except (ValueError, KeyError, OverflowError, zipfile.BadZipFile) as error:
        raise UnusableVolume(
            f"What the networks say of this scan cannot be read: {error}.",
            "Predict it again; if that does not help, update this module.",
        ) from error


def _parts(file: Path) -> Mapping[str, Array]:
    with zipfile.ZipFile(file) as packed:
        names, total = packed.namelist(), sum(entry.file_size for entry in packed.infolist())
    if total > MOST_BYTES or len(names) > 2 * len(_PARTS):
        raise ValueError(f"{total} bytes in {len(names)} parts, where at most {MOST_BYTES} can be")
    with np.load(file, allow_pickle=False) as loaded:
        version = int(loaded["version"])
        if version != VERSION:
            raise ValueError(f"it is of version {version}, and {VERSION} is known here")
        return {name: loaded[name] for name in _PARTS}


def _opinions(parts: Mapping[str, Array], size: Sequence[int]) -> Opinions:
    odd = [name for name, axes in _PARTS.items() if parts[name].ndim != axes]
    odd += [name for name in ("odds", "values") if parts[name].dtype != np.uint8]
    values, where = parts["values"], np.cumsum(parts["gaps"], dtype=np.int64)
    if odd or parts["odds"].shape != (2, len(values), len(where)):
        raise ValueError(f"odds of shape {parts['odds'].shape}, for {len(values)} classes and {len(where)} voxels")
    rising = bool((np.diff(where) > 0).all()) and (not len(where) or 0 <= where[0] <= where[-1] < math.prod(size))
    if tuple(parts["size"].tolist()) != tuple(size) or not rising:
        raise ValueError(f"it is of a scan of {'x'.join(map(str, parts['size'].tolist()))} voxels")
    return Opinions(tuple(values.tolist()), float(parts["step"]), where, parts["odds"])
