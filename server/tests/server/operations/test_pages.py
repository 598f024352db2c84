"""docs/operations.md is run as it is written; SECURITY.md names files that are there."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from codebase import ROOT, SERVER_SOURCES

from dualnetssl.cli.main import COMMANDS

PAGE = ROOT / "docs" / "operations.md"
BLOCK = re.compile(
    r"^(<!-- not run by the test: (?P<reason>.+?) -->\n)?```bash\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
PORT = "8765"


def blocks() -> list[tuple[str | None, str]]:
    """Every block of commands: why it is not run, or None, and its text."""
    return [(match["reason"], match["code"]) for match in BLOCK.finditer(PAGE.read_text())]


def commands_of(page: str) -> set[str]:
    return set(re.findall(r"(?<![\w/-])(?<!--tag )dualnetssl ([a-z][a-z-]+)", page))


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def script(port: str) -> str:
    """The page as one script that says what it does and ends the servers that it started."""
    runnable = [code for reason, code in blocks() if reason is None]
    head = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\nset -x\n"
    return head + "\n".join(runnable).replace(PORT, port)


def environment(home: Path) -> dict[str, str]:
    """A home of its own, and the program as the page expects to find it."""
    programs = home / "bin"
    programs.mkdir(parents=True)
    starter = programs / "dualnetssl"
    starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dualnetssl "$@"\n')
    starter.chmod(0o755)
    sources = os.pathsep.join([str(SERVER_SOURCES), str(ROOT)])
    return os.environ | {"HOME": str(home), "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": sources}


def test_only_what_needs_a_system_of_its_own_is_left_out():
    reasons = [reason for reason, _ in blocks() if reason]
    assert len(reasons) == PAGE.read_text().count("<!--")  # each marks a block
    assert len(blocks()) == PAGE.read_text().count("```bash")
    assert len(blocks()) - len(reasons) >= 10
    assert all(re.search(r"^needs |^it makes the environment", reason) for reason in reasons)


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="the page is for Linux")
@pytest.mark.skipif(any(shutil.which(tool) is None for tool in ("bash", "curl", "openssl")), reason="needs its tools")
def test_every_command_runs_as_it_is_written(tmp_path):
    asked = commands_of("\n".join(code for reason, code in blocks() if reason is None))
    assert asked <= {command.name for command in COMMANDS}
    output = tmp_path / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            ["bash", "-c", script(free_port())],
            cwd=tmp_path,
            env=environment(tmp_path / "home"),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            status = process.wait(500)
        finally:
            end(process.pid)
    assert status == 0, output.read_text()[-4000:]


def end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def test_blocks_that_are_not_run_name_files_that_are_there():
    left_out = "\n".join(code for reason, code in blocks() if reason)
    files = set(re.findall(r"(?:server/deploy|scripts)/[\w.-]+", left_out))
    assert len(files) >= 5
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    for code in left_out.split("\n\n"):
        assert subprocess.run(["bash", "-n", "-c", code], capture_output=True, text=True).stderr == ""


def test_the_security_page_names_files_that_are_there():
    page = (ROOT / "SECURITY.md").read_text()
    rows = page.partition("## What is protected, and where")[2].partition("\n## ")[0].splitlines()
    named = [path for row in rows if row.startswith("| ") for path in re.findall(r"`([^`]+)`", row.split(" | ")[-1])]
    assert len(named) >= 15
    package = SERVER_SOURCES / "dualnetssl"
    assert [path for path in named if not (package / path).resolve().is_file()] == []


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/operations.md"])
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text())
    assert links
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []
