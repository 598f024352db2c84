"""What a training takes of its device's memory, and what to do with less."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.words import size_in_words
from dualnetssl.method.model import DualModel
from dualnetssl.method.networks import LEVELS, Level, Segmenter, patch_divisor
from dualnetssl.scans.batches import Pools
from dualnetssl.scans.preparation import Recipe

BYTES_A_VOXEL = 3
"""Of a prepared scan that is labelled: two of intensities, one of the label."""
_FLOAT = 4
_KEPT_PER_CONVOLUTION = 2
_LOSS_VOLUMES = 24
_SHARE_TO_SPARE = 0.5
_MOST_TIMES = 8.0
_COPIES = {"adamw": 4, "sgd": 3}


@dataclass(frozen=True)
class Load:
    """What a training puts on its device: its configuration, how scans are prepared and the networks' levels."""

    config: TrainConfig
    recipe: Recipe
    plan: tuple[Level, ...]

    def __str__(self) -> str:
        k, j, i = self.recipe.patch
        config = self.config
        return f"{config.labelled_per_step} + {config.unlabelled_per_step} patches of {i} x {j} x {k} voxels a step"


def training_bytes(load: Load, classes: int, scan_bytes: int) -> int:
    """Estimate the bytes that a training needs on its device, beside the program itself.

    Weights with their gradients, averages and what the optimiser remembers; two volumes for each convolution of
    both networks (its result, and what norm and ReLU make of it); the float32 volumes of the losses; the scans that
    rest there. The networks are built on PyTorch's `meta` device, where nothing is stored.

    Args:
        load: the training.
        classes: C, including background.
        scan_bytes: of all scans that rest on the device.
    """
    with torch.device("meta"):
        model = DualModel(load.config, channels=load.recipe.channels, classes=classes, plan=load.plan)
    patch = load.recipe.patch
    patches = load.config.labelled_per_step + load.config.unlabelled_per_step
    students = sum(parameter.numel() for parameter in model.networks.parameters())
    teachers = sum(parameter.numel() for parameter in model.teachers.parameters())
    weights = students * _COPIES[load.config.optimizer] + teachers
    networks = model.student(0), model.student(1)
    convolved = sum(convolution_voxels(network, patch, load.plan) for network in networks) * _KEPT_PER_CONVOLUTION
    losses = math.prod(patch) * classes * _LOSS_VOLUMES
    return _FLOAT * (weights + patches * (convolved + losses)) + scan_bytes


def convolution_voxels(network: Segmenter, patch: Sequence[int], plan: Sequence[Level]) -> int:
    """Return how many numbers all convolutions of a network give for one patch (D, H, W).

    Each part of the network works at one resolution; counting is a thousand times faster than trying it out.
    """
    upwards = range(LEVELS - 2, -1, -1)
    parts = [
        *zip(network.encoder, range(LEVELS), strict=True),
        *zip(network.decoder.ups, upwards, strict=True),
        *zip(network.decoder.blocks, upwards, strict=True),
        (network.head, 0),
    ]
    return sum(_channels(part) * _voxels(patch, plan[:level]) for part, level in parts)


def _channels(part: nn.Module) -> int:
    kinds = (nn.Conv3d, nn.ConvTranspose3d)
    return sum(module.out_channels for module in part.modules() if isinstance(module, kinds))


def _voxels(patch: Sequence[int], above: Sequence[Level]) -> int:
    return math.prod(patch) // math.prod(math.prod(level.stride) for level in above)


def scan_bytes(pools: Pools) -> int:
    """Return the bytes of all scans that are held and not mapped; a scan in two pools counts once."""
    cases = {case.name: case for case in (*pools.labelled, *pools.unlabelled, *pools.held_out) if not case.mapped}
    return sum(case.image.nbytes + (0 if case.label is None else case.label.nbytes) for case in cases.values())


def rest_on_device(load: Load, classes: int, voxels: int, free: int | None) -> bool:
    """Whether scans are to rest on a GPU beside the networks; else parts of them are sent there at each step.

    Args:
        load: the training.
        classes: C, including background.
        voxels: of all scans on the training grid.
        free: bytes of the device; None if nobody knows.
    """
    return free is None or training_bytes(load, classes, BYTES_A_VOXEL * voxels) <= free


def may_take(need: int, free: int | None, times: float) -> bool:
    """Whether a training may take so much that it need not: half of what is free, for scans are prepared beside it.

    Args:
        need: bytes.
        free: bytes that there are; None if nobody knows, and then a factor of eight is as much as is dared.
        times: how many times the voxels of the scans that is.

    Example:
        >>> may_take(4, 8, 20), may_take(5, 8, 2), may_take(5, None, 8), may_take(5, None, 9)
        (True, False, True, False)
    """
    return need <= _SHARE_TO_SPARE * free if free is not None else times <= _MOST_TIMES


def smaller(load: Load) -> Load | None:
    """Return the same training with half the patches a step, or from one of each on with a smaller patch.

    Returns:
        None if it cannot become smaller: one patch of each kind, of the smallest size that the networks take.
    """
    config, recipe = load.config, load.recipe
    if config.labelled_per_step > 1 or config.unlabelled_per_step > 1:
        counts = {
            "labelled_per_step": -(-config.labelled_per_step // 2),
            "unlabelled_per_step": -(-config.unlabelled_per_step // 2),
        }
        return Load(config.model_copy(update=counts), recipe, load.plan)
    patch, divisor = list(recipe.patch), patch_divisor(load.plan)
    steps = [edge // step for edge, step in zip(patch, divisor, strict=True)]
    if sum(steps) <= len(steps) + 1:
        return None
    widest = max(range(3), key=lambda axis: (steps[axis] > 1, patch[axis]))
    patch[widest] = max(steps[widest] * 3 // 4, 1) * divisor[widest]
    return Load(config, recipe.model_copy(update={"patch": tuple(patch)}), load.plan)


def fitting(load: Load, need: Callable[[Load], int], free: int | None, warn: Callable[[str], object]) -> Load:
    """Return the largest variant of a training that an estimate expects to fit, saying each step of the way.

    What does not fit even at its smallest is tried at that: an estimate is no proof.

    Args:
        load: the training as it was asked for.
        need: estimates bytes.
        free: bytes that there are, None if nobody knows.
        warn: takes a sentence.
    """
    while free is not None and (wanted := need(load)) > free:
        less = smaller(load)
        if less is None:
            warn(f"training needs about {size_in_words(wanted)}, the device has {size_in_words(free)} free")
            return load
        load = less
        warn(f"about {size_in_words(wanted)} are needed and {size_in_words(free)} are free: training with {load}")
    return load


def ran_out(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out, on a GPU, in Python or in PyTorch's allocator for CPUs.

    Example:
        >>> ran_out(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"))
        True
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
