"""The server's environment is set up in pieces, goes on after a break, and takes what suits the computer."""

from __future__ import annotations

from collections import namedtuple

import pytest
from machines import OWN, Computer, facts, slicers_own

from DualNetSSLLib.client import errors
from DualNetSSLLib.localserver import environment
from DualNetSSLLib.localserver.environment import Environment, wants_cuda
from DualNetSSLLib.localserver.sources import find_sources
from DualNetSSLLib.tasks.call import Desk, Task

SOURCES = find_sources()
PYTHON = "/usr/bin/python3.12"


class Pip:
    """Stands for every command of the set-up, and fails as it is told to."""

    def __init__(self, folder, failing=(), lasting=False):
        self.folder, self.failing, self.lasting, self.commands, self.variables = folder, failing, lasting, [], []

    def __call__(self, command, variables, line):
        self.commands.append(" ".join(command))
        self.variables.append(variables)
        line("Collecting something")
        if any(word in self.commands[-1] for word in self.failing):
            raise environment.SetUpFailed("pip failed.", "Try again.", lasting=self.lasting)
        if "venv" in command:
            for program in ("bin/python", "Scripts/python.exe"):
                (self.folder / program).parent.mkdir(parents=True)
                (self.folder / program).touch()
            (self.folder / "lib" / "python3.12" / "site-packages" / "pip").mkdir(parents=True)

    def named(self, word):
        return [command for command in self.commands if word in command]


@pytest.fixture
def told():
    return []


@pytest.fixture
def task(tmp_path, told):
    return Task(Desk(tmp_path), told.append)


def computer(system="linux", python=PYTHON, **more):
    """A computer with one fitting Python that was asked for."""
    return Computer(system, {python: facts(processor="arm64" if system == "darwin" else "x86_64")}, **more).machine


def slicer_alone(system="linux"):
    """A computer with no Python but Slicer's."""
    return Computer(system, {OWN["executable"]: slicers_own}, own=OWN | {"PIP_USER": "1"}, PATH="/usr/bin").machine


def made_in(folder, *, cuda=False, machine=None):
    machine = machine or computer(DUALNETSSL_PYTHON=PYTHON)
    return Environment(folder / "e", SOURCES, cuda=cuda, machine=machine)


def test_an_environment_is_made_from_the_locks_and_the_build_that_suits(tmp_path, task, told):
    made = made_in(tmp_path)
    pip = Pip(tmp_path / "e", failing=["+cpu"])
    made.make(task, pip)
    assert made.ready
    assert pip.commands[0].startswith(f"{PYTHON} -m venv --clear {tmp_path}")
    assert [len(pip.named(lock)) for lock in ("setup.lock", "runtime.lock")] == [1, 1]
    assert all("--require-hashes" in command for command in pip.named(".lock"))
    assert [("+cpu" in each, "uv pip" in each) for each in pip.named("torch==")] == [(True, False), (False, True)]
    assert all(0 <= step.done < step.total for step in told)
    assert made_in(tmp_path, cuda=True).ready is False


@pytest.mark.parametrize(
    ("system", "cuda", "words"),
    [
        ("linux", True, ["pip install"]),
        ("linux", False, ["+cpu", "--torch-backend cpu", "pip install"]),
        ("win32", False, ["pip install"]),
        ("win32", True, ["--torch-backend auto", "pip install"]),
        ("darwin", False, ["pip install"]),
    ],
)
def test_the_build_of_pytorch_is_that_of_the_computer(tmp_path, task, system, cuda, words):
    machine = computer(system, DUALNETSSL_PYTHON=PYTHON, processor="arm64" if system == "darwin" else "x86_64")
    pip = Pip(tmp_path / "e", failing=["torch=="])
    with pytest.raises(errors.LaunchFailed):
        made_in(tmp_path, cuda=cuda, machine=machine).make(task, pip)
    commands = pip.named("torch==")
    assert len(commands) == len(words)
    assert all(word in command for word, command in zip(words, commands, strict=True))


def test_another_build_is_not_tried_where_it_would_meet_the_same(tmp_path, task):
    pip = Pip(tmp_path / "e", failing=["torch=="], lasting=True)
    with pytest.raises(errors.LaunchFailed) as failed:
        made_in(tmp_path).make(task, pip)
    assert len(pip.named("torch==")) == 1
    assert type(failed.value) is errors.LaunchFailed, "the panel knows no other"


def test_a_set_up_that_broke_off_goes_on_where_it_ended(tmp_path, task):
    made = made_in(tmp_path, cuda=True)
    with pytest.raises(errors.LaunchFailed):
        made.make(task, Pip(tmp_path / "e", failing=["runtime.lock"]))
    assert not made.ready
    again = Pip(tmp_path / "e")
    made.make(task, again)
    assert (again.named("venv"), len(again.named("runtime.lock"))) == ([], 1)
    assert made.ready


