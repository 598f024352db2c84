"""Programs that the library starts open no window on Windows, and a server that it starts is nobody's child."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

from DualNetSSLLib.tasks import processes

NO_WINDOW, OWN_GROUP, DETACHED = 0x08000000, 0x00000200, 0x00000008


@pytest.fixture
def flags(monkeypatch):
    """What Windows would be asked for, at each start of a program."""
    asked = []

    def popen(command, **options):
        asked.append(options.pop("creationflags", 0))
        options.pop("start_new_session", None)
        return real(command, **options)

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setattr(processes, "sys", types.SimpleNamespace(platform="win32"))
    return asked


def test_no_program_opens_a_window_on_windows(flags):
    hello = [sys.executable, "-c", "print('hello')"]
    assert processes.answer(hello, seconds=60.0) == "hello\n"
    with processes.start(hello, environment=os.environ) as started:
        assert started.stdout.read() == "hello\n"
    assert flags == [NO_WINDOW, NO_WINDOW]


def test_the_server_has_a_console_that_nobody_sees_and_its_children_share(monkeypatch, tmp_path):
    asked = []
    program = types.SimpleNamespace(pid=1)
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: asked.append(options) or program)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "argv", ["-c", str(tmp_path / "log"), sys.executable, "-c", ""])
    names = {}
    exec(processes._DETACH, names)  # what runs in the server's Python
    names["log"].close()
    assert asked[0]["creationflags"] == NO_WINDOW | OWN_GROUP
    assert not asked[0]["creationflags"] & DETACHED


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
def test_a_program_that_is_started_apart_outlives_what_started_it(tmp_path):
    wait = ["-c", "import sys, time; print('up', flush=True); time.sleep(60)"]
    log = tmp_path / "log"
    pid = processes.start_apart([sys.executable], wait, log=log, environment=os.environ, folder=tmp_path)
    try:
        until = time.monotonic() + 60
        while "up" not in log.read_text() and time.monotonic() < until:
            time.sleep(0.05)
        parent, group = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1:3]
        assert int(parent) != os.getpid()
        assert int(group) == pid
    finally:
        os.kill(pid, 9)


def test_a_program_that_cannot_start_another_one_says_why(tmp_path):
    with pytest.raises(processes.NOT_RUN, match="no-such-folder"):
        processes.start_apart(
            [sys.executable], [], log=tmp_path / "no-such-folder" / "log", environment=os.environ, folder=tmp_path
        )
