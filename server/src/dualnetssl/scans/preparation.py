"""From files to the training grid: orientation, spacing and intensities, the same for training and prediction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from dualnetssl import volumes
from dualnetssl.contract.config import TrainConfig, median_spacing, patches_for
from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import IGNORED, Geometry, LabelDefinition, Strict
from dualnetssl.method.networks import Level, patch_divisor, plan_levels
from dualnetssl.scans.intensity import Window, normalise
from dualnetssl.scans.labelgrid import resampled
from dualnetssl.volumes import VolumeInfo
from dualnetssl.volumes.counting import count_values
from dualnetssl.volumes.modality import AIR_HU, Modality, in_hounsfield_units

_MOST = 0.5
_CT_PERCENTILES = (0.5, 99.5)
_LARGEST_PATCH_VOXELS = 96**3
_MOST_WINDOW_VOXELS = 100_000


class Recipe(Strict):
    """How scans are brought to the training grid; part of every model.

    Attributes:
        spacing: mm along (k, j, i).
        windows: of Hounsfield units for each channel of CT; None for one of MR, which is z-scored scan by scan.
        patch: voxels along (k, j, i).
        soft_clip: what lies beyond an MR's percentiles is compressed; else it is cut off, as in models whose recipe
            does not say.
    """

    spacing: tuple[float, float, float]
    windows: tuple[Window, ...] = Field(min_length=1)
    patch: tuple[int, int, int]
    soft_clip: bool = False

    @property
    def channels(self) -> int:
        """K, the channels of every scan."""
        return len(self.windows)


def kji(values: Sequence[float]) -> tuple[float, float, float]:
    """Turn a geometry's (i, j, k) order into an array's (k, j, i)."""
    i, j, k = values
    return k, j, i


def grid_size(geometry: Geometry, spacing: Sequence[float]) -> tuple[int, int, int]:
    """Return the size (k, j, i) that a canonically oriented scan has at another spacing, at least 1."""
    pairs = zip(kji(geometry.size), kji(geometry.spacing), spacing, strict=True)
    k, j, i = (max(1, round(size * own / wanted)) for size, own, wanted in pairs)
    return k, j, i


def choose_patch(sizes: Sequence[Sequence[int]], divisor: Sequence[int]) -> tuple[int, int, int]:
    """Choose a patch that covers most scans if it can, and at most 96 cubed voxels.

    Args:
        sizes: sizes of the scans on the training grid, (k, j, i).
        divisor: what each edge must divide by.

    Example:
        >>> choose_patch([(36, 50, 35)], (16, 16, 16))
        (48, 64, 48)
        >>> choose_patch([(300, 300, 300)], (16, 16, 16))
        (96, 96, 96)
    """
    median = np.median(np.array(sizes), axis=0)
    patch = [int(-(-size // step) * step) for size, step in zip(median, divisor, strict=True)]
    if patch == list(divisor):
        patch = [2 * step for step in divisor]
    while np.prod(patch) > _LARGEST_PATCH_VOXELS:
        widest = max(range(3), key=lambda axis: patch[axis] - divisor[axis])
        if patch[widest] <= divisor[widest]:
            break
        patch[widest] -= divisor[widest]
    return patch[0], patch[1], patch[2]


def check_patch(patch: Sequence[int], divisor: Sequence[int]) -> None:
    """Refuse a patch that the networks do not take, see `patches_for`.

    Raises:
        InvalidDataset: an edge does not divide, or the patch is the divisor itself.
    """
    allowed = patches_for(patch, divisor)
    if allowed is not None:
        received = "a patch of " + "x".join(map(str, patch))
        raise InvalidDataset(received, allowed, "Change the patch, or leave it out to have one chosen.")


@dataclass(frozen=True)
class Sight:
    """What one channel of a labelled scan shows: whether it is CT, and samples of each class and of its body."""

    ct: bool
    organs: Mapping[int, NDArray[np.float32]]
    body: NDArray[np.float32]


def see(image: NDArray[np.float32], label: NDArray[np.uint8]) -> tuple[Sight, ...]:
    """Return what each channel of an image ``[K, D, H, W]`` shows, given the class indices ``[D, H, W]``."""
    return tuple(_see(channel, label) for channel in image)


def choose_windows(
    scans: Iterable[Sequence[Sight]], channels: int = 1, modality: Modality = "auto"
) -> tuple[Window, ...]:
    """Return for each channel the CT window of the labelled organs if most scans are CT by their values, None for MR.

    The window is the 0.5 to 99.5 percentile range of the labelled voxels (Isensee et al. 2021), of at most 100 000
    evenly spaced ones per scan and class. Each class has a range of its own and the window holds them all: in one
    range of all voxels together, stones beside a liver would be cut off.

    Args:
        scans: what the channels of each labelled scan show; not looked at where all are MR.
        channels: K.
        modality: what all of them are, where a person says so.
    """
    if modality == "mr":
        return (None,) * channels
    sights, known = list(scans), modality == "ct"
    return tuple(_window([sight[channel] for sight in sights], known) for channel in range(channels))


def _see(channel: NDArray[np.float32], label: NDArray[np.uint8]) -> Sight:
    classes = set(np.flatnonzero(count_values(label)).tolist()) - {0, IGNORED}
    organs = {index: _sample(channel[label == index]) for index in sorted(classes)}
    return Sight(in_hounsfield_units(channel), organs, _sample(channel[channel > AIR_HU]))


def _window(sights: Sequence[Sight], known: bool) -> Window:
    if not sights or not (known or np.mean([sight.ct for sight in sights]) >= _MOST):
        return None
    classes = sorted({index for sight in sights for index in sight.organs})
    samples = [[sight.organs[index] for sight in sights if index in sight.organs] for index in classes]
    shown = [np.concatenate(each) for each in samples or [[sight.body for sight in sights]]]
    lows, highs = zip(*(np.percentile(values, _CT_PERCENTILES).tolist() for values in shown), strict=True)
    return min(lows), max(highs)


def _sample(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values[:: max(1, -(-values.size // _MOST_WINDOW_VOXELS))].copy()


def resize(image: NDArray[np.float32], size: Sequence[int]) -> Tensor:
    """Resample ``[K, D, H, W]`` linearly to another size over the same extent, float32."""
    tensor = torch.from_numpy(np.ascontiguousarray(image))
    if tensor.shape[1:] == tuple(size):
        return tensor
    return F.interpolate(tensor[None], size=tuple(size), mode="trilinear", align_corners=False)[0]


def resize_label(label: NDArray[np.uint8], size: Sequence[int]) -> Tensor:
    """Resample ``[D, H, W]`` to another size by the nearest voxel, uint8; no painted slice is passed over."""
    return torch.from_numpy(resampled(label, size))


def read_canonical_image(path: str | Path) -> tuple[NDArray[np.float32], Geometry]:
    """Read an image ``[K, D, H, W]`` and turn it so that its axes run closest to left, posterior, superior."""
    return volumes.to_canonical(*volumes.read_channels(Path(path)))


def probe_image(path: str | Path) -> VolumeInfo:
    """Read the header of a scan that may have several channels."""
    return volumes.probe(Path(path), max_channels=volumes.MAX_CHANNELS)


def read_canonical_label(case: JobCase, labels: Sequence[LabelDefinition]) -> NDArray[np.uint8]:
    """Read a case's label as class indices ``[D, H, W]``; 255 wherever the verified mask does not vouch for it.

    Both are turned as the scan is, see `volumes.read_label_onto`.

    Raises:
        GeometryMismatch: label or mask do not lie on the scan.
    """
    assert case.label is not None  # noqa: S101 - callers ask for labelled cases only
    scan = probe_image(case.image).geometry
    indices = to_indices(_turned(case.label, scan), labels)
    if case.verified is None:
        return indices
    return np.where(_turned(case.verified, scan) > 0, indices, IGNORED).astype(np.uint8)


def _turned(path: str, scan: Geometry) -> NDArray[np.uint8]:
    return volumes.to_canonical(volumes.read_label_onto(Path(path), scan), scan)[0]


def to_indices(values: NDArray[np.uint8], labels: Sequence[LabelDefinition]) -> NDArray[np.uint8]:
    """Map label values to class indices: background 0, then the label set in order of value; 255 stays.

    Example:
        >>> to_indices(np.array([0, 7, 255], dtype=np.uint8), [LabelDefinition(value=7, name="liver")]).tolist()
        [0, 1, 255]
    """
    table = bytearray(256)
    table[IGNORED] = IGNORED
    for index, label in enumerate(sorted(labels, key=lambda item: item.value), start=1):
        table[label.value] = index
    return _looked_up(values, bytes(table))


def to_values(indices: NDArray[np.uint8], labels: Sequence[LabelDefinition]) -> NDArray[np.uint8]:
    """Map class indices back to label values.

    Example:
        >>> to_values(np.array([0, 1], dtype=np.uint8), [LabelDefinition(value=7, name="liver")]).tolist()
        [0, 7]
    """
    values = [0, *sorted(label.value for label in labels)]
    return _looked_up(indices, bytes(values))


def _looked_up(values: NDArray[np.uint8], table: bytes) -> NDArray[np.uint8]:
    """Return what a table has for each value; numpy's own indexing takes four times as long."""
    whole = table.ljust(256, b"\0")
    return np.frombuffer(bytearray(values.tobytes().translate(whole)), np.uint8).reshape(values.shape)


