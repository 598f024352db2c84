"""Patches out of volumes: crop, rotation, scale, flip and elastic shift in one resampling; intensities apart.

Everything random comes from one CPU generator, whose state is part of the checkpoint. The few numbers that describe a
crop are drawn on the host and sent without waiting; the crop itself is made where the scan rests.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from dualnetssl.contract.schema import IGNORED
from dualnetssl.scans.labelfacts import LabelFacts
from dualnetssl.scans.vanishing import Counts

_ROTATION = math.radians(15)
_SCALE = 0.15
_ELASTIC = 0.06
_CONTROL_POINTS = 4
_SEEDS = 2**62


@dataclass(frozen=True)
class PreparedCase:
    """A scan on the training grid.

    Attributes:
        name: pseudonym.
        image: normalised intensities ``[K, D, H, W]``.
        label: class indices ``[D, H, W]`` uint8 with 255 where not verified, or None.
        foreground: voxel coordinates ``[N, 3]``, on the host, for each foreground class that the label shows; where
            it is verified in part, for the background of that part, too.
        verified: share of its voxels that are verified, in [0, 1]; kept, for a step must not ask the device for it.
        reach: voxels along (k, j, i) within which of what is verified in part there may be organ that nobody painted.
        lost: classes of which next to nothing is left on this grid.
        facts: what the whole label tells, if somebody has looked already.
        mapped: whether image and label are files that are read as they are looked at, and take no memory.
    """

    name: str
    image: Tensor
    label: Tensor | None
    foreground: tuple[Tensor, ...]
    verified: float
    reach: tuple[int, int, int] = (0, 0, 0)
    lost: Counts = field(default_factory=dict)
    facts: LabelFacts | None = None
    mapped: bool = False

    @property
    def whole(self) -> bool:
        """Whether every voxel is verified."""
        return self.verified == 1


def verified_share(label: Tensor | None) -> float:
    """Return the share of a label's voxels that are verified, 0 without a label; asks the device."""
    return 0.0 if label is None else int((label != IGNORED).sum()) / label.numel()


def uniform(generator: Generator, low: float, high: float, size: Sequence[int] = ()) -> Tensor:
    """Draw float32 numbers between ``low`` and ``high``."""
    return low + (high - low) * torch.rand(tuple(size), generator=generator)


def number(generator: Generator, low: float, high: float) -> float:
    """Draw one number between ``low`` and ``high``."""
    return float(uniform(generator, low, high))


def chance(generator: Generator, probability: float) -> bool:
    """Return true with the given probability."""
    return bool(torch.rand((), generator=generator) < probability)


def choose(generator: Generator, count: int) -> int:
    """Draw an index below ``count``."""
    return int(torch.randint(count, (), generator=generator))


def draw_among(likely: Sequence[float], count: int, generator: Generator) -> list[int]:
    """Draw ``count`` indices with replacement, in proportion to their weights."""
    return torch.multinomial(torch.tensor(likely), count, replacement=True, generator=generator).tolist()


def sent(values: Tensor, device: torch.device) -> Tensor:
    """Return host values on a device; the host does not wait until they have arrived."""
    return values if device.type == "cpu" else values.pin_memory().to(device, non_blocking=True)


def draw_centre(case: PreparedCase, patch: Sequence[int], focus: bool, generator: Generator) -> Tensor:
    """Return the centre voxel of a crop: on a random foreground class if ``focus``, else so that the crop fits."""
    size = torch.tensor(case.image.shape[1:], dtype=torch.float32)
    half = (torch.tensor(patch, dtype=torch.float32) - 1) / 2
    low, high = half, torch.maximum(size - 1 - half, half)
    if focus and case.foreground:
        voxels = case.foreground[choose(generator, len(case.foreground))]
        wanted = voxels[choose(generator, len(voxels))].float()
        start = (wanted - half).round()
    else:
        start = (uniform(generator, 0, 1, (3,)) * (high - low + 1)).floor()
    fits = size - 1 >= 2 * half
    inside = torch.minimum(torch.maximum(start, torch.zeros(3)), (high - low).clamp(min=0))
    around = ((size - 1) / 2 - half).floor()
    return torch.where(fits, inside, around) + half


