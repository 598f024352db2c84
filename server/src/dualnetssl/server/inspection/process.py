"""One inspector: a process that is started once and asked many times."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Sequence
from typing import Any

from dualnetssl import processes
from dualnetssl.server.inspection.facts import CaseFacts, Question, gave_up

COMMAND = (sys.executable, "-m", "dualnetssl.server.inspection.inspector")
STARTUP_SECONDS = 60.0
BYTES_A_SECOND = 10 << 20
"""What is asked of the slowest computer: so much is unpacked and checked in a second."""
WARM = hasattr(socket, "send_fds")
"""Whether this system can hand open files to another process; elsewhere every check has a process of its own."""

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1"}
_LONGEST_ANSWER = 1 << 16


class Inspector:
    """A process that checks one case at a time; any failure ends it."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        """Start it; it gets ready by itself."""
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = processes.start(command, reading=theirs.fileno(), environment=environment())
        self._ready = False
        self.protection: tuple[str, ...] = ()
        """What keeps it from file system and network, once it is ready."""

    def ask(self, question: Question, seconds: float) -> CaseFacts:
        """Ask it to check the volumes of a case.

        Args:
            question: what to check.
            seconds: time for the check; what the headers declare is added to it.

        Raises:
            ProblemError: what the inspector refuses.
            OSError: it does not answer any more, or not in time.
            ValueError: what it says makes no sense.
        """
        self.wait_until_ready()
        end = time.monotonic() + seconds
        self._send(question)
        found = self._hear(end)
        if "declared" in found:
            found = self._hear(end + int(found["declared"]) / BYTES_A_SECOND)
        return question.facts(found)

    def wait_until_ready(self) -> None:
        """Wait for a new process to have loaded what it needs.

        Raises:
            OSError: it cannot start.
        """
        if not self._ready:
            self.protection = tuple(map(str, self._hear(time.monotonic() + STARTUP_SECONDS)["confined"]))
            self._ready = True

    def end(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        self._channel.close()

    def _send(self, question: Question) -> None:
        data = json.dumps(question.message(paths=False)).encode()
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(path.open("rb")) for path in question.files.values()]
            outputs = [stack.enter_context(path.open("xb")) for path in question.outputs.values()]
            handles = [file.fileno() for file in (*files, *outputs)]
            socket.send_fds(self._channel, [struct.pack("!I", len(data)) + data], handles)

    def _hear(self, end: float) -> dict[str, Any]:
        (length,) = struct.unpack("!I", self._receive(4, end))
        if length > _LONGEST_ANSWER:
            raise ValueError("an answer of an inspector that is too long")
        message: dict[str, Any] = json.loads(self._receive(length, end))
        return message

    def _receive(self, count: int, end: float) -> bytes:
        data = b""
        while len(data) < count:
            self._channel.settimeout(max(0.001, end - time.monotonic()))
            piece = self._channel.recv(count - len(data))
            if not piece:
                raise ConnectionResetError
            data += piece
        return data


def ask_once(question: Question, seconds: float) -> CaseFacts:
    """Check a case in a process for it alone, which opens the files itself.

    Raises:
        ProblemError: what the inspector refuses; the process crashed or did not come to an end.
        ValueError: what it says makes no sense.
    """
    try:
        done = processes.run(
            COMMAND,
            seconds=STARTUP_SECONDS + seconds,
            reading=json.dumps(question.message(paths=True)).encode(),
            environment=environment(),
        )
    except processes.TooLong as error:
        raise gave_up("a file whose check did not end in time") from error
    if done.returncode != 0:
        raise gave_up("a file on which its reader crashed")
    return question.facts(json.loads(done.stdout))


def environment() -> dict[str, str]:
    """Return the environment of an inspector: one thread, as more cannot be confined."""
    return {**os.environ, **_ONE_THREAD}
