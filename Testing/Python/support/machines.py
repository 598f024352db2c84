"""Other computers, as the set-up of a local server sees them: their files, registry, programs and Pythons."""

from __future__ import annotations

import fnmatch
import json
import ntpath
import posixpath
import re
from dataclasses import replace

from DualNetSSLLib.localserver.machine import Machine


def facts(version="3.12", bits=64, processor="x86_64", without=(), threads=False):
    """What a Python answers about itself."""
    return json.dumps(
        {
            "version": [int(part) for part in version.split(".")],
            "bits": bits,
            "machine": processor,
            "threads": threads,
            "modules": [name for name in ("ssl", "venv", "ensurepip", "pip") if name not in without],
        }
    )


OWN = {"executable": "/slicer/bin/python-real", "PYTHONHOME": "/slicer/lib/Python"}
"""Variables of Slicer's own process, with its interpreter."""


def slicers_own(command, variables):
    """Slicer's Python says nothing without Slicer's variables."""
    return facts() if variables.get("PYTHONHOME") == OWN["PYTHONHOME"] else None


class Computer:
    """A computer of files that say something when they are run.

    ``programs`` gives for each path what it says: a text, or a function of command and variables; None for a file
    that cannot be run. ``ran`` is every path that was run.
    """

    def __init__(
        self, system, programs, *, registry=None, processor="x86_64", own=None, pip_folder=None, **environment
    ):
        self.programs, self.registry, self.ran = dict(programs), registry or {}, []
        self._path = ntpath if system == "win32" else posixpath
        own = own or {}
        self.machine = Machine(
            system=system,
            processor=processor,
            environment=environment,
            own=environment | own,
            executable=own.get("executable", self._path.join("slicer", "bin", "python-real")),
            version=(3, 12),
            ask=self.ask,
            find=self.find,
            read=self.read,
            pip_folder=pip_folder,
        )

    def ask(self, command, variables):
        words = [word for word in command if not word.startswith("-")]
        native = words[0] == "/usr/bin/arch"
        path = words[1] if native else words[0]
        self.ran.append(path)
        said = self.programs.get(path)
        return said(command, variables) if callable(said) else said

    def find(self, pattern):
        """Match as `glob.glob` does on that system: a star stays within a folder, and Windows sees no case."""
        wild = fnmatch.translate(pattern).replace(".*", r"[^\\/]*")
        flags = re.IGNORECASE if self._path is ntpath else 0
        return [path for path in self.programs if re.match(wild, path, flags)]

    def read(self, key):
        below = {name[len(key) + 1 :].split("\\")[0]: None for name in self.registry if name.startswith(f"{key}\\")}
        return list(below), self.registry.get(key, {})

    def like(self, **changes):
        """The same computer but for these attributes of its machine."""
        return replace(self.machine, **changes)
