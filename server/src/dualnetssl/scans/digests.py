"""The SHA-256 of files, remembered for as long as a file's size and times stay what they were."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dualnetssl.contract.jobdir import write_atomic

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SETTLED_NS = 2_000_000_000
_MOST = 100_000
_BLOCK = 1 << 20


@dataclass
class Digests:
    """SHA-256 of files.

    Attributes:
        path: of the JSON in which they are remembered. Paths of files stand in it as digests only.
    """

    path: Path

    @cached_property
    def _known(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return {}

    def of(self, path: Path) -> str:
        """Return a file's SHA-256 in hexadecimal; a file that is called by it, as a server's blobs are, is not read.

        Raises:
            OSError: it cannot be read.
        """
        if _named_by_it(path):
            return path.name
        sight, settled = _seen(path)
        found = self._known.get(sight)
        if found is None:
            found = sha256_of(path)
            if settled and _seen(path)[0] == sight:
                self._known[sight] = found
        return found

    def save(self) -> None:
        """Write down what is known; a folder that cannot be written to is no error."""
        try:
            write_atomic(self.path, json.dumps(dict(list(self._known.items())[-_MOST:])).encode())
        except OSError:
            return


def _seen(path: Path) -> tuple[str, bool]:
    """Return what tells a file's content from an earlier one, and whether it does.

    A file that was changed a moment ago may be changed again within the same tick of the file system's clock.
    """
    found = path.stat()
    told = [os.fspath(path.resolve()), found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
    settled = time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > _SETTLED_NS
    return hashlib.sha256(json.dumps(told).encode()).hexdigest(), settled


def _named_by_it(path: Path) -> bool:
    return _DIGEST.fullmatch(path.name) is not None


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal; a file that is called by it, as a server's blobs are, is not read.

    Raises:
        OSError: it cannot be read.
    """
    if _named_by_it(path):
        return path.name
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
