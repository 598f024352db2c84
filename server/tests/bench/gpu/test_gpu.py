"""What fits into the minutes that a GPU can be had: parts of a data set, steps, processes that harm no other."""

from __future__ import annotations

import json
import sys
import time

import pytest

from dualnetssl.cli import main
from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.contract.jobdir import EventLog, JobResult
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import LabelDefinition
from dualnetssl_bench.gpu import budget, crew, parts, plan, report, session, trials
from dualnetssl_bench.gpu.budget import Pace
from dualnetssl_bench.gpu.crew import Member
from dualnetssl_bench.gpu.orders import TrainingOrder


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True)
        for number in range(7):
            (folder / kind / f"scan{number}.nrrd").write_bytes(bytes([number]) * (100 * (number + 1)))
    (folder / "train.list").write_text("scan3.nrrd\n")
    return folder


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_parts_hold_everything_once_within_their_limits_and_join_to_the_same(data, tmp_path):
    whole = contents(data)
    folders = parts.split(data, tmp_path / "parts", [1300, 3000])
    found = [contents(folder) for folder in folders]
    assert len(folders) == 3
    for part, limit in zip(found, (1300, 3000, 3000), strict=True):
        assert 0 < sum(map(len, part.values())) <= limit
        assert {name.replace("images", "labels") for name in part if "images" in name} == {
            name for name in part if "labels" in name
        }, "a scan and its label are in one part"
    assert sum(len(part) for part in found) == len(whole)
    assert contents(parts.join(folders, tmp_path / "joined")) == whole
    assert parts.join([data], tmp_path / "unused") == data
    assert contents(data) == whole


def test_what_cannot_be_split_or_joined_is_explained(data, tmp_path):
    with pytest.raises(InvalidDataset, match="scan6 with 1400"):
        parts.split(data, tmp_path / "parts", [1399])
    first = parts.split(data, tmp_path / "parts", [3000])[0]
    with pytest.raises(InvalidDataset, match="parts already"):
        parts.split(data, tmp_path / "parts", [3000])
    with pytest.raises(InvalidDataset, match="in two parts"):
        parts.join([first, first], tmp_path / "joined")
    with pytest.raises(InvalidDataset, match="not there"):
        parts.join([first, tmp_path / "nowhere"], tmp_path / "joined")


def test_the_command_splits(data, tmp_path, capsys):
    words = ["bench", "gpu", "--split", str(data), "--into", str(tmp_path / "parts"), "--mib", "0.003"]
    assert main.main(words) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(list((tmp_path / "parts").iterdir())) == 2
    assert main.main(words[:4]) == main.FAILED


def test_steps_fit_the_slowest_of_those_together_and_the_sum_of_those_in_turn():
    plain, full = Pace(0.02, 0.02, 1.0), Pace(0.02, 0.04, 0.5)
    assert full.mean == pytest.approx(0.03)
    for together, each in ((True, 0.03), (False, 0.05)):
        steps = budget.steps_that_fit(100, [plain, full], together, (1, 10**6))
        assert 0.85 * 100 < steps * each < 100
    assert budget.steps_that_fit(100, [full], True, (2000, 6000)) == 3100
    assert budget.steps_that_fit(1, [full], True, (2000, 6000)) == 2000, "the fewest are asked for all the same"
    assert budget.steps_that_fit(10**4, [full], True, (2000, 6000)) == 6000
    assert budget.steps_that_fit(-5, [full], True, (4, 20)) == 4


def test_each_in_turn_stops_in_time_for_the_others():
    now, end = 0.0, 300.0
    for left in (3, 2, 1):
        stop = budget.stop_time(now, end, left, False, 20)
        assert stop == pytest.approx(now + 80)
        now = stop + 20
    assert now == pytest.approx(end)


@pytest.fixture
def order(tmp_path):
    case = JobCase(case="a", image="a.nrrd", label="a.nrrd")
    return TrainingOrder(
        name="one",
        preset="default",
        labelled=1,
        seed=0,
        train=(case,),
        kept_out=(case,),
        labels=(LabelDefinition(value=1, name="organ"),),
        fields={"steps": 100, "width": 2},
        output=str(tmp_path / "work"),
        device="cpu",
        strides=(4, 18, 18),
    )


def tell(directory, steps, times, monkeypatch):
    directory.path.mkdir(parents=True, exist_ok=True)
    log = EventLog(directory)
    for step, when in zip(steps, times, strict=True):
        monkeypatch.setattr(time, "time", lambda when=when: when)
        log.append("progress", step=step, steps=100, memory_bytes=7)
    monkeypatch.undo()


