"""Scans that are kept out of training: which, that they teach nothing, and what is measured on them."""

from __future__ import annotations

import hashlib
import itertools

import pytest
import torch
from method_support import blob, prepared, scan, tiny_config, train_job, values_of, write, write_cases

from dualnetssl.bundle.model_card import read_card
from dualnetssl.cli.monitor import describe
from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.worker import process
from dualnetssl.worker.validation import Past, hold_out, spread, validate


def scans(count):
    return [prepared(f"scan{index}", seed=index) for index in range(count)]


def names_of(cases):
    return [case.name for case in cases]


class TestChoice:
    def test_few_labels_all_teach_unless_asked(self):
        assert hold_out(scans(7), None, Past()) == ()
        assert len(hold_out(scans(8), None, Past())) == 1
        assert len(hold_out(scans(4), 2, Past())) == 2
        assert hold_out(scans(9), 0, Past()) == ()

    def test_one_must_be_left_to_learn_from(self):
        with pytest.raises(InvalidDataset, match="4 scans for validation"):
            hold_out(scans(4), 4, Past())

    def test_scans_verified_in_part_are_not_taken(self):
        cases = [prepared(f"scan{index}", seed=index, unverified=int(index < 3)) for index in range(4)]
        assert names_of(hold_out(cases, 3, Past())) == ["scan3"]

    def test_the_last_scan_that_shows_a_class_teaches(self):
        cases = scans(4)
        for case in (cases[0], cases[2], cases[3]):
            case.label[case.label == 1] = 0
        assert names_of(hold_out(cases, 3, Past())) == ["scan0", "scan2", "scan3"]

    def test_who_taught_once_is_not_kept_out_and_who_was_kept_out_stays(self):
        cases = scans(6)
        past = Past(frozenset({"scan0", "scan1"}), frozenset({"scan4"}))
        assert names_of(hold_out(cases, 1, past)) == ["scan4"]
        assert set(names_of(hold_out(cases, 5, past))) == {"scan2", "scan3", "scan4", "scan5"}
        assert names_of(hold_out(cases, 5, Past(None, frozenset({"scan4"})))) == ["scan4"]

    def test_any_number_of_them_is_spread_evenly(self):
        assert sorted(spread(13)) == list(range(13))
        for some in (2, 4, 8):
            found = sorted(spread(16)[:some])
            assert {later - earlier for earlier, later in itertools.pairwise(found)} == {16 // some}


def test_dice_is_the_mean_over_the_scans_that_show_a_class():
    truth = torch.tensor([0, 1, 1, 255]).view(1, 1, 4)
    other = torch.tensor([0, 0, 1, 1]).view(1, 1, 4)
    said = torch.tensor([[0.9, 0.1, 0.2, 0.1], [0.1, 0.9, 0.7, 0.9], [0.0, 0.0, 0.1, 0.0]]).view(3, 1, 1, 4)
    cases = [
        scan(str(number), torch.zeros(1, 1, 1, 4), label.to(torch.uint8)) for number, label in enumerate((truth, other))
    ]
    found = validate(lambda image: (said, said), cases, ("liver", "spleen"))
    assert found == {"liver": pytest.approx((1 + 2 * 2 / (3 + 2)) / 2), "spleen": None}


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return write_cases(tmp_path_factory.mktemp("scans"), labelled=3, unlabelled=1)


CONFIG = {"steps": 4, "validation_scans": 1, "validate_every": 2, "calibration_scans": 1}


@pytest.fixture(scope="module")
def first(tmp_path_factory, cases):
    directory = train_job(tmp_path_factory.mktemp("first"), cases, tiny_config(**CONFIG))
    assert process.run(directory).outcome == "succeeded"
    return directory


def weights_of(directory):
    return torch.load(directory.model_path / "models" / "model.pt", weights_only=True)


class TestTraining:
    def test_it_is_told_while_training_and_kept_in_the_result(self, first):
        events = first.read_events()
        told = [event for event in events if event.kind == "validation"]
        assert [(event.step, event.cases) for event in told] == [(2, ["scan0"]), (4, ["scan0"])]
        assert set(told[0].dice) == {"kernel", "shell"}
        metrics = first.read_result().metrics
        assert metrics == read_card(first.model_path).metrics
        assert (metrics["validation_cases"], metrics["training_cases"]) == (["scan0"], ["scan1", "scan2"])
        assert (metrics["validation_dice"], metrics["labelled_cases"]) == (told[-1].dice, 2)
        (data,) = [event for event in events if event.kind == "data"]
        assert (data.cases, data.labelled, data.held_out) == (4, 2, ["scan0"])
        assert "Kept out for validation: 1" in describe(data.model_dump())
        assert "Dice on 1 scans kept out" in describe(told[0].model_dump())

    def test_what_is_kept_out_teaches_nothing(self, tmp_path, cases, first):
        """Another image and another label in its place give the same weights, and none kept out gives others."""
        image, label = blob(seed=99, centre=(4, 5, 6))
        path, truth = write(tmp_path / "image.nrrd", image), write(tmp_path / "label.nrrd", values_of(label))
        other = cases[0].model_copy(update={"image": path, "label": truth})
        changed = train_job(tmp_path / "changed", (other, *cases[1:]), tiny_config(**CONFIG))
        without = train_job(tmp_path / "without", cases, tiny_config(**CONFIG | {"validation_scans": 0}))
        for directory in (changed, without):
            assert process.run(directory).model
        own, same, more = (weights_of(directory) for directory in (first, changed, without))
        assert all(torch.equal(own[name], same[name]) for name in own)
        assert not all(torch.equal(own[name], more[name]) for name in own)
        assert without.read_result().metrics["validation_cases"] == []
        assert "validation" not in [event.kind for event in without.read_events()]

    def test_looking_does_not_disturb(self, tmp_path, cases, first):
        config = tiny_config(**CONFIG | {"validate_every": 1000})
        directory = train_job(tmp_path / "job", cases, config)
        process.run(directory)
        own, same = weights_of(first), weights_of(directory)
        assert all(torch.equal(own[name], same[name]) for name in own)

    def test_networks_without_averages_go_on_training(self, tmp_path, cases):
        runs = []
        for every in (1, 1000):
            config = tiny_config(**CONFIG | {"validate_every": every, "ema": 0.0, "dropout": 0.5})
            runs.append(train_job(tmp_path / str(every), cases, config))
            process.run(runs[-1])
        own, same = (weights_of(run) for run in runs)
        assert all(torch.equal(own[name], same[name]) for name in own)

    def test_a_warm_training_keeps_the_same_ones_out(self, tmp_path, cases, first):
        config = tiny_config(**CONFIG | {"validation_scans": 2, "steps": 1})
        directory = train_job(tmp_path / "warm", cases, config, model=first.model_path)
        result = process.run(directory)
        assert result.metrics["validation_cases"] == ["scan0"], "the others taught the first model"
        card = read_card(directory.model_path)
        assert card.parent == hashlib.sha256((first.model_path / "models" / "model.pt").read_bytes()).hexdigest()
        assert read_card(first.model_path).parent is None
        assert (card.metrics["training_cases"], result.outcome) == (["scan1", "scan2"], "succeeded")
