"""A real server in a process of its own, on this computer's loopback address, for measurements."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from dualnetssl_server.errors import AddressInUse
from dualnetssl_server.settings import make_data_folder, read_token

START_SECONDS = 60.0
STOP_SECONDS = 20.0


class LocalServer:
    """Starts ``serve`` on entering a ``with`` block and stops it on leaving.

    Attributes:
        address: where it listens.
        token: that it accepts.
        process: the server's process.
    """

    def __init__(self, data_folder: Path) -> None:
        """Choose a free port and make the folder with its token."""
        self.data_folder = make_data_folder(data_folder)
        self.token = read_token(self.data_folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self.address = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> LocalServer:
        """Start the server and wait until it is well.

        Raises:
            AddressInUse: it does not start.
        """
        command = [sys.executable, "-m", "dualnetssl_server", "serve", "--port", str(self._port)]
        command += ["--data-folder", str(self.data_folder)]
        with (self.data_folder / "console.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._well():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self._stop()
                raise AddressInUse(
                    f"a server that does not start: {self._last_words()}", "a free port and data folder", "Try again."
                )
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self._stop()

    def _well(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=1.0)
        try:
            connection.request("GET", "/v1/health")
            return bool(json.load(connection.getresponse())["status"] == "ok")
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()

    def _stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _last_words(self) -> str:
        lines = (self.data_folder / "console.log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "it says nothing"