@dataclass(frozen=True)
class TrainingGrid:
    """What headers and configuration say of the training grid: spacing in mm, patch in voxels, both (k, j, i).

    Attributes:
        spacing: of the grid.
        patch: that the networks see.
        plan: the networks' levels, which follow from the spacing.
        channels: of every scan.
    """

    spacing: tuple[float, float, float]
    patch: tuple[int, int, int]
    plan: tuple[Level, ...]
    channels: int


def choose_grid(
    cases: Sequence[JobCase], config: TrainConfig, spacing: tuple[float, float, float] | None = None
) -> TrainingGrid:
    """Choose spacing and patch from the scans' headers, unless the configuration sets them; no voxel is read.

    Args:
        cases: the scans.
        config: of the training.
        spacing: to take where the configuration sets none; the scans' median if absent.

    Raises:
        InvalidVolume: a scan has other channels than the first.
        InvalidDataset: the patch is none that the networks take.
    """
    headers = [probe_image(case.image) for case in cases]
    for header in headers:
        volumes.check_channels(header.channels, headers[0].channels)
    geometries = [volumes.canonical_geometry(header.geometry) for header in headers]
    spacing = config.spacing or spacing or median_spacing(geometries)
    plan = plan_levels(spacing)
    divisor = patch_divisor(plan)
    patch = config.patch or choose_patch([grid_size(geometry, spacing) for geometry in geometries], divisor)
    check_patch(patch, divisor)
    return TrainingGrid(spacing, patch, plan, headers[0].channels)