def draw_transform(spacing: Sequence[float], flip_axes: Sequence[int], generator: Generator) -> Tensor:
    """Return a 3x3 matrix in voxel units that rotates (up to 15 degrees), scales (15 %) and mirrors."""
    matrix = torch.eye(3) * number(generator, 1 - _SCALE, 1 + _SCALE)
    isotropic = max(spacing) < 2 * min(spacing)
    turning = range(3) if isotropic else [max(range(3), key=lambda axis: spacing[axis])]
    for axis in turning:
        angle = number(generator, -_ROTATION, _ROTATION)
        turn = torch.eye(3)
        first, second = (other for other in range(3) if other != axis)
        turn[first, first] = turn[second, second] = math.cos(angle)
        turn[first, second], turn[second, first] = -math.sin(angle), math.sin(angle)
        matrix = turn @ matrix
    for axis in flip_axes:
        if chance(generator, 0.5):
            matrix[:, axis] *= -1
    scale = torch.tensor(spacing)
    return matrix * scale[None, :] / scale[:, None]


def draw_bend(patch: Sequence[int], generator: Generator) -> Tensor:
    """Return random displacements in voxels at 4x4x4 control points, ``[1, 3, 4, 4, 4]``, about 6 % of the patch."""
    size = torch.tensor(patch, dtype=torch.float32)
    points = torch.randn((1, 3, *[_CONTROL_POINTS] * 3), generator=generator)
    # half, as a normal number is beyond two in one of twenty: the stated share is what nearly all bends stay within
    return points * (size * _ELASTIC / 2).view(1, 3, 1, 1, 1)


def elastic_shift(bend: Tensor, patch: Sequence[int]) -> Tensor:
    """Return the smooth displacement ``[D, H, W, 3]`` in voxels between the control points of `draw_bend`."""
    smooth = F.interpolate(bend, size=tuple(patch), mode="trilinear", align_corners=True)
    return smooth[0].permute(1, 2, 3, 0)


def patch_coordinates(patch: Sequence[int], centre: Tensor, matrix: Tensor) -> Tensor:
    """Return the voxel coordinates ``[D, H, W, 3]`` that a patch reads, on the device of its centre."""
    axes = [torch.arange(n, dtype=torch.float32, device=centre.device) - (n - 1) / 2 for n in patch]
    offsets = torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1)
    return centre + offsets @ matrix.T


Box = tuple[slice, slice, slice]


def touched(size: Sequence[int], patch: Sequence[int], centre: Tensor, matrix: Tensor, bend: Tensor | None) -> Box:
    """Return the part of a scan that a patch may read, from the numbers that describe it and not from its voxels.

    Args:
        size: of the scan (D, H, W).
        patch: size in voxels (D, H, W).
        centre: of the patch, on the host.
        matrix: of its axes, on the host.
        bend: its control points, on the host, if it is bent: between them no voxel moves further than they do.
    """
    reach = matrix.abs() @ ((torch.tensor(patch, dtype=torch.float32) - 1) / 2)
    if bend is not None:
        reach = reach + bend.abs().amax(dim=(0, 2, 3, 4))
    last = torch.tensor(size) - 1
    low = torch.minimum((centre - reach).floor().long().clamp(min=0), last).tolist()
    high = torch.minimum((centre + reach).ceil().long().clamp(min=0), last).tolist()
    k, j, i = (slice(first, end + 1) for first, end in zip(low, high, strict=True))
    return k, j, i


Crop = tuple[Tensor, Tensor, Tensor]
"""Image ``[K, D, H, W]``, label ``[D, H, W]`` and, of the same shape, which voxels lie inside the scan."""


