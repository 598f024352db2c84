"""A trained model as a MONAI bundle that plain MONAI loads and runs.

::

    configs/metadata.json    what the model is, in MONAI's form
    configs/inference.json   runs it with `python -m monai.bundle run`
    models/model.pt          weights of both networks, readable with weights_only
    scripts/                 the networks' own code, needing torch and numpy only
    training.json            how it was trained, and how scans must be prepared
    docs/README.md           for people
"""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import torch
from pydantic import Field
from torch import nn

from dualnetssl_server import __version__
from dualnetssl_server.config import TrainConfig
from dualnetssl_server.errors import InvalidRequest
from dualnetssl_server.jobdir import write_atomic
from dualnetssl_server.schema import LabelSet, Strict
from dualnetssl_server.train import bundled, intensity, networks
from dualnetssl_server.train.data import Recipe
from dualnetssl_server.train.model import DualModel
from dualnetssl_server.train.networks import Segmenter, build_network, plan_levels

_SCRIPTS = (networks, intensity, bundled)


class ModelCard(Strict):
    """Everything beside the weights that is needed to use or to continue a model (``training.json``).

    Attributes:
        version: of the program that wrote it.
        labels: the label set.
        recipe: how scans are prepared.
        config: how it was trained.
        step: steps done.
        metrics: what training measured.
    """

    version: str = __version__
    labels: LabelSet
    recipe: Recipe
    config: TrainConfig
    step: int
    metrics: dict[str, Any] = Field(default_factory=dict)


