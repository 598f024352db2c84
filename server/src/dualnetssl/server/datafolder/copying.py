"""Copying a file so that it is on the disk and its digest known when the copy returns."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from dualnetssl.server.blobs import CHUNK, copy_to_new


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
    return copy_to_new(source, target)


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


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def is_about(error: BaseException, folder: Path) -> bool:
    """Whether the file that an error of the system names is a folder, in it, or on the way to it.

    Example:
        >>> is_about(PermissionError(13, "Permission denied", "/mnt/a/b"), Path("/mnt/a"))
        True
        >>> is_about(PermissionError(13, "Permission denied", "/srv/b"), Path("/mnt/a"))
        False
    """
    named = [name for name in (getattr(error, "filename", None), getattr(error, "filename2", None)) if name is not None]
    target = folder.absolute()
    paths = [Path(os.fsdecode(name)).absolute() for name in named if isinstance(name, str | bytes | os.PathLike)]
    return any(path.is_relative_to(target) or target.is_relative_to(path) for path in paths)
