"""A real ``serve`` process that may be killed, may refuse to start, and whose words are kept outside its data."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from dualnetssl_server.cli.memory import processes_about
from dualnetssl_server.settings import read_token

if TYPE_CHECKING:
    from DualNetSSLLib.client import Client

START_SECONDS = 90.0
STOP_SECONDS = 60.0
_TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Refusal:
    """A server that did not start, or a command that did not do its work.

    Attributes:
        status: its exit status; None if it neither started nor ended.
        text: all that it said.
    """

    status: int | None
    text: str

    @property
    def spoken(self) -> bool:
        """Whether it ended by itself, as a failure, with a sentence that says what to do.

        Example:
            >>> Refusal(2, "It is taken.  What to do: Stop the other.").spoken, Refusal(1, "Traceback …").spoken
            (True, False)
        """
        advice = self.text.partition("What to do:")[2].strip()
        return self.status not in (None, 0) and _TRACEBACK not in self.text and bool(advice)

    @property
    def sentence(self) -> str:
        """What it said, on one line; of a traceback, the end."""
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        chosen = lines if self.spoken else lines[-1:]
        return " ".join(chosen)[:300] or f"nothing, exit status {self.status}"


class Serving:
    """One server process after another on one data folder and one port; none outlives the ``with`` block."""

    def __init__(self, data_folder: Path, *, environment: Mapping[str, str] | None = None) -> None:
        """Choose a free port.

        Args:
            data_folder: of the server; it need not exist.
            environment: variables to add to those of this process.
        """
        self.data_folder = data_folder
        self.console = data_folder.parent / f"{data_folder.name}.console"
        self._environment = {**os.environ, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

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

    def start(self) -> Refusal | None:
        """Start a server and wait until it answers; what it says if it does not."""
        command = [sys.executable, "-m", "dualnetssl_server", "serve", "--port", str(self.port)]
        command += ["--data-folder", str(self.data_folder)]
        with self.console.open("wb") as console:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, env=self._environment
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.well():
            if self.process.poll() is not None:
                return Refusal(self.process.returncode, self.words())
            if time.monotonic() > deadline:
                self.kill()
                return Refusal(None, self.words())
            time.sleep(0.05)
        return None

    def start_or_raise(self) -> None:
        """Start a server that has no reason not to start.

        Raises:
            RuntimeError: it does not.
        """
        refusal = self.start()
        if refusal is not None:
            raise RuntimeError(f"the server does not start: {refusal.sentence}")

    def well(self) -> bool:
        """Whether the server says that it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2.0)
        try:
            connection.request("GET", "/v1/health")
            return bool(json.load(connection.getresponse())["status"] == "ok")
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()

    def words(self) -> str:
        """What the newest server said."""
        return self.console.read_text(encoding="utf-8", errors="replace")

    def traceback(self) -> str | None:
        """Return the last line of a traceback on the console or in the log; None if there is none."""
        for path in (self.console, *sorted(self.data_folder.glob("server.log*"))):
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            if _TRACEBACK in text:
                return _last_of_traceback(text)
        return None

    @contextlib.contextmanager
    def client(self) -> Iterator[Client]:
        """A client that tries nothing twice."""
        from DualNetSSLLib.client import Client
        from DualNetSSLLib.transport import Backoff

        address = f"http://127.0.0.1:{self.port}"
        with Client(address, read_token(self.data_folder), backoff=Backoff(attempts=1)) as client:
            yield client

    def kill(self) -> None:
        """``kill -9``."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> int | None:
        """Ask the server to stop; return its exit status, or None if it had to be killed."""
        if self.process is None:
            return None
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return None


def run_command(*words: str) -> Refusal:
    """Run another command of the program; its exit status and words."""
    done = subprocess.run(
        [sys.executable, "-m", "dualnetssl_server", *words],
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
    lines = text.rpartition(_TRACEBACK)[2].splitlines()[1:]
    return next((line for line in lines if line and not line.startswith(" ")), "a traceback")[:200]
