"""What a command says at its end: what came of it, what it took, the worst scans, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dualnetssl.cli.terminal import table, wrapped
from dualnetssl.contract.words import duration, size_in_words

_WORST = 5
_LOW = 0.5


def took(record: Mapping[str, Any]) -> str:
    """Say what a command took.

    Example:
        >>> took({"seconds": 150.2, "peak_bytes": 1.5e9}), took({"seconds": 3.0, "peak_bytes": None})
        ('It took 2 min 30 s and at most 1.5 GB.', 'It took 3 s.')
    """
    memory = f" and at most {size_in_words(record['peak_bytes'])}" if record.get("peak_bytes") else ""
    return f"It took {duration(record['seconds'])}{memory}."


def dice(metrics: Mapping[str, Any]) -> list[str]:
    """Say how good a training says that its model is, on scans kept out where there are any.

    Example:
        >>> dice({"validation_dice": {"liver": 0.9, "vein": None}, "validation_cases": ["a"]})
        ['Dice on 1 scans kept out: liver 0.90, vein –.']
        >>> dice({"dice_on_labelled_patches": {"liver": 0.9}})
        ['Dice on patches that it learnt from, rosier than on new scans: liver 0.90.']
    """
    kept_out = metrics.get("validation_dice")
    found = kept_out or metrics.get("dice_on_labelled_patches") or {}
    where = f"{len(metrics.get('validation_cases', ()))} scans kept out" if kept_out else "patches that it learnt from"
    said = ", ".join(f"{name} {'–' if value is None else f'{value:.2f}'}" for name, value in found.items())
    rosy = "" if kept_out else ", rosier than on new scans"
    return [f"Dice on {where}{rosy}: {said}."] if said else []


def worst(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a table of the scans that are predicted worst, by predicted Dice and then by expected error."""

    def key(row: Mapping[str, Any]) -> tuple[float, float]:
        told, predicted = row["summary"], row["summary"].get("predicted_dice")
        return (1.0 if predicted is None else predicted), -(told.get("expected_error_ml") or 0.0)

    found = [
        [str(row.get("stem", row["case"])), *(_cell(row["summary"].get(name)) for name in _FIGURES)]
        for row in sorted(rows, key=key)[:_WORST]
    ]
    return table([f"worst {min(_WORST, len(rows))} of {len(rows)}", *_FIGURES.values()], found)


_FIGURES = {"predicted_dice": "predicted Dice", "expected_error_ml": "expected error ml"}


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def useless(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """Warn where the predictions are hardly worth correcting; None where they are."""
    known = [row["summary"].get("predicted_dice") for row in rows]
    found = [value for value in known if value is not None]
    if not found or sum(found) / len(found) >= _LOW:
        return None
    return (
        f"Warning: the mean predicted Dice is {sum(found) / len(found):.2f}. This model knows too little for its "
        "predictions to be worth correcting: label more scans, or train longer."
    )


def command(*words: str | Path) -> str:
    """Return a command as a shell reads it.

    Example:
        >>> command("predict", "--images", Path("my scans"), "--output")
        "dualnetssl predict --images 'my scans' --output"
    """
    return shlex.join(["dualnetssl", *map(str, words)])


def say(lines: Sequence[str]) -> None:
    """Print sentences, each within the width of the terminal; commands stay whole, so that they can be copied."""
    for line in lines:
        whole = line.startswith("Next: ") or "\n" in line
        print(line if whole else "\n".join(wrapped(line)), flush=True)
