"""Phantom scans with their truth: two organs in a body, as an MR scanner with a different protocol each time sees them.

The anatomy is a set of soft-edged superquadrics in patient space (LPS, mm), bent by a smooth random warp; each scan
looks at it on its own grid. Everything random comes from ``(seed, number of the scan)``: the same seed gives the same
bytes, and more scans never change the earlier ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from dualnetssl.contract.schema import LabelDefinition

Array = npt.NDArray[np.float64]
Size = Literal["standard", "small"]

_TERMINOLOGY = (
    "Segmentation category and type - DICOM master list~SCT^123037004^Anatomical Structure~{type}~{modifier}"
    "~Anatomic codes - DICOM master list~^^~^^"
)
LABELS = (
    LabelDefinition(
        value=1,
        name="liver",
        colour=(230, 159, 0),
        terminology=_TERMINOLOGY.format(type="SCT^10200004^Liver", modifier="^^"),
    ),
    LabelDefinition(
        value=2,
        name="left kidney",
        colour=(86, 180, 233),
        terminology=_TERMINOLOGY.format(type="SCT^64033007^Kidney", modifier="SCT^7771000^Left"),
    ),
)
_EXTENT = np.array([76.0, 64.0, 72.0])
_EDGE_MM = 0.5


@dataclass(frozen=True)
class Grid:
    """The voxels of one scan: size and spacing (i, j, k), direction cosines ``[3, 3]`` and origin (LPS, mm)."""

    size: tuple[int, int, int]
    spacing: Array
    direction: Array
    origin: Array

    def points(self) -> Array:
        """Return the patient coordinates of all voxels, ``[3, D, H, W]`` in mm."""
        k, j, i = np.meshgrid(*(np.arange(n, dtype=np.float64) for n in reversed(self.size)), indexing="ij")
        steps = self.direction * self.spacing
        return np.tensordot(steps, np.stack([i, j, k]), axes=1) + self.origin[:, None, None, None]


@dataclass(frozen=True)
class Solid:
    """A superquadric with a soft edge: centre and radii in mm, exponent (2 is an ellipsoid), rotation ``[3, 3]``."""

    centre: Array
    radii: Array
    exponent: float
    rotation: Array

    def membership(self, points: Array) -> Array:
        """Return how much of each voxel lies inside, in (0, 1); ``points`` is ``[3, ...]`` in mm."""
        shifted = points - self.centre.reshape(3, *[1] * (points.ndim - 1))
        local = np.tensordot(self.rotation.T, shifted, axes=1) / self.radii.reshape(3, *[1] * (points.ndim - 1))
        norm = (np.abs(local) ** self.exponent).sum(axis=0) ** (1 / self.exponent)
        depth = (1 - norm) * float(np.min(self.radii)) / _EDGE_MM
        inside: Array = 1 / (1 + np.exp(-np.clip(depth, -30, 30)))
        return inside


@dataclass(frozen=True)
class Tissue:
    """Something with its own brightness: a solid, less a notch; ``label`` 0 is not an organ of the task."""

    solid: Solid
    brightness: float
    notch: Solid | None = None
    label: int = 0

    def membership(self, points: Array) -> Array:
        """Return how much of each voxel is of this tissue, in (0, 1)."""
        inside = self.solid.membership(points)
        return inside if self.notch is None else np.minimum(inside, 1 - self.notch.membership(points))


def write_sample_data(
    directory: Path,
    cases: int,
    seed: int,
    size: Size = "standard",
    on_case: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write ``images/NAME.nrrd``, ``labels/NAME.nrrd`` and ``labels.json``.

    Args:
        directory: made if need be; files of the same names are replaced.
        cases: how many scans.
        seed: everything random follows from it.
        size: ``standard`` is about 64 x 64 x 40 voxels, ``small`` an eighth of that, for tests.
        on_case: told after every scan how many of how many are done.
    """
    for part in ("images", "labels"):
        (directory / part).mkdir(parents=True, exist_ok=True)
    for number in range(1, cases + 1):
        image, label = sample_case(seed, number, size)
        sitk.WriteImage(image, str(directory / "images" / f"{case_name(number)}.nrrd"), useCompression=True)
        sitk.WriteImage(label, str(directory / "labels" / f"{case_name(number)}.nrrd"), useCompression=True)
        on_case(number, cases)
    text = json.dumps([label.model_dump(mode="json") for label in LABELS], indent=1)
    (directory / "labels.json").write_text(text + "\n")


