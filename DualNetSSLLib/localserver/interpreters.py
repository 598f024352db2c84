"""Which Python a server is made with: a fitting one of this computer, else Slicer's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from DualNetSSLLib.client.errors import LaunchFailed
from DualNetSSLLib.localserver.machine import Machine
from DualNetSSLLib.localserver.places import candidates

OLDEST, NEWEST = (3, 10), (3, 14)
PROBE = """
import importlib.util, json, platform, struct, sys, sysconfig
has = lambda name: importlib.util.find_spec(name) is not None
made_for = platform.machine() if sys.platform == "darwin" else sysconfig.get_platform()
print(json.dumps({"version": sys.version_info[:2], "bits": struct.calcsize("P") * 8, "machine": made_for,
    "threads": bool(sysconfig.get_config_var("Py_GIL_DISABLED")), "modules": [n for n in
    ("ssl", "venv", "ensurepip", "pip") if has(n)]}))
"""
"""What a Python is asked, by which even an old one can answer. On a Mac the processor is that for which it runs now, as
one program can be for two; elsewhere that for which it is made: Windows tells the real one to Intel programs, too."""
NATIVE = ("/usr/bin/arch", "-arm64")
"""Starts a program that is made for both of Apple's processors as one for Apple's own, also out of a translated one."""


Judge = Callable[["Machine", Mapping[str, Any]], "str | None"]
"""Says of a Python's answers what is against it; None if nothing is."""


@dataclass(frozen=True)
class Program:
    """How a Python is started.

    Attributes:
        command: the interpreter, with what goes before it.
        variables: environment that it needs.
    """

    command: tuple[str, ...]
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Interpreter:
    """A Python that suits.

    Attributes:
        program: how it is started.
        version: such as (3, 12).
        modules: of ssl, venv, ensurepip and pip those that it has.
        own: whether it is Slicer's own, which starts only in Slicer's environment and makes no environments.
    """

    program: Program
    version: tuple[int, int]
    modules: frozenset[str]
    own: bool = False


@dataclass(frozen=True)
class Unsuitable:
    """A Python that was looked at, and why it cannot be used."""

    path: str
    why: str


def find_interpreter(machine: Machine, chosen: str | None = None) -> Interpreter:
    """Return a Python that a server can be made with; Slicer's own only where there is no other.

    Args:
        machine: the computer.
        chosen: the only one to consider, if the user has chosen; else ``DUALNETSSL_PYTHON`` goes before all.

    Raises:
        LaunchFailed: there is none, or PyTorch is no longer made for this computer.
    """
    if machine.intel_mac:
        raise LaunchFailed(
            "This Mac has an Intel processor, for which PyTorch is no longer made: no server can run on it.",
            "All else of the module works here. Start the server on another computer (Linux or Windows, best with an "
            "NVIDIA card, or a Mac with Apple's processor) and connect to it by its address.",
        )
    asked = chosen or machine.environment.get("DUALNETSSL_PYTHON")
    refused = []
    for path in [asked] if asked else [*candidates(machine), machine.executable]:
        found = look_at(machine, path)
        if isinstance(found, Interpreter):
            return found
        refused.append(found)
    if not asked:
        own = own_interpreter(machine)
        if isinstance(own, Interpreter):
            return own
        refused[-1] = own
    raise _nothing_found(machine, asked, refused)


def look_at(machine: Machine, path: str) -> Interpreter | Unsuitable:
    """Ask a Python what it is; under Rosetta once more as a program for Apple's own processor."""
    found = _judged(machine, Program((path,), machine.environment), _fault_of_foreign)
    if isinstance(found, Unsuitable) and machine.translated:
        native = _judged(machine, Program((*NATIVE, path), machine.environment), _fault_of_foreign)
        return native if isinstance(native, Interpreter) else found
    return found


