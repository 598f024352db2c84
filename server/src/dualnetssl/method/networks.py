"""The two networks: a V-Net and a residual U-shaped network, with the same decoder.

Both take ``[B, K, D, H, W]`` and give logits ``[B, C, D, H, W]`` and features ``[B, F, D, H, W]``, F = width, taken
before the last dropout. Two different encoders make different mistakes; that is what they teach each other by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

Norm = Literal["batch", "instance"]
Axes = tuple[int, int, int]

LEVELS = 5
_VNET_BLOCKS = (1, 2, 3, 3, 3)
_RESIDUAL_BLOCKS = (0, 3, 4, 6, 3)
_DECODER_BLOCKS = (3, 3, 2, 1)
_USUAL_KERNEL = 3
_SPACE = (2, 3, 4)
_EPSILON = 1e-5
_LARGE_VOLUME = 2**18
"""Voxels from which on a GPU computes a norm in less time than its host takes to begin one."""


@dataclass(frozen=True)
class Level:
    """Kernel of the convolutions at one resolution and the stride that leads to the next coarser one, per axis."""

    kernel: Axes
    stride: Axes


def plan_levels(spacing: Sequence[float], levels: int = LEVELS) -> tuple[Level, ...]:
    """Choose kernels and strides so that coarse axes wait for the fine ones.

    An axis whose spacing is at least twice the finest has kernel 1 and stride 1 until the others have caught up.

    Args:
        spacing: voxel spacing in mm along (D, H, W).
        levels: number of resolutions.

    Example:
        >>> plan_levels((1.0, 1.0, 1.0))[0]
        Level(kernel=(3, 3, 3), stride=(2, 2, 2))
        >>> [level.stride for level in plan_levels((4.0, 1.0, 1.0))][:3]
        [(1, 2, 2), (1, 2, 2), (2, 2, 2)]
    """
    current, plan = list(spacing), []
    for _ in range(levels):
        coarse = [axis >= 2 * min(current) for axis in current]
        kernel, stride = (_axes(3, coarse), _axes(2, coarse))
        plan.append(Level(kernel, stride))
        current = [axis * factor for axis, factor in zip(current, stride, strict=True)]
    return tuple(plan)


def _axes(value: int, coarse: Sequence[bool]) -> Axes:
    first, second, third = (1 if flag else value for flag in coarse)
    return first, second, third


def patch_divisor(plan: Sequence[Level]) -> Axes:
    """Return what a patch size (D, H, W) must divide by: the product of the strides along each axis.

    Example:
        >>> patch_divisor(plan_levels((1.0, 1.0, 1.0)))
        (16, 16, 16)
    """
    product = [1, 1, 1]
    for level in plan[:-1]:
        product = [total * factor for total, factor in zip(product, level.stride, strict=True)]
    return product[0], product[1], product[2]


class NormOfLarge(torch.autograd.Function):
    """Instance norm of volumes so large that PyTorch's own leaves most of a GPU idle, in either layout.

    PyTorch's kernel has one block of threads for each channel of each sample, 64 at full resolution where a GPU has
    places for several hundred; its reductions share a channel out. One such layer took 3.5 ms of an H200, this 1.1.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Return ``[B, C, D, H, W]`` with mean ``bias`` and standard deviation ``weight`` in each channel ``[C]``."""
        count = x[0, 0].numel()
        mean = x.sum(_SPACE, keepdim=True, dtype=torch.float32) / count
        squares = torch.linalg.vector_norm(x, 2, _SPACE, keepdim=True, dtype=torch.float32).square() / count
        # the norm of a volume is as exact as its sum in float32, and nothing of the volume's size is written
        steepness = ((squares - mean.square()).clamp(min=0) + _EPSILON).rsqrt()
        scale = steepness * _each(weight)
        ctx.save_for_backward(x, weight, mean, steepness)
        return torch.addcmul(_each(bias) - mean * scale, x, scale, out=torch.empty_like(x))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the gradients of the volume, the weight and the bias (Ioffe & Szegedy 2015, section 3)."""
        (gradient,) = gradients
        x, weight, mean, steepness = ctx.saved_tensors
        count = x[0, 0].numel()
        total = gradient.sum(_SPACE, keepdim=True, dtype=torch.float32)
        along = (gradient * x).sum(_SPACE, keepdim=True, dtype=torch.float32)
        along = (along - mean * total) * steepness
        slope = steepness * _each(weight)
        of_x = -slope * steepness * along / count
        rest = -slope * total / count - of_x * mean
        part = torch.addcmul(rest, gradient, slope, out=torch.empty_like(gradient))
        return torch.addcmul(part, x, of_x, out=part), along.sum((0, *_SPACE)), total.sum((0, *_SPACE))


