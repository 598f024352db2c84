"""Phantom scans with their truth, made on the spot: a body with a liver and a left kidney, each time another patient.

Soft-edged ellipsoids in patient space (LPS, mm), bent by a few sine waves, seen on a grid and through a coil of their
own. Everything random comes from ``(seed, number)``: the same seed gives the same voxels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.records import Geometry, LabelDefinition

Floats = npt.NDArray[np.float64]

_ANATOMY = "SCT^123037004^Anatomical Structure"
_TERM = (
    "Segmentation category and type - DICOM master list~{anatomy}~{type}~{side}"
    "~Anatomic codes - DICOM master list~^^~^^"
)
LABELS = (
    LabelDefinition(
        value=1,
        name="liver",
        colour=(230, 159, 0),
        terminology=_TERM.format(anatomy=_ANATOMY, type="SCT^10200004^Liver", side="^^"),
    ),
    LabelDefinition(
        value=2,
        name="left kidney",
        colour=(86, 180, 233),
        terminology=_TERM.format(anatomy=_ANATOMY, type="SCT^64033007^Kidney", side="SCT^7771000^Left"),
    ),
)
EXTENT = (76.0, 64.0, 72.0)
EDGE_MM = 0.8


@dataclass(frozen=True)
class Phantom:
    """One scan: voxels ``[k, j, i]`` (int16), its truth (uint8) with the values of `LABELS`, and their grid."""

    image: npt.NDArray[np.int16]
    label: npt.NDArray[np.uint8]
    geometry: Geometry


@dataclass(frozen=True)
class Organ:
    """An ellipsoid: centre and radii in mm, brightness, and its value in the truth (0: not one of the labels)."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    brightness: float
    label: int = 0


ORGANS = (
    Organ((0, 0, 0), (35, 28, 200), 0.66),
    Organ((0, 0, 0), (32, 25, 200), 0.40),
    Organ((0, 19, 0), (6, 5, 90), 0.60),
    Organ((3, 9, 0), (2.6, 2.6, 90), 0.12),
    Organ((20, -4, 14), (8, 10, 9), 0.52),
    Organ((5, -12, -17), (8, 6, 8), 0.68),
    Organ((-14, -3, 6), (16, 17, 20), 0.55, label=1),
    Organ((15, 10, -9), (8, 7.5, 13), 0.83, label=2),
    Organ((8, 9, -9), (3.5, 3.5, 4), 0.45),
)


def make_phantom(seed: int, number: int, scale: float = 1.0) -> Phantom:
    """Make one scan.

    Args:
        seed: everything random follows from it and the number.
        number: which scan; each is another patient.
        scale: voxel size against the usual 1 to 2.5 mm; 2 gives an eighth of the voxels.

    Example:
        >>> phantom = make_phantom(0, 1, scale=4.0)
        >>> phantom.image.shape == phantom.label.shape, sorted(set(phantom.label.ravel().tolist()))
        (True, [0, 1, 2])
    """
    rng = np.random.default_rng([seed, number])
    geometry = _draw_grid(rng, scale)
    points = _points(geometry)
    brightness, label = _paint(points + _warp(rng, points), rng)
    shading = np.exp(np.tensordot(rng.normal(0, 0.12, 3), points / 40, axes=1))
    signal = (brightness * shading) ** float(rng.uniform(0.8, 1.25))
    real, imaginary = rng.normal(0, 0.04, (2, *signal.shape))
    scan = np.hypot(signal + real, imaginary) * float(rng.uniform(400, 1200))
    return Phantom(np.rint(scan).astype(np.int16), label, geometry)


def _draw_grid(rng: np.random.Generator, scale: float) -> Geometry:
    """Draw spacing (1 to 1.4 mm in plane, 1.5 to 2.5 mm through) and a tilt of up to eight degrees."""
    in_plane, through = (round(scale * float(rng.uniform(*span)), 2) for span in ((1.0, 1.4), (1.5, 2.5)))
    spacing = (in_plane, in_plane, through)
    size = [math.ceil(length / step) for length, step in zip(EXTENT, spacing, strict=True)]
    angle = math.radians(float(rng.uniform(-8, 8)))
    direction = np.eye(3)
    direction[:2, :2] = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    origin = -direction @ [(count - 1) / 2 * step for count, step in zip(size, spacing, strict=True)]
    return Geometry.from_json(
        {"size": size, "spacing": spacing, "origin": origin.tolist(), "direction": direction.reshape(-1).tolist()}
    )


def _points(geometry: Geometry) -> Floats:
    """Return where the voxels lie, ``[3, k, j, i]`` in mm (LPS)."""
    k, j, i = np.meshgrid(*(np.arange(n, dtype=np.float64) for n in reversed(geometry.size)), indexing="ij")
    steps = np.reshape(geometry.direction, (3, 3)) * geometry.spacing
    points: Floats = np.tensordot(steps, np.stack([i, j, k]), axes=1) + np.reshape(geometry.origin, (3, 1, 1, 1))
    return points


def _warp(rng: np.random.Generator, points: Floats) -> Floats:
    """Draw a smooth displacement of about 2 mm: four sine waves of 35 to 90 mm."""
    waves = rng.normal(size=(4, 3))
    waves *= (2 * math.pi / rng.uniform(35, 90, 4) / np.linalg.norm(waves, axis=1))[:, None]
    phases = rng.uniform(0, 2 * math.pi, (4, 1, 1, 1))
    moved: Floats = np.tensordot(
        rng.normal(0, 1.2, (4, 3)).T, np.sin(np.tensordot(waves, points, axes=1) + phases), axes=1
    )
    return moved


def _paint(points: Floats, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[Any]]:
    """Return brightness (air is 0) and truth of every voxel; each organ covers the earlier ones."""
    brightness, label = np.zeros(points.shape[1:]), np.zeros(points.shape[1:], np.uint8)
    size = float(rng.uniform(0.92, 1.08))
    for number, organ in enumerate(ORGANS):
        inner = number > 1
        centre = np.array(organ.centre) + (rng.normal(0, 1.5, 3) if inner else 0.0)
        radii = np.array(organ.radii) * (rng.uniform(0.88, 1.12, 3) if inner else size)
        norm = np.sqrt((((points - centre.reshape(3, 1, 1, 1)) / radii.reshape(3, 1, 1, 1)) ** 2).sum(axis=0))
        inside = 1 / (1 + np.exp(-np.clip((1 - norm) * radii.min() / EDGE_MM, -30, 30)))
        brightness += inside * (organ.brightness * float(rng.uniform(0.94, 1.06)) - brightness)
        label[inside > 0.5] = organ.label
    return brightness, label
