"""A server on this computer: set up, started, found again after Slicer was closed, and stopped.

::

    FOLDER/environment/    the server's Python environment
    FOLDER/data/           what the server keeps, its token included
    FOLDER/server.json     where the server that was started last listens
    FOLDER/server.log      what it said on its console
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.errors import Cancelled, DualNetSSLError, LaunchFailed
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import ServerInfo
from DualNetSSLLib.client.transport import Backoff, Timeouts
from DualNetSSLLib.localserver.environment import Environment, wants_cuda
from DualNetSSLLib.localserver.interpreters import Program
from DualNetSSLLib.localserver.layouts import VirtualEnvironment
from DualNetSSLLib.localserver.machine import Machine
from DualNetSSLLib.localserver.sources import find_sources
from DualNetSSLLib.tasks import processes
from DualNetSSLLib.tasks.call import Server, Task
from DualNetSSLLib.tasks.connection import connected
from DualNetSSLLib.tasks.lock import is_free, locked
from DualNetSSLLib.tasks.user_folders import private_folder

START_SECONDS, STOP_SECONDS, POLL_SECONDS = 120.0, 30.0, 0.2
QUICK = Timeouts(connect=2.0, read=5.0)
UNKNOWN = 0
"""Stands for the number of a server's process until it is known: who starts it may be ended just then."""


def start_local(
    task: Task,
    folder: str,
    data_folder: str | None = None,
    device: str = "auto",
    stop_with_session: bool = False,
    python: str | None = None,
    environment: str | None = None,
) -> dict[str, Any]:
    """Use a server on this computer, setting it up and starting it as needed; returns the same as ``connect``.

    Args:
        task: told of every step.
        folder: where the server's environment and data go; made if needed.
        data_folder: where its data goes instead.
        device: auto, cpu or cuda.
        stop_with_session: whether it is stopped when the panel goes; a training goes on by itself.
        python: interpreter to make the environment with; found by itself if None.
        environment: a virtual environment that has the server already, instead of one of its own.

    Raises:
        LaunchFailed: it cannot be set up or started; the error says why.
        Cancelled: the task was cancelled; what was set up is used the next time.
    """
    local = LocalServer.at(folder, data_folder)
    with local_file(local.folder):
        private_folder(local.folder)
    lock = local.folder / ".lock"
    if not is_free(lock):
        task.say("Another Slicer sets this server up or starts it; waiting for that")
    with locked(lock, task.cancel):
        found = local.find()
        if found is None:
            program = _program(task, local, device, python, environment)
            task.say("Starting the server")
            found = local.start(program, device, task.cancel)
    if stop_with_session:
        task.desk.at_end["local server"] = lambda: local.stop(wait_seconds=0.0)
    else:
        task.desk.at_end.pop("local server", None)
    return connected(task, *found)


def find_local(task: Task, folder: str, data_folder: str | None = None) -> dict[str, Any] | None:
    """Use the server of this folder if it runs; returns the same as ``connect``, or None."""
    found = LocalServer.at(folder, data_folder).find()
    return None if found is None else connected(task, *found)


def stop_local(task: Task, folder: str, data_folder: str | None = None) -> None:
    """Stop the server of this folder; its jobs go on by themselves, and it takes them up when it is started again.

    Raises:
        LaunchFailed: it does not stop.
    """
    local = LocalServer.at(folder, data_folder)
    task.desk.at_end.pop("local server", None)
    local.stop(wait_seconds=STOP_SECONDS)
    if task.desk.server == local.remembered():
        task.desk.server = None