def read_patch(case: PreparedCase, coordinates: Tensor, box: Box | None = None) -> Crop:
    """Read image (linear) and label (nearest) at voxel coordinates ``[D, H, W, 3]``, and tell which are in the scan.

    Beyond the scan the image repeats its border and the label is 255.

    Args:
        case: the scan.
        coordinates: on the device where the crop is made; the part of the scan is sent there if it rests elsewhere.
        box: all of the scan that the coordinates touch, so that the cost does not grow with the scan.
    """
    part = box or whole_of(case.image.shape[1:])
    device, start = coordinates.device, (part[0].start, part[1].start, part[2].start)
    whole = (slice(None), *part)
    image = _interpolate(_on(case.image[whole], device), coordinates, start)
    place, inside = _nearest(case.image.shape[1:], coordinates, part)
    if case.label is None:
        return image, torch.full_like(inside, IGNORED, dtype=torch.uint8), inside
    return image, torch.where(inside, _on(case.label[part], device).take(place), IGNORED), inside


def whole_of(size: Sequence[int]) -> Box:
    """Return the box that is all of a scan (D, H, W)."""
    k, j, i = (slice(0, edge) for edge in size)
    return k, j, i


def _on(part: Tensor, device: torch.device) -> Tensor:
    """Return a part of a scan on a device; the host does not wait until it has arrived."""
    return part if part.device == device else sent(part.contiguous(), device)


def _interpolate(image: Tensor, coordinates: Tensor, start: tuple[int, int, int]) -> Tensor:
    # grid_sample wants -1 at the first centre and 1 at the last (align_corners); an axis of one voxel has no extent to
    # divide by
    last = [max(1, size - 1) for size in image.shape[1:]]
    units = [2 * (coordinates[..., axis] - start[axis]) / last[axis] - 1 for axis in (2, 1, 0)]
    grid = torch.stack(units, dim=-1)[None]
    return F.grid_sample(image[None].float(), grid, mode="bilinear", padding_mode="border", align_corners=True)[0]


def _nearest(size: Sequence[int], coordinates: Tensor, box: Box) -> tuple[Tensor, Tensor]:
    """Flat place in a box of the voxel nearest to each coordinate, and whether the coordinate lies in the scan."""
    place = torch.zeros(coordinates.shape[:-1], dtype=torch.long, device=coordinates.device)
    inside = torch.ones_like(place, dtype=torch.bool)
    for axis, (edge, part) in enumerate(zip(size, box, strict=True)):
        wanted = coordinates[..., axis].round()
        inside &= wanted == wanted.clamp(0, edge - 1)
        found = wanted.clamp(part.start, part.stop - 1) - part.start
        place = place * (part.stop - part.start) + found.long()
    return place, inside


def vary_intensity(images: Tensor, generator: Generator) -> Tensor:
    """Return ``[B, K, D, H, W]`` with contrast, brightness, gamma, blur and noise changed, each channel by itself."""
    channels = images.flatten(0, 1)[:, None]
    return torch.stack([_vary_one(channel, generator) for channel in channels]).view_as(images)


def _vary_one(image: Tensor, generator: Generator) -> Tensor:
    image = image * number(generator, 0.7, 1.3) + number(generator, -0.3, 0.3)
    if chance(generator, 0.4):
        image = _gamma(image, number(generator, 0.6, 1.6))
    if chance(generator, 0.25):
        image = _blur(image, number(generator, 0.5, 1.0))
    if chance(generator, 0.4):
        image = image + _noise(image, generator) * number(generator, 0.0, 0.2)
    return image


def _noise(image: Tensor, generator: Generator) -> Tensor:
    """Draw noise like an image, on its device: a GPU does it from a seed faster than a CPU could send it."""
    if image.device.type == "cpu":
        return torch.randn(image.shape, generator=generator)
    own = Generator(image.device).manual_seed(choose(generator, _SEEDS))
    return torch.randn(image.shape, generator=own, device=image.device)


