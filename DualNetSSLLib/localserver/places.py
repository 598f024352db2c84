"""Where a computer keeps its Pythons: each system in its own way. None is run here but the ``py`` that lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from DualNetSSLLib.localserver.machine import Machine
from DualNetSSLLib.localserver.registry import registered_pythons

VERSIONS = ("3.12", "3.13", "3.11", "3.10", "3.14")
"""Those that PyTorch is made for; the middle of the range is best supported, so it comes first."""
_WINDOWS = (
    "{LOCALAPPDATA}\\Programs\\Python\\Python3*\\python.exe",
    "{LOCALAPPDATA}\\Python\\pythoncore-3.*-64\\python.exe",
    "{PROGRAMFILES}\\Python3*\\python.exe",
    "{SYSTEMDRIVE}\\Python3*\\python.exe",
    "{APPDATA}\\uv\\python\\cpython-3.*\\python.exe",
)
_MAC = (
    "/Library/Frameworks/Python.framework/Versions/3.*/bin/python3.*",
    "/opt/homebrew/bin/python3.*",
    "/opt/homebrew/opt/python@3.*/bin/python3.*",
    "/usr/local/bin/python3.*",
    "/usr/local/opt/python@3.*/bin/python3.*",
    "/opt/local/bin/python3.*",
)
_UNIX = (
    "/usr/local/bin/python3*",
    "/usr/bin/python3*",
    "{HOME}/.local/bin/python3.*",
    "{HOME}/.pyenv/versions/3.*/bin/python3.*",
    "{HOME}/.local/share/uv/python/cpython-3.*/bin/python3.*",
)
_LISTED = re.compile(r"[A-Za-z]:\\[^\r\n\"]*?\\python[\d.]*\.exe", re.IGNORECASE)
_NAMED = re.compile(r"python(3(\.\d+)?)?t?(\.exe)?", re.IGNORECASE)
_STORE = "\\windowsapps\\"
"""Microsoft's store: without its Python what lies there only advertises it, and what its Python writes into the user's
folders goes somewhere else unseen, where the server would not be found."""


def candidates(machine: Machine) -> list[str]:
    """Return the Pythons of a computer, the best supported version first; no path twice."""
    ways = _on_windows if machine.windows else _on_mac if machine.mac else _on_linux
    found = dict.fromkeys(path for path in ways(machine) if _NAMED.fullmatch(re.split(r"[/\\]", path)[-1]))
    return sorted(found, key=_rank)


def _on_windows(machine: Machine) -> Iterator[str]:
    variables = machine.environment
    launcher = machine.which(
        "py",
        f"{variables.get('LOCALAPPDATA', '')}\\Programs\\Python\\Launcher",
        f"{variables.get('LOCALAPPDATA', '')}\\Microsoft\\WindowsApps",
        variables.get("SYSTEMROOT", "C:\\Windows"),
    )
    listed = machine.ask((launcher, "-0p"), variables) if launcher else None
    found = [*_LISTED.findall(listed or ""), *registered_pythons(machine.read), *_matching(machine, _WINDOWS)]
    for folder in machine.search_path():
        found += machine.inside(folder, "python.exe")
    yield from (path for path in found if _STORE not in path.lower())


def _on_mac(machine: Machine) -> Iterator[str]:
    """Yield the Pythons of a Mac.

    ``/usr/bin/python3`` is Apple's only where its command line tools are; else it opens a dialog that wants to install
    them, and ``xcode-select -p`` tells which.
    """
    found = [*_matching(machine, _MAC), *_on_path(machine), *_matching(machine, _UNIX)]
    apples = "/usr/bin/"
    yield from (path for path in found if not path.startswith(apples))
    if machine.ask(("/usr/bin/xcode-select", "-p"), machine.environment):
        yield from (path for path in found if path.startswith(apples))


def _on_linux(machine: Machine) -> Iterator[str]:
    yield from _on_path(machine)
    yield from _matching(machine, _UNIX)


def _on_path(machine: Machine) -> Iterator[str]:
    for folder in machine.search_path():
        if folder.startswith("/"):
            yield from (*machine.inside(folder, "python3*"), *machine.inside(folder, "python"))


def _matching(machine: Machine, patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        named = re.match(r"\{(\w+)\}[/\\]", pattern)
        if named is None:
            yield from sorted(machine.find(pattern))
        else:
            yield from machine.inside(machine.environment.get(named[1], ""), pattern[named.end() :])


def _rank(path: str) -> int:
    r"""Return how well supported a Python's version seems to be by its path; without one, last but one.

    Example:
        >>> sorted(["/b/python3.14", "/b/python3", "/b/python3.12", "C:\\Python311\\python.exe"], key=_rank)
        ['/b/python3.12', 'C:\\Python311\\python.exe', '/b/python3', '/b/python3.14']
    """
    said = re.findall(r"3\.(\d+)|python3(\d\d)", path, re.IGNORECASE)
    version = f"3.{''.join(said[-1])}" if said else ""
    if version in VERSIONS:
        return VERSIONS.index(version) * 2
    return 99 if version else 2 * VERSIONS.index("3.14") - 1