@dataclass(frozen=True)
class LocalServer:
    """The server of one folder."""

    folder: Path
    data: Path

    @classmethod
    def at(cls, folder: str, data_folder: str | None = None) -> LocalServer:
        """Return the server of a folder, whether it runs or not."""
        place = Path(folder).expanduser().absolute()
        return cls(place, Path(data_folder).expanduser().absolute() if data_folder else place / "data")

    @property
    def running(self) -> bool:
        """Whether a server uses the data folder: it holds a lock there for as long as it lives."""
        return not is_free(self.data / "server.lock")

    def remembered(self) -> Server | None:
        """Return where the server listened that was started last, and its token."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            token = (self.data / "token").read_text(encoding="ascii").strip()
            return Server(self._note()["address"], token, identity=f"local {self.data}")
        return None

    def find(self) -> tuple[Server, ServerInfo] | None:
        """Return the server if it runs and answers."""
        server = self.remembered()
        if server is None or not self.running:
            return None
        try:
            with server.client(timeouts=QUICK, backoff=Backoff(attempts=3)) as client:
                return server, client.server()
        except DualNetSSLError:
            return None

    def start(self, program: Program, device: str, cancel: CancelToken) -> tuple[Server, ServerInfo]:
        """Start the server and wait until it answers.

        Raises:
            LaunchFailed: it ended, did not answer in time, or the data is another server's.
        """
        if self.running:
            return self._wait_for_own(cancel)
        port = self._free_port()
        self._write_note(port, UNKNOWN)  # before there is a server: nobody could find one that is not noted
        self._write_note(port, self._spawn(program, port, device))
        try:
            return self._wait_until_well(cancel)
        except (Cancelled, LaunchFailed):
            self.stop(wait_seconds=0.0)
            raise

    def stop(self, wait_seconds: float) -> None:
        """Ask the server to stop, and wait so long for it.

        Raises:
            LaunchFailed: it is still there.
        """
        with contextlib.suppress(OSError, ValueError, KeyError):
            pid = self._note()["pid"]
            if pid == UNKNOWN and self.running:
                self._stop_file.touch()
            elif is_server(pid):
                self._ask_to_end(pid)
        until = time.monotonic() + wait_seconds
        while wait_seconds and self.running:
            if time.monotonic() > until:
                raise LaunchFailed(f"The server in {self.data} does not stop.", "Wait a minute, then try again.")
            time.sleep(POLL_SECONDS)

    def _ask_to_end(self, pid: int) -> None:
        """Ask by a signal, or where a signal would end it at once by a file for which it looks every second."""
        if sys.platform == "win32":
            self._stop_file.touch()
        else:
            os.kill(pid, signal.SIGTERM)

    def _spawn(self, program: Program, port: int, device: str) -> int:
        """Start the server so that it outlives this process, and return its process number."""
        serve = ("-m", "dualnetssl", "serve", "--port", str(port), "--data-folder", str(self.data))
        environment = dict(program.variables) | ({"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {})
        log = self.folder / "server.log"
        with local_file(log):
            log.unlink(missing_ok=True)
            self._stop_file.unlink(missing_ok=True)
        try:
            return processes.start_apart(program.command, serve, log=log, environment=environment, folder=self.folder)
        except processes.NOT_RUN as error:
            raise LaunchFailed(
                f"{program.command[-1]} cannot start the server: {error}.",
                f"Remove the folder {self.folder / 'environment'}, then start it again.",
            ) from error

    def _wait_for_own(self, cancel: CancelToken) -> tuple[Server, ServerInfo]:
        """Wait for the server that runs, if it was started from here: it still starts, or has much to do.

        Raises:
            LaunchFailed: it was not started from here, or does not answer.
        """
        with contextlib.suppress(OSError, ValueError, KeyError):
            if self._note()["pid"] == UNKNOWN or is_server(self._note()["pid"]):
                return self._wait_until_well(cancel)
        raise LaunchFailed(
            f"Another server uses {self.data}.", "Connect to it by its address, stop it, or choose another folder."
        )

    def _wait_until_well(self, cancel: CancelToken) -> tuple[Server, ServerInfo]:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            cancel.sleep(POLL_SECONDS)
            found = self.find()
            if found is not None:
                return found
            if not self.running and not is_server(self._note()["pid"]):
                break
        if self.running:
            raise LaunchFailed(
                f"The server in {self.data} runs, but has not answered for {START_SECONDS:.0f} s.",
                f"Try again when this computer is less busy; {self.folder / 'server.log'} may tell more.",
            )
        raise LaunchFailed(
            f"The server did not start: {self._last_words()}", f"{self.folder / 'server.log'} tells more."
        )

    def _free_port(self) -> int:
        """Return the port of the last time if it is free, so that the address stays the same; else any."""
        last = 0
        with contextlib.suppress(OSError, ValueError, KeyError):
            last = int(self._note()["address"].rpartition(":")[2])
        for port in (last, 0):
            with contextlib.suppress(OSError), socket.socket() as free:
                free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(sys.platform != "win32"))
                free.bind(("127.0.0.1", port))
                return int(free.getsockname()[1])
        raise LaunchFailed("This computer has no free port.", "Close other programs and try again.")

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return "it says nothing."
        return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing.")

    @property
    def _stop_file(self) -> Path:
        return self.data / "stop"

    @property
    def _note_file(self) -> Path:
        return self.folder / "server.json"

    def _write_note(self, port: int, pid: int) -> None:
        note = {"address": f"http://127.0.0.1:{port}", "pid": pid}
        with local_file(self._note_file):
            self._note_file.write_text(json.dumps(note), encoding="utf-8")

    def _note(self) -> dict[str, Any]:
        note: dict[str, Any] = json.loads(self._note_file.read_text(encoding="utf-8"))
        return note


def is_server(pid: int) -> bool:
    """Tell whether a process is a server of ours: numbers of dead processes are given to others after a while."""
    if sys.platform == "win32":
        command = ["tasklist", "/FI", f"PID eq {pid}", "/NH"]
        sign = "python"
    else:
        command = ["ps", "-p", str(pid), "-o", "args="]
        sign = "dualnetssl"
    try:
        with contextlib.suppress(FileNotFoundError):
            return sign in Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return False
    return sign in (processes.answer(command, seconds=10.0) or "")


def _program(task: Task, local: LocalServer, device: str, python: str | None, environment: str | None) -> Program:
    """Return the Python that has the server, making its environment if needed."""
    machine = Machine()
    if environment is not None:
        return VirtualEnvironment(Path(environment), machine).program
    cuda = wants_cuda(device, machine)
    own = Environment(local.folder / "environment", find_sources(), cuda=cuda, python=python, machine=machine)
    if not own.ready:
        own.make(task)
    own.refresh_server()
    return own.program