def test_the_pace_is_seen_once_all_are_at_work(order, monkeypatch):
    tell(order.trial, [5, 10, 15, 20, 25, 30], [100.0, 101.0, 103.0, 104.0, 106.0, 108.0], monkeypatch)
    events = order.trial.read_events()
    assert trials.settled_at(order.trial) == 103.0
    assert trials.step_seconds(events, 103.0, 5.0) == pytest.approx(5 / 15)
    assert trials.step_seconds(events, 104.0, 4.0) == pytest.approx(4 / 10)
    assert trials.step_seconds(events, 104.0, 5.0) is None
    assert trials.step_seconds(events, 109.0, 0.0) is None
    supervised = order.model_copy(update={"name": "two", "preset": "supervised"})
    found = trials.paces([order, supervised], {"one": 0.04, "two": 0.02})
    assert found == [Pace(0.02, 0.04, 0.5), Pace(0.02, 0.02, 1.0)]
    assert trials.paces([order], {"one": 0.04}) == [Pace(0.04, 0.04, 0.5)]


def test_a_training_is_told_as_far_as_it_came(order, monkeypatch):
    assert report.row(report.state_of(order)) == ["one", "1", "0", "100", *["-"] * 9]
    tell(order.training, [10, 50], [0.0, 4.0], monkeypatch)
    state = report.state_of(order)
    assert report.row(state)[2:5] == ["50", "100", "10.0"]
    assert not session.can_be_published(order)
    session.ask_to_stop([order])
    assert order.training.cancel_requested()
    order.training.write_result(JobResult(outcome="cancelled", step=55, model=True))
    assert session.can_be_published(order)
    assert report.state_of(order)["steps"] == 55
    order.training.withdraw_cancel()
    order.training.write_result(JobResult(outcome="succeeded", step=100, model=True))
    session.ask_to_stop([order])
    assert not order.training.cancel_requested(), "what has ended is left alone"
    (order.folder / "published.json").write_text(json.dumps({"dc": 0.9, "jc": 0.8, "hd95": None, "asd": 1.0}))
    assert report.row(report.state_of(order))[-4:] == ["0.9000", "0.8000", "-", "1.00"]


def process(tmp_path, name, code):
    import subprocess

    log = tmp_path / f"{name}.log"
    with log.open("wb") as file:
        return Member(name, subprocess.Popen([sys.executable, "-c", code], stdout=file, stderr=file), log)


def test_one_that_fails_harms_no_other_and_one_that_hangs_is_ended(tmp_path):
    members = [
        process(tmp_path, "bad", "raise SystemExit('no memory')"),
        process(tmp_path, "good", "print('done')"),
    ]
    calls = []
    crew.attend(members, lambda: bool(calls.append(1)))
    assert [member.failure for member in members] == ["bad ended with status 1: no memory", None]
    hanging = process(tmp_path, "hanging", "import time; time.sleep(600)")
    assert hanging.running
    assert hanging.failure is None
    crew.attend([hanging], lambda: True)
    assert not hanging.running
    assert "hanging ended with status" in hanging.failure


def test_one_added_at_the_very_end_is_waited_for(tmp_path):
    members = [process(tmp_path, "first", "")]

    def look():
        if len(members) == 1 and not members[0].running:
            members.append(process(tmp_path, "second", "print('here')"))
        return False

    crew.attend(members, look)
    assert members[1].log.read_text() == "here\n"


def test_the_protocols_are_the_literatures_and_the_yardsticks():
    atrium, yardstick = plan.left_atrium([], False), plan.hippocampus([], False)
    assert (atrium.protocol.labelled, atrium.protocol.kept_out, atrium.protocol.fields["width"]) == (8, 16, 16)
    assert atrium.lessons == (("supervised", 8), ("default", 8))
    assert yardstick.lessons == (("supervised", 4), ("default", 4), ("supervised", None))
    assert (yardstick.protocol.steps, yardstick.protocol.kept_out) == (4000, 60)
    assert plan.step_bounds(False) == (2000, 6000)


@pytest.mark.long
def test_the_whole_chain_runs_side_by_side(tmp_path):
    words = ["bench", "gpu", "--quick", "--together", "--device", "cpu", "--minutes", "4", "--judging-seconds", "60"]
    assert main.main([*words, "--speed-seconds", "60", "--output", str(tmp_path)]) == 0
    figures = json.loads((tmp_path / "gpu.json").read_text())["figures"]
    assert [row["name"].rsplit("-", 1)[1] for row in figures["trainings"]] == [
        *("supervised", "default"),
        *("supervised", "default", "supervised"),
    ]
    assert all(row["result"]["evaluation"]["mean"]["dice"] is not None for row in figures["trainings"])
    assert [row["published"] is not None for row in figures["trainings"]] == [True, True, False, False, False]
    assert set(figures["seconds_per_step_in_trial"]) == {row["name"] for row in figures["trainings"][:2]}
    speed = json.loads((tmp_path / "throughput.json").read_text())["figures"]
    assert len(speed["settings"]) == 4
    assert speed["scan"]["seconds"] > 0
    assert main.main([*words, "--output", str(tmp_path)]) == main.FAILED, "runs are there already"
