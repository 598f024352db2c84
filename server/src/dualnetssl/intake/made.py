"""Files that are made of a user's: a label where no file holds it as it is to be learnt, a scan of its channels.

They lie beside the training; nothing of the user's is changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dualnetssl import volumes
from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.contract.schema import Geometry
from dualnetssl.files.filling import filled
from dualnetssl.files.grid import NEAR, displacement
from dualnetssl.files.placing import mismatch
from dualnetssl.files.reading import read_volume
from dualnetssl.intake.classes import LabelSet
from dualnetssl.intake.labels import Source
from dualnetssl.volumes.geometry import geometry_of
from dualnetssl.volumes.read import in_four_bytes

FOLDER = "labels"
"""Where in a job directory such labels lie; scans lie beside, in `SCANS`."""
SCANS = "images"
RECORD = "sources.json"
"""What they were made of."""
_DIGITS = 16
_PIECE = 1 << 20


@dataclass(frozen=True)
class MadeLabel:
    """A label to be made for one scan.

    Attributes:
        source: the user's files and what is known beside.
        grid: of the scan.
        named: the classes.
    """

    source: Source
    grid: Geometry
    named: LabelSet

    @property
    def case(self) -> str:
        """The scan's name."""
        return self.source.scan.case

    @property
    def digest(self) -> str:
        """SHA-256 of what the label is made of: of another file, other bounds or classes it is another one."""
        named = self.named
        about = [[label.model_dump() for label in named.labels], sorted((named.by_value or {}).items())]
        about += [[label.model_dump() for label in named.dropped]] if named.dropped else []
        digest = hashlib.sha256(json.dumps(about).encode())
        digest.update(self.source.bounds.canonical().encode() if self.source.bounds else b"")
        return _with_files(digest, self.source.files)

    def path(self, folder: Path) -> Path:
        """Return where the label lies in a folder of made labels."""
        return folder / f"{self.case}.{self.digest[:_DIGITS]}.nrrd"

    def write(self, folder: Path) -> None:
        """Make the label, unless it is there."""
        path = self.path(folder)
        if not path.exists():
            volumes.write_volume(path, self.source.read(self.grid, self.named).label, self.grid)

    def record(self) -> dict[str, Any]:
        """Return what the label is made of, fit for JSON."""
        files = [str(path.absolute()) for path in self.source.files]
        bounds = json.loads(self.source.bounds.canonical()) if self.source.bounds else None
        label = files[0] if len(files) == 1 else files or None
        return {"label": label, "bounds": bounds, "sha256": self.digest}


@dataclass(frozen=True)
class MadeScan:
    """A scan of several channels to be made of a file for each.

    Attributes:
        case: the scan's name.
        files: of its channels, in order.
    """

    case: str
    files: tuple[Path, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the files."""
        return _with_files(hashlib.sha256(), self.files)

    def path(self, folder: Path) -> Path:
        """Return where the scan lies in a folder of made ones."""
        return folder / f"{self.case}.{self.digest[:_DIGITS]}.nrrd"

    def write(self, folder: Path) -> None:
        """Make the scan, unless it is there."""
        path = self.path(folder)
        if not path.exists():
            volumes.write_channels(path, *read_files(self.files)[:2])

    def record(self) -> dict[str, Any]:
        """Return what the scan is made of, fit for JSON."""
        return {"channels": [str(path.absolute()) for path in self.files], "sha256": self.digest}


Made = MadeLabel | MadeScan


def _with_files(digest: Any, files: Sequence[Path]) -> str:
    for path in files:
        digest.update(f"{path.name}\n".encode())
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    return str(digest.hexdigest())


def read_files(files: Sequence[Path]) -> tuple[volumes.Image, Geometry, tuple[str, ...]]:
    """Read a scan of one file, or of a file for each channel.

    Returns:
        voxels ``[c, k, j, i]``, their grid, and what was noticed.

    Raises:
        InvalidVolume: a file is no usable scan.
        GeometryMismatch: the channels do not lie on one grid.
    """
    parts = []
    for path in files:
        volume = read_volume(path, max_channels=volumes.MAX_CHANNELS if len(files) == 1 else 1)
        image, told = filled(in_four_bytes(volume.values))
        geometry = geometry_of(volume.grid)
        parts.append((image, geometry, (*volume.noticed, *told)))
        if (moved := displacement(parts[0][1], geometry)) >= NEAR:
            raise mismatch(parts[0][1], geometry, moved, path.name)
    noticed = tuple(dict.fromkeys(text for part in parts for text in part[2]))
    whole = parts[0][0] if len(parts) == 1 else np.concatenate([image for image, _, _ in parts])
    return whole, parts[0][1], noticed


def check_apart(made: Iterable[Made], folder: Path) -> None:
    """Refuse to make files among those of the user that they are made of: the next look would take them for his.

    Args:
        made: files to be made.
        folder: where.

    Raises:
        Conflict: a file that one is made of lies there.
    """
    for file in made:
        for path in file.source.files if isinstance(file, MadeLabel) else file.files:
            if path.absolute().parent.resolve() == folder.resolve():
                received = f"an output whose {folder.name}/ would be the folder in which {path.name} lies"
                raise Conflict(received, "an output beside the data", "Name another folder, for instance --output run.")


def write_files(made: Iterable[Made], folder: Path) -> None:
    """Make all files that are not there, and write down what they were made of."""
    files = list(made)
    if not files:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        file.write(folder)
    record = {file.path(folder).name: file.record() for file in files}
    write_atomic(folder / RECORD, json.dumps(record, indent=1).encode())