def _gamma(image: Tensor, gamma: float) -> Tensor:
    low, high = image.amin(), image.amax()
    unit = ((image - low) / (high - low).clamp(min=1e-6)).clamp(0, 1)
    return unit**gamma * (high - low) + low


def _blur(image: Tensor, zoom: float) -> Tensor:
    small = [max(2, round(n * zoom)) for n in image.shape[1:]]
    coarse = F.interpolate(image[None], size=small, mode="trilinear", align_corners=False)
    return F.interpolate(coarse, size=image.shape[1:], mode="trilinear", align_corners=False)[0]


def draw_box(patch: Sequence[int], generator: Generator, device: torch.device | None = None) -> Tensor:
    """Return a boolean box ``[D, H, W]`` of two thirds of the patch's edge at a random place (BCP, Bai et al. 2023)."""
    box = torch.zeros(tuple(patch), dtype=torch.bool, device=device)
    edges = [max(1, round(n * 2 / 3)) for n in patch]
    starts = [choose(generator, n - edge + 1) for n, edge in zip(patch, edges, strict=True)]
    k, j, i = (slice(start, start + edge) for start, edge in zip(starts, edges, strict=True))
    box[k, j, i] = True
    return box


@dataclass(frozen=True)
class PatchReader:
    """How crops are made in a run.

    Attributes:
        patch: size in voxels (D, H, W).
        spacing: of the training grid in mm.
        flip_axes: axes that may be mirrored.
        augment: crop only, or also turn, scale and bend.
        device: where crops are made; if absent, where each scan rests.
    """

    patch: tuple[int, int, int]
    spacing: tuple[float, float, float]
    flip_axes: tuple[int, ...]
    augment: bool
    device: torch.device | None = None

    def read(self, case: PreparedCase, focus: bool, generator: Generator) -> Crop:
        """Return one random crop."""
        centre, matrix = draw_centre(case, self.patch, focus, generator), torch.eye(3)
        if self.augment:
            matrix = draw_transform(self.spacing, self.flip_axes, generator)
        bend = draw_bend(self.patch, generator) if self.augment and chance(generator, 0.5) else None
        box, device = touched(case.image.shape[1:], self.patch, centre, matrix, bend), self.device or case.image.device
        coordinates = patch_coordinates(self.patch, sent(centre, device), sent(matrix, device))
        if bend is not None:
            coordinates = coordinates + elastic_shift(sent(bend, device), self.patch)
        return read_patch(case, coordinates, box)

    def read_many(
        self,
        cases: Sequence[PreparedCase],
        count: int,
        focused: int,
        generator: Generator,
        shares: Sequence[float] | None = None,
        roaming: float = 0.0,
    ) -> Crop:
        """Return ``count`` crops of random cases, stacked, the first ``focused`` of them centred on foreground.

        With the verified ``shares`` of the cases, one that is verified in part is drawn by the square root of its
        share: more often than its voxels alone would be, less often than a whole one. Its crops are centred on what
        is verified; elsewhere they would mostly show nothing that is. But ``roaming``, a chance in [0, 1], lets those
        beyond the first ``focused`` lie anywhere. Cases without any foreground have no part in the ``focused`` ones.
        """
        known = [1.0] * len(cases) if shares is None else shares
        likely = [math.sqrt(share) for share in known]
        chosen = draw_among(likely, count, generator)
        if focused and any(case.foreground for case in cases) and not all(case.foreground for case in cases):
            shown = [weight * bool(case.foreground) for weight, case in zip(likely, cases, strict=True)]
            chosen = [*draw_among(shown, focused, generator), *chosen[focused:]]
        bound = [known[case] < 1 and not (roaming and chance(generator, roaming)) for case in chosen]
        focus = [index < focused or centred for index, centred in enumerate(bound)]
        crops = [self.read(cases[case], centred, generator) for case, centred in zip(chosen, focus, strict=True)]
        images, labels, inside = (torch.stack(part) for part in zip(*crops, strict=True))
        return images, labels, inside
