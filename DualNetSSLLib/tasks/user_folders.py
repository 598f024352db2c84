"""Where the library keeps what must outlive Slicer: the outbox, the cache, and what it knows of local servers."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path


def user_folder() -> Path:
    """Return the user's own folder for the library's files; ``DUALNETSSL_PANEL`` goes before."""
    chosen = os.environ.get("DUALNETSSL_PANEL")
    return Path(chosen) if chosen else _user_data() / "dualnetssl-panel"


def _user_data() -> Path:
    places = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("", "Library/Application Support")}
    variable, fallback = places.get(sys.platform, ("XDG_DATA_HOME", ".local/share"))
    return Path(os.environ.get(variable) or Path.home() / fallback)


def plain_name(name: str) -> str:
    """Return a name that every file system takes.

    Example:
        >>> plain_name("http://gpu:8765")
        'http___gpu_8765'
    """
    return re.sub(r"[^A-Za-z0-9.-]", "_", name)[:80]


def server_folder(root: Path, server: str) -> Path:
    """Return the folder below ``root`` for what belongs to a server, which is known by its name."""
    return root / f"{plain_name(server)}-{hashlib.sha256(server.encode()).hexdigest()[:12]}"


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner can enter, and return it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
