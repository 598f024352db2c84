"""Disks that are small or read-only: file systems in memory, which Linux lets its administrator mount."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_MOUNT = "needs Linux and the administrator's rights, to mount a small disk in memory"
PIECE = 1 << 16


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[str]:
    """Mount a disk of so many MiB on a folder; gives the reason why not, or an empty text."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=0700"
    if not _may_mount() or _mount("-t", "tmpfs", "-o", options, "tmpfs", str(folder)):
        yield NO_MOUNT
        return
    try:
        yield ""
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


@contextmanager
def read_only(folder: Path) -> Iterator[str]:
    """Make a folder read-only; gives the reason why not, or an empty text."""
    if not hasattr(os, "geteuid"):
        yield "this system has no read-only folders"
        return
    if os.geteuid() != 0:
        yield from _without_write_permission(folder)
        return
    if not _may_mount() or _mount("--bind", str(folder), str(folder)):
        yield NO_MOUNT
        return
    try:
        yield NO_MOUNT if _mount("-o", "remount,bind,ro", str(folder)) else ""
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def _without_write_permission(folder: Path) -> Iterator[str]:
    paths = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    for path, mode in paths.items():
        path.chmod(mode & ~0o222)
    try:
        yield ""
    finally:
        for path, mode in paths.items():
            if path.exists():
                path.chmod(mode)


def _may_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


def _mount(*words: str) -> int:
    return subprocess.run(["mount", *words], check=False, capture_output=True).returncode  # noqa: S607


def fill_up(path: Path, leave: int = 0) -> None:
    """Write a file until its disk has only so many bytes left."""
    with path.open("ab", buffering=0) as file:
        try:
            while (free := _free(path)) > leave:
                file.write(bytes(min(PIECE, free - leave)))
        except OSError:
            return


def _free(path: Path) -> int:
    found = os.statvfs(path.parent)
    return found.f_bavail * found.f_frsize
