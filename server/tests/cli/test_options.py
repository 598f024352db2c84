"""What every command has in common: numbers are refused in words, and a reader who leaves ends it quietly."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

import pytest

from dualnetssl.cli import main
from dualnetssl.cli.numbers import above_zero, number, whole
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.server import settings
from dualnetssl.server.settings import Settings
from dualnetssl_bench import commands

SENSELESS = [
    *(f"serve --max-gib {word}" for word in ("nan", "inf", "-1", "0", "much")),
    *(f"serve --max-voxels {word}" for word in ("-5", "0", "1e9")),
    *(f"serve --jobs-per-device {word}" for word in ("0", "-1")),
    *(f"serve --trash-days {word}" for word in ("-1", "999999999")),
    *(f"serve --port {word}" for word in ("-1", "65536", "x")),
    "serve --max-connections 0",
    *(f"serve --allowed-host {word}" for word in ("*", "http://a", "a:8765", "a/b", "-")),
    "serve --host=",
    "serve --trusted-proxy *",
    *(f"doctor --port {word}" for word in ("0", "70000", "-1")),
    *(f"user add anna --role annotator --days {word}" for word in ("nan", "0", "-3", "1e9")),
    *(
        f"predict --model m --images i --output o {word}"
        for word in ("--overlap 1", "--overlap nan", "--memory-gb nan")
    ),
    *(f"sample-data d {word}" for word in ("--cases 0", "--seed -1", "--cases x")),
    "demo --seed -1",
    "train --images i --labels l --output o --steps many",
    "bench api --clients 0",
    "bench gpu --minutes nan",
    "bench accuracy --output o --seeds 1 -2",
]


@pytest.mark.parametrize("line", SENSELESS)
def test_senseless_options_are_refused_in_three_lines_and_change_nothing(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUALNETSSL_DATA", str(tmp_path / "data"))
    assert main.main(line.split()) == main.FAILED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert said[0].startswith("The request is not valid: ")
    assert not list(tmp_path.glob("data/*.sqlite"))


def parsers(parser: argparse.ArgumentParser):
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


@pytest.mark.parametrize("command", main.COMMANDS, ids=lambda command: command.name)
def test_no_option_takes_any_number(command):
    found = parsers(main.build_parser(main.COMMANDS, [command.name]))
    options = {option: action for parser in found for action in parser._actions for option in action.option_strings}
    assert [name for name, action in options.items() if action.type in (int, float)] == []
    assert command.name != "bench" or len(options) > 10 * len(commands.BENCHES) // 2


def test_limits_are_named():
    with pytest.raises(InvalidRequest, match=r"--x 3; allowed: a whole number from 1 to 2\. Correct --x"):
        whole("--x", 1, 2)("3")
    with pytest.raises(InvalidRequest, match="a whole number from 1 on"):
        whole("--x", 1)("0")
    with pytest.raises(InvalidRequest, match="a finite number and at most 5"):
        number("--x", None, 5)("inf")
    with pytest.raises(InvalidRequest, match="a finite number above 0 and at most 5"):
        above_zero("--x", 5)("6")
    with pytest.raises(InvalidRequest, match="a whole number"):
        whole("--x")("9" * 5000)
    assert (whole("--x")("-3"), number("--x")("-.5"), above_zero("--x")("1e-9")) == (-3, -0.5, 1e-9)


@pytest.mark.parametrize("name", ["dualnetssl.example", "10.0.0.7", "fe80::1", "gpu_1", "a"])
def test_names_of_the_server(tmp_path, name):
    assert Settings(data_folder=tmp_path, token="t", allowed_hosts=(name,)).allowed_hosts == (name,)


def left_alone(*words: str, both: bool = False) -> tuple[int, bytes]:
    """Run a command whose output nobody reads from the start; its status, and what it says elsewhere."""
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [sys.executable, "-m", "dualnetssl", *words],
        stdout=writing,
        stderr=writing if both else subprocess.PIPE,
    ) as process:
        os.close(writing)
        said = b"" if both else process.stderr.read()
    return process.returncode, said


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize("words", [("doctor",), ("--help",), ("serve", "--help"), ("--version",), ("token",)])
def test_a_reader_who_leaves_ends_a_command_without_a_trace(words, tmp_path, monkeypatch):
    monkeypatch.setenv("DUALNETSSL_DATA", str(tmp_path / "data"))
    status, said = left_alone(*words)
    assert said == b""
    assert status == 141 or (status == 0 and words[-1].startswith("--"))  # argparse itself minds no reader


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_reader_of_both_streams_may_leave_too(tmp_path):
    assert left_alone("check", "--data-folder", str(tmp_path), both=True)[0] == 141


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_progress_that_nobody_reads_does_not_end_the_work(tmp_path):
    words = ("sample-data", str(tmp_path / "d"), "--cases", "2", "--size", "small")
    assert left_alone(*words, both=True)[0] == 141  # its last words, on standard output
    assert (tmp_path / "d" / "labels" / "phantom-02.nrrd").exists()


def test_another_pipe_that_breaks_is_a_fault_and_told(monkeypatch):
    def broken(_):
        raise BrokenPipeError

    monkeypatch.setattr("dualnetssl.cli.administration.token.run", broken)
    with pytest.raises(BrokenPipeError):
        main.main(["token"])


def test_more_days_of_trash_than_the_calendar_has(tmp_path):
    with pytest.raises(InvalidRequest, match="0 to 3660 days"):
        Settings(data_folder=tmp_path, token="t", trash_days=settings.MOST_TRASH_DAYS + 1)


@pytest.mark.parametrize("words", [("train", "--images"), ("predict", "--model", "none", "--images")])
def test_threads_of_a_command_look_briefly_before_they_sleep(words, tmp_path, monkeypatch, capsys):
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "")  # so that what the command sets is taken back
        monkeypatch.delenv(name)
    assert main.main([*words, str(tmp_path / "nothing"), "--output", str(tmp_path / "out")]) == main.FAILED
    assert os.environ["GOMP_SPINCOUNT"] == "700"
