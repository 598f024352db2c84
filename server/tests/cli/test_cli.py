"""The command line: finding commands, explaining errors, and claiming a training's folder."""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from dualnetssl.cli import doctor, main, monitor, terminal, train
from dualnetssl.cli.evaluate import describe
from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import Conflict, InvalidRequest
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind, LabelDefinition
from dualnetssl.contract.words import size_in_words
from dualnetssl.worker.claim import claim
from dualnetssl_bench import commands
from dualnetssl_bench.showcase import demo


def order(steps: int = 5) -> JobSpec:
    case = JobCase(case="a", image="a.nrrd", label="b.nrrd")
    labels = (LabelDefinition(value=1, name="liver"),)
    return JobSpec(kind=JobKind.TRAIN, labels=labels, cases=(case,), train=TrainConfig(steps=steps))


@pytest.mark.parametrize(
    "command", [*main.COMMANDS, *commands.COMMANDS, *commands.BENCHES], ids=lambda command: command.name
)
def test_every_command_has_its_module(command):
    module = importlib.import_module(command.module)
    assert callable(module.configure)
    assert command.name == "bench" or callable(module.run)
    assert command.examples or command in commands.BENCHES


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from dualnetssl.cli.main import build_parser, all_commands\n"
        "text = build_parser(all_commands(), ['--help']).format_help()\n"
        "assert all(command.summary[:30] in text for command in all_commands()), text\n"
        "print(sorted({'torch', 'numpy', 'SimpleITK', 'pydantic', 'fastapi'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_an_error_becomes_three_lines_and_status_2(tmp_path, capsys):
    places = {"--images": "no", "--labels": "none", "--output": "o"}
    status = main.main(["train", *(word for option, name in places.items() for word in (option, str(tmp_path / name)))])
    lines = capsys.readouterr().err.splitlines()[-3:]
    assert status == 2
    assert "not there" in lines[0]
    assert lines[1].startswith("  Allowed: ")
    assert lines[2].startswith("  What to do: ")


def test_a_model_that_is_none_is_told_before_scans_are_looked_at(tmp_path, capsys):
    (tmp_path / "m").mkdir()
    for model, said in (("m", "'m' without a readable training.json"), ("n", "'n', which is not there")):
        words = ["predict", "--model", str(tmp_path / model), "--images", str(tmp_path)]
        assert main.main([*words, "--output", str(tmp_path / "o")]) == 2
        assert said in capsys.readouterr().err


def test_sample_data_is_written_and_wrong_numbers_are_refused(tmp_path, capsys):
    assert main.main(["sample-data", str(tmp_path), "--cases", "1", "--size", "small"]) == 0
    assert (tmp_path / "images" / "phantom-01.nrrd").exists()
    out = capsys.readouterr().out
    assert "1 scans" in out
    words = out.partition("Try: dualnetssl ")[2].split()
    tried = train.read_config(main.build_parser(main.COMMANDS, words).parse_args(words))
    assert (tried.width, tried.steps) == (8, 300), "minutes on a processor, where what is chosen else takes hours"
    assert main.main(["sample-data", str(tmp_path), "--cases", "0"]) == 2


def options(*words: str) -> TrainConfig:
    base = ["train", "--images", "i", "--labels", "l", "--output", "o", *words]
    return train.read_config(main.build_parser(main.COMMANDS, base).parse_args(base))


def test_options_and_assignments_become_the_configuration():
    config = options("--steps", "7", "--width", "4", "--patch", "32", "48", "64", "--set", "norm=batch")
    assert (config.steps, config.width, config.patch, config.norm) == (7, 4, (32, 48, 64), "batch")
    assert options("--preset", "paper").optimizer == "sgd"
    assert options("--set", "spacing=[1, 1, 2.5]").spacing == (1, 1, 2.5)


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--steps", "0"], "steps=0"), (["--set", "stepz=1"], "one of preset"), (["--set", "x"], "KEY=")],
)
def test_wrong_options_are_explained(words, message):
    with pytest.raises(InvalidRequest, match=message):
        options(*words)


def test_an_unfinished_training_is_taken_up_and_a_finished_one_left_alone(tmp_path, capsys):
    directory = JobDirectory(tmp_path / "run")
    assert claim(directory, order(), print)
    assert claim(directory, order(), print)
    assert "Going on" in capsys.readouterr().out
    directory.request_cancel()
    directory.write_result(JobResult(outcome="cancelled", step=2, model=True))
    assert claim(directory, order(), print)
    assert not directory.cancel_requested()
    assert directory.read_result() is None
    directory.write_result(JobResult(outcome="succeeded", step=5, model=True))
    assert not claim(directory, order(), print)


