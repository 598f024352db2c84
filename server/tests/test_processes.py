"""Programs are started in one place of the server and one of the library, and none opens a window on Windows."""

from __future__ import annotations

import ast
import subprocess
import sys
import types

import pytest
from codebase import LIBRARY, ROOT, SERVER, sources

from dualnetssl import processes
from dualnetssl.server import devices
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.inspection.process import Inspector

STARTERS = {f"{SERVER}.processes", f"{LIBRARY}.tasks.processes"}
OF_QT = {f"{LIBRARY}.background.session"}
"""Where Qt starts a process; its QProcess hides the window of what it starts."""
PRODUCT = {**sources(SERVER), **sources(LIBRARY)}
SHELLS = ("DualNetSSL/DualNetSSL.py",)
MODULES = {"subprocess", "multiprocessing", "pty", "_winapi", "concurrent.futures.process"}
OF_OS = ("system", "popen", "startfile", "fork", "forkpty", "exec", "spawn", "posix_spawn")
NO_WINDOW, OWN_GROUP = 0x08000000, 0x00000200


def ways_to_start(tree: ast.Module) -> set[str]:
    """What in a file starts a program: modules that do, and functions of ``os`` and ``asyncio``; Qt's too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} & MODULES
            if node.module in ("os", "asyncio"):
                found |= {alias.name for alias in node.names if alias.name.startswith((*OF_OS, "create_subprocess"))}
        elif isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if (owner == "os" and node.attr.startswith(OF_OS)) or node.attr.startswith("create_subprocess"):
                found.add(f"{owner}.{node.attr}")
            if node.attr in ("QProcess", "ProcessPoolExecutor", "launchConsoleProcess"):
                found.add(node.attr)
    return found


def test_programs_are_started_in_one_place_on_each_side():
    ways = {name: ways for name, source in PRODUCT.items() if (ways := ways_to_start(source.tree))}
    assert ways.pop(f"{LIBRARY}.background.session") == {"QProcess"}
    assert ways == {name: {"subprocess"} for name in STARTERS}
    assert not any(ways_to_start(ast.parse((ROOT / shell).read_text())) for shell in SHELLS)


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess",
        "from subprocess import run",
        "import os; os.system('x')",
        "from os import execv",
        "import asyncio; asyncio.create_subprocess_exec('x')",
        "import multiprocessing",
        "import qt; qt.QProcess()",
        "import os; os.spawnl(0, 'x')",
    ],
)
def test_every_way_to_start_a_program_is_noticed(code: str):
    assert ways_to_start(ast.parse(code))


@pytest.fixture
def asked(monkeypatch):
    """What Windows would be asked for."""
    calls: list[dict] = []

    class Popen:
        pid, returncode, args = 4242, 0, ()

        def __init__(self, command, **options):
            calls.append({"command": command, **options})

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def communicate(self, *_, **__):
            return b"", b""

        def poll(self):
            return 0

        wait = kill = poll

    monkeypatch.setattr(subprocess, "Popen", Popen)
    monkeypatch.setattr(processes, "sys", types.SimpleNamespace(platform="win32"))
    return calls


def test_no_worker_inspector_or_look_for_cards_opens_a_window(asked, tmp_path, monkeypatch):
    monkeypatch.setattr(devices.shutil, "which", lambda name: f"C:\\Windows\\System32\\{name}.exe")
    devices.find_devices()
    Inspector(["inspector"]).end()
    LocalEngine(["worker"], niceness=0).start(tmp_path, "auto")
    flags = {call["command"][0].rpartition("\\")[2]: call["creationflags"] for call in asked}
    assert flags == {"nvidia-smi.exe": NO_WINDOW, "inspector": NO_WINDOW, "worker": NO_WINDOW | OWN_GROUP}
    assert not any("start_new_session" in call for call in asked)


def test_a_program_is_run_to_its_end_or_stopped_when_its_time_is_up():
    done = processes.run([sys.executable, "-c", "print(input())"], seconds=60.0, reading=b"hello")
    assert (done.returncode, done.stdout.strip()) == (0, b"hello")
    with pytest.raises(processes.TooLong):
        processes.run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.2)
    with pytest.raises(OSError, match="no-such-program"):
        processes.start(["no-such-program"])
