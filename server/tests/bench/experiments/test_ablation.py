"""The ablation: every variation can be trained, shared warm-ups change nothing, gradients are told."""

from __future__ import annotations

import json

import pytest
import torch

from dualnetssl.cli import main
from dualnetssl.cli.train import checked_config
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.schema import Event
from dualnetssl_bench.experiments import ablation, experiments, protocols, rhythm, variations, warm_up
from dualnetssl_bench.experiments.experiments import Experiment, Ground
from dualnetssl_bench.experiments.series import Outcome, Setting
from dualnetssl_bench.experiments.variations import VARIATIONS


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("phantoms")
    return protocols.gather(protocols.QUICK, protocols.quick_data(folder), folder)


def ground(material, output, **fields) -> Ground:
    return Ground(material, {**protocols.QUICK.fields, "steps": 4, **fields}, output, "cpu", sources="code")


@pytest.mark.parametrize("variation", VARIATIONS, ids=lambda variation: variation.name)
def test_every_variation_is_a_configuration_and_differs_from_the_default(variation):
    config = checked_config({**variation.overrides, "preset": variation.preset})
    assert variation.name == "default" or config != checked_config({})


def test_variations_are_chosen_by_name_with_the_default_before_them():
    assert [one.name for one in variations.choose(None)] == [one.name for one in VARIATIONS]
    assert len({one.name for one in VARIATIONS}) == len(VARIATIONS)
    assert [one.name for one in variations.choose(["sgd", "pseudo-off"])] == ["default", "pseudo-off", "sgd"]
    with pytest.raises(InvalidRequest, match="nonsense"):
        variations.choose(["nonsense"])


def weights(directory: JobDirectory) -> dict[str, torch.Tensor]:
    return torch.load(directory.model_path / "models" / "model.pt", weights_only=True)


LATER = {
    "pseudo_weight": 0.5,
    "consistency_weight": 0.0,
    "contrast_weight": 0.5,
    "ramp": 0.5,
    "contrast_ramp": 0.5,
    "directions": "winner",
    "teacher": "opposite",
    "pseudo_labels": "union",
    "reliable_share": 0.5,
    "align": False,
    "copy_paste": False,
    "unlabelled_per_step": 1,
}


def test_the_list_of_what_acts_later_is_tried_whole():
    assert LATER.keys() | {"preset", "checkpoint_every", "report_every"} == warm_up.LATER
    fields = checked_config({}).model_dump()
    assert [name for name, value in LATER.items() if fields[name] == value] == []


@pytest.mark.long
def test_a_training_that_begins_at_anothers_warm_up_ends_as_if_it_had_gone_through_it(material, tmp_path, capsys):
    first = Experiment("default", "default", 0, 2)
    other = Experiment("other", "default", 0, 2, LATER)
    alone, together = ground(material, tmp_path / "alone"), ground(material, tmp_path / "together")
    experiments.perform(other, alone)
    hooks = ablation.hooks_of(together, [first, other])
    found = [experiments.perform(one, together, hooks) for one in (first, other)]
    directories = [JobDirectory(place.folder(other) / "training") for place in (alone, together)]
    assert [event.step for event in directories[1].read_events() if event.kind == "resumed"] == [2]
    assert "begins at the end of a warm-up" in capsys.readouterr().out
    own, shared = (weights(directory) for directory in directories)
    assert own.keys() == shared.keys()
    assert [name for name in own if not torch.equal(own[name], shared[name])] == []
    assert found[0]["gradients"].keys() == set()
    assert json.loads((alone.folder(other) / "result.json").read_text())["evaluation"] == found[1]["evaluation"]


