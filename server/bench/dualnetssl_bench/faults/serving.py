"""A real ``serve`` process that may be killed, may refuse to start, and whose words are kept outside its data."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from dualnetssl.server.settings import read_token
from dualnetssl_bench.servers.local_server import START_SECONDS, TRACEBACK, Refusal, ServerProcess
from dualnetssl_bench.servers.memory import processes_about

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client


class Serving(ServerProcess):
    """A server to be harmed; neither it nor its workers outlive the ``with`` block."""

    def __init__(self, data_folder: Path, *, environment: Mapping[str, str] | None = None) -> None:
        """Choose a free port.

        Args:
            data_folder: of the server; it need not exist.
            environment: variables to add to those of this process.
        """
        super().__init__(data_folder, data_folder.parent / f"{data_folder.name}.console", environment)

    def __enter__(self) -> Serving:
        """Begin without a server; `start` starts one."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill the server and the workers of this data folder."""
        self.kill()
        for worker in processes_about(str(self.data_folder / "jobs")):
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def start_or_raise(self) -> None:
        """Start a server that has no reason not to start.

        Raises:
            RuntimeError: it does not.
        """
        refusal = self.start()
        if refusal is not None:
            raise RuntimeError(f"the server does not start: {refusal.sentence}")

    def traceback(self) -> str | None:
        """Return the last line of a traceback on the console or in the log; None if there is none."""
        for path in (self.console, *sorted(self.data_folder.glob("server.log*"))):
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            if TRACEBACK in text:
                return _last_of_traceback(text)
        return None

    @contextlib.contextmanager
    def client(self) -> Iterator[Client]:
        """A client that tries nothing twice."""
        from DualNetSSLLib.client.client import Client
        from DualNetSSLLib.client.transport import Backoff

        with Client(self.address, read_token(self.data_folder), backoff=Backoff(attempts=1)) as client:
            yield client


def run_command(*words: str) -> Refusal:
    """Run another command of the program; its exit status and words."""
    done = subprocess.run(
        [sys.executable, "-m", "dualnetssl", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=START_SECONDS,
    )
    return Refusal(done.returncode, done.stdout.decode(errors="replace"))


def _last_of_traceback(text: str) -> str:
    r"""Return the line of the exception itself, the first after the traceback that is not indented.

    Example:
        >>> _last_of_traceback("x\nTraceback (most recent call last):\n  File\nValueError: no\nmore")
        'ValueError: no'
    """
    lines = text.rpartition(TRACEBACK)[2].splitlines()[1:]
    return next((line for line in lines if line and not line.startswith(" ")), "a traceback")[:200]