def export(model: DualModel, card: ModelCard, folder: Path) -> None:
    """Write the bundle; an older one in the same place is replaced only when the new one is whole."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for name in ("configs", "models", "scripts", "docs"):
        (part / name).mkdir(parents=True)
    weights = {str(index): model.predictor(index).state_dict() for index in (0, 1)}
    torch.save(
        {f"{index}.{name}": value for index, state in weights.items() for name, value in state.items()},
        part / "models" / "model.pt",
    )
    _write_scripts(part / "scripts")
    write_atomic(part / "configs" / "metadata.json", json.dumps(_metadata(card), indent=2).encode())
    write_atomic(part / "configs" / "inference.json", json.dumps(_inference(card), indent=2).encode())
    write_atomic(part / "training.json", card.model_dump_json(indent=1).encode())
    write_atomic(part / "docs" / "README.md", _readme(card).encode())
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def read_card(folder: Path) -> ModelCard:
    """Read what a model is.

    Raises:
        InvalidRequest: the folder holds no model of this program.
    """
    try:
        return ModelCard.model_validate_json((folder / "training.json").read_bytes())
    except (OSError, ValueError) as error:
        raise InvalidRequest(
            f"the folder {folder.name!r} without a readable training.json",
            "a model folder written by train",
            "Name the folder model/ inside the output of a training.",
        ) from error


def load_networks(folder: Path, device: torch.device) -> tuple[ModelCard, tuple[Segmenter, Segmenter]]:
    """Read a model for prediction: its card and both networks in evaluation mode.

    Raises:
        InvalidRequest: no model, or one whose weights do not fit its card.
    """
    card = read_card(folder)
    pair = nn.ModuleList(build_network(kind, **_shape(card)) for kind in ("vnet", "residual"))
    load_weights(pair, folder)
    pair.to(device).eval()
    first, second = pair
    assert isinstance(first, Segmenter)  # noqa: S101 - narrows the type
    assert isinstance(second, Segmenter)  # noqa: S101 - narrows the type
    return card, (first, second)


def load_weights(pair: nn.ModuleList, folder: Path) -> None:
    """Fill two networks from a bundle.

    Raises:
        InvalidRequest: the weights are missing or of other networks.
    """
    try:
        pair.load_state_dict(torch.load(folder / "models" / "model.pt", map_location="cpu", weights_only=True))
    except (EOFError, OSError, RuntimeError, pickle.UnpicklingError) as error:
        raise InvalidRequest(
            f"the model folder {folder.name!r}, whose weights are missing or do not fit",
            "a whole model with the same width, norm, spacing and number of classes",
            "Train again without a model to start from, or name the right model.",
        ) from error


def _shape(card: ModelCard) -> dict[str, Any]:
    return {
        "channels": 1,
        "classes": len(card.labels) + 1,
        "width": card.config.width,
        "norm": card.config.norm,
        "plan": plan_levels(card.recipe.spacing),
    }


def _write_scripts(folder: Path) -> None:
    (folder / "__init__.py").write_text("")
    for module in _SCRIPTS:
        source = Path(str(module.__file__)).read_text()
        (folder / f"{module.__name__.rsplit('.', 1)[-1]}.py").write_text(
            source.replace("dualnetssl_server.train.", "scripts.")
        )


def _metadata(card: ModelCard) -> dict[str, Any]:
    names = {"0": "background", **{str(index): label.name for index, label in enumerate(_ordered(card.labels), 1)}}
    kind = "CT" if card.recipe.window else "MR"
    image = {
        "type": "image",
        "format": "hounsfield" if card.recipe.window else "magnitude",
        "modality": kind,
        "num_channels": 1,
        "spatial_shape": list(reversed(card.recipe.patch)),
        "dtype": "float32",
        "value_range": [],
        "is_patch_data": True,
        "channel_def": {"0": "image"},
    }
    prediction = {
        "type": "probabilities",
        "format": "segmentation",
        "num_channels": len(names),
        "spatial_shape": list(reversed(card.recipe.patch)),
        "dtype": "float32",
        "value_range": [0, 1],
        "is_patch_data": True,
        "channel_def": names,
    }
    return {
        "version": "0.1.0",
        "changelog": {"0.1.0": f"trained with DualNetSSL {card.version}, preset {card.config.preset}"},
        "monai_version": "1.6.1",
        "pytorch_version": str(torch.__version__),
        "numpy_version": "1.26",
        "required_packages_version": {"nibabel": "5.0"},
        "name": "DualNetSSL model",
        "task": "Segmentation",
        "description": "Two networks trained together on labelled and unlabelled scans; their mean is the prediction.",
        "authors": "the user of DualNetSSL",
        "copyright": "the user of DualNetSSL",
        "network_data_format": {"inputs": {"image": image}, "outputs": {"pred": prediction}},
    }


def _ordered(labels: LabelSet) -> list[Any]:
    return sorted(labels, key=lambda label: label.value)


def _inference(card: ModelCard) -> dict[str, Any]:
    values = [0] + [label.value for label in _ordered(card.labels)]
    pre = [
        {"_target_": "LoadImaged", "keys": "image"},
        {"_target_": "EnsureChannelFirstd", "keys": "image"},
        {"_target_": "Orientationd", "keys": "image", "axcodes": "LPS", "labels": None},
        {
            "_target_": "Lambdad",
            "keys": "image",
            "func": f"$lambda x: bundled.normalise_image(x, {card.recipe.window!r})",
        },
    ]
    post = [
        {
            "_target_": "Invertd",
            "keys": "pred",
            "transform": "@preprocessing",
            "orig_keys": "image",
            "nearest_interp": False,
            "to_tensor": True,
        },
        {"_target_": "AsDiscreted", "keys": "pred", "argmax": True},
        {"_target_": "Lambdad", "keys": "pred", "func": f"$lambda x: bundled.to_values(x, {values!r})"},
        {
            "_target_": "SaveImaged",
            "keys": "pred",
            "output_dir": "@output_dir",
            "output_postfix": "seg",
            "output_dtype": "$np.uint8",
            "separate_folder": False,
        },
    ]
    shape = _shape(card)
    return {
        "imports": ["$import glob", "$import numpy as np", "$import torch", "$import scripts.bundled as bundled"],
        "bundle_root": ".",
        "dataset_dir": "$@bundle_root + '/images'",
        "output_dir": "$@bundle_root + '/predictions'",
        "datalist": "$sorted(glob.glob(@dataset_dir + '/*'))",
        "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
        "network_def": {
            "_target_": "scripts.bundled.DualPredictor",
            "classes": shape["classes"],
            "width": shape["width"],
            "norm": shape["norm"],
            "spacing": list(card.recipe.spacing),
        },
        "network": "$@network_def.to(@device)",
        "preprocessing": {"_target_": "Compose", "transforms": pre},
        "dataset": {"_target_": "Dataset", "data": "$[{'image': i} for i in @datalist]", "transform": "@preprocessing"},
        "dataloader": {"_target_": "DataLoader", "dataset": "@dataset", "batch_size": 1, "num_workers": 0},
        "sliding_window": {
            "_target_": "SlidingWindowInferer",
            "roi_size": list(reversed(card.recipe.patch)),
            "sw_batch_size": 1,
            "overlap": 0.5,
            "mode": "gaussian",
            "padding_mode": "replicate",
        },
        "inferer": {
            "_target_": "scripts.bundled.GridInferer",
            "inferer": "@sliding_window",
            "spacing": list(reversed(card.recipe.spacing)),
        },
        "postprocessing": {"_target_": "Compose", "transforms": post},
        "handlers": [
            {
                "_target_": "CheckpointLoader",
                "load_path": "$@bundle_root + '/models/model.pt'",
                "load_dict": {"model": "@network"},
            }
        ],
        "evaluator": {
            "_target_": "SupervisedEvaluator",
            "device": "@device",
            "val_data_loader": "@dataloader",
            "network": "@network",
            "inferer": "@inferer",
            "postprocessing": "@postprocessing",
            "val_handlers": "@handlers",
        },
        "initialize": ["$bundled.load_weights(@network, @bundle_root + '/models/model.pt')"],
        "run": ["$bundled.segment(@dataset, @network, @inferer, @postprocessing, @device)"],
    }


def _readme(card: ModelCard) -> str:
    names = ", ".join(f"{label.value} {label.name}" for label in _ordered(card.labels))
    return (
        "# A DualNetSSL model\n\n"
        f"Labels: {names}. Trained for {card.step} steps with the preset `{card.config.preset}`.\n\n"
        "Put scans into `images/` in this folder and run here, with `monai` and `nibabel` (NIfTI) or `itk` (NRRD):\n\n"
        "    python -c \"import monai.bundle; monai.bundle.run(config_file='configs/inference.json')\"\n\n"
        "The segmentations come to `predictions/`. For uncertainty maps use `dualnetssl-server predict`.\n"
    )
