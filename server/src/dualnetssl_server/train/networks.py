"""The two networks: a V-Net and a residual U-shaped network, with the same decoder.

Both take ``[B, K, D, H, W]`` and give logits ``[B, C, D, H, W]`` and features ``[B, F, D, H, W]``, F = width, taken
before the last dropout. Two different encoders make different mistakes; that is what they teach each other by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

Norm = Literal["batch", "instance"]
Axes = tuple[int, int, int]

LEVELS = 5
_VNET_BLOCKS = (1, 2, 3, 3, 3)
_RESIDUAL_BLOCKS = (0, 3, 4, 6, 3)
_DECODER_BLOCKS = (3, 3, 2, 1)


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


class InstanceNorm(nn.Module):
    """Instance norm with weight and bias (Ulyanov et al. 2016) that keeps ``channels_last_3d``.

    PyTorch's own copies such a tensor into the other layout, and every convolution copies it back: a quarter of the
    step on a CPU. Batch norm of one sample at a time is the same sum and copies nothing.
    """

    def __init__(self, channels: int) -> None:
        """Start as the plain norm, weight 1 and bias 0."""
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[B, C, D, H, W]``, at least two voxels a sample, to the same shape."""
        if x.device.type != "cpu" and x.is_contiguous():
            return functional.instance_norm(x, weight=self.weight, bias=self.bias)
        samples = torch.split(x, 1)
        parts = [functional.batch_norm(one, None, None, self.weight, self.bias, training=True) for one in samples]
        return parts[0] if len(parts) == 1 else torch.cat(parts)


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
    return nn.Sequential(nn.Conv3d(inputs, outputs, kernel, padding=_same(kernel)), _norm(norm, outputs), ReLU())


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
        """Drop channels and apply the head, as one product per voxel: faster than a convolution of 1x1x1."""
        kept = self.head_dropout(features.new_ones((*features.shape[:2], 1, 1, 1))).flatten(1)
        weight = self.head.weight.flatten(1).T * kept[:, :, None]
        voxels = features.movedim(1, -1)
        assert self.head.bias is not None  # noqa: S101 - narrows the type
        logits = torch.baddbmm(self.head.bias, voxels.flatten(1, 3), weight)
        return logits.view(*voxels.shape[:4], -1).movedim(-1, 1)


def build_network(
    kind: Literal["vnet", "residual"],
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
        kind: ``vnet`` or ``residual``.
        channels: K, channels of the input.
        classes: C, including background.
        width: channels at full resolution (16 as published); each of the five levels doubles it.
        norm: normalisation of every block.
        plan: kernels and strides, from `plan_levels`.
        dropout: share of channels dropped before the head and, in the V-Net, in the bottleneck.
    """
    widths = [width * 2**level for level in range(LEVELS)]
    encoder = (_vnet_encoder if kind == "vnet" else _residual_encoder)(channels, widths, plan, norm)
    head = nn.Conv3d(width, classes, 1)
    return Segmenter(encoder, Decoder(widths, plan, norm), head, dropout=(dropout if kind == "vnet" else 0.0, dropout))


def count_parameters(network: nn.Module) -> int:
    """Return the number of trainable scalars."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
