"""Peak memory of processes, read from Linux's ``/proc``; None where there is no such thing."""

from __future__ import annotations

import os
import re
from pathlib import Path

PROC = Path("/proc")


def peak_bytes(process: int) -> int | None:
    """Return the most physical memory that a process has used so far.

    Example:
        >>> peak_bytes(-1) is None
        True
    """
    try:
        match = re.search(r"^VmHWM:\s*(\d+) kB", (PROC / str(process) / "status").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(match[1]) * 1024 if match else None


def processes_about(words: str) -> list[int]:
    """Return the processes, other than this one, whose command line contains some words."""
    found = []
    for folder in PROC.glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in command and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found
