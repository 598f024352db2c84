"""The server's own Python environment: made outside Slicer, from pinned packages, and completed after any break."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from DualNetSSLLib.client.errors import LaunchFailed
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.localserver.outside_slicer import find_python, has_nvidia_gpu, run_lines
from DualNetSSLLib.tasks.call import Task

CPU_BYTES, CUDA_BYTES = 3 << 30, 10 << 30
"""Room that the environment takes, with what is downloaded for it."""
_FORMER_PACKAGE = "dualnetssl_server"
"""What the server was called in environments that older extensions made."""
TORCH_PACKAGES = 12
LOCKS = ("setup.lock", "runtime.lock")

Run = Callable[[Sequence[str], Callable[[str], None]], None]


@dataclass(frozen=True)
class Sources:
    """The server that comes with the extension.

    Attributes:
        package: folder ``dualnetssl`` of Python files.
        requirements: folder with the locks.
    """

    package: Path
    requirements: Path

    @property
    def torch(self) -> str:
        """The requirement for PyTorch, such as ``torch==2.9.0``."""
        text = (self.requirements / "torch.txt").read_text(encoding="utf-8")
        return next(line.strip() for line in text.splitlines() if line.startswith("torch=="))

    @property
    def count(self) -> int:
        """Packages that are installed in all, roughly."""
        locks = ((self.requirements / name).read_text(encoding="utf-8") for name in LOCKS)
        return sum(len(re.findall(r"^[A-Za-z0-9._-]+==", text, re.MULTILINE)) for text in locks) + TORCH_PACKAGES


def find_sources(library: Path | None = None) -> Sources:
    """Find the server beside the library: in a source tree, or in the ``local`` folder of an installed extension.

    Raises:
        LaunchFailed: it is not there.
    """
    here = library or Path(__file__).resolve().parents[1]
    for root in (here / "local", here.parent):
        sources = Sources(root / "server" / "src" / "dualnetssl", root / "requirements")
        if sources.package.is_dir() and sources.requirements.is_dir():
            return sources
    raise LaunchFailed("The server does not lie beside the module.", "Install the extension again.")


class Environment:
    """A virtual environment in a folder of its own."""

    def __init__(self, folder: Path, sources: Sources, *, cuda: bool, python: str | None = None) -> None:
        """Describe the environment; ``python`` is what to make it with, found by itself if None."""
        self._folder, self._sources, self._cuda, self._chosen = folder, sources, cuda, python

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self._folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def ready(self) -> bool:
        """Whether all is installed that this version of the extension needs."""
        try:
            return self.python.exists() and self._stamp_file.read_text(encoding="utf-8") == self._stamp()
        except OSError:
            return False

    def make(self, task: Task, run: Run | None = None) -> None:
        """Make or complete the environment; packages that are there already are not fetched again.

        Args:
            task: told of every package.
            run: runs a command and tells its lines; replaced by tests.

        Raises:
            LaunchFailed: no room, no Python, or a package cannot be had.
            Cancelled: the task was cancelled; the next call goes on.
        """
        run = run or (lambda command, line: run_lines(command, task.cancel, line))
        steps = _Steps(task, self._sources.count)
        self._check_room()
        with local_file(self._folder), task.desk.shield():
            self._stamp_file.unlink(missing_ok=True)
            if not self.python.exists():
                steps.say("Making an environment for the server")
                run([find_python(self._chosen), "-m", "venv", "--clear", str(self._folder)], steps.say)
            for lock in LOCKS:
                locked = ["--no-deps", "--require-hashes", "-r", str(self._sources.requirements / lock)]
                run(self._pip(*locked), steps)
            self._install_torch(run, steps)
            self._stamp_file.write_text(self._stamp(), encoding="utf-8")

    def refresh_server(self) -> None:
        """Put the server's files of this extension into the environment, in place of older ones.

        Raises:
            LocalFileError: a file cannot be written.
        """
        places = [*self._folder.glob("lib/python3*/site-packages"), *self._folder.glob("Lib/site-packages")]
        if not places:
            raise LaunchFailed(f"{self._folder} is no environment any more.", "Remove that folder and try again.")
        target = places[0] / "dualnetssl"
        fresh = places[0] / "dualnetssl.part"
        with local_file(target):
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(self._sources.package, fresh, ignore=shutil.ignore_patterns("__pycache__"))
            shutil.rmtree(target, ignore_errors=True)
            fresh.replace(target)
            shutil.rmtree(places[0] / _FORMER_PACKAGE, ignore_errors=True)

    def _check_room(self) -> None:
        place = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        free, need = shutil.disk_usage(place).free, CUDA_BYTES if self._cuda else CPU_BYTES
        if free < need and not self.python.exists():
            raise LaunchFailed(
                f"The server's environment needs {need / 1e9:.0f} GB; {place} has {free / 1e9:.1f} GB left.",
                "Make room, or choose a folder on another disk.",
            )

    def _install_torch(self, run: Run, steps: _Steps) -> None:
        """Install the build of PyTorch that suits the machine, the first that can be had."""
        tries = self._torch_commands()
        for command in tries[:-1]:
            try:
                return run(command, steps)
            except LaunchFailed:
                steps.say("This build of PyTorch cannot be had from here; trying the next")
        return run(tries[-1], steps)

    def _torch_commands(self) -> list[list[str]]:
        """List the commands to try; the common index has the CPU build for some systems only, uv knows the others."""
        torch, plain = self._sources.torch, self._pip(self._sources.torch)
        by_uv = [str(self.python), "-m", "uv", "pip", "install", "--python", str(self.python), "--torch-backend"]
        if sys.platform == "darwin" or (self._cuda and sys.platform != "win32"):
            return [plain]
        if self._cuda:
            return [[*by_uv, "auto", torch], plain]
        return [self._pip("--no-deps", f"{torch}+cpu"), [*by_uv, "cpu", "--no-deps", torch], plain]

    def _pip(self, *arguments: str) -> list[str]:
        options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        return [str(self.python), "-m", "pip", "install", *options, *arguments]

    @property
    def _stamp_file(self) -> Path:
        return self._folder / "dualnetssl.json"

    def _stamp(self) -> str:
        """Describe what the environment was made from."""
        names = (*LOCKS, "torch.txt")
        digests = {name: hashlib.sha256((self._sources.requirements / name).read_bytes()).hexdigest() for name in names}
        return json.dumps({"machine": platform.machine(), "cuda": self._cuda, **digests})


@dataclass
class _Steps:
    """Turns what pip says into progress: so many packages of all, and its last line."""

    task: Task
    total: int
    done: int = 0

    def say(self, text: str) -> None:
        """Tell a line."""
        self.task.say(text[:160], min(self.done, self.total - 1), self.total)

    def __call__(self, line: str) -> None:
        """Tell a line of pip, which begins each package with a word of its own."""
        self.done += line.startswith(("Collecting", "Processing", "Requirement already"))
        self.say(line)


def wants_cuda(device: str) -> bool:
    """Tell whether the build for NVIDIA cards is wanted; ``device`` is auto, cpu or cuda.

    Raises:
        LaunchFailed: it is asked for, and there is no card.
    """
    if device == "cpu":
        return False
    found = has_nvidia_gpu()
    if device == "cuda" and not found:
        raise LaunchFailed("No NVIDIA card was found on this computer.", "Choose the processor, or install the driver.")
    return found
