"""Experiments in folders of their own: resumed, never repeated, compared."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch

from dualnetssl.cli import main
from dualnetssl.contract.errors import Conflict, TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.worker import process
from dualnetssl_bench.experiments import accuracy, experiments, protocols, series
from dualnetssl_bench.experiments.experiments import Experiment, Ground, Hooks
from dualnetssl_bench.experiments.series import Outcome, Setting


class Crash(BaseException):
    """A death that nobody handles, as by kill -9."""


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    torch.set_num_threads(1)
    return protocols.gather(
        protocols.QUICK, protocols.quick_data(tmp_path_factory.mktemp("phantoms")), tmp_path_factory.mktemp("unused")
    )


def ground(material, output, **fields) -> Ground:
    return Ground(material, {**protocols.QUICK.fields, "steps": 4, "report_every": 1, **fields}, output, "cpu")


EXPERIMENT = Experiment("default", "default", 0, 2)


def kinds(directory: JobDirectory) -> list[str]:
    return [event.kind for event in directory.read_events()]


def test_an_experiment_goes_on_after_every_death_and_is_never_repeated(material, tmp_path, monkeypatch):
    place = ground(material, tmp_path)
    directory = JobDirectory(place.folder(EXPERIMENT) / "training")

    def die(directory, spec, event):
        if event.kind == "progress" and event.step == 3:
            raise Crash

    with pytest.raises(Crash):
        experiments.perform(EXPERIMENT, place, Hooks(on_event=die))
    monkeypatch.setattr(experiments, "evaluate", lambda *_: (_ for _ in ()).throw(Crash))
    with pytest.raises(Crash):
        experiments.perform(EXPERIMENT, place)
    monkeypatch.undo()
    assert kinds(directory).count("started") == 2
    assert [event.step for event in directory.read_events() if event.kind == "resumed"] == [2]

    found = experiments.perform(EXPERIMENT, place)
    assert kinds(directory).count("started") == 2, "a finished training was done again"
    assert (found["name"], found["seed"], found["labelled"]) == ("default", 0, 2)
    assert len(found["evaluation"]["cases"]) == 2
    assert not directory.checkpoint_path.exists()
    assert not (place.folder(EXPERIMENT) / "predictions").exists()

    monkeypatch.setattr(process, "run", lambda *_: pytest.fail("a finished training was done again"))
    monkeypatch.setattr(experiments, "predict", lambda *_: pytest.fail("a finished prediction was done again"))
    assert experiments.perform(EXPERIMENT, place) == found


def test_other_options_in_the_same_folder_are_refused(material, tmp_path):
    place = ground(material, tmp_path)
    directory = JobDirectory(place.folder(EXPERIMENT) / "training")
    directory.create(place.order(EXPERIMENT))
    directory.checkpoint_path.touch()
    with pytest.raises(Conflict, match="other scans or options"):
        experiments.perform(EXPERIMENT, ground(material, tmp_path, steps=5))
    order = json.loads(directory.spec_path.read_text())
    order["train"]["gone"] = 1
    directory.spec_path.write_text(json.dumps(order))
    with pytest.raises(Conflict, match="no longer exist"):
        experiments.perform(EXPERIMENT, place)


def test_a_failed_training_says_why_and_a_stopped_one_stops_the_bench(material, tmp_path, monkeypatch):
    place = ground(material, tmp_path, patch=[30, 30, 30], spacing=None)
    with pytest.raises(TrainingFailed, match="a patch of 30x30x30"):
        experiments.perform(EXPERIMENT, place)
    place = ground(material, tmp_path / "other")
    directory = JobDirectory(place.folder(EXPERIMENT) / "training")
    with pytest.raises(KeyboardInterrupt):
        experiments.perform(EXPERIMENT, place, Hooks(before=lambda folder, spec: folder.request_cancel()))
    assert directory.read_result().outcome == "cancelled"


def test_a_failure_is_noted_and_the_series_goes_on(capsys):
    wanted = [Experiment("a", "default", 0, 1), Experiment("b", "default", 0, 1)]

    def perform(experiment):
        if experiment.name == "a":
            raise TrainingFailed("nothing", "something", "Try again.")
        return {"name": "b", "seed": 0, "sources": "1"}

    seen = []
    outcome = series.run_series(wanted, perform, seen.append)
    assert [len(one.results) for one in seen] == [0, 1]
    assert outcome.failures[0].startswith("a, seed 0 failed: ")
    assert outcome.notes() == outcome.failures
    mixed = Outcome((*outcome.results, {"name": "c", "seed": 0, "sources": "2"}))
    assert "2 versions" in mixed.notes()[0]
    assert "[2/2] b, seed 0" in capsys.readouterr().out


def result(name, seed, dice):
    doubt = {"error_auroc": 0.9, "errors_in_top_2_percent": 0.5, "ece": 0.01}
    mean = {"dice": dice, "hd95_mm": 2.0, "assd_mm": None, "uncertainty": doubt}
    return {"name": name, "seed": seed, "labelled": 4, "sources": "1", "evaluation": {"mean": mean}}


def test_the_gap_is_closed_seed_by_seed_and_on_average_over_what_all_have(tmp_path):
    dice = {"supervised": (0.80, 0.82, 0.10), "default": (0.83, 0.82), "all": (0.85, 0.86), "paper": (0.75,)}
    outcome = Outcome(tuple(result(name, seed, one) for name, many in dice.items() for seed, one in enumerate(many)))
    found = accuracy.gaps(outcome, "default")
    assert found["per_seed"] == {"0": pytest.approx(0.6), "1": 0.0}
    assert found["of_means"] == pytest.approx((0.825 - 0.81) / (0.855 - 0.81))
    assert accuracy.gaps(outcome, "paper")["of_means"] == -1.0
    assert accuracy.gap_closed(0.9, 0.95, 0.9) is None
    laid_out = accuracy.findings(outcome, Setting(protocols.HIPPOCAMPUS, Ground((), {}, tmp_path, sources="code")))
    assert [row[0] for row in laid_out.rows] == ["supervised", "default", "paper", "all"]
    assert laid_out.rows[1][2:7] == ["2", "0.825 ± 0.007", "33%", "2.00 ± 0.00", "-"]
    assert "Gap closed by default: seed 0 60%, seed 1 0%." in laid_out.notes


def test_the_upper_bound_is_supervised_with_all_labels(material, tmp_path):
    setting = Setting(protocols.QUICK, ground(material, tmp_path))
    planned = accuracy.plan(["default", "all"], [3, 4], setting)
    assert [(one.name, one.preset, one.seed, one.labelled) for one in planned] == [
        ("default", "default", 3, 2),
        ("all", "supervised", 3, 5),
        ("default", "default", 4, 2),
        ("all", "supervised", 4, 5),
    ]
    orders = [setting.ground.order(one) for one in planned[:2]]
    assert [order.train.steps for order in orders] == [4, 4]
    assert [sum(case.label is not None for case in order.cases) for order in orders] == [2, 5]
    assert {order.train.labelled_per_step for order in orders} == {2}


def test_the_bench_runs_from_the_command_line(tmp_path, capsys):
    words = ["bench", "accuracy", "--quick", "--seeds", "0", "--presets", "default", "--steps", "2"]
    assert main.main([*words, "--output", str(tmp_path / "out")]) == 0
    written = json.loads((tmp_path / "out" / "accuracy.json").read_text())
    assert written["figures"]["results"][0]["evaluation"]["mean"]["dice"] >= 0
    assert (tmp_path / "out" / "accuracy.svg").exists()
    assert "gap closed" in capsys.readouterr().out
    assert main.main([*words, "--output", str(tmp_path / "out"), "--set", "dropout=0.4"]) == 1
    assert "other scans or options" in capsys.readouterr().out
    assert main.main(["bench", "accuracy", "--output", str(tmp_path)]) == 2


def test_a_protocol_of_the_literature_takes_its_figures(material, tmp_path):
    found = experiments.perform(
        EXPERIMENT, replace(ground(material, tmp_path, steps=2), published_strides=(16, 16, 16))
    )
    assert found["published"].keys() == {"dc", "jc", "hd95", "asd", "failures"}
    assert 0 <= found["published"]["jc"] <= found["published"]["dc"] <= 1
    row = accuracy.row("default", Outcome((found,)), None, published=True)
    assert len(row) == 14
    assert row[10] == f"{found['published']['dc']:.4f}"
