"""Semi-supervised segmentation: two networks that teach each other over unlabelled scans; and their training server.

What is named in ``__all__`` is the public surface; it is imported when it is first used, so that the server, which
needs no PyTorch, never loads it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from dualnetssl.version import VERSION as __version__

if TYPE_CHECKING:
    from dualnetssl.contract.config import TrainConfig
    from dualnetssl.functions import evaluate, load_model, predict, train

__all__ = ["TrainConfig", "__version__", "evaluate", "load_model", "predict", "train"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = "dualnetssl.contract.config" if name == "TrainConfig" else "dualnetssl.functions"
    return getattr(importlib.import_module(room), name)
