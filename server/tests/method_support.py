"""Tiny scans, configurations, networks and jobs that the tests of the method share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from dualnetssl import volumes
from dualnetssl.bundle import export
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.config import TrainConfig, resolve
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobCase, JobSpec, PredictConfig
from dualnetssl.contract.schema import Geometry, JobKind, LabelDefinition
from dualnetssl.method.model import DualModel, build_optimizers
from dualnetssl.method.networks import plan_levels
from dualnetssl.method.step import Batch
from dualnetssl.scans.batches import sort_into_pools
from dualnetssl.scans.preparation import Recipe
from dualnetssl.scans.sampling import PatchReader, PreparedCase, verified_share
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.loop import Run

PATCH = (16, 16, 32)
LABELS = (LabelDefinition(value=3, name="kernel"), LabelDefinition(value=7, name="shell"))
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def tiny_config(**fields) -> TrainConfig:
    """A configuration of two channels, every unsupervised term on from the first step at full weight."""
    tiny = {"width": 2, "patch": PATCH, "steps": 6, "checkpoint_every": 2, "report_every": 1}
    tiny |= {"labelled_per_step": 1, "unlabelled_per_step": 1}
    return resolve({**tiny, "warm_up": 0.0, "ramp": 0.0, "contrast_ramp": 0.0, **fields})


def tiny_model(config: TrainConfig, classes: int = 3, seed: int = 0) -> DualModel:
    torch.manual_seed(seed)
    return DualModel(config, channels=1, classes=classes, plan=plan_levels((1.0, 1.0, 1.0)))


def loud_model(folder: Path) -> Path:
    """Write untrained networks whose heads are loud, so that they differ and their maps vary over a scan."""
    config = tiny_config()
    networks = tiny_model(config)
    generator = torch.Generator().manual_seed(1)
    for network in networks.teachers:
        torch.nn.init.normal_(network.head.weight, std=2.0, generator=generator)
    export.export(networks, ModelCard(labels=LABELS, recipe=tiny_recipe(), config=config, step=1), folder)
    return folder


def blob(size=(20, 18, 34), centre=None, noise=0.05, seed=0):
    """A scan with a ball in a ball: float32 image and uint8 class indices 0, 1 (kernel), 2 (shell), both (k, j, i)."""
    generator = np.random.default_rng(seed)
    centre = [n / 2 for n in size] if centre is None else centre
    axes = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in size), indexing="ij")
    radius = np.sqrt(sum((axis - middle) ** 2 for axis, middle in zip(axes, centre, strict=True)))
    label = np.where(radius < 3, 1, np.where(radius < 6, 2, 0)).astype(np.uint8)
    image = np.array([0.2, 1.0, 0.6], dtype=np.float32)[label] * 100
    return (image + 100 * noise * generator.standard_normal(size)).astype(np.float32), label


def grid_of(array, spacing=(1.0, 1.0, 1.0), origin=(0.0, 0.0, 0.0), direction=IDENTITY) -> Geometry:
    """The grid of an array (k, j, i); spacing and origin in (i, j, k) order."""
    return Geometry(size=array.shape[::-1], spacing=spacing, origin=origin, direction=direction)


def write(path: Path, array, **grid) -> str:
    volumes.write_volume(path, array, grid_of(array, **grid))
    return str(path)


def values_of(label):
    """Label values (3 kernel, 7 shell) of class indices."""
    return np.array([0, 3, 7], dtype=np.uint8)[label]


def write_cases(folder: Path, labelled=2, unlabelled=2, size=(20, 18, 34)) -> tuple[JobCase, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    cases = []
    for index in range(labelled + unlabelled):
        image, label = blob(size, seed=index)
        path = write(folder / f"scan{index}.nrrd", image)
        truth = write(folder / f"label{index}.nrrd", values_of(label)) if index < labelled else None
        cases.append(JobCase(case=f"scan{index}", image=path, label=truth))
    return tuple(cases)


def train_job(path: Path, cases, config: TrainConfig, model: Path | None = None) -> JobDirectory:
    spec = JobSpec(
        kind=JobKind.TRAIN, labels=LABELS, cases=cases, train=config, device="cpu", model=str(model) if model else None
    )
    directory = JobDirectory(path)
    directory.create(spec)
    return directory


def predict_job(path: Path, cases, model: Path, kind=JobKind.PREDICT) -> JobDirectory:
    directory = JobDirectory(path)
    order = {"kind": kind, "labels": LABELS, "cases": cases, "model": str(model), "device": "cpu"}
    directory.create(JobSpec(**order, predict=PredictConfig(overlap=0.25)))
    return directory


def random_batch(labelled=1, unlabelled=2, classes=3, patch=PATCH, seed=0) -> Batch:
    """Noise with labels that follow it, so that there is something to learn; the unlabelled part is all 255."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn((labelled + unlabelled, 1, *patch), generator=generator)
    labels = ((images[:, 0] > 0).long() + (images[:, 0] > 1).long()).clamp(max=classes - 1).to(torch.uint8)
    labels[labelled:] = 255
    other = images + 0.1 * torch.randn(images.shape, generator=generator)
    unknown = labels[labelled:] == 255
    return Batch((images, other), labels, images[labelled:], labelled, unknown, torch.ones_like(unknown))


def scan(name, image, label, foreground=()) -> PreparedCase:
    """A scan on the training grid, of these tensors."""
    return PreparedCase(name, image, label, foreground, verified_share(label))


def prepared(name="scan", seed=0, labelled=True, size=(20, 18, 34), unverified=0) -> PreparedCase:
    """A scan on the training grid, its label 255 in the first slices that are ``unverified``."""
    image, label = blob(size, seed=seed)
    truth = torch.from_numpy(label)
    truth[:unverified] = 255
    foreground = tuple((truth == index).nonzero() for index in (1, 2)) if labelled else ()
    return scan(name, torch.from_numpy(image)[None] / 100, truth if labelled else None, foreground)


def tiny_run(
    directory: JobDirectory, config: TrainConfig, report=lambda kind, **fields: None
) -> tuple[Run, TrainState]:
    """A run over two labelled and two unlabelled scans, and its fresh state."""
    cases = [prepared(f"scan{index}", seed=index, labelled=index < 2) for index in range(4)]
    reader = PatchReader(PATCH, (1.0, 1.0, 1.0), config.flip_axes, config.augmentation == "full")
    run = Run(config, sort_into_pools(cases), reader, ("kernel", "shell"), directory, report, torch.device("cpu"))
    model = tiny_model(config)
    return run, TrainState(model, build_optimizers(model, config), torch.Generator().manual_seed(config.seed))


def tiny_recipe(windows=(None,), spacing=(1.0, 1.0, 1.0)) -> Recipe:
    return Recipe(spacing=spacing, windows=windows, patch=PATCH)


def tensors_of(nested, prefix="") -> dict[str, torch.Tensor]:
    """Every tensor of nested dictionaries and lists, by its path."""
    if isinstance(nested, torch.Tensor):
        return {prefix: nested}
    items = nested.items() if isinstance(nested, dict) else enumerate(nested) if isinstance(nested, list) else ()
    return {path: tensor for key, value in items for path, tensor in tensors_of(value, f"{prefix}/{key}").items()}
