"""``record.json``: how each command that wrote into a folder was called, by what version, and what it took."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dualnetssl.bundle.model_card import read_card
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.version import VERSION

NAME = "record.json"
_PACKAGES = ("torch", "monai", "numpy", "SimpleITK")


def read_records(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what is on record in a folder, by command; nothing where there is no record."""
    try:
        found = json.loads((folder / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return {name: told for name, told in found.items() if isinstance(told, dict)} if isinstance(found, dict) else {}


def keep(folder: Path, command: str, words: Sequence[str], begun: float, **more: Any) -> dict[str, Any]:
    """Put a command on record in a folder, in place of its last time.

    Args:
        folder: that it wrote into.
        command: its name.
        words: that it was called with; none from Python.
        begun: seconds since 1970.
        more: what else is worth keeping, fit for JSON.

    Returns:
        What was kept of this command.
    """
    told = {
        "command": shlex.join(["dualnetssl", *words]) if words else None,
        "version": VERSION,
        "begun": begun,
        "seconds": round(time.time() - begun, 1),
        "peak_bytes": peak_bytes(),
        "machine": machine(),
        **more,
    }
    write_atomic(folder / NAME, json.dumps({**read_records(folder), command: told}, indent=1).encode())
    return told


def of_model(model: Path) -> dict[str, Any]:
    """Return what is kept of the model that predicted, so that its training can be told where its folder is gone."""
    card = read_card(model)
    told = {"metrics": card.metrics, "config": card.config.model_dump(mode="json"), "step": card.step}
    return {"path": str(model.resolve()), "parent": card.parent, **told}


def peak_bytes() -> int | None:
    """Return the most memory that this process has held; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def machine() -> Mapping[str, Any]:
    """Return cores, system, Python and the versions of the packages that are loaded."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    loaded = {name: sys.modules[name] for name in _PACKAGES if name in sys.modules}
    versions = {name: str(module.__version__) for name, module in loaded.items() if hasattr(module, "__version__")}
    return {"cores": cores, "system": platform.system(), "python": platform.python_version(), **versions}
