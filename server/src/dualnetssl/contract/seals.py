"""What a worker says of the files that it wrote, so that the server need neither read nor copy them.

``seals.json`` beside the files gives of each its digest, and its size and time when it was read for that. A file that
is not as its seal says was changed since, and the server reads it itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.contract.schema import Digest, Strict

PREDICTED = ("segmentation", "uncertainty", "disagreement", "opinions", "sheet")
"""Files of a prediction, by what ``predictions.json`` calls them."""
SEALS = "seals.json"
_CHUNK = 1 << 20


class Seal(Strict):
    """What a file was when it was read and was on the disk: ``sha256``, ``bytes`` and time of its last change."""

    sha256: Digest
    bytes: int = Field(ge=0)
    modified_ns: int

    def fits(self, path: Path) -> bool:
        """Whether a file is one, and of the size and time that were sealed; what is in it is not read."""
        try:
            found = path.lstat()
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and (found.st_size, found.st_mtime_ns) == (self.bytes, self.modified_ns)


def seal_of(path: Path) -> Seal:
    """Read a file, wait until it is on the disk, and return its seal."""
    sha = hashlib.sha256()
    with path.open("rb+") as file:
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
        os.fsync(file.fileno())
        found = os.fstat(file.fileno())
    return Seal(sha256=sha.hexdigest(), bytes=found.st_size, modified_ns=found.st_mtime_ns)


def write_seals(folder: Path, names: Iterable[str]) -> None:
    """Seal files of a folder, by name, in place of what was sealed there before."""
    seals = {name: seal_of(folder / name).model_dump() for name in names}
    write_atomic(folder / SEALS, json.dumps(seals, indent=1).encode())


def read_seals(folder: Path) -> dict[str, Seal]:
    """Read the seals of a folder, by name of the file; without any, or with such as make no sense, there are none."""
    try:
        return TypeAdapter(dict[str, Seal]).validate_json((folder / SEALS).read_bytes())
    except (FileNotFoundError, ValidationError):
        return {}
