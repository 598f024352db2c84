"""What is looked at of this computer to set a server up; tests put other computers in its place."""

from __future__ import annotations

import glob
import importlib.util
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from DualNetSSLLib.localserver.outside_slicer import clean_environment
from DualNetSSLLib.localserver.registry import Read, read_registry
from DualNetSSLLib.tasks import processes

Ask = Callable[[Sequence[str], Mapping[str, str]], "str | None"]
"""Runs a program with these variables and returns what it says; None if it fails or is not there."""


def _ask(command: Sequence[str], environment: Mapping[str, str]) -> str | None:
    return processes.answer(command, seconds=30.0, environment=environment)


def _own_pip() -> Path | None:
    found = importlib.util.find_spec("pip")
    return Path(found.origin).parent if found is not None and found.origin else None


@dataclass(frozen=True)
class Machine:
    """A computer.

    Attributes:
        system: as `sys.platform` has it.
        processor: as `platform.machine` has it: under Rosetta an Apple processor is called ``x86_64``.
        environment: variables of the environment, without those of Slicer; Python gives Windows' names in capitals.
        own: variables of this very process: with them Slicer's Python starts.
        executable: this process's interpreter.
        version: its version.
        ask: how programs are asked.
        find: paths that match a pattern of `glob`.
        read: how Windows' registry is read.
        pip_folder: where this process's own Python keeps pip, which any other Python can run, too; None without.
    """

    system: str = sys.platform
    processor: str = field(default_factory=platform.machine)
    environment: Mapping[str, str] = field(default_factory=clean_environment)
    own: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    executable: str = sys.executable
    version: tuple[int, int] = sys.version_info[:2]
    ask: Ask = _ask
    find: Callable[[str], list[str]] = glob.glob
    read: Read = read_registry
    pip_folder: Path | None = field(default_factory=_own_pip)

    @property
    def windows(self) -> bool:
        """Whether it runs Windows."""
        return self.system == "win32"

    @property
    def mac(self) -> bool:
        """Whether it is a Mac."""
        return self.system == "darwin"

    @cached_property
    def translated(self) -> bool:
        """Whether this process is an Intel program on an Apple processor (Rosetta)."""
        asked = ("/usr/sbin/sysctl", "-n", "sysctl.proc_translated")
        return self.mac and (self.ask(asked, self.environment) or "").strip() == "1"

    @property
    def intel_mac(self) -> bool:
        """Whether it is a Mac with an Intel processor, for which PyTorch is no longer made."""
        return self.mac and self.processor == "x86_64" and not self.translated

    def inside(self, folder: str, pattern: str) -> list[str]:
        """Return the paths in a folder that match a pattern; nothing for a folder that has no name."""
        mark = "\\" if self.windows else "/"
        return sorted(self.find(f"{_plain(folder)}{mark}{pattern}")) if folder else []

    def search_path(self) -> list[str]:
        """Return the folders in which programs are looked for."""
        return self.environment.get("PATH", "").split(";" if self.windows else ":")

    def which(self, program: str, *more: str) -> str | None:
        """Return where a program lies, on the search path or in more folders; None if nowhere."""
        name = f"{program}.exe" if self.windows else program
        return next((path for place in (*self.search_path(), *more) for path in self.inside(place, name)), None)

    @cached_property
    def has_nvidia_gpu(self) -> bool:
        """Whether NVIDIA's driver knows of a card."""
        windows = self.environment.get("SYSTEMROOT", "C:\\Windows") + "\\System32"
        program = self.which("nvidia-smi", *([windows] if self.windows else ["/usr/bin", "/usr/lib/wsl/lib"]))
        return program is not None and (self.ask((program, "-L"), self.environment) or "").startswith("GPU")


def _plain(place: str) -> str:
    """Return a folder as a pattern that means it alone."""
    return place.rstrip("/\\").replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")
