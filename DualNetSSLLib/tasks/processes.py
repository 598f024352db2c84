"""The one place of the library that starts programs: none of them opens a console window on Windows.

The background process itself is started by Qt (`background.session`), which hides its window by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

Process = subprocess.Popen[str]
NOT_RUN = (OSError, ValueError, subprocess.SubprocessError)
"""What is raised where a program is not there, may not be run or does not end in time."""
_DETACH = """
import subprocess, sys
log = open(sys.argv[1], "ab")
apart = {"creationflags": 0x08000200} if sys.platform == "win32" else {"start_new_session": True}
quiet = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
print(subprocess.Popen(sys.argv[2:], close_fds=True, **quiet, **apart).pid)
"""
"""Starts a program and ends, so that the program belongs to the system. 0x08000200 is a console that nobody sees
(CREATE_NO_WINDOW: what the program starts shares it, where a program without a console would get visible ones) in a
process group of its own (CREATE_NEW_PROCESS_GROUP: a Ctrl+C for others is none for it)."""


def hidden() -> int:
    """Return the flags that keep a console window from opening: CREATE_NO_WINDOW on Windows, none elsewhere."""
    return 0x08000000 if sys.platform == "win32" else 0


def run(
    command: Sequence[str], *, seconds: float, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and return what it said; nothing is on its input.

    Args:
        command: the program and its arguments.
        seconds: time it is given.
        environment: its variables; this process's own if None.
        folder: where it runs; this process's own folder if None.

    Raises:
        NOT_RUN: it cannot be started, or does not end in time.
    """
    return subprocess.run(
        list(command),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
        env=None if environment is None else dict(environment),
        cwd=folder,
        creationflags=hidden(),
    )


def answer(command: Sequence[str], *, seconds: float, environment: Mapping[str, str] | None = None) -> str | None:
    """Return what a program says, None if it cannot be run, fails or takes too long.

    Example:
        >>> answer(["no-such-program"], seconds=1.0) is None
        True
    """
    try:
        said = run(command, seconds=seconds, environment=environment)
    except NOT_RUN:
        return None
    return said.stdout if said.returncode == 0 else None


def start(command: Sequence[str], *, environment: Mapping[str, str]) -> Process:
    """Start a program whose output and errors are read together, as lines; `end` ends it with all that it starts.

    Raises:
        NOT_RUN: it cannot be started.
    """
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=dict(environment),
        creationflags=hidden(),
        start_new_session=sys.platform != "win32",
    )


def end(process: Process) -> None:
    """End a program that `start` has started, at once and with all that it has started itself.

    One of those that lives on holds the output open: whoever reads it would wait for as long as that one lives.
    """
    if sys.platform == "win32":
        answer(["taskkill", "/T", "/F", "/PID", str(process.pid)], seconds=30.0)
        process.kill()
    else:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)


def start_apart(
    python: Sequence[str], arguments: Sequence[str], *, log: Path, environment: Mapping[str, str], folder: Path
) -> int:
    """Start a Python program that outlives this process, and return its process number.

    Args:
        python: the interpreter, with what goes before its arguments.
        arguments: what follows the interpreter.
        log: file to which what it says is appended.
        environment: its variables.
        folder: where it runs.

    Raises:
        NOT_RUN: it cannot be started.
    """
    command = [*python, "-c", _DETACH, str(log), *python, *arguments]
    said = run(command, seconds=60.0, environment=environment, folder=folder)
    if said.returncode:
        last = [line for line in said.stderr.splitlines() if line.strip()][-1:]
        raise subprocess.SubprocessError(last[0].strip() if last else f"it ended with status {said.returncode}")
    return int(said.stdout)