def _each(channels: Tensor) -> Tensor:
    return channels.float().view(1, -1, 1, 1, 1)


class InstanceNorm(nn.Module):
    """Instance norm with weight and bias (Ulyanov et al. 2016) that is fast on the device and in the layout it gets.

    On a CPU, PyTorch's own copies ``channels_last_3d`` into the other layout, and every convolution copies it back: a
    quarter of the step. Batch norm of one sample at a time is the same sum and copies nothing.
    """

    def __init__(self, channels: int) -> None:
        """Start as the plain norm, weight 1 and bias 0."""
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[B, C, D, H, W]``, at least two voxels a sample, to the same shape."""
        if x.device.type != "cpu":
            return self._on_gpu(x)
        samples = torch.split(x, 1)
        parts = [functional.batch_norm(one, None, None, self.weight, self.bias, training=True) for one in samples]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _on_gpu(self, x: Tensor) -> Tensor:
        """Choose by what holds a GPU up: of small volumes it is the number of operations, which the host begins."""
        if x[0, 0].numel() < _LARGE_VOLUME:
            return functional.instance_norm(x, weight=self.weight, bias=self.bias)
        normed: Tensor = NormOfLarge.apply(x, self.weight, self.bias)  # type: ignore[no-untyped-call]
        return normed


class StemConv(nn.Conv3d):
    """A convolution of few channels and a wide kernel, on a GPU as one of many channels and a flat kernel.

    Matrix units work on many channels at once and stay idle with one. So the shifts along the last axis become
    channels: the same sum in another order, in a third of the time for one channel and 7x7x7.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[B, K, D, H, W]`` to ``[B, F, D, H, W]``."""
        return super().forward(x) if x.device.type == "cpu" else self.by_shifts(x)

    def by_shifts(self, x: Tensor) -> Tensor:
        """Do the same on any device."""
        k, j, i = (size // 2 for size in self.kernel_size)
        shifts = functional.pad(x, (i, i)).unfold(4, self.kernel_size[2], 1).movedim(-1, 2).flatten(1, 2)
        weight = self.weight.movedim(-1, 2).flatten(1, 2)[..., None]
        shifts, weight = (part.contiguous(memory_format=torch.channels_last_3d) for part in (shifts, weight))
        return functional.conv3d(shifts, weight, self.bias, padding=(k, j, 0))


class ReLU(nn.Module):
    """ReLU, in place where that is free.

    PyTorch's own instance norm returns a view, and autograd pays for a change in place of a view with four copies of
    the volume: a fifth of all memory traffic of a step on a GPU in contiguous layout.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map a tensor to one of the same shape."""
        return functional.relu(x, inplace=x.device.type == "cpu" or not x.is_contiguous())


def _norm(kind: Norm, channels: int) -> nn.Module:
    if kind == "batch":
        return nn.BatchNorm3d(channels)
    return InstanceNorm(channels)


def _same(kernel: Axes) -> Axes:
    return kernel[0] // 2, kernel[1] // 2, kernel[2] // 2


def _conv_block(inputs: int, outputs: int, kernel: Axes, norm: Norm) -> nn.Sequential:
    conv = StemConv if kernel[2] > _USUAL_KERNEL else nn.Conv3d
    return nn.Sequential(conv(inputs, outputs, kernel, padding=_same(kernel)), _norm(norm, outputs), ReLU())


def _conv_blocks(count: int, inputs: int, channels: int, kernel: Axes, norm: Norm) -> nn.Sequential:
    sizes = [inputs] + [channels] * count
    return nn.Sequential(*(_conv_block(sizes[i], channels, kernel, norm) for i in range(count)))


def _resample_block(conv: nn.Module, channels: int, norm: Norm) -> nn.Sequential:
    return nn.Sequential(conv, _norm(norm, channels), ReLU())


class BasicBlock(nn.Module):
    """Two convolutions and a shortcut; the first may change resolution and width (ResNet, He et al. 2016)."""

    def __init__(self, inputs: int, outputs: int, kernel: Axes, stride: Axes, norm: Norm) -> None:
        """Build the block; a shortcut that must change shape is a 1x1x1 projection."""
        super().__init__()
        padding = _same(kernel)
        self.body = nn.Sequential(
            nn.Conv3d(inputs, outputs, kernel, stride=stride, padding=padding, bias=False),
            _norm(norm, outputs),
            ReLU(),
            nn.Conv3d(outputs, outputs, kernel, padding=padding, bias=False),
            _norm(norm, outputs),
        )
        changes = inputs != outputs or stride != (1, 1, 1)
        self.shortcut = (
            nn.Sequential(nn.Conv3d(inputs, outputs, 1, stride=stride, bias=False), _norm(norm, outputs))
            if changes
            else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[B, inputs, D, H, W]`` to ``[B, outputs, D', H', W']``."""
        return torch.relu_(self.body(x) + self.shortcut(x))


