"""The table of exported labels: what each file holds, who vouches for it, and how large every label is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from DualNetSSLLib.client.records import Case, LabelDefinition
from DualNetSSLLib.labels.labelfiles import write_text

COLUMNS = ("case", "source", "state", "verified_share", "annotator", "revision", "updated", "model", "files")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One case.

    Attributes:
        case: as the server has it.
        source: what its files hold: label, partly verified, prediction; or not exported.
        model: id of the model that a prediction comes from or a label began with; empty if there is none.
        files: their names.
        volumes_ml: volume of each label, in the order of the label set; empty if it is not exported.
    """

    case: Case
    source: str
    model: str
    files: tuple[str, ...]
    volumes_ml: tuple[float, ...]


def write_table(target: Path, labels: Sequence[LabelDefinition], rows: Sequence[Row]) -> None:
    """Write the table as CSV (RFC 4180, UTF-8), one row a case, volumes in ml.

    Raises:
        LocalFileError: the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, *(_safe(f"{label.name}_ml") for label in labels)])
    for row in rows:
        cells = [_safe(cell) if isinstance(cell, str) else cell for cell in _cells(row)]
        writer.writerow(cells + [""] * (len(labels) - len(row.volumes_ml)))
    write_text(target, text.getvalue())


def _cells(row: Row) -> list[str | int]:
    case = row.case
    return [
        case.case,
        row.source,
        case.state,
        f"{case.verified_fraction:.4f}",
        case.annotator or "",
        case.revision,
        datetime.fromtimestamp(case.updated, timezone.utc).isoformat(timespec="seconds"),
        row.model,
        " ".join(row.files),
        *(f"{volume:.4f}" for volume in row.volumes_ml),
    ]


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula.

    Example:
        >>> _safe("=1+1"), _safe("liver")
        ("'=1+1", 'liver')
    """
    return f"'{text}" if text.startswith(FORMULA) else text
