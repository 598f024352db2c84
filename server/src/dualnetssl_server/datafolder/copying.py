"""Copying a file so that it is on the disk and its digest known when the copy returns."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from dualnetssl_server.blobs import CHUNK


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def copy(source: Path, target: Path) -> str:
    """Copy a file, over another of that name if there is one, and return its SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    sha = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(CHUNK):
            writer.write(chunk)
            sha.update(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return sha.hexdigest()


def link_or_copy(source: Path, target: Path) -> str:
    """Give a file that never changes a second name, or copy it where that is not possible; return its SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        return copy(source, target)
    return digest_of(target)