def _vnet_encoder(channels: int, widths: Sequence[int], plan: Sequence[Level], norm: Norm) -> nn.ModuleList:
    stages = [_conv_blocks(_VNET_BLOCKS[0], channels, widths[0], plan[0].kernel, norm)]
    for level in range(1, LEVELS):
        stride = plan[level - 1].stride
        down = nn.Conv3d(widths[level - 1], widths[level], stride, stride=stride)
        blocks = _conv_blocks(_VNET_BLOCKS[level], widths[level], widths[level], plan[level].kernel, norm)
        stages.append(nn.Sequential(_resample_block(down, widths[level], norm), *blocks))
    return nn.ModuleList(stages)


def _residual_encoder(channels: int, widths: Sequence[int], plan: Sequence[Level], norm: Norm) -> nn.ModuleList:
    wide = tuple(7 if size == 3 else 1 for size in plan[0].kernel)
    stages = [_conv_block(channels, widths[0], (wide[0], wide[1], wide[2]), norm)]
    for level in range(1, LEVELS):
        first = BasicBlock(widths[level - 1], widths[level], plan[level].kernel, plan[level - 1].stride, norm)
        rest = (
            BasicBlock(widths[level], widths[level], plan[level].kernel, (1, 1, 1), norm)
            for _ in range(_RESIDUAL_BLOCKS[level] - 1)
        )
        stages.append(nn.Sequential(first, *rest))
    return nn.ModuleList(stages)


class Decoder(nn.Module):
    """Transposed convolutions back to full resolution, adding the encoder's output at every level."""

    def __init__(self, widths: Sequence[int], plan: Sequence[Level], norm: Norm) -> None:
        """Build from the coarsest level up."""
        super().__init__()
        self.ups, self.blocks = nn.ModuleList(), nn.ModuleList()
        for level, count in zip(range(LEVELS - 2, -1, -1), _DECODER_BLOCKS, strict=True):
            stride = plan[level].stride
            up = nn.ConvTranspose3d(widths[level + 1], widths[level], stride, stride=stride)
            self.ups.append(_resample_block(up, widths[level], norm))
            self.blocks.append(_conv_blocks(count, widths[level], widths[level], plan[level].kernel, norm))

    def forward(self, stages: Sequence[Tensor]) -> Tensor:
        """Map the encoder's outputs, finest first, to features ``[B, width, D, H, W]``."""
        x = stages[-1]
        for up, blocks, skip in zip(self.ups, self.blocks, reversed(stages[:-1]), strict=True):
            x = blocks(up(x) + skip)
        return x


