"""The server's own Python environment: made outside Slicer, from pinned packages, and completed after any break."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from DualNetSSLLib.client.errors import LaunchFailed
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.localserver.advice import SetUpFailed
from DualNetSSLLib.localserver.builds import Try, tries
from DualNetSSLLib.localserver.interpreters import Program, find_interpreter
from DualNetSSLLib.localserver.layouts import FolderOfPackages, Layout, Run, VirtualEnvironment
from DualNetSSLLib.localserver.machine import Machine
from DualNetSSLLib.localserver.outside_slicer import run_lines
from DualNetSSLLib.localserver.sources import LOCKS, SETUP, Sources
from DualNetSSLLib.tasks.call import Task

CPU_BYTES, CUDA_BYTES = 3 << 30, 10 << 30
"""Room that the environment takes, with what is downloaded for it."""
TORCH = "torch"
LOCKED = ("--no-deps", "--require-hashes", "-r")
_FORMER_PACKAGE = "dualnetssl_server"
"""What the server was called in environments that older extensions made."""


class Environment:
    """The server's packages in a folder of its own, with the Python that runs them."""

    def __init__(
        self, folder: Path, sources: Sources, *, cuda: bool, python: str | None = None, machine: Machine | None = None
    ) -> None:
        """Describe the environment; ``python`` is what to make it with, found by itself if None."""
        self._folder, self._sources, self._cuda, self._chosen = folder, sources, cuda, python
        self._machine = machine or Machine()

    @property
    def program(self) -> Program:
        """The Python that has the packages.

        Raises:
            LaunchFailed: there is none yet.
        """
        return self._made().program

    @property
    def ready(self) -> bool:
        """Whether all is installed that this version of the extension needs."""
        layout = self._noted()
        try:
            return layout is not None and self._stamp_file.read_text(encoding="utf-8") == self._stamp()
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
        run = run or (lambda command, variables, line: run_lines(command, task.cancel, line, variables))
        steps = _Steps(task, self._sources.count)
        self._check_room()
        try:
            with local_file(self._folder), task.desk.shield():
                self._stamp_file.unlink(missing_ok=True)
                layout = self._noted() or self._begin(run, steps)
                self._install(layout, run, steps)
                self._stamp_file.write_text(self._stamp(), encoding="utf-8")
        except SetUpFailed as error:  # the panel knows only the errors of the client
            raise LaunchFailed(error.cause, error.remedy) from error

    def refresh_server(self) -> None:
        """Put the server's files of this extension into the environment, in place of older ones.

        Raises:
            LaunchFailed: there is no environment.
            LocalFileError: a file cannot be written.
        """
        packages = self._made().packages
        target, fresh = packages / "dualnetssl", packages / "dualnetssl.part"
        with local_file(target):
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(self._sources.package, fresh, ignore=shutil.ignore_patterns("__pycache__"))
            shutil.rmtree(target, ignore_errors=True)
            fresh.replace(target)
            shutil.rmtree(packages / _FORMER_PACKAGE, ignore_errors=True)

    def _made(self) -> Layout:
        layout = self._noted()
        if layout is None:
            raise LaunchFailed(f"{self._folder} is no environment any more.", "Remove that folder and try again.")
        return layout

    def _noted(self) -> Layout | None:
        """Return the environment that is there, whole or not; None if it has to be begun."""
        try:
            note = json.loads(self._note_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            note = {}  # as older extensions left it
        layout: Layout = VirtualEnvironment(self._folder, self._machine, prefix=tuple(note.get("prefix", ())))
        if note.get("layout") == FolderOfPackages.name:
            if tuple(note["version"]) != self._machine.version:
                return None
            layout = FolderOfPackages(self._folder, self._machine)
        return layout if layout.made else None

    def _begin(self, run: Run, steps: _Steps) -> Layout:
        """Find a Python, and make what packages can be installed into."""
        steps.say("Looking for a Python for the server")
        found = find_interpreter(self._machine, self._chosen)
        steps.say(f"Making an environment for the server with Python {found.version[0]}.{found.version[1]}")
        shutil.rmtree(self._folder, ignore_errors=True)
        prefix = found.program.command[:-1]
        layout: Layout = VirtualEnvironment(self._folder, self._machine, found, prefix)
        if found.own:
            layout = FolderOfPackages(self._folder, self._machine)
        layout.prepare(run, steps.say)
        note = {"layout": layout.name, "prefix": prefix, "version": found.version}
        self._note_file.write_text(json.dumps(note), encoding="utf-8")
        return layout

    def _install(self, layout: Layout, run: Run, steps: _Steps) -> None:
        """Install what is missing, in pieces that stay when the next one fails."""
        pieces = {name: self._sources.digest(name) for name in layout.locks}
        pieces[TORCH] = f"{self._sources.torch}, {'for NVIDIA cards' if self._cuda else 'for the processor'}"
        for name in layout.missing(pieces):
            if name == TORCH:
                self._install_torch(layout, run, steps)
            else:
                run(*layout.installing(*LOCKED, self._sources.lock(name)), steps)
            layout.keep(name, pieces[name])

    def _install_torch(self, layout: Layout, run: Run, steps: _Steps) -> None:
        """Install the build of PyTorch that suits the machine, the first that can be had."""
        options = tries(layout, self._sources, self._machine, cuda=self._cuda)
        for number, option in enumerate(options, start=1):
            try:
                return self._try(layout, option, run, steps)
            except SetUpFailed as error:
                if error.lasting or number == len(options):
                    raise
                steps.say("This build of PyTorch cannot be had from here; trying the next")
        return None

    def _try(self, layout: Layout, option: Try, run: Run, steps: _Steps) -> None:
        if option.by_uv and layout.name == FolderOfPackages.name:
            run(*layout.installing(*LOCKED, self._sources.lock(SETUP)), steps)
        run(*(layout.by_uv if option.by_uv else layout.installing)(*option.arguments), steps)

    def _check_room(self) -> None:
        place = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        free, need = shutil.disk_usage(place).free, CUDA_BYTES if self._cuda else CPU_BYTES
        if free < need and self._noted() is None:
            raise LaunchFailed(
                f"The server's environment needs {need / 1e9:.0f} GB; {place} has {free / 1e9:.1f} GB left.",
                "Make room, or choose a folder on another disk.",
            )

    @property
    def _stamp_file(self) -> Path:
        return self._folder / "dualnetssl.json"

    @property
    def _note_file(self) -> Path:
        return self._folder / "layout.json"

    def _stamp(self) -> str:
        """Describe what the environment was made from."""
        digests = {name: self._sources.digest(name) for name in (*LOCKS, "torch.txt")}
        return json.dumps({"machine": self._machine.processor, "cuda": self._cuda, **digests})


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


def wants_cuda(device: str, machine: Machine) -> bool:
    """Tell whether the build for NVIDIA cards is wanted; ``device`` is auto, cpu or cuda.

    Raises:
        LaunchFailed: it is asked for, and there is no card.
    """
    if device == "cpu":
        return False
    if device == "cuda" and not machine.has_nvidia_gpu:
        raise LaunchFailed("No NVIDIA card was found on this computer.", "Choose the processor, or install the driver.")
    return machine.has_nvidia_gpu
