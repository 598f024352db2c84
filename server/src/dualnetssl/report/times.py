"""Where time and memory went, with what it was made, and how to make it again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from dualnetssl.contract.words import duration
from dualnetssl.report.chapter import Cell, Chapter, Column, table
from dualnetssl.report.charts import bars
from dualnetssl.report.facts import Facts

_GIGABYTE = 1e9
_PHASES = {
    "preparing": "reading scans",
    "data": "reading scans",
    "progress": "training",
    "checkpoint": "training",
    "warning": "training",
    "validation": "measuring on scans kept out",
    "calibrated": "calibration",
    "finished": "writing the model",
    "resumed": "reading scans",
}
"""What was being done before an event of each kind."""


def chapter(facts: Facts) -> Chapter | None:
    """Return how long each part took, and the memory that was expected and taken."""
    events = facts.training.events if facts.training else ()
    rows = [*phases(events).items(), *_of_commands(facts)]
    if not rows:
        return None
    drawn = bars([(name, seconds, _took(seconds)) for name, seconds in rows], "Time")
    memory = _memory(facts, events)
    return Chapter("time", "Time and memory", f'<div class="two">{drawn}{memory}</div>')


def phases(events: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return the seconds of each part of a training; what lies between two attempts does not count.

    Example:
        >>> kinds = ("started", "data", "progress", "started", "data")
        >>> phases([{"kind": kind, "time": 10.0 * place} for place, kind in enumerate(kinds)])
        {'reading scans': 20.0, 'training': 10.0}
    """
    found: dict[str, float] = {}
    before: float | None = None
    for event in events:
        name = _PHASES.get(event["kind"])
        if name is not None and before is not None:
            found[name] = found.get(name, 0.0) + event["time"] - before
        before = event["time"]
    return found


def _of_commands(facts: Facts) -> list[tuple[str, float]]:
    names = {"predict": "prediction", "evaluate": "evaluation"}
    return [(words, float(facts.records[name]["seconds"])) for name, words in names.items() if name in facts.records]


def _memory(facts: Facts, events: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    told = next((event for event in reversed(events) if event.get("memory_estimate_bytes")), None)
    if told is not None:
        lines.append(("training, expected beside the program", told["memory_estimate_bytes"]))
    device = max([event.get("memory_bytes") or 0 for event in events], default=0)
    if device:
        lines.append(("training, most on the GPU", device))
    lines += [
        (f"{name}, most of the whole program", record["peak_bytes"])
        for name, record in facts.records.items()
        if record.get("peak_bytes")
    ]
    rows = [[Cell(escape(words)), Cell(f"{size / _GIGABYTE:.2f}")] for words, size in lines]
    return table("Memory", [Column("of", figures=False), Column("GB")], rows) if rows else ""


def repeating(facts: Facts) -> Chapter | None:
    """Return the commands and what they ran on."""
    records = list(facts.records.items())
    if not records:
        return None
    parts = []
    for name, record in sorted(records, key=lambda item: float(item[1].get("begun", 0))):
        begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(float(record.get("begun", 0))))
        machine = ", ".join(f"{key} {value}" for key, value in dict(record.get("machine", {})).items())
        command = record.get("command") or f"dualnetssl.{name}(…) from Python"
        parts.append(
            f'<pre tabindex="0"><code>{escape(str(command))}</code></pre><p class="note">{begun}, dualnetssl '
            f"{escape(str(record.get('version')))}; {escape(machine)}</p>"
        )
    return Chapter("again", "To make it again", "".join(parts))


def _took(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else duration(seconds)
