"""Local files: hashed in pieces, with progress, and the file system's complaints in words that help."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .cancel import CancelToken
from .errors import LocalFileError

Progress = Callable[[int, int], None]
"""Told after every piece: bytes done, bytes in all."""

PIECE = 1 << 20


def hash_file(path: Path, progress: Progress | None = None, cancel: CancelToken | None = None) -> str:
    """Return the SHA-256 of a file as 64 hex digits.

    Raises:
        LocalFileError: the file cannot be read.
        Cancelled: the token was cancelled.
    """
    report = Report(progress, cancel, size_of(path))
    digest = hashlib.sha256()
    with local_file(path), path.open("rb") as file:
        for done in feed(digest, file):
            report(done)
    return digest.hexdigest()


@dataclass(frozen=True)
class Report:
    """Tells the progress, and stops where a stop was asked for."""

    progress: Progress | None
    cancel: CancelToken | None
    total: int

    def __call__(self, done: int) -> None:
        """Note that so many bytes are done.

        Raises:
            Cancelled: the token was cancelled.
        """
        if self.cancel is not None:
            self.cancel.check()
        if self.progress is not None:
            self.progress(done, self.total)


def feed(digest: Any, file: IO[bytes]) -> Iterator[int]:
    """Read a file to its end into a hash; yields the bytes read so far."""
    done = 0
    while piece := file.read(PIECE):
        digest.update(piece)
        done += len(piece)
        yield done


def size_of(path: Path) -> int:
    """Return the bytes of a file."""
    with local_file(path):
        return path.stat().st_size


def local_error(path: Path, error: OSError) -> LocalFileError:
    """Put the file system's complaint into words that help."""
    return LocalFileError(
        f"{path.name}: {(error.strerror or str(error)).lower()}.",
        "Check that the file is there, that you may use it, and that the disk is not full.",
    )


@contextmanager
def local_file(path: Path) -> Iterator[None]:
    """Translate complaints of the file system about a file into `LocalFileError`."""
    try:
        yield
    except OSError as error:
        raise local_error(path, error) from error