class Segmenter(nn.Module):
    """An encoder, the common decoder and a linear head."""

    def __init__(
        self, encoder: nn.ModuleList, decoder: Decoder, head: nn.Conv3d, *, dropout: tuple[float, float]
    ) -> None:
        """Join the parts; ``dropout`` of whole channels in the bottleneck and before the head."""
        super().__init__()
        self.encoder, self.decoder, self.head = encoder, decoder, head
        self.bottleneck_dropout, self.head_dropout = (nn.Dropout3d(share) for share in dropout)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits ``[B, C, D, H, W]`` and features ``[B, F, D, H, W]`` of ``x [B, K, D, H, W]``."""
        stages = []
        for stage in self.encoder:
            x = stage(x)
            stages.append(x)
        stages[-1] = self.bottleneck_dropout(stages[-1])
        features = self.decoder(stages)
        return self._classify(features), features

    def _classify(self, features: Tensor) -> Tensor:
        """Drop channels and apply the head; on a CPU as one product per voxel, faster than a convolution of 1x1x1.

        On a GPU the gradient of that product is a sum over a million voxels by a handful of threads: 23 ms of an H200.
        """
        if features.device.type != "cpu":
            scores: Tensor = self.head(self.head_dropout(features))
            return scores
        kept = self.head_dropout(features.new_ones((*features.shape[:2], 1, 1, 1))).flatten(1)
        weight = self.head.weight.flatten(1).T * kept[:, :, None]
        voxels = features.movedim(1, -1)
        assert self.head.bias is not None  # noqa: S101 - narrows the type
        logits = torch.baddbmm(self.head.bias, voxels.flatten(1, 3), weight)
        return logits.view(*voxels.shape[:4], -1).movedim(-1, 1)


Kind = Literal["vnet", "residual"]
"""Name of a network, as in `ARCHITECTURES`."""


@dataclass(frozen=True)
class Architecture:
    """What one network has of its own; decoder and head are common to all.

    Attributes:
        encoder: builds the stages from channels, widths, plan and norm.
        bottleneck_dropout: whether whole channels are dropped there, too.
    """

    encoder: Callable[[int, Sequence[int], Sequence[Level], Norm], nn.ModuleList]
    bottleneck_dropout: bool


ARCHITECTURES: Mapping[Kind, Architecture] = {
    "vnet": Architecture(_vnet_encoder, bottleneck_dropout=True),
    "residual": Architecture(_residual_encoder, bottleneck_dropout=False),
}
PAIR: tuple[Kind, Kind] = ("vnet", "residual")
"""The two that teach each other; network 0 and network 1 everywhere."""


def build_network(
    kind: Kind,
    *,
    channels: int,
    classes: int,
    width: int,
    norm: Norm,
    plan: Sequence[Level],
    dropout: float = 0.5,
) -> Segmenter:
    """Build one of the two networks.

    Args:
        kind: which of `ARCHITECTURES`.
        channels: K, channels of the input.
        classes: C, including background.
        width: channels at full resolution (16 as published); each of the five levels doubles it.
        norm: normalisation of every block.
        plan: kernels and strides, from `plan_levels`.
        dropout: share of channels dropped before the head and, in the V-Net, in the bottleneck.
    """
    widths = [width * 2**level for level in range(LEVELS)]
    own = ARCHITECTURES[kind]
    dropouts = (dropout if own.bottleneck_dropout else 0.0, dropout)
    encoder = own.encoder(channels, widths, plan, norm)
    return Segmenter(encoder, Decoder(widths, plan, norm), nn.Conv3d(width, classes, 1), dropout=dropouts)