def own_interpreter(machine: Machine) -> Interpreter | Unsuitable:
    """Ask the Python of this very process, which is Slicer's, in Slicer's own environment."""
    found = _judged(machine, own_program(machine), _fault_of_own)
    if isinstance(found, Interpreter):
        return Interpreter(found.program, found.version, found.modules, own=True)
    return found


def own_program(machine: Machine, *first: str) -> Program:
    """Return Slicer's own Python as Slicer runs it, but with these folders only before its own library.

    Its variables stay: ``PYTHONHOME``, without which it does not find its library, and those by which it finds
    libraries of the system's loader and certificates. Modules of Slicer are none of the server's business, and what a
    user has installed for himself is kept out, as Slicer does.
    """
    taken = {name: value for name, value in machine.own.items() if name not in ("PYTHONPATH", "PYTHONSTARTUP")}
    path = (";" if machine.windows else ":").join(first)
    more = {"PYTHONNOUSERSITE": "1"} | ({"PYTHONPATH": path} if first else {})
    return Program((machine.executable,), taken | more)


def _judged(machine: Machine, program: Program, fault_of: Judge) -> Interpreter | Unsuitable:
    said = machine.ask((*program.command, "-c", PROBE), program.variables)
    path = program.command[-1]
    try:
        facts = json.loads(said or "")
        fault = fault_of(machine, facts)
        version = (int(facts["version"][0]), int(facts["version"][1]))
        modules = frozenset(facts["modules"])
    except (ValueError, LookupError, TypeError):
        return Unsuitable(path, "does not run")
    return Unsuitable(path, fault) if fault else Interpreter(program, version, modules)


def _fault_of_own(machine: Machine, facts: Mapping[str, Any]) -> str | None:
    return next(_faults(machine, facts), None if "pip" in facts["modules"] else "has no pip")


def _fault_of_foreign(machine: Machine, facts: Mapping[str, Any]) -> str | None:
    modules = facts["modules"]
    if fault := next(_faults(machine, facts), None):
        return fault
    if "venv" not in modules:
        return "cannot make environments (its module venv is missing)"
    if not {"ensurepip", "pip"} & set(modules) and machine.pip_folder is None:
        return "can install nothing (it has neither ensurepip nor pip)"
    return None


def _faults(machine: Machine, facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps a Python from running PyTorch."""
    version, processor = tuple(facts["version"]), str(facts["machine"])
    if not OLDEST <= version <= NEWEST:
        yield f"is Python {version[0]}.{version[1]}; 3.10 to 3.14 can be used"
    if facts["bits"] != 64:
        yield "is a 32-bit program; 64 bits are needed"
    if facts["threads"]:
        yield "is the build without Python's lock, for which packages are missing"
    if machine.mac and processor == "x86_64":
        yield "is made for Intel processors, for which PyTorch is no longer made"
    if machine.windows and "arm64" in processor.lower():
        yield "is made for ARM processors; the one for Intel and AMD (64 bit) runs here, too"
    if "ssl" not in facts["modules"]:
        yield "cannot download (its module ssl is missing)"


def _nothing_found(machine: Machine, asked: str | None, refused: list[Unsuitable]) -> LaunchFailed:
    """Say what was looked at; the interpreter that was asked for alone, if one was."""
    looked = "; ".join(f"{each.path} {each.why}" for each in refused[-4:])
    begin = f"{asked} cannot be used for a server" if asked else "No Python on this computer can be used for a server"
    if machine.translated:
        advice = (
            "Slicer runs as an Intel program on Apple's processor, so its own Python cannot be used. Install Python "
            "3.12 from python's website (its installer is for both processors), then try again."
        )
    elif machine.windows:
        advice = "Install Python 3.12 (64 bit) from python's website, not from Microsoft's store, then try again."
    elif machine.mac:
        advice = "Install Python 3.12 from python's website or with Homebrew, then try again."
    else:
        advice = (
            "Install Python 3.12 with its part venv (Debian and Ubuntu: sudo apt install python3-venv), then try again."
        )
    return LaunchFailed(f"{begin}: {looked}.", advice)
