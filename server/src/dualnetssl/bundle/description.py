"""The files that describe a MONAI bundle: metadata, inference configuration and a page for people."""

from __future__ import annotations

from typing import Any

import torch

from dualnetssl.bundle.model_card import ModelCard


def metadata(card: ModelCard) -> dict[str, Any]:
    """Return ``metadata.json``: what goes in, what comes out, and with which packages."""
    names = {"0": "background", **{str(index): label.name for index, label in enumerate(card.ordered_labels, 1)}}
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
        "network_data_format": {"inputs": {"image": _image(card)}, "outputs": {"pred": _probabilities(card, names)}},
    }


def _tensor(card: ModelCard, kind: str, channels: dict[str, str]) -> dict[str, Any]:
    return {
        "type": kind,
        "num_channels": len(channels),
        "spatial_shape": list(reversed(card.recipe.patch)),
        "dtype": "float32",
        "is_patch_data": True,
        "channel_def": channels,
    }


def _image(card: ModelCard) -> dict[str, Any]:
    ct = None not in card.recipe.windows
    channels = {str(index): f"channel {index + 1}" for index in range(card.recipe.channels)}
    kind: dict[str, Any] = {
        "format": "hounsfield" if ct else "magnitude",
        "modality": "CT" if ct else "MR",
        "value_range": [],
    }
    return _tensor(card, "image", channels) | kind


def _probabilities(card: ModelCard, names: dict[str, str]) -> dict[str, Any]:
    return _tensor(card, "probabilities", names) | {"format": "segmentation", "value_range": [0, 1]}


def inference(card: ModelCard) -> dict[str, Any]:
    """Return ``inference.json``: reads scans, runs both networks over windows, writes label volumes."""
    return {
        "imports": ["$import glob", "$import numpy as np", "$import torch", "$import scripts.standalone as standalone"],
        "bundle_root": ".",
        "dataset_dir": "$@bundle_root + '/images'",
        "output_dir": "$@bundle_root + '/predictions'",
        "datalist": "$sorted(glob.glob(@dataset_dir + '/*'))",
        "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
        "network_def": _network(card),
        "network": "$@network_def.to(@device)",
        "preprocessing": {"_target_": "Compose", "transforms": _preprocessing(card)},
        "dataset": {"_target_": "Dataset", "data": "$[{'image': i} for i in @datalist]", "transform": "@preprocessing"},
        "dataloader": {"_target_": "DataLoader", "dataset": "@dataset", "batch_size": 1, "num_workers": 0},
        **_inferers(card),
        "postprocessing": {"_target_": "Compose", "transforms": _postprocessing(card)},
        **_evaluator(),
        "initialize": ["$standalone.load_weights(@network, @bundle_root + '/models/model.pt')"],
        "run": ["$standalone.segment(@dataset, @network, @inferer, @postprocessing, @device)"],
    }


def _network(card: ModelCard) -> dict[str, Any]:
    return {
        "_target_": "scripts.standalone.DualPredictor",
        "channels": card.recipe.channels,
        "classes": len(card.labels) + 1,
        "width": card.config.width,
        "norm": card.config.norm,
        "spacing": list(card.recipe.spacing),
        "temperature": card.temperature,
        "networks": list(card.networks),
    }


def _preprocessing(card: ModelCard) -> list[dict[str, Any]]:
    return [
        {"_target_": "LoadImaged", "keys": "image"},
        {"_target_": "EnsureChannelFirstd", "keys": "image"},
        {"_target_": "Orientationd", "keys": "image", "axcodes": "LPS", "labels": None},
        {
            "_target_": "Lambdad",
            "keys": "image",
            "func": f"$lambda x: standalone.normalise_image(x, {card.recipe.windows!r}, {card.recipe.soft_clip})",
        },
    ]


def _postprocessing(card: ModelCard) -> list[dict[str, Any]]:
    values = [0, *(label.value for label in card.ordered_labels)]
    return [
        {
            "_target_": "Invertd",
            "keys": "pred",
            "transform": "@preprocessing",
            "orig_keys": "image",
            "nearest_interp": False,
            "to_tensor": True,
        },
        {"_target_": "AsDiscreted", "keys": "pred", "argmax": True},
        {"_target_": "Lambdad", "keys": "pred", "func": f"$lambda x: standalone.to_values(x, {values!r})"},
        {
            "_target_": "SaveImaged",
            "keys": "pred",
            "output_dir": "@output_dir",
            "output_postfix": "seg",
            "output_dtype": "$np.uint8",
            "separate_folder": False,
        },
    ]


def _inferers(card: ModelCard) -> dict[str, Any]:
    return {
        "sliding_window": {
            "_target_": "SlidingWindowInferer",
            "roi_size": list(reversed(card.recipe.patch)),
            "sw_batch_size": 1,
            "overlap": 0.5,
            "mode": "gaussian",
            "padding_mode": "replicate",
        },
        "inferer": {
            "_target_": "scripts.standalone.GridInferer",
            "inferer": "@sliding_window",
            "spacing": list(reversed(card.recipe.spacing)),
        },
    }


def _evaluator() -> dict[str, Any]:
    return {
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
    }


def readme(card: ModelCard) -> str:
    """Return what a person should know who finds the model."""
    names = ", ".join(f"{label.value} {label.name}" for label in card.ordered_labels)
    return (
        "# A DualNetSSL model\n\n"
        f"Labels: {names}. Trained for {card.step} steps with the preset `{card.config.preset}`.\n\n"
        "Put scans into `images/` in this folder and run here, with `monai` and `nibabel` (NIfTI) or `itk` (NRRD):\n\n"
        "    python -c \"import monai.bundle; monai.bundle.run(config_file='configs/inference.json')\"\n\n"
        "The segmentations come to `predictions/`. For uncertainty maps use `dualnetssl predict`.\n"
    )
