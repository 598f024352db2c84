"""Labels that are made of a user's label and bounds: files beside the training, nothing of the user's is changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dualnetssl import volumes
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.contract.schema import IGNORED, Geometry
from dualnetssl.intake.bounds import Bounds, Labels

FOLDER = "labels"
"""Where in a job directory such labels lie."""
RECORD = "sources.json"
"""What they were made of."""
_DIGITS = 16


@dataclass(frozen=True)
class MadeLabel:
    """A label to be made for one scan.

    Attributes:
        case: the scan's name.
        image: the scan, whose grid the label has.
        source: the user's label; None for a scan of which only the bounds are known.
        bounds: what is known beside it.
    """

    case: str
    image: Path
    source: Path | None
    bounds: Bounds

    @property
    def digest(self) -> str:
        """SHA-256 of what the label is made of: with another label or other bounds it is another one."""
        digest = hashlib.sha256(self.bounds.canonical().encode())
        if self.source is not None:
            digest.update(self.source.read_bytes())
        return digest.hexdigest()

    def path(self, folder: Path) -> Path:
        """Return where the label lies in a folder of made labels."""
        return folder / f"{self.case}.{self.digest[:_DIGITS]}.nrrd"

    def write(self, folder: Path) -> None:
        """Make the label, unless it is there."""
        path = self.path(folder)
        if not path.exists():
            label, geometry = read_or_unknown(self.source, self.image)
            volumes.write_volume(path, self.bounds.applied(label), geometry)

    def record(self) -> dict[str, Any]:
        """Return what the label is made of, fit for JSON."""
        source = None if self.source is None else str(self.source.resolve())
        return {"label": source, "bounds": json.loads(self.bounds.canonical()), "sha256": self.digest}


def read_or_unknown(label: Path | None, image: Path) -> tuple[Labels, Geometry]:
    """Read a label ``[k, j, i]``; without one, return a label of the scan that says nothing, 255 throughout."""
    if label is not None:
        return volumes.read_label(label)
    geometry = volumes.probe(image, max_channels=volumes.MAX_CHANNELS).geometry
    return np.full(geometry.size[::-1], IGNORED, np.uint8), geometry


def write_labels(made: Iterable[MadeLabel], folder: Path) -> None:
    """Make all labels that are not there, and write down what they were made of."""
    labels = list(made)
    if not labels:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for label in labels:
        label.write(folder)
    record = {label.path(folder).name: label.record() for label in labels}
    write_atomic(folder / RECORD, json.dumps(record, indent=1).encode())
