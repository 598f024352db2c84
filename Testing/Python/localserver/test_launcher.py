"""A server on this computer: set up in pieces, started, found again, and stopped; nothing of Slicer's gets into it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from agentprocess import AgentProcess

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.localserver import environment, outside_slicer
from DualNetSSLLib.localserver.environment import Environment, find_sources
from DualNetSSLLib.localserver.launcher import LocalServer, is_server
from DualNetSSLLib.tasks.call import Desk, Task

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses scripts of a POSIX shell")
SOURCES = find_sources()


class Pip:
    """Stands for every command of the set-up, and fails as it is told to."""

    def __init__(self, folder, failing=()):
        self.folder, self.failing, self.commands = folder, failing, []

    def __call__(self, command, line):
        self.commands.append(" ".join(command))
        line("Collecting something")
        if any(word in self.commands[-1] for word in self.failing):
            raise errors.LaunchFailed("pip failed.", "Try again.")
        if "venv" in command:
            (self.folder / "bin").mkdir(parents=True)
            (self.folder / "bin" / "python").touch()
            (self.folder / "lib" / "python3.12" / "site-packages").mkdir(parents=True)

    def named(self, word):
        return [command for command in self.commands if word in command]


@pytest.fixture
def told():
    return []


@pytest.fixture
def task(tmp_path, told):
    return Task(Desk(tmp_path), told.append)


def test_an_environment_is_made_from_the_locks_and_the_build_that_suits(tmp_path, task, told):
    made = Environment(tmp_path / "e", SOURCES, cuda=False, python=sys.executable)
    pip = Pip(tmp_path / "e", failing=["+cpu"])
    made.make(task, pip)
    assert made.ready
    assert pip.commands[0].startswith(f"{sys.executable} -m venv")
    assert [len(pip.named(lock)) for lock in ("setup.lock", "runtime.lock")] == [1, 1]
    assert all("--require-hashes" in command for command in pip.named(".lock"))
    if sys.platform.startswith("linux"):
        assert [("+cpu" in command, "uv pip" in command) for command in pip.named("torch==")] == [
            (True, False),
            (False, True),
        ]
    assert all(0 <= step.done < step.total for step in told)
    assert Environment(tmp_path / "e", SOURCES, cuda=True).ready is False


def test_a_set_up_that_broke_off_goes_on_where_it_ended(tmp_path, task):
    made = Environment(tmp_path / "e", SOURCES, cuda=True, python=sys.executable)
    with pytest.raises(errors.LaunchFailed):
        made.make(task, Pip(tmp_path / "e", failing=["runtime.lock"]))
    assert not made.ready
    again = Pip(tmp_path / "e")
    made.make(task, again)
    assert (again.named("venv"), len(again.named("runtime.lock"))) == ([], 1)
    assert made.ready


def test_the_servers_files_are_those_of_this_extension(tmp_path, task):
    made = Environment(tmp_path / "e", SOURCES, cuda=True, python=sys.executable)
    made.make(task, Pip(tmp_path / "e"))
    old = tmp_path / "e" / "lib" / "python3.12" / "site-packages" / "dualnetssl" / "old.py"
    former = old.parents[1] / "dualnetssl_server" / "cli.py"
    for path in (old, former):
        path.parent.mkdir()
        path.touch()
    made.refresh_server()
    assert not old.exists()
    assert not former.parent.exists()
    assert (old.parent / "cli" / "main.py").read_bytes() == (SOURCES.package / "cli" / "main.py").read_bytes()


def test_an_installed_extension_brings_its_server_along(tmp_path):
    (tmp_path / "DualNetSSLLib" / "local" / "server" / "src" / "dualnetssl").mkdir(parents=True)
    (tmp_path / "DualNetSSLLib" / "local" / "requirements").mkdir()
    found = find_sources(tmp_path / "DualNetSSLLib")
    assert found.package == tmp_path / "DualNetSSLLib" / "local" / "server" / "src" / "dualnetssl"
    with pytest.raises(errors.LaunchFailed, match="beside the module"):
        find_sources(tmp_path / "elsewhere")


def test_too_little_room_is_said_before_anything_is_written(tmp_path, task, monkeypatch):
    monkeypatch.setattr(environment, "CPU_BYTES", 1 << 60)
    with pytest.raises(errors.LaunchFailed, match="GB left"):
        Environment(tmp_path / "e", SOURCES, cuda=False).make(task, Pip(tmp_path / "e"))
    assert not (tmp_path / "e").exists()


def test_nothing_of_slicer_gets_into_the_environment(tmp_path):
    said = []
    slicer = {"PYTHONHOME": "/slicer", "PYTHONPATH": "/slicer/lib", "LD_LIBRARY_PATH": "/slicer/lib"}
    slicer |= {"SLICER_HOME": "/slicer", "PATH": os.pathsep.join(["/slicer/bin", os.environ["PATH"]])}
    ask = "import os; print(sorted({'PYTHONHOME', 'PYTHONPATH', 'LD_LIBRARY_PATH'} & os.environ.keys()))"
    ask += "; print(os.environ['PATH'])"
    clean = outside_slicer.clean_environment({**os.environ, **slicer})
    outside_slicer.run_lines([sys.executable, "-c", ask], CancelToken(), said.append, clean)
    assert said == ["[]", os.environ["PATH"]]


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_python_that_is_too_old_or_broken_is_passed_over(tmp_path, monkeypatch):
    script(tmp_path / "python3.12", "exit 1")
    script(tmp_path / "python3.13", "echo 3 8 64")
    good = script(tmp_path / "python3.11", "echo 3 11 64")
    assert outside_slicer.find_python(environment={"PATH": str(tmp_path)}) == good
    with pytest.raises(errors.LaunchFailed, match=r"python3\.13"):
        outside_slicer.find_python(str(tmp_path / "python3.13"))


def test_a_card_is_believed_in_only_if_the_driver_shows_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment.wants_cuda("auto") is False
    script(tmp_path / "nvidia-smi", "echo No devices were found; exit 6")
    with pytest.raises(errors.LaunchFailed, match="No NVIDIA card"):
        environment.wants_cuda("cuda")
    script(tmp_path / "nvidia-smi", "echo 'GPU 0: H200 (UUID: x)'")
    assert [environment.wants_cuda(device) for device in ("auto", "cuda", "cpu")] == [True, True, False]


def test_a_program_that_fails_says_why_and_one_that_is_cancelled_dies(tmp_path):
    with pytest.raises(errors.LaunchFailed, match="ERROR: no room"):
        outside_slicer.run_lines(
            ["sh", "-c", "echo ERROR: no room; echo bye; exit 3"], CancelToken(), lambda line: None
        )
    cancel, said = CancelToken(), []
    threading.Timer(0.3, cancel.cancel).start()
    with pytest.raises(errors.Cancelled):
        outside_slicer.run_lines(["sh", "-c", "echo $$; exec sleep 60"], cancel, said.append)
    with pytest.raises(ProcessLookupError):
        os.kill(int(said[0]), 0)


@pytest.fixture
def local(tmp_path):
    server = LocalServer.at(str(tmp_path / "local"))
    yield server
    server.stop(wait_seconds=20.0)


def test_a_server_starts_outlives_the_panel_is_found_again_and_stops(tmp_path, local):
    folder = str(local.folder)
    with AgentProcess(tmp_path) as agent:
        number = agent.start("start_local", folder=folder, environment=sys.prefix, device="cpu")
        assert agent.next(number, "progress")["progress"].text == "Starting the server"
        answer = agent.end(number, seconds=90)
        made = agent.call("create_dataset", name="kept", labels=[{"value": 1, "name": "liver"}])
    assert (answer["datasets"], local.running) == ([], True)
    assert (local.data / "token").stat().st_mode & 0o777 == 0o600
    assert (local.data / "token").read_text().strip() not in (local.folder / "server.json").read_text()
    with AgentProcess(tmp_path) as agent:
        assert agent.call("find_local", folder=folder)["address"] == answer["address"]
        again = agent.call("start_local", folder=folder, environment=sys.prefix)
        assert (again["address"], again["datasets"]) == (answer["address"], [made])
        agent.call("stop_local", folder=folder)
        assert (local.running, agent.call("find_local", folder=folder)) == (False, None)
        with pytest.raises(errors.NotConnected):
            agent.call("datasets")
        number = agent.start("start_local", folder=folder, environment=sys.prefix, stop_with_session=True)
        assert agent.end(number, seconds=90)["address"] == answer["address"]
    local.stop(wait_seconds=20.0)
    assert not local.running


def test_a_server_that_cannot_start_says_why(tmp_path, local, task):
    broken = tmp_path / "bin" / "python"
    broken.parent.mkdir()
    script(
        broken, f'case "$2" in *Popen*) exec {sys.executable} "$@";; *) echo "Error: no such luck" >&2; exit 1;; esac'
    )
    local.folder.mkdir()
    with pytest.raises(errors.LaunchFailed, match="no such luck"):
        local.start(Path(broken), "cpu", CancelToken())


def test_a_number_that_belongs_to_another_process_now_is_left_alone(local):
    local.folder.mkdir()
    stranger = subprocess.Popen(["sleep", "60"])
    (local.folder / "server.json").write_text(json.dumps({"address": "http://127.0.0.1:1", "pid": stranger.pid}))
    local.stop(wait_seconds=1.0)
    assert stranger.poll() is None
    assert not is_server(stranger.pid)
    stranger.kill()
    stranger.wait()
