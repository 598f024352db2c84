"""The table of the trainings, as far as they have come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.gpu.orders import TrainingOrder

_OWN = {"dice": 3, "jaccard": 3, "hd95_mm": 2, "assd_mm": 2}
_PUBLISHED = {"dc": 4, "jc": 4, "hd95": 2, "asd": 2}
_HEADER = [
    *("training", "labels", "steps", "of", "steps/s", "Dice", "Jaccard", "HD95 mm", "ASSD mm"),
    *("DC voxels", "JC", "95HD", "ASD"),
]
_EXPLANATION = (
    "Dice to ASSD: the product's own prediction of the scans kept out, last checkpoint. DC to ASD: the literature's "
    "prediction and measures, in voxels."
)


def state_of(order: TrainingOrder) -> dict[str, Any]:
    """Return what is known of a training by now: how far it came and how fast, warnings, and its figures if judged."""
    events = order.training.read_events()
    reports = [(event.time, event.model_extra or {}) for event in events if event.kind == "progress"]
    warnings = [(event.model_extra or {})["message"] for event in events if event.kind == "warning"]
    step = reports[-1][1]["step"] if reports else 0
    if (ended := _ended(order.training)) is not None:
        step = ended
    asked = order.training.read_spec().train if order.training.spec_path.exists() else None
    return {
        "name": order.name,
        "preset": order.preset,
        "labelled": order.labelled,
        "seed": order.seed,
        "asked": asked.steps if asked else order.fields.get("steps"),
        "steps": step,
        "steps_per_second": rate(reports),
        "memory_bytes": reports[-1][1].get("memory_bytes") if reports else None,
        "warnings": warnings,
        "result": _read(order.folder / "result.json"),
        "published": _read(order.folder / "published.json"),
        **(_read(order.folder / "beside.json") or {}),
    }


def _ended(directory: JobDirectory) -> int | None:
    result = directory.read_result()
    return None if result is None else result.step


def rate(reports: Sequence[tuple[float, dict[str, Any]]]) -> float | None:
    """Return steps a second between the first and the last report, each its time and fields.

    Example:
        >>> rate([(0.0, {"step": 10}), (2.0, {"step": 50})]), rate([])
        (20.0, None)
    """
    if len(reports) < 2 or reports[-1][0] <= reports[0][0]:
        return None
    return float((reports[-1][1]["step"] - reports[0][1]["step"]) / (reports[-1][0] - reports[0][0]))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return found


def findings(states: Sequence[dict[str, Any]], notes: Sequence[str], figures: dict[str, Any]) -> Findings:
    """Lay out what is known; ``figures`` are what else there is to keep."""
    warnings = [f"{state['name']}: {warning}." for state in states for warning in state["warnings"]]
    everything = {**figures, "trainings": list(states)}
    return Findings("gpu", _HEADER, [row(state) for state in states], everything, (_EXPLANATION, *notes, *warnings))


def row(state: dict[str, Any]) -> list[str]:
    """Return a line of the table; a dash where nothing is known."""
    mean = state["result"]["evaluation"]["mean"] if state["result"] else {}
    cells = [state["name"], str(state["labelled"]), str(state["steps"]), str(state["asked"])]
    cells.append(_cell(state["steps_per_second"], 1))
    cells += [_cell(mean.get(key), digits) for key, digits in _OWN.items()]
    return cells + [_cell((state["published"] or {}).get(key), digits) for key, digits in _PUBLISHED.items()]


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
