"""Real Pythons of other layouts, made from the one that runs the tests: Slicer's, and Debian's without ensurepip.

Their libraries are links; the place for which the real one was built is written over, so that they do not find its
library there, as Slicer's Python does not find the folder of its build factory.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
STDLIB = Path(sysconfig.get_path("stdlib"))
SITE = Path(sysconfig.get_path("purelib"))
FOREIGN = ("site-packages", "dist-packages", "__pycache__", "ensurepip")


def links_of(folder, names, into):
    """Link entries of a folder into another one; patterns of names are allowed."""
    into.mkdir(parents=True, exist_ok=True)
    for entry in (entry for name in names for entry in folder.glob(name)):
        (into / entry.name).symlink_to(entry)


def library(into, leave_out=FOREIGN):
    """Make a standard library of links."""
    links_of(STDLIB, [entry.name for entry in STDLIB.iterdir() if entry.name not in leave_out], into)
    (into / "site-packages").mkdir()


def copied(folder, name):
    """Put the interpreter and its library into a folder, with the places for which they were built written over."""
    folder.mkdir(parents=True)
    program = folder / name
    for source, target in ((Path(os.path.realpath(sys.executable)), program), (shared_library(), None)):
        if source is not None:
            (target or folder / source.name).write_bytes(moved(source.read_bytes()))
    program.chmod(0o755)
    return program


def moved(program):
    """Write over the place that a program was built for; it looks for its library beside itself."""
    place = sys.base_prefix.encode()
    beside = b"$ORIGIN".ljust(len(place) + 4, b"\0")
    return program.replace(place + b"/lib\0", beside + b"\0").replace(place, b"/#" + place[2:])


def shared_library():
    """The file of Python's library, if it has one."""
    path = Path(sysconfig.get_config_var("LIBDIR") or "") / (sysconfig.get_config_var("INSTSONAME") or "")
    return path if sysconfig.get_config_var("Py_ENABLE_SHARED") and path.is_file() else None


class SlicersPython:
    """``bin/python-real`` and ``lib/Python``, with packages of Slicer's own, one of which must not get into the server.

    Attributes:
        program: the interpreter.
        variables: what Slicer's launcher sets for it.
    """

    def __init__(self, folder, packages):
        self.folder = folder
        self.program = copied(folder / "bin", "python-real")
        self.home = folder / "lib" / "Python"
        library(self.home / "lib" / VERSION)
        self.site_packages = self.home / "lib" / VERSION / "site-packages"
        links_of(SITE, packages, self.site_packages)
        (self.site_packages / "pydantic").mkdir()
        (self.site_packages / "pydantic" / "__init__.py").write_text("raise ImportError('this one is Slicer\\'s')\n")
        (self.home / "lib" / VERSION / "sitecustomize.py").write_text("import sys\nsys.slicer_told_where = True\n")
        self.variables = {
            "SLICER_HOME": str(folder),
            "PYTHONHOME": str(self.home),
            "PYTHONNOUSERSITE": "1",
            "PYTHONPATH": str(self.site_packages),
            "LD_LIBRARY_PATH": f"{folder / 'lib' / 'Slicer-5.12'}:{self.home / 'lib'}",
        }


class DebiansPython:
    """``bin/python3`` and ``lib``, which can make environments but cannot put pip into them."""

    def __init__(self, folder):
        self.program = copied(folder / "bin", VERSION)
        library(folder / "lib" / VERSION)
