"""A real server in a process of its own, on this computer's loopback address, for measurements and faults."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from dualnetssl.contract.errors import AddressInUse
from dualnetssl.server.settings import make_data_folder, read_token

START_SECONDS = 90.0
STOP_SECONDS = 60.0
TRACEBACK = "Traceback (most recent call last)"


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
        return self.status not in (None, 0) and TRACEBACK not in self.text and bool(advice)

    @property
    def sentence(self) -> str:
        """What it said, on one line; of a traceback, the end."""
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        chosen = lines if self.spoken else lines[-1:]
        return " ".join(chosen)[:300] or f"nothing, exit status {self.status}"


class ServerProcess:
    """One server process after another on one data folder and one port.

    Attributes:
        data_folder: of the server.
        console: file that gets what it prints.
        port: where it listens.
        process: the newest.
    """

    process: subprocess.Popen[bytes]

    def __init__(self, data_folder: Path, console: Path, environment: Mapping[str, str] | None = None) -> None:
        """Choose a free port.

        Args:
            data_folder: of the server; it need not exist.
            console: file for what it prints.
            environment: variables to add to those of this process.
        """
        self.data_folder, self.console = data_folder, console
        self._environment = {**os.environ, **(environment or {})}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Refusal | None:
        """Start a server and wait until it answers; what it says if it does not."""
        command = [sys.executable, "-m", "dualnetssl", "serve", "--port", str(self.port)]
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

    def kill(self) -> None:
        """``kill -9``, if there is one."""
        if hasattr(self, "process"):
            self.process.kill()
            self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> int | None:
        """Ask the server to stop; return its exit status, or None if there was none or it had to be killed."""
        if not hasattr(self, "process"):
            return None
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return None


class LocalServer(ServerProcess):
    """Starts ``serve`` on entering a ``with`` block and stops it on leaving.

    Attributes:
        token: that it accepts.
    """

    def __init__(self, data_folder: Path) -> None:
        """Choose a free port and make the folder with its token."""
        folder = make_data_folder(data_folder)
        super().__init__(folder, folder / "console.log")
        self.token = read_token(folder)

    def __enter__(self) -> LocalServer:
        """Start the server and wait until it is well.

        Raises:
            AddressInUse: it does not start.
        """
        refusal = self.start()
        if refusal is not None:
            said = refusal.sentence if refusal.text.strip() else "it says nothing"
            raise AddressInUse(f"a server that does not start: {said}", "a free port and data folder", "Try again.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.stop()
