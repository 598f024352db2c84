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

import hashlib
import json
import pickle
import re
import shutil
from pathlib import Path
from typing import Any

import torch
from torch import nn

from dualnetssl.bundle import standalone
from dualnetssl.bundle.description import inference, metadata, readme
from dualnetssl.bundle.model_card import ModelCard, read_card
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.method import networks
from dualnetssl.method.model import DualModel
from dualnetssl.method.networks import Segmenter, build_network, plan_levels
from dualnetssl.scans import intensity

_SCRIPTS = (networks, intensity, standalone)
_ROOMS = re.compile(r"dualnetssl\.(?:method|scans|bundle)\.")


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
    write_atomic(part / "configs" / "metadata.json", json.dumps(metadata(card), indent=2).encode())
    write_atomic(part / "configs" / "inference.json", json.dumps(inference(card), indent=2).encode())
    write_atomic(part / "training.json", card.model_dump_json(indent=1).encode())
    write_atomic(part / "docs" / "README.md", readme(card).encode())
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def weights_digest(folder: Path) -> str:
    """Return the SHA-256 of a model's weights, which is the model's identity wherever its folder goes."""
    return hashlib.sha256((folder / "models" / "model.pt").read_bytes()).hexdigest()


def load_networks(folder: Path, device: torch.device) -> tuple[ModelCard, tuple[Segmenter, Segmenter]]:
    """Read a model for prediction: its card and both networks in evaluation mode.

    Raises:
        InvalidRequest: no model, or one whose weights do not fit its card.
    """
    card = read_card(folder)
    pair = nn.ModuleList(build_network(kind, **_shape(card)) for kind in card.networks)
    load_weights(pair, folder)
    # a quarter faster on a CPU; a GPU computes as well in the plain layout
    layout = torch.channels_last_3d if device.type == "cpu" else torch.contiguous_format
    pair.to(device, memory_format=layout).eval()  # type: ignore[call-overload]
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
        "channels": card.recipe.channels,
        "classes": len(card.labels) + 1,
        "width": card.config.width,
        "norm": card.config.norm,
        "plan": plan_levels(card.recipe.spacing),
    }


def _write_scripts(folder: Path) -> None:
    (folder / "__init__.py").write_text("")
    for module in _SCRIPTS:
        source = Path(str(module.__file__)).read_text()
        (folder / f"{module.__name__.rsplit('.', 1)[-1]}.py").write_text(_ROOMS.sub("scripts.", source))