def test_warm_ups_are_shared_only_by_trainings_that_go_through_the_same(material, tmp_path):
    place = ground(material, tmp_path)

    def key(sources="code", seed=0, labelled=2, **overrides):
        return warm_up.warm_up_key(place.order(Experiment("x", "default", seed, labelled, overrides)), sources)

    assert key() == key(pseudo_weight=0.0, teacher="opposite")
    different = [key("edited"), key(seed=1), key(labelled=3), key(review_weight=0.0), key(warm_up=0.25), key(ema=0.0)]
    assert len({key(), *different}) == 7

    def shared(*overrides):
        orders = [place.order(Experiment("x", "default", 0, 2, one)) for one in overrides]
        return warm_up.shared_by(orders, "code")

    assert shared({}, {"review_weight": 0.0}) == frozenset()
    assert shared({}, {"pseudo_weight": 0.0}) == {key()}
    assert shared({"warm_up": 0.0}, {"warm_up": 0.0, "pseudo_weight": 0.0}) == frozenset()


@pytest.mark.parametrize(("steps", "share", "interval"), [(400, 0.5, 200), (1500, 0.5, 150), (600, 0.0, 200)])
def test_a_checkpoint_falls_on_the_end_of_the_warm_up(steps, share, interval):
    config = checked_config({"steps": steps, "warm_up": share})
    assert rhythm.checkpoint_interval(config) == interval
    assert rhythm.warm_steps(config) % interval == 0


def progress(**gradients) -> Event:
    return Event(seq=1, time=0, kind="progress", gradients=gradients)


def test_gradient_norms_are_medians_from_where_the_terms_speak():
    before = [progress(vnet={"supervised": 100.0}, residual={"supervised": 100.0})] * 3
    after = [
        progress(vnet={"supervised": 1.0, "pseudo": 0.5}, residual={"supervised": 3.0}),
        progress(vnet={"supervised": 2.0}, residual={"supervised": 2.0, "pseudo": 0.7}),
        progress(),
    ]
    started = Event(seq=1, time=0, kind="started")
    assert rhythm.gradient_medians([started, *before, *after]) == {
        "supervised": 2.0,
        "pseudo": pytest.approx(0.6),
    }
    assert rhythm.gradient_medians(before) == {"supervised": 100.0}


def result(name, seed, dice, **gradients):
    mean = {"dice": dice, "hd95_mm": 2.0, "uncertainty": {"error_auroc": 0.9}}
    return {"name": name, "seed": seed, "sources": "1", "evaluation": {"mean": mean}, "gradients": gradients}


def test_variations_are_compared_with_the_default_of_the_same_seed(tmp_path):
    results = [result("default", seed, dice, pseudo=0.5) for seed, dice in ((0, 0.80), (1, 0.84))]
    results += [result("align-off", 1, 0.85, pseudo=0.25), result("no-term", 0, 0.79), result("no-term", 1, 0.81)]
    outcome = Outcome(tuple(results))
    laid_out = ablation.findings(outcome, Setting(protocols.HIPPOCAMPUS, Ground((), {}, tmp_path)))
    rows = {row[0]: row for row in laid_out.rows}
    assert list(rows) == ["default", "no-term", "align-off"]
    assert rows["align-off"][1:4] == ["1", "0.850", "+0.010"]
    assert rows["no-term"][3] == "-0.020 ± 0.014"
    assert rows["default"][6:] == ["-", "0.5", "-", "-"]
    assert laid_out.figures["against_default"]["align-off"] == {1: pytest.approx(0.01)}


@pytest.mark.long
def test_the_bench_runs_from_the_command_line(tmp_path, capsys):
    assert main.main(["bench", "ablation", "--list", "--output", str(tmp_path)]) == 0
    assert "copy_paste=False" in capsys.readouterr().out
    words = ["bench", "ablation", "--quick", "--seeds", "0", "--only", "align-off", "--steps", "4"]
    assert main.main([*words, "--set", "report_every=1", "--output", str(tmp_path)]) == 0
    written = json.loads((tmp_path / "ablation.json").read_text())["figures"]
    assert [one["name"] for one in written["results"]] == ["default", "align-off"]
    assert written["against_default"]["default"] == {"0": 0.0}
    assert not (tmp_path / "warm-ups").exists()
