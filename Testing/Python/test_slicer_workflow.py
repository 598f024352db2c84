"""What the workflow runs in a downloaded Slicer, tried with a stand-in for Slicer: nothing is downloaded here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "slicer-selftest.yml"
SCRIPTS = (ROOT / "scripts" / "get_slicer.sh", ROOT / "scripts" / "selftest_in_slicer.sh")
SLICER = """#!/bin/sh
echo "$DISPLAY"
for argument; do echo "$argument"; done
exit {status}
"""
STAND_IN = """
import sys, types
slicer = types.ModuleType("slicer")
slicer.util = types.SimpleNamespace(selectModule=lambda name: print("selected", name), exit=sys.exit)
def test(msec):
    {body}
slicer.selfTests = {{"DualNetSSL": test}}
sys.modules["slicer"] = slicer
exec(compile(open({file!r}).read(), {file!r}, "exec"))
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def shell(*arguments, **environment):
    return subprocess.run(
        [str(part) for part in arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )


def fake_slicer(folder: Path, status: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "Slicer"
    program.write_text(SLICER.format(status=status))
    program.chmod(0o755)
    return program


def steps() -> list[dict[str, str]]:
    return yaml.safe_load(WORKFLOW.read_text())["jobs"]["selftest"]["steps"]


def test_the_workflow_is_for_three_systems_and_says_that_it_was_not_run():
    workflow = yaml.safe_load(WORKFLOW.read_text())
    systems = workflow["jobs"]["selftest"]["strategy"]["matrix"]["os"]
    assert [name.split("-")[0] for name in systems] == ["ubuntu", "windows", "macos"]
    assert "It has not been run yet" in WORKFLOW.read_text()
    assert len(WORKFLOW.read_text().splitlines()) < 50


def test_every_shell_part_is_shell(tmp_path):
    parts = [step["run"] for step in steps() if "run" in step]
    for number, part in enumerate(parts):
        (tmp_path / f"{number}.sh").write_text(re.sub(r"\$\{\{.*?\}\}", "x", part))
    for script in (*SCRIPTS, *tmp_path.glob("*.sh")):
        assert shell("bash", "-n", script).stderr == ""
    called = {name for part in parts for name in re.findall(r"scripts/\w+\.sh", part)}
    assert called == {script.relative_to(ROOT).as_posix() for script in SCRIPTS}
    assert all(os.access(script, os.X_OK) for script in SCRIPTS)


@pytest.mark.parametrize("status", [0, 1])
def test_slicer_is_started_with_this_checkout_and_its_status_is_kept(tmp_path, status):
    done = shell(SCRIPTS[1], fake_slicer(tmp_path, status), DISPLAY=":7")
    screen, *given = done.stdout.splitlines()
    assert done.returncode == status
    assert screen == ":7"
    assert given[given.index("--additional-module-paths") + 1] == str(ROOT / "DualNetSSL")
    assert Path(given[given.index("--python-script") + 1]).is_file()


def test_without_a_screen_slicer_gets_one_or_the_reason_is_said(tmp_path):
    if sys.platform != "linux":
        pytest.skip("only Linux has no screen")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("uname", "dirname", "bash", "env", "sh"):
        (tools / name).symlink_to(str(shutil.which(name)))
    slicer = fake_slicer(tmp_path)
    refused = shell(SCRIPTS[1], slicer, PATH=str(tools))
    assert refused.returncode == 2
    assert "Install xvfb" in refused.stderr
    (tools / "xvfb-run").write_text('#!/bin/sh\nshift 3\nDISPLAY=:99 exec "$@"\n')
    (tools / "xvfb-run").chmod(0o755)
    assert shell(SCRIPTS[1], slicer, PATH=str(tools)).stdout.splitlines()[0] == ":99"


def test_what_is_no_slicer_is_refused(tmp_path):
    assert "is no program" in shell(SCRIPTS[1], tmp_path / "nothing").stderr
    assert "usage" in shell(SCRIPTS[1]).stderr


def test_a_package_for_linux_is_unpacked(tmp_path):
    fake_slicer(tmp_path / "Slicer-5.12.3-linux-amd64")
    with tarfile.open(tmp_path / "package.tar.gz", "w:gz") as package:
        package.add(tmp_path / "Slicer-5.12.3-linux-amd64", "Slicer-5.12.3-linux-amd64")
    done = shell(SCRIPTS[0], tmp_path / "here", SLICER_SYSTEM="Linux", SLICER_PACKAGE=str(tmp_path / "package.tar.gz"))
    assert done.returncode == 0, done.stderr
    program = Path((tmp_path / "here" / "executable").read_text().strip())
    assert shell(SCRIPTS[1], program, DISPLAY=":1").returncode == 0


def test_a_system_without_slicer_is_told_so(tmp_path):
    done = shell(SCRIPTS[0], tmp_path / "here", SLICER_SYSTEM="Plan9")
    assert done.returncode == 2
    assert "Linux, macOS and Windows" in done.stderr


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("pass", 0, "has passed"),
        ("raise AssertionError('no regions')", 1, "no regions"),
        ("sys.exit(0)", 1, "SystemExit"),
    ],
)
def test_slicers_script_ends_slicer_with_what_the_test_said(body, status, said):
    file = str(ROOT / "Testing" / "Tools" / "selftest_in_slicer.py")
    done = shell(sys.executable, "-c", STAND_IN.format(body=body, file=file))
    assert done.returncode == status
    assert said in done.stdout + done.stderr
    assert "selected DualNetSSL" in done.stdout
