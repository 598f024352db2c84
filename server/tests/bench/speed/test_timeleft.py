"""The bench of the time that is left: by arithmetic, and with a command that tells what it should."""

import json
import os
import time

import pytest

from dualnetssl.cli import main
from dualnetssl_bench.speed import timeleft
from dualnetssl_bench.speed.timeleft import Course


def test_a_command_is_followed_by_the_clock_that_it_reads_itself(monkeypatch):
    ticks = iter(range(100))
    clock = lambda: float(next(ticks))  # noqa: E731 - each look is a second

    def command(words):
        assert words == ["train"]
        time.monotonic()
        print(json.dumps({"kind": "started"}))
        print(json.dumps({"kind": "progress", "seconds_left": 7}))
        return 0

    monkeypatch.setattr(main, "main", command)
    before = time.monotonic
    assert timeleft.follow(["train"], clock) == Course(0.0, 3.0, [(2.0, 7.0)])
    assert time.monotonic is before
    monkeypatch.setattr(main, "main", lambda words: 2)
    with pytest.raises(RuntimeError, match="train ended with 2"):
        timeleft.follow(["train"], clock)


def test_estimates_that_are_far_off_are_counted():
    good = Course(0, 100, [(at, 100 - at) for at in (5, 20, 40, 60)])
    late = Course(0, 100, [(at, 60 - at / 2) for at in (5, 20, 40, 80)])
    found = timeleft.findings({"good": good, "late": late, "silent": Course(0, 1, [])}, "wall", 0.1)
    assert [row[2:] for row in found.rows] == [
        ["3 of 3", "0%", "+0% to +0%"],
        ["1 of 3", "33%", "-38% to +0%"],
        ["none told", "–", "–"],
    ]
    assert "load at the start 0.1" in found.text()
    assert "load at the start unknown" in timeleft.findings({}, "wall", None).text()


def test_three_commands_are_run_one_after_the_other(tmp_path, capsys, monkeypatch):
    asked = []

    def apart(words, clock, told):
        asked.append((words[0], clock, "supervised" in words, any("validat" in word for word in words)))
        return Course(0, 10, [(5, 5)])

    monkeypatch.setattr(timeleft, "_apart", apart)
    monkeypatch.delattr(os, "getloadavg")  # as on Windows
    words = ["--quick", "--cases", "4", "--clock", "cpu", "--output", str(tmp_path / "timeleft.json")]
    assert main.main(["bench", "timeleft", *words]) == 0
    assert asked == [("train", "cpu", True, False), ("train", "cpu", False, True), ("predict", "cpu", False, False)]
    assert json.loads((tmp_path / "timeleft.json").read_text())["figures"]["load"] is None
    assert len(json.loads((tmp_path / "timeleft.json").read_text())["figures"]["courses"]) == 3
    assert "By processor time" in capsys.readouterr().out