def choose_recipe(
    cases: Sequence[JobCase],
    spec_labels: Sequence[LabelDefinition],
    config: TrainConfig,
    grid: TrainingGrid | None = None,
    look: Callable[[JobCase, Sequence[LabelDefinition]], Sequence[Sight]] | None = None,
) -> tuple[Recipe, tuple[Level, ...]]:
    """Choose spacing, intensities and patch from the data, unless the configuration sets them.

    Args:
        cases: the scans.
        spec_labels: the label set.
        config: of the training.
        grid: if it is chosen already.
        look: sees a labelled scan; `look_at` if absent.

    Returns:
        The recipe and the networks' levels, which follow from the spacing.

    Raises:
        InvalidVolume: a scan has other channels than the first.
        InvalidDataset: the patch is none that the networks take.
    """
    grid = grid or choose_grid(cases, config)
    sights = ((look or look_at)(case, spec_labels) for case in cases if case.label is not None)
    windows = choose_windows(sights, grid.channels, config.modality)
    return Recipe(spacing=grid.spacing, windows=windows, patch=grid.patch, soft_clip=True), grid.plan


def look_at(case: JobCase, labels: Sequence[LabelDefinition]) -> tuple[Sight, ...]:
    """Read a labelled scan and return what its channels show."""
    return see(read_canonical_image(case.image)[0], read_canonical_label(case, labels))


def read_prepared(path: str | Path, recipe: Recipe) -> tuple[Tensor, Geometry]:
    """Read a scan onto the training grid: float16 ``[K, D, H, W]``, and its own canonical geometry.

    Raises:
        InvalidVolume: it cannot be used, or has other channels than the recipe.
    """
    image, geometry = read_canonical_image(path)
    return prepared(image, geometry, recipe), geometry


def prepared(image: NDArray[np.float32], geometry: Geometry, recipe: Recipe) -> Tensor:
    """Bring a canonical scan ``[K, D, H, W]`` onto the training grid, in half precision, as the networks learn it.

    Raises:
        InvalidVolume: it has other channels than the recipe.
    """
    volumes.check_channels(len(image), recipe.channels)
    return resize(normalise(image, recipe.windows, recipe.soft_clip), grid_size(geometry, recipe.spacing)).half()