def case_name(number: int) -> str:
    """Return the pseudonym of a sample scan.

    Example:
        >>> case_name(3)
        'phantom-03'
    """
    return f"phantom-{number:02d}"


def sample_case(seed: int, number: int, size: Size = "standard") -> tuple[sitk.Image, sitk.Image]:
    """Return one scan (int16) and its truth (uint8) on the same grid."""
    rng = np.random.default_rng([seed, number])
    grid = draw_grid(rng, size)
    points = grid.points()
    brightness, label = paint(draw_anatomy(rng), points + draw_warp(rng)(points))
    signal = brightness * bias_field(points, rng)
    scanned = rician(contrast(signal, rng), float(rng.uniform(0.035, 0.06)), rng) * float(rng.uniform(400, 1200))
    return _volume(np.rint(scanned).astype(np.int16), grid), _volume(label, grid)


def draw_grid(rng: np.random.Generator, size: Size = "standard") -> Grid:
    """Draw spacing (0.8-1.5 mm in plane, 1-3 mm through), acquisition plane, axis flips and a tilt."""
    factor = {"standard": 1.0, "small": 2.0}[size]
    in_plane, through = float(rng.uniform(0.8, 1.5)), float(rng.uniform(1.0, 3.0))
    spacing = np.round(factor * np.array([in_plane, in_plane, max(in_plane, through)]), 2)
    direction = _draw_direction(rng)
    extent = np.abs(direction).round().T @ _EXTENT
    counts = np.ceil(extent / spacing).astype(int)
    middle = direction @ ((counts - 1) / 2 * spacing)
    return Grid((int(counts[0]), int(counts[1]), int(counts[2])), spacing, direction, -middle)


def _draw_direction(rng: np.random.Generator) -> Array:
    axes = [[0, 1, 2], [0, 1, 2], [0, 2, 1], [1, 2, 0]][int(rng.integers(4))]
    direction = np.zeros((3, 3))
    direction[axes, range(3)] = rng.choice([-1.0, 1.0], 3)
    direction[:, 2] *= np.sign(np.linalg.det(direction))
    return rotation(rng, 10.0) @ direction if rng.random() < 0.6 else direction


def rotation(rng: np.random.Generator, degrees: float) -> Array:
    """Draw a rotation of up to ``degrees`` about each axis."""
    matrix = np.eye(3)
    for axis, angle in enumerate(np.radians(rng.uniform(-degrees, degrees, 3))):
        turn, (first, second) = np.eye(3), [other for other in range(3) if other != axis]
        turn[first, first] = turn[second, second] = math.cos(angle)
        turn[first, second], turn[second, first] = -math.sin(angle), math.sin(angle)
        matrix = turn @ matrix
    return matrix


def draw_warp(rng: np.random.Generator) -> Callable[[Array], Array]:
    """Draw a smooth displacement field: a few sine waves of 35 to 90 mm, about 2 mm each."""
    waves = rng.normal(size=(5, 3))
    waves *= (2 * math.pi / rng.uniform(35, 90, 5) / np.linalg.norm(waves, axis=1))[:, None]
    shifts, phases = rng.normal(0, 1.4, (5, 3)), rng.uniform(0, 2 * math.pi, 5)

    def warp(points: Array) -> Array:
        arguments = np.tensordot(waves, points, axes=1) + phases.reshape(5, 1, 1, 1)
        moved: Array = np.tensordot(shifts.T, np.sin(arguments), axes=1)
        return moved

    return warp


