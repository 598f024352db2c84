"""A server comes up, in real processes, on Slicer's own Python and on one of Debian's that cannot install anything."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import wheels
from agentprocess import AgentProcess
from pythons import DebiansPython, SlicersPython, links_of

import DualNetSSLLib
from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.localserver.environment import Environment
from DualNetSSLLib.localserver.launcher import LocalServer
from DualNetSSLLib.localserver.machine import Machine
from DualNetSSLLib.localserver.sources import Sources
from DualNetSSLLib.tasks.call import Desk, Task

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="makes Pythons of another layout")
LIBRARY = Path(DualNetSSLLib.__file__).parent
SERVER = LIBRARY.parent / "server" / "src" / "dualnetssl"
FOR_THE_PANEL = ("requests*", "urllib3*", "certifi*", "idna*", "charset_normalizer*", "*__mypyc*")
FOR_THE_PANEL += ("numpy*", "SimpleITK*", "pip*")
AGENT = (
    "import sys; sys.path[:1] = [sys.argv.pop(1), sys.argv.pop(1)]; import DualNetSSLLib.localserver.places as places; "
    "places._UNIX = (); from DualNetSSLLib.background.process import main; main()"
)
"""The background process on a computer that has no Python but Slicer's."""
ASK = """
import json, sys, dualnetssl, pydantic, torch
print(json.dumps([sys.executable, sys.path, hasattr(sys, "slicer_told_where"), torch.__version__, pydantic.__file__]))
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder of wheels, and the requirements that name them."""
    folder = tmp_path_factory.mktemp("shop")
    wheels.index(folder / "wheels", folder / "requirements")
    return folder


@pytest.fixture
def offline(shop, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shop / "wheels"))
    monkeypatch.setenv("PIP_USER", "1")  # as some have it in pip's configuration
    monkeypatch.setenv("PIP_NO_COMPILE", "1")  # for speed
    return shop


@pytest.fixture
def slicer(tmp_path):
    python = SlicersPython(tmp_path / "slicer", FOR_THE_PANEL)
    bare = subprocess.run([python.program, "-c", ""], env={}, capture_output=True, text=True)
    if bare.returncode == 0:
        pytest.skip("this Python finds its library wherever it lies")
    assert "No module named 'encodings'" in bare.stderr
    return python


@pytest.fixture
def extension(tmp_path, shop):
    """The extension as it is installed, with a list of packages that the folder of wheels has."""
    library = tmp_path / "extension" / "DualNetSSLLib"
    shutil.copytree(LIBRARY, library, ignore=shutil.ignore_patterns("__pycache__", "local"))
    (library / "local" / "server" / "src").mkdir(parents=True)
    (library / "local" / "server" / "src" / "dualnetssl").symlink_to(SERVER)
    (library / "local" / "requirements").symlink_to(shop / "requirements")
    return library.parent


@pytest.fixture
def local(tmp_path):
    server = LocalServer.at(str(tmp_path / "local"))
    yield server
    server.stop(wait_seconds=30.0)


def as_its_workers(server):
    """What a program finds that the server starts, as it starts its workers."""
    pid = json.loads((server.folder / "server.json").read_text())["pid"]
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    variables = dict(entry.split(b"=", 1) for entry in entries if entry)
    program = Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]
    said = subprocess.check_output([program, "-c", ASK], env=variables, cwd=server.folder)
    return json.loads(said)


def all_files(folder):
    """Return what there is and when each file was written; what Python compiles lies beside, in folders of its own."""
    found = [path for path in folder.rglob("*") if "__pycache__" not in path.parts]
    return {path: 0 if path.is_dir() else path.stat().st_mtime_ns for path in found}


def test_a_server_answers_on_slicers_own_python_and_slicers_packages_stay_as_they_are(
    tmp_path, slicer, extension, local, offline
):
    before = all_files(slicer.home)
    command = [str(slicer.program), "-c", AGENT, str(extension), str(extension / "DualNetSSLLib/local/server/src")]
    with AgentProcess(tmp_path, command, PATH="/nowhere", **slicer.variables) as agent:
        number = agent.start("start_local", folder=str(local.folder), device="cpu")
        assert agent.end(number, seconds=180)["datasets"] == []
        assert agent.call("create_dataset", name="kept", labels=[{"value": 1, "name": "liver"}]).name == "kept"
    assert local.running, "it outlives Slicer"
    assert all_files(slicer.home) == before
    executable, path, told, torch, pydantic = as_its_workers(local)
    assert (executable, told, torch) == (str(slicer.program), True, "2.0.0+cpu")
    assert pydantic.startswith(str(local.folder / "environment" / "packages"))
    assert not [place for place in path if place.endswith("site-packages")]
    with AgentProcess(tmp_path, command, PATH="/nowhere", **slicer.variables) as agent:
        agent.call("stop_local", folder=str(local.folder))
        number = agent.start("start_local", folder=str(local.folder), device="cpu")
        assert agent.next(number, "progress")["progress"].text == "Starting the server"
        assert len(agent.end(number, seconds=90)["datasets"]) == 1


@pytest.mark.long
@pytest.mark.parametrize("pip", ["of its own", "lent by Slicer"])
def test_a_server_answers_on_a_python_without_ensurepip(tmp_path, local, offline, pip):
    debian = DebiansPython(tmp_path / "debian")
    if pip == "of its own":
        own = Path(shutil.__file__).parent / "site-packages"
        links_of(own, ["pip*"], debian.program.parents[1] / "lib" / debian.program.name / "site-packages")
    sources = Sources(SERVER, offline / "requirements")
    machine = Machine(pip_folder=Machine().pip_folder if pip == "lent by Slicer" else None)
    made = Environment(local.folder / "environment", sources, cuda=False, python=str(debian.program), machine=machine)
    local.folder.mkdir()
    made.make(Task(Desk(tmp_path), lambda progress: None))
    made.refresh_server()
    local.start(made.program, "cpu", CancelToken())
    assert (made.ready, local.running) == (True, True)
    assert as_its_workers(local)[3] == "2.0.0+cpu"
