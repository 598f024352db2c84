"""What makes a command line liked: a hint, no traceback, lines that fit, folders that stay usable, a true page."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys

import pytest
from test_architecture import ROOT

from dualnetssl.cli import completion, fields, machine, monitor, summary, terminal
from dualnetssl.cli.main import COMMANDS, all_commands, build_parser, main
from dualnetssl.cli.timeleft import TimeLeft
from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.jobdir import EventLog, JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import Event, JobKind, LabelDefinition
from dualnetssl.worker.claim import claim


def order(steps: int = 5, **more) -> JobSpec:
    case = JobCase(case="a", image="a.nrrd", label="b.nrrd")
    labels = (LabelDefinition(value=1, name="liver"),)
    config = TrainConfig(steps=steps)
    return JobSpec(kind=JobKind.TRAIN, labels=labels, cases=(case,), train=config, **more)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["trian"], "Did you mean train?"),
        (["predict", "--modell", "m", "--images", "i", "--output", "o", "--overwrit"], ""),
        (["predict", "--model", "m", "--images", "i", "--output", "o", "--fromat", "nifti"], "Did you mean --format?"),
        (["train", "--images", "i", "--output", "o", "--preset", "defualt"], "Did you mean default?"),
        (["train", "--images", "i", "--output", "o", "--set", "stepz=3"], "Did you mean steps?"),
        (["train"], "See dualnetssl train --help."),
    ],
)
def test_what_was_perhaps_meant_is_named_in_three_lines(words, hint, capsys):
    assert main(words) == 2
    said = capsys.readouterr().err
    assert hint in said
    assert len(said.splitlines()) == 3
    assert "usage:" not in said


@pytest.mark.parametrize("place", ["a-file", "a-file/below"])
@pytest.mark.parametrize("words", [["sample-data", "--cases", "1", "--size", "small"], ["report"]])
def test_a_place_that_cannot_be_used_is_told_without_a_traceback(words, place, tmp_path, capsys):
    (tmp_path / "a-file").write_text("here first")
    assert main([*words[:1], str(tmp_path / place), *words[1:]]) == 2
    assert "What to do: " in capsys.readouterr().err
    assert (tmp_path / "a-file").read_text() == "here first"


def test_a_start_that_failed_leaves_the_folder_to_the_next(tmp_path):
    directory, said = JobDirectory(tmp_path / "run"), []
    assert claim(directory, order(device="cuda:7"), said.append)
    EventLog(directory).append("started", attempt=1)
    directory.write_result(JobResult(outcome="failed"))
    assert claim(directory, order(), said.append)
    assert "takes its place" in said[0]
    assert directory.read_spec() == order()
    assert directory.read_result() is None
    assert directory.read_events() == []


def test_more_steps_on_a_finished_training_are_shown_the_way(tmp_path):
    directory = JobDirectory(tmp_path / "run")
    claim(directory, order(), print)
    directory.write_result(JobResult(outcome="succeeded", step=5, model=True))
    with pytest.raises(Conflict) as refused:
        claim(directory, order(steps=9), print)
    assert "steps (5, not 9)" in refused.value.received
    assert f"--model {directory.model_path}" in refused.value.remedy


def told(**changed):
    classes = {f"a class of organ number {number}": 0.5 for number in range(12)}
    losses = {"vnet": dict.fromkeys(("supervised", "pseudo", "consistency", "contrast", "size"), 1.2345)}
    return {"step": 60, "steps": 300, "losses": losses, "dice": classes, "seconds_left": 750.0, **changed}


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [40, 80, 132])
def test_every_class_is_seen_and_every_line_fits(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    progress = terminal.Progress("training", stream)
    progress.show(monitor.describe_progress(told()))
    lines = stream.getvalue().replace("\x1b[K", "").replace("\x1b[J", "").replace("\r", "").splitlines()
    assert max(map(len, lines)) < width
    assert "a class of organ number 11 0.50" in " ".join(line.strip() for line in lines)
    progress.show("short")
    assert stream.getvalue().endswith(f"\r\x1b[{len(lines) - 1}A\x1b[Ktraining: short\x1b[J")


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_escape_is_written_where_nobody_wants_one(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    stream = Terminal()
    with terminal.Progress("work", stream) as progress:
        progress.say("a line")
        progress.count(1, 1)
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().startswith("work: begins\n")


def test_the_end_says_what_is_done_and_how_long():
    said = monitor.describe_progress(told(step=300, seconds_left=40.0))
    assert said.splitlines()[0] == "step 300/300, now measuring, calibrating and writing the model, about 40 s left"


def test_time_left_goes_by_the_size_of_the_scans():
    now = [0.0]
    left = TimeLeft([1, 1, 8], lambda: now[0])
    assert left.after(0) == ""
    now[0] = 10.0
    assert left.seconds(2) == 40.0
    assert (left.after(2), left.after(3)) == ("about 40 s left", "done")


def test_a_figure_stays_with_its_unit_where_a_line_is_broken(monkeypatch):
    monkeypatch.setattr(terminal, "columns", lambda: 40)
    for count in range(1, 40):
        lines = terminal.wrapped(f"{'a' * count} about 11 min 10 s left of 2 GB and 5 steps")
        assert " ".join(line.strip() for line in lines) == f"{'a' * count} about 11 min 10 s left of 2 GB and 5 steps"
        assert max(map(len, lines)) <= 40
        assert not any(line.endswith(("11", "10", " 2")) for line in lines)


def test_what_the_first_scan_takes_more_is_not_expected_of_the_others():
    now = [0.0]
    left = TimeLeft([2, 2, 2, 4], lambda: now[0])
    told = []
    for done, at in enumerate((50.0, 60.0, 72.0, 96.0), start=1):
        now[0] = at
        told.append(left.seconds(done))
    assert told == [200.0, 30.0, 22.0, 0.0]


def test_a_program_is_told_in_json_and_people_beside_it(capsys):
    with machine.told(True) as tell, monitor.Monitor(tell) as shown:
        shown(Event(seq=1, time=0.0, kind="warning", message="careful"))
        print("for people")
        tell({"kind": "result", "cases": []})
    out, err = capsys.readouterr()
    assert [json.loads(line)["kind"] for line in out.splitlines()] == ["warning", "result"]
    assert "for people" in err
    assert "Warning: careful." in err


def test_scans_that_are_being_prepared_are_counted(capsys):
    with monitor.Monitor() as shown:
        shown(Event(seq=1, time=0.0, kind="preparing", done=12, total=300))
    assert "prepares scans: 12 of 300" in capsys.readouterr().err


def test_the_worst_scans_are_named_first():
    rows = [{"case": f"c{n}", "summary": {"predicted_dice": 0.9 - n / 10, "expected_error_ml": 1.0}} for n in range(7)]
    lines = summary.worst(rows).splitlines()
    assert lines[0].startswith("worst 5 of 7")
    assert [line.split()[0] for line in lines[1:]] == ["c6", "c5", "c4", "c3", "c2"]
    assert summary.useless(rows) is None
    assert "knows too little" in summary.useless([{"summary": {"predicted_dice": 0.1}}])


def test_every_help_has_examples_that_the_parser_takes():
    for command in COMMANDS:
        for words in command.examples:
            typed = [command.name, *words.split(" > ")[0].replace('"Dr Weber"', "Weber").split()]
            build_parser(COMMANDS, typed).parse_args(typed)


def test_completion_knows_every_command_and_its_options():
    known = completion.known()
    assert known.keys() == {command.name for command in all_commands()}
    assert {"--model", "--images", "--overlap", "--json"} <= set(known["predict"])
    assert {"add", "revoke"} <= set(known["user"])
    for shell in ("bash", "zsh", "fish"):
        assert "predict" in completion.script(shell, known)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_by_it(tmp_path):
    script = completion.script("bash", {"train": ["--images", "--labels"], "trash": []})
    asked = "COMP_WORDS=(dualnetssl train --im); COMP_CWORD=2; _dualnetssl; echo ${COMPREPLY[@]}"
    asked += "; COMP_WORDS=(dualnetssl tr); COMP_CWORD=1; _dualnetssl; echo ${COMPREPLY[@]}"
    done = subprocess.run(["bash", "-c", script + asked], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines() == ["--images", "train trash"]


def test_the_page_of_the_configuration_is_true():
    written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    remedy = f"run {sys.executable} scripts/configuration_page.py"
    assert written == fields.page(), remedy
    assert all(f"| `{name}` |" in written for name in TrainConfig.model_fields)