def test_an_environment_of_an_older_extension_is_used(tmp_path, task):
    made = made_in(tmp_path)
    made.make(task, Pip(tmp_path / "e"))
    (tmp_path / "e" / "layout.json").unlink()
    assert made.ready
    assert made.program.command == (str(tmp_path / "e" / "bin" / "python"),)


def test_what_starts_a_python_for_apples_processor_is_kept(tmp_path, task):
    machine = Computer(
        "darwin",
        {
            PYTHON: lambda command, _: facts(processor="arm64" if "-arm64" in command else "x86_64"),
            "/usr/sbin/sysctl": "1",
        },
        DUALNETSSL_PYTHON=PYTHON,
    ).machine
    made = made_in(tmp_path, machine=machine)
    pip = Pip(tmp_path / "e")
    made.make(task, pip)
    assert all(command.startswith("/usr/bin/arch -arm64 ") for command in pip.commands)
    assert made_in(tmp_path, machine=machine).program.command[:2] == ("/usr/bin/arch", "-arm64")


def test_slicers_own_python_gets_a_folder_that_comes_before_its_own(tmp_path, task):
    made = made_in(tmp_path, machine=slicer_alone())
    pip = Pip(tmp_path / "e")
    made.make(task, pip)
    assert made.ready
    target = f"--target {tmp_path / 'e' / 'packages'} --upgrade"
    assert [target in command for command in pip.commands] == [True, True]
    assert pip.named("venv") + pip.named("setup.lock") == []
    assert all((each["PIP_USER"], each["PYTHONHOME"]) == ("0", OWN["PYTHONHOME"]) for each in pip.variables)
    first = made.program.variables["PYTHONPATH"].split(":")
    assert first == [str(tmp_path / "e" / "start"), str(tmp_path / "e" / "packages")]
    made.refresh_server()
    assert (tmp_path / "e" / "packages" / "dualnetssl" / "cli" / "main.py").exists()


def test_a_folder_for_slicers_python_keeps_what_it_has_and_drops_what_is_out_of_date(tmp_path, task):
    made = made_in(tmp_path, machine=slicer_alone())
    with pytest.raises(errors.LaunchFailed):
        made.make(task, Pip(tmp_path / "e", failing=["torch=="]))
    again = Pip(tmp_path / "e")
    made.make(task, again)
    assert (again.named("runtime.lock"), len(again.named("torch=="))) == ([], 1)
    limits = tmp_path / "e" / "limits.txt"
    former = tmp_path / "e" / "packages" / "former"
    former.mkdir()
    newer = Pip(tmp_path / "e")
    made_in(tmp_path, cuda=True, machine=slicer_alone()).make(task, newer)
    assert not former.exists()
    assert f"--constraint {limits}" in newer.commands[-1]
    assert "--hash" not in limits.read_text()
    assert len(limits.read_text().splitlines()) == len(SOURCES.pins("runtime.lock"))


def test_a_slicer_with_another_python_begins_anew(tmp_path, task):
    made_in(tmp_path, machine=slicer_alone()).make(task, Pip(tmp_path / "e"))
    newer = made_in(tmp_path, machine=Computer("linux", {}, own=OWN).like(version=(3, 13)))
    assert not newer.ready


def test_uv_asks_a_python_of_its_own_where_slicers_is_the_only_one(tmp_path, task):
    pip = Pip(tmp_path / "e")
    made_in(tmp_path, cuda=True, machine=slicer_alone("win32")).make(task, pip)
    assert "setup.lock" in pip.commands[-2]
    assert "-m uv pip install --managed-python --python 3.12 --target" in pip.commands[-1]
    assert "--torch-backend auto" in pip.commands[-1]


def test_the_servers_files_are_those_of_this_extension(tmp_path, task):
    made = made_in(tmp_path, cuda=True)
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
    few = namedtuple("usage", "total used free")(1 << 40, 1 << 40, 1 << 20)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda place: few)
    with pytest.raises(errors.LaunchFailed, match="GB left"):
        made_in(tmp_path).make(task, Pip(tmp_path / "e"))
    assert not (tmp_path / "e").exists()


def with_card(said, system="linux", **more):
    place = "C:\\Windows\\System32\\nvidia-smi.exe" if system == "win32" else "/usr/bin/nvidia-smi"
    return Computer(system, {place: said}, **more).machine


def test_a_card_is_believed_in_only_if_the_driver_shows_one():
    assert wants_cuda("auto", computer()) is False
    with pytest.raises(errors.LaunchFailed, match="No NVIDIA card"):
        wants_cuda("cuda", with_card(None))
    card = with_card("GPU 0: H200 (UUID: x)")
    assert [wants_cuda(device, card) for device in ("auto", "cuda", "cpu")] == [True, True, False]
    assert wants_cuda("auto", with_card("GPU 0: RTX", "win32")) is True
