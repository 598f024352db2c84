"""The unit of systemd is accepted by systemd, shuts the service in, and lets it do all it must."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from codebase import ROOT

DEPLOY = ROOT / "server" / "deploy"
UNIT = DEPLOY / "dualnetssl.service"
ANALYZE = shutil.which("systemd-analyze")
EXPOSURE = 20
"""Tenths on systemd's own scale of exposure: 100 is a service without any protection."""

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ANALYZE), *words], capture_output=True, text=True, check=False, timeout=60)


def placed(folder: Path, *, gpu: bool = False) -> Path:
    """The unit where systemd would find it, with a program that is there."""
    text = UNIT.read_text().replace("/usr/local/lib/dualnetssl/.venv/bin/dualnetssl", sys.executable)
    (folder / UNIT.name).write_text(text)
    if gpu:
        (folder / f"{UNIT.name}.d").mkdir()
        shutil.copy(DEPLOY / "nvidia.conf", folder / f"{UNIT.name}.d")
    return folder / UNIT.name


def can_look_offline() -> bool:
    return "--offline" in analyze("--help").stdout


@needs_systemd
@pytest.mark.parametrize("gpu", [False, True])
def test_systemd_has_nothing_to_say_against_it(tmp_path, gpu):
    done = analyze("verify", str(placed(tmp_path, gpu=gpu)))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
def test_a_misspelt_line_would_be_found(tmp_path):
    unit = placed(tmp_path)
    unit.write_text(unit.read_text().replace("ProtectSystem=", "ProtectSystm="))
    assert "ProtectSystm" in analyze("verify", str(unit)).stderr


@needs_systemd
def test_the_service_is_hardly_exposed(tmp_path):
    if not can_look_offline():
        pytest.skip("this systemd judges loaded units only")
    unit = placed(tmp_path)
    assert analyze("security", "--offline=true", f"--threshold={EXPOSURE}", str(unit)).returncode == 0
    unit.write_text(unit.read_text().replace("CapabilityBoundingSet=\n", "").replace("SystemCallFilter=", "#"))
    assert analyze("security", "--offline=true", f"--threshold={EXPOSURE}", str(unit)).returncode != 0


@needs_systemd
def test_the_user_can_be_made(tmp_path):
    if shutil.which("systemd-sysusers") is None:
        pytest.skip("this systemd makes no users")
    shutil.copy(DEPLOY / "dualnetssl.sysusers", tmp_path / "dualnetssl.conf")
    (tmp_path / "etc").mkdir()
    done = subprocess.run(
        ["systemd-sysusers", "--root", str(tmp_path), str(tmp_path / "dualnetssl.conf")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    user = (tmp_path / "etc" / "passwd").read_text()
    assert re.search(r"^dualnetssl:.*:/var/lib/dualnetssl:.*nologin$", user, re.MULTILINE)


def service() -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT)
    return dict(parser["Service"])


def test_workers_outlive_a_restart_and_a_fixed_user_owns_them():
    lines = service()
    assert lines["KillMode"] == "process"
    assert lines["User"] == "dualnetssl"
    assert "DynamicUser" not in lines


def test_a_refusal_is_not_tried_again_for_ever():
    from dualnetssl.cli.main import FAILED

    assert service()["RestartPreventExitStatus"] == str(FAILED)


def test_pytorch_may_make_code_and_memory_can_be_looked_at():
    assert "MemoryDenyWriteExecute" not in service()
    assert "ProcSubset" not in service()  # it would hide /proc/meminfo


def allowed_calls() -> set[str]:
    """Every system call that the unit's filter lets through, groups resolved by systemd."""
    known: dict[str, set[str]] = {}
    for line in analyze("syscall-filter").stdout.splitlines():
        word = line.partition("#")[0].strip()
        if line.startswith("@"):
            group = known.setdefault(word, set())
        elif word:
            group.add(word)

    def resolve(name: str) -> set[str]:
        return set().union(*map(resolve, known[name])) if name.startswith("@") else {name}

    lines = re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(), re.MULTILINE)
    return set().union(*(resolve(name) for line in lines for name in line.split()))


@pytest.mark.long
@needs_systemd
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(
    "words", [["train", "--images", "images", "--labels", "labels", "--labelled", "2", "--steps", "3", "--width", "2"]]
)
def test_a_training_makes_no_call_that_the_filter_refuses(tmp_path, words):
    program = [sys.executable, "-m", "dualnetssl"]
    subprocess.run([*program, "sample-data", "."], cwd=tmp_path, check=True, capture_output=True)
    traced = ["strace", "-f", "-qq", "-e", "signal=none", "-o", "calls", *program, *words, "--output", "training"]
    done = subprocess.run(traced, cwd=tmp_path, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "calls").read_text(errors="replace")
    made = set(re.findall(r"^\d+ +(?:<\.\.\. )?([a-z_0-9]+)[( ]", text, re.MULTILINE))
    assert {"read", "mmap", "futex"} <= made
    assert made - allowed_calls() == set()
