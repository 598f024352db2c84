"""Phantoms with lesions of 4 to 60 voxels, one voxel in ten thousand: fine scans, and more coarse ones.

Lesions are dark, as bleeds are, beside veins that are dark, too; or both are bright, and then all that tells them
apart lies beyond the 99.5th percentile, where a normalisation that clips would take it away.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dualnetssl import volumes
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl_bench.experiments.protocols import Material

LABELS = (LabelDefinition(value=1, name="lesion"),)
FINE, COARSE = (0.6, 0.6, 2.4), (1.8, 1.8, 2.4)
_SIZE = (16, 96, 96)
_SMALLEST, _LARGEST = 4, 60
_TISSUE, _NOISE, _VESSEL, _LESION = 300.0, 25.0, 100.0, 250.0
_VESSELS = 12

Array = NDArray[np.float32]


def material(folder: Path, fine: int, coarse: int, kept_out: int, sign: int = -1) -> Material:
    """Write the scans that are not there: fine ones with their truth, coarse ones without, fine ones to judge by.

    Args:
        folder: of the scans.
        fine: how many are learnt from.
        coarse: how many have no label.
        kept_out: how many judge.
        sign: -1: lesions are dark; 1: bright.
    """
    folder.mkdir(parents=True, exist_ok=True)
    learnt = [_fine_case(folder, seed, sign) for seed in range(fine)]
    plain = [_coarse_case(folder, seed, sign) for seed in range(fine, fine + coarse)]
    judges = [_fine_case(folder, seed, sign) for seed in range(1000, 1000 + kept_out)]
    return Material((*learnt, *plain), tuple(judges), LABELS)


def scan_and_label(seed: int, sign: int = -1) -> tuple[Array, NDArray[np.uint8]]:
    """Return a scan ``[k, j, i]`` of a body with vessels, and its lesions: blobs that go no further than their slices.

    Vessels differ less from tissue: where a coarse voxel holds a part of a lesion, it looks like one of a vessel.
    """
    rng = np.random.default_rng(seed)
    k, j, i = np.indices(_SIZE)
    body = ((j - 48) / 44) ** 2 + ((i - 48) / 40) ** 2 < 1
    scan = np.where(body, _TISSUE, 0.0) + 30 * np.sin(j / 9 + rng.uniform(0, 6)) * body
    for _ in range(_VESSELS):
        row, column, slope = rng.uniform(15, 80), rng.uniform(15, 80), rng.uniform(-1.5, 1.5, 2)
        scan += sign * _VESSEL * body * ((j - row - slope[0] * k) ** 2 + (i - column - slope[1] * k) ** 2 < 2.5)
    label = np.zeros(_SIZE, np.uint8)
    for _ in range(int(rng.integers(1, 3))):
        _add_lesion(label, body, rng)
    scan = np.where(label > 0, _TISSUE + sign * _LESION, scan)
    return (np.abs(scan + rng.normal(0, _NOISE, _SIZE))).astype(np.float32), label


def _add_lesion(label: NDArray[np.uint8], body: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Paint one more lesion of 4 to 60 voxels, small ones as often as large ones, apart from the others."""
    size = round(float(np.exp(rng.uniform(np.log(_SMALLEST), np.log(_LARGEST)))))
    places = np.argwhere(body[2:-2]) + np.array([2, 0, 0])
    while True:
        centre = places[rng.integers(len(places))]
        axes = np.ogrid[tuple(slice(0, edge) for edge in _SIZE)]
        away = sum((scale * (axis - at)) ** 2 for axis, at, scale in zip(axes, centre, (4, 1, 1), strict=True))
        nearest = np.unravel_index(np.argsort(away, axis=None, kind="stable")[:size], _SIZE)
        around = away < 150
        if not label[around].any() and body[nearest].all():
            label[nearest] = 1
            return


def _fine_case(folder: Path, seed: int, sign: int) -> JobCase:
    name, (scan, label) = f"fine_{seed:04d}", scan_and_label(seed, sign)
    return JobCase(
        case=name,
        image=_written(folder / f"{name}.nrrd", scan, FINE),
        label=_written(folder / f"{name}_label.nrrd", label, FINE),
    )


def _coarse_case(folder: Path, seed: int, sign: int) -> JobCase:
    """A scan of thrice the spacing in plane: the mean of the voxels that each covers."""
    scan, _ = scan_and_label(seed, sign)
    depth, high, wide = scan.shape
    coarse = scan.reshape(depth, high // 3, 3, wide // 3, 3).mean(axis=(2, 4), dtype=np.float32)
    return JobCase(case=f"coarse_{seed:04d}", image=_written(folder / f"coarse_{seed:04d}.nrrd", coarse, COARSE))


def _written(path: Path, array: NDArray[np.float32] | NDArray[np.uint8], spacing: tuple[float, float, float]) -> str:
    if not path.exists():
        geometry = Geometry(
            size=array.shape[::-1], spacing=spacing, origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)
        )
        volumes.write_volume(path, array, geometry)
    return str(path.resolve())