def draw_anatomy(rng: np.random.Generator) -> tuple[Tissue, ...]:
    """Draw this patient: outer tissues first, each later one covering the earlier."""
    muscle = float(rng.uniform(0.36, 0.44))
    liver, kidney = muscle + float(rng.uniform(0.11, 0.18)), float(rng.uniform(0.78, 0.88))

    def solid(centre: tuple[float, ...], radii: tuple[float, ...], exponent: float = 2.0) -> Solid:
        return Solid(
            np.array(centre) + rng.normal(0, 1.5, 3),
            np.array(radii) * rng.uniform(0.84, 1.16) * rng.uniform(0.92, 1.08, 3),
            exponent,
            rotation(rng, 14.0),
        )

    def near(brightness: float) -> float:
        return brightness * float(rng.uniform(0.93, 1.07))

    trunk = Solid(np.zeros(3), np.array([35.0, 28.5, 200.0]) * rng.uniform(0.95, 1.02), 2.4, np.eye(3))
    inner = Solid(np.zeros(3), trunk.radii - np.array([3.0, 3.0, 0.0]), 2.4, np.eye(3))
    return (
        Tissue(trunk, float(rng.uniform(0.6, 0.75))),
        Tissue(inner, muscle),
        Tissue(solid((0, 19, 0), (6, 5.5, 90), 3), float(rng.uniform(0.55, 0.65))),
        Tissue(solid((3, 10, 0), (2.6, 2.6, 90)), 0.12),
        Tissue(solid((20, -3, 13), (8.5, 11, 10), 2.4), near(liver)),
        Tissue(solid((5, -11, -17), (8, 6.5, 8)), near(0.85 * kidney)),
        Tissue(solid((22, 0, -22), (5, 5.5, 6)), near(0.85 * kidney)),
        Tissue(solid((-14, -3, 6), (16, 17, 20), 2.6), liver, notch=solid((-4, -12, -13), (8, 9, 11)), label=1),
        Tissue(solid((15, 11, -9), (8.5, 8, 13.5)), kidney, notch=solid((6, 10, -9), (3.5, 4, 4)), label=2),
    )


def paint(tissues: tuple[Tissue, ...], points: Array) -> tuple[Array, npt.NDArray[np.uint8]]:
    """Return brightness (air is 0) and label value of every voxel; ``points`` is ``[3, D, H, W]``."""
    brightness, label = np.zeros(points.shape[1:]), np.zeros(points.shape[1:], np.uint8)
    for tissue in tissues:
        inside = tissue.membership(points)
        brightness += inside * (tissue.brightness - brightness)
        label[inside > 0.5] = tissue.label
    return brightness, label


def bias_field(points: Array, rng: np.random.Generator) -> Array:
    """Draw the smooth, multiplicative shading of a receive coil, about 0.7 to 1.4."""
    unit = points / 40.0
    slope, curve = rng.normal(0, 0.12, 3), rng.normal(0, 0.10, 3)
    field: Array = np.exp(np.tensordot(slope, unit, axes=1) + np.tensordot(curve, unit**2 - 0.3, axes=1))
    return np.clip(field, 0.6, 1.6)


def contrast(signal: Array, rng: np.random.Generator) -> Array:
    """Change the contrast as another protocol would: a gamma between 0.75 and 1.35."""
    changed: Array = signal ** float(rng.uniform(0.75, 1.35))
    return changed


def rician(signal: Array, sigma: float, rng: np.random.Generator) -> Array:
    """Add the noise of a magnitude MR image; ``sigma`` is that of either channel."""
    real, imaginary = rng.normal(0, sigma, (2, *signal.shape))
    noisy: Array = np.hypot(signal + real, imaginary)
    return noisy


def _volume(voxels: npt.NDArray[Any], grid: Grid) -> sitk.Image:
    image: Any = sitk.GetImageFromArray(voxels)  # SimpleITK's setters carry no types
    image.SetSpacing([float(step) for step in grid.spacing])
    image.SetDirection([float(cosine) for cosine in grid.direction.ravel()])
    image.SetOrigin([float(place) for place in grid.origin])
    volume: sitk.Image = image
    return volume