def test_another_training_in_the_same_folder_is_refused(tmp_path):
    directory = JobDirectory(tmp_path / "run")
    claim(directory, order(), print)
    directory.checkpoint_path.touch()
    with pytest.raises(Conflict, match=r"other scans or options: steps \(5, not 6\)"):
        claim(directory, order(steps=6), print)
    with directory.worker_lock(), pytest.raises(Conflict, match="is running"):
        claim(directory, order(), print)


def test_the_outcome_is_the_exit_status(tmp_path, capsys):
    directory = JobDirectory(tmp_path)
    directory.create(order())
    record = {"seconds": 61.0, "peak_bytes": 2e9}
    metrics = {"validation_dice": {"liver": 0.5}, "validation_cases": ["a"]}
    ended = JobResult(outcome="succeeded", step=5, model=True, metrics=metrics)
    assert train.conclude(directory, ended, record, tmp_path / "report.html") == 0
    said = capsys.readouterr().out
    for part in ("It took 1 min 01 s and at most 2.0 GB.", "1 scans kept out: liver 0.50", "report.html", "Next: dual"):
        assert part in said
    assert train.conclude(directory, JobResult(outcome="cancelled", step=2, model=True), record) == 130
    assert "Stopped at step 2: a usable model" in capsys.readouterr().out


@pytest.fixture
def interruptible():
    """Let Ctrl+C interrupt: a shell starts its background jobs with interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_the_first_interrupt_asks_and_the_second_breaks_off():
    asked, said = [], []
    with monitor.graceful_stop(lambda: asked.append(1), said.append):
        signal.raise_signal(signal.SIGINT)
        assert (asked, len(said)) == ([1], 1)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_progress_is_plain_where_there_is_no_terminal(capsys):
    with terminal.Progress("work") as progress:
        for done in range(5):
            progress.count(done + 1, 5)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].endswith("5/5")
    assert len(lines) == 2
    assert "\x1b" not in "".join(lines)


def test_a_failure_is_never_shown_as_distance_zero():
    failed = {"dice": 0.0, "jaccard": 0.0, "hd95_mm": None, "assd_mm": None, "failed": True}
    mean = {**failed, "cases": 1, "failures": 1, "failed": False}
    case = {"case": "a", "scan": "a", "classes": {"liver": failed}}
    spread = {"liver": dict.fromkeys(("dice", "jaccard", "hd95_mm", "assd_mm"))}
    means = {"classes": {"liver": mean}, **mean, "deviation": spread, "uncertainty": {}}
    found = {"labels": ["liver"], "cases": [case], "mean": means}
    text = describe(found)
    assert "failed" in text.splitlines()[1]
    assert "liver: found in only one of prediction and label in 1 cases." in text


def test_a_folder_of_other_things_is_not_cleared_for_the_demo(tmp_path):
    (tmp_path / "samples").mkdir()
    with pytest.raises(Conflict, match="other things"):
        demo.prepare(tmp_path)
    (tmp_path / "samples").rmdir()
    demo.prepare(tmp_path)
    (tmp_path / "samples").mkdir()
    demo.prepare(tmp_path)
    assert not (tmp_path / "samples").exists()


def test_the_doctor_speaks_of_the_gigabytes_that_server_and_panel_speak_of(monkeypatch, tmp_path):
    """The doctor said 23.5 GB and the server 24 GiB of what the panel calls 25.3 GB."""
    monkeypatch.setattr(doctor.os, "sysconf", lambda name: {"SC_PHYS_PAGES": 6_171_023, "SC_PAGE_SIZE": 4096}[name])
    assert doctor.check_memory().found == size_in_words(6_171_023 * 4096) == "25.3 GB"
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=9_900_000_000))
    assert doctor.check_disk(tmp_path).found.startswith("9.9 GB free")
    assert doctor.check_disk(tmp_path).state == "warn"


def test_the_doctor_names_what_is_wrong(tmp_path):
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        taken = doctor.check_port(listener.getsockname()[1])
    assert taken.state == "warn"
    assert "--port" in str(taken)
    assert doctor.check_writing(tmp_path / "new").state == "ok"
    assert list(tmp_path.iterdir()) == []
    assert doctor.check_package("numpy").state == "ok"
