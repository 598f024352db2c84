"""Where the server's packages lie: in a virtual environment, or in a folder that Slicer's own Python looks into."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from DualNetSSLLib.client.errors import LaunchFailed
from DualNetSSLLib.localserver.interpreters import Interpreter, Program, own_program
from DualNetSSLLib.localserver.machine import Machine
from DualNetSSLLib.localserver.sources import LOCKS, RUNTIME

Run = Callable[[Sequence[str], Mapping[str, str], Callable[[str], None]], None]
"""Runs a command with these variables to its end, telling its lines."""
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")
KEEP_APART = '''
"""Lets the server have its own packages alone: those of the program whose Python this is stay out of it."""

import importlib.machinery
import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def others(path):
    """Do what the Python's own file of this name does: on Windows it tells where libraries lie."""
    found = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if found is not None and found.loader is not None:
        found.loader.exec_module(importlib.util.module_from_spec(found))


others([place for place in sys.path if os.path.abspath(place) != HERE])
FOREIGN = ("site-packages", "dist-packages")
sys.path[:] = [place for place in sys.path if os.path.basename(os.path.abspath(place)) not in FOREIGN]
'''
"""Python runs a file of this name at every start, also of the workers that the server starts."""


def for_pip(program: Program, **more: str) -> dict[str, str]:
    """Return the variables for pip, without wishes of the user's configuration that would put packages elsewhere."""
    return {**program.variables, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", **more}


class Layout(Protocol):
    """One way to keep the server's packages."""

    @property
    def name(self) -> str:
        """What the way is called in the note of the folder."""

    @property
    def program(self) -> Program:
        """The Python that has the packages."""

    @property
    def packages(self) -> Path:
        """Folder of the packages."""

    @property
    def made(self) -> bool:
        """Whether packages can be installed."""

    @property
    def locks(self) -> tuple[str, ...]:
        """The locks that are installed before PyTorch."""

    def prepare(self, run: Run, line: Callable[[str], None]) -> None:
        """Make all that is needed before packages can be installed."""

    def missing(self, pieces: Mapping[str, str]) -> list[str]:
        """Return the pieces that have to be installed, or looked at by pip; each is given with what it is made from."""

    def keep(self, piece: str, made_from: str) -> None:
        """Note that a piece is there."""

    def installing(self, *packages: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """Return the command of pip that installs packages, and its variables."""

    def by_uv(self, *packages: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """Return the command of uv, which knows where PyTorch keeps its builds, and its variables."""


@dataclass(frozen=True)
class VirtualEnvironment:
    """An environment of its own, made with a Python of this computer.

    Attributes:
        folder: where it lies.
        machine: the computer.
        maker: the Python that makes it; None where it is made.
        prefix: what goes before its interpreter, such as ``/usr/bin/arch -arm64``.
    """

    folder: Path
    machine: Machine
    maker: Interpreter | None = None
    prefix: tuple[str, ...] = ()
    name = "environment"
    locks = LOCKS

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if self.machine.windows else "bin/python")

    @property
    def program(self) -> Program:
        """Its interpreter, started as outside Slicer."""
        return Program((*self.prefix, str(self.python)), self.machine.environment)

    @property
    def packages(self) -> Path:
        """Its folder of packages.

        Raises:
            LaunchFailed: there is none.
        """
        places = [*self.folder.glob("lib/python3*/site-packages"), *self.folder.glob("Lib/site-packages")]
        if not places:
            raise LaunchFailed(f"{self.folder} is no environment any more.", "Remove that folder and try again.")
        return places[0]

    @property
    def made(self) -> bool:
        """Whether it was made whole."""
        return self.python.exists()

    def prepare(self, run: Run, line: Callable[[str], None]) -> None:
        """Make it; without pip where the Python that makes it has no ensurepip, and pip comes from elsewhere."""
        maker = self.maker
        if maker is None or self.made:
            return
        without = () if "ensurepip" in maker.modules else ("--without-pip",)
        command = (*maker.program.command, "-m", "venv", "--clear", *without, str(self.folder))
        run(command, maker.program.variables, line)

    def installing(self, *packages: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """Return the command of pip: the environment's; until it has one, its maker's, or Slicer's lent to it."""
        program = self.program
        if (self.packages / "pip").is_dir():
            return (*program.command, *PIP, *packages), for_pip(program)
        if self.maker is not None and "pip" in self.maker.modules:
            maker = self.maker.program
            return (*maker.command, *PIP, "--target", str(self.packages), *packages), for_pip(maker)
        if self.machine.pip_folder is None:
            raise LaunchFailed(f"{self.folder} has no pip.", "Remove that folder and try again.")
        lent = self.folder / "lent"
        shutil.copytree(self.machine.pip_folder, lent / "pip", dirs_exist_ok=True)
        return (*program.command, *PIP, "--ignore-installed", *packages), for_pip(program, PYTHONPATH=str(lent))

    def missing(self, pieces: Mapping[str, str]) -> list[str]:
        """Return all pieces: pip passes over what it finds."""
        return list(pieces)

    def keep(self, piece: str, made_from: str) -> None:
        """Note nothing: pip sees for itself."""

    def by_uv(self, *packages: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """Return the command of uv."""
        command = (*self.program.command, "-m", "uv", "pip", "install", "--python", str(self.python), *packages)
        return command, self.program.variables


@dataclass(frozen=True)
class FolderOfPackages:
    """Packages for Slicer's own Python, in a folder that comes before all of Slicer's, which are not looked at.

    Attributes:
        folder: where it lies.
        machine: the computer.
    """

    folder: Path
    machine: Machine
    name = "packages"
    locks = (RUNTIME,)

    @property
    def program(self) -> Program:
        """Slicer's Python with the packages."""
        return own_program(self.machine, str(self.start), str(self.packages))

    @property
    def start(self) -> Path:
        """Folder of the file that Python runs when it starts."""
        return self.folder / "start"

    @property
    def packages(self) -> Path:
        """Folder of the packages."""
        return self.folder / "packages"

    @property
    def made(self) -> bool:
        """Whether the folder is there."""
        return (self.start / "sitecustomize.py").exists() and self.packages.is_dir()

    def prepare(self, run: Run, line: Callable[[str], None]) -> None:
        """Make the folder."""
        self.packages.mkdir(parents=True, exist_ok=True)
        self.start.mkdir(exist_ok=True)
        (self.start / "sitecustomize.py").write_text(KEEP_APART.lstrip(), encoding="utf-8")

    def installing(self, *packages: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """Return the command of Slicer's pip, which puts packages into the folder and leaves Slicer's alone."""
        program = own_program(self.machine)
        command = (*program.command, *PIP, "--target", str(self.packages), "--upgrade", *packages)
        return command, for_pip(program)

    def missing(self, pieces: Mapping[str, str]) -> list[str]:
        """Return the pieces that are not there: for a folder, pip fetches all anew. What is out of date is removed."""
        kept = self._kept()
        if any(kept.get(name, made_from) != made_from for name, made_from in pieces.items()):
            shutil.rmtree(self.packages, ignore_errors=True)
            self.packages.mkdir()
            self._list.unlink(missing_ok=True)
            return list(pieces)
        return [name for name in pieces if name not in kept]

    def keep(self, piece: str, made_from: str) -> None:
        """Put a piece on the list of what is there."""
        self._list.write_text(json.dumps({**self._kept(), piece: made_from}), encoding="utf-8")

    def _kept(self) -> dict[str, str]:
        try:
            kept: dict[str, str] = json.loads(self._list.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept

    @property
    def _list(self) -> Path:
        return self.folder / "installed.json"

    def by_uv(self, *packages: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """Return the command of uv, which asks a Python of its own about this system: it cannot ask Slicer's."""
        version = ".".join(map(str, self.machine.version))
        about = ("--managed-python", "--python", version, "--target", str(self.packages))
        variables = dict(self.program.variables) | {"UV_PYTHON_INSTALL_DIR": str(self.folder / "uv")}
        return (*self.program.command, "-m", "uv", "pip", "install", *about, *packages), variables
