"""The one place of the package that starts programs: none of them opens a console window on Windows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any

NOTHING, TOGETHER, PIPE = subprocess.DEVNULL, subprocess.STDOUT, subprocess.PIPE
TooLong = subprocess.TimeoutExpired
Process = subprocess.Popen[bytes]

_NO_WINDOW, _OWN_GROUP = 0x08000000, 0x00000200


def start(
    command: Sequence[str],
    *,
    reading: IO[bytes] | int = NOTHING,
    writing: IO[bytes] | int = NOTHING,
    errors: IO[bytes] | int = NOTHING,
    environment: Mapping[str, str] | None = None,
    apart: bool = False,
) -> Process:
    """Start a program.

    Args:
        command: the program and its arguments.
        reading: its input; ``PIPE`` for what this process writes.
        writing: where its output goes.
        errors: where its errors go; ``TOGETHER`` with its output.
        environment: its variables; this process's own if None.
        apart: whether it outlives this process, and a Ctrl+C for this process is none for it.

    Raises:
        OSError: it cannot be started.
    """
    own = None if environment is None else dict(environment)
    return subprocess.Popen(list(command), stdin=reading, stdout=writing, stderr=errors, env=own, **_way(apart=apart))


def run(
    command: Sequence[str], *, seconds: float, reading: bytes = b"", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end.

    Args:
        command: the program and its arguments.
        seconds: time it is given.
        reading: what it gets as its input.
        environment: its variables; this process's own if None.

    Raises:
        OSError: it cannot be started.
        TooLong: it did not end in time; it was ended.
    """
    own = None if environment is None else dict(environment)
    return subprocess.run(
        list(command), input=reading, capture_output=True, timeout=seconds, check=False, env=own, **_way(apart=False)
    )


def _way(*, apart: bool) -> dict[str, Any]:
    """Return how a program is started here.

    Windows gives a program a visible console unless it is told to give one that nobody sees; what the program starts
    shares that one.
    """
    if sys.platform == "win32":
        return {"creationflags": _NO_WINDOW | (_OWN_GROUP if apart else 0)}
    return {"start_new_session": apart}
