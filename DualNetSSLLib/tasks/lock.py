"""A lock between processes that is gone when its holder is, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.files import local_file

POLL_SECONDS = 0.05


@contextmanager
def locked(path: Path, cancel: CancelToken) -> Iterator[None]:
    """Hold the lock of a file, waiting for others to let go of it.

    Raises:
        Cancelled: the token was cancelled before.
        LocalFileError: the file cannot be made.
    """
    with local_file(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _take(handle):
            cancel.sleep(POLL_SECONDS)
        cancel.check()
        yield
    finally:
        os.close(handle)


def is_free(path: Path) -> bool:
    """Tell whether nobody holds the lock of a file; one that is not there is free."""
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return not path.exists()
    try:
        return _take(handle)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    """Take the lock if nobody has it, and tell whether that worked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
