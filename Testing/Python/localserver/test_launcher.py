"""A server on this computer: started, found again, and stopped; nothing of Slicer's gets into it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import types

import pytest
from agentprocess import AgentProcess

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.localserver import launcher, outside_slicer
from DualNetSSLLib.localserver.interpreters import Program
from DualNetSSLLib.localserver.launcher import LocalServer, is_server
from DualNetSSLLib.tasks.lock import locked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses scripts of a POSIX shell")


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


def test_a_server_is_found_again_though_the_panel_was_killed_while_starting_it(tmp_path, local, monkeypatch):
    spawn = LocalServer._spawn

    def killed(self, *arguments):
        spawn(self, *arguments)
        raise SystemExit

    local.folder.mkdir()
    program = Program((sys.executable,), dict(os.environ))
    monkeypatch.setattr(LocalServer, "_spawn", killed)
    with pytest.raises(SystemExit):
        local.start(program, "cpu", CancelToken())
    monkeypatch.undo()
    while not local.running:
        time.sleep(0.05)
    server, _info = local.start(program, "cpu", CancelToken())
    assert local.find()[0].address == server.address
    local.stop(wait_seconds=60.0)
    assert not local.running


def test_another_slicer_that_sets_the_server_up_is_told(tmp_path, local):
    local.folder.mkdir()
    with AgentProcess(tmp_path) as agent, locked(local.folder / ".lock", CancelToken()):
        number = agent.start("start_local", folder=str(local.folder), environment=sys.prefix)
        assert "Another Slicer" in agent.next(number, "progress")["progress"].text


def test_a_server_of_somebody_else_on_the_same_data_is_told_and_left_alone(local):
    local.data.mkdir(parents=True)
    (local.folder / "server.json").write_text(json.dumps({"address": "http://127.0.0.1:1", "pid": 1 << 30}))
    program = Program((sys.executable,), dict(os.environ))
    with locked(local.data / "server.lock", CancelToken()):
        with pytest.raises(errors.LaunchFailed, match="Another server uses"):
            local.start(program, "cpu", CancelToken())
        local.stop(wait_seconds=0.0)
        assert not (local.data / "stop").exists()


def test_a_server_that_cannot_start_says_why(tmp_path, local):
    broken = tmp_path / "bin" / "python"
    broken.parent.mkdir()
    script(
        broken, f'case "$2" in *Popen*) exec {sys.executable} "$@";; *) echo "Error: no such luck" >&2; exit 1;; esac'
    )
    local.folder.mkdir()
    with pytest.raises(errors.LaunchFailed, match="no such luck"):
        local.start(Program((str(broken),), dict(os.environ)), "cpu", CancelToken())


def test_windows_asks_a_server_to_end_by_a_file(local, monkeypatch):
    local.data.mkdir(parents=True)
    (local.folder / "server.json").write_text(json.dumps({"address": "http://127.0.0.1:1", "pid": os.getpid()}))
    monkeypatch.setattr(launcher, "is_server", lambda pid: True)
    monkeypatch.setattr(launcher, "sys", types.SimpleNamespace(platform="win32"))
    local.stop(wait_seconds=1.0)
    monkeypatch.undo()
    assert (local.data / "stop").exists(), "and no signal, which would have ended these tests"


def test_a_number_that_belongs_to_another_process_now_is_left_alone(local):
    local.folder.mkdir()
    stranger = subprocess.Popen(["sleep", "60"])
    (local.folder / "server.json").write_text(json.dumps({"address": "http://127.0.0.1:1", "pid": stranger.pid}))
    local.stop(wait_seconds=1.0)
    assert stranger.poll() is None
    assert not is_server(stranger.pid)
    stranger.kill()
    stranger.wait()
