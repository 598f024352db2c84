"""Semi-supervised segmentation: two networks that teach each other over unlabelled scans; and their training server.

What is named in ``__all__`` is the public surface; it is imported when it is first used, so that the server, which
needs no PyTorch, never loads it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from dualnetssl.version import VERSION as __version__

if TYPE_CHECKING:
    from dualnetssl.api.commands import evaluate, export, predict, sample_data, train
    from dualnetssl.api.model import Model, Prediction, load_model
    from dualnetssl.bundle.model_card import ModelCard
    from dualnetssl.contract.config import TrainConfig
    from dualnetssl.contract.errors import Conflict, InvalidDataset, InvalidRequest, ProblemError, TrainingFailed
    from dualnetssl.contract.jobspec import PredictConfig
    from dualnetssl.contract.schema import Event

__all__ = [
    "Conflict",
    "Event",
    "InvalidDataset",
    "InvalidRequest",
    "Model",
    "ModelCard",
    "PredictConfig",
    "Prediction",
    "ProblemError",
    "TrainConfig",
    "TrainingFailed",
    "__version__",
    "evaluate",
    "export",
    "load_model",
    "predict",
    "sample_data",
    "train",
]


def _home(name: str) -> str:
    """Return the module that a public name lives in."""
    homes = {"TrainConfig": "contract.config", "PredictConfig": "contract.jobspec", "Event": "contract.schema"}
    homes |= {"ModelCard": "bundle.model_card"}
    homes |= dict.fromkeys(("Model", "Prediction", "load_model"), "api.model")
    return homes.get(name, "api.commands" if name.islower() else "contract.errors")


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_home(name)}"), name)
