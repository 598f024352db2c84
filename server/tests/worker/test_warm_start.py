from __future__ import annotations

import pytest
import torch
from method_support import LABELS, tiny_config, train_job, write_cases

from dualnetssl.bundle.model_card import read_card
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.schema import LabelDefinition
from dualnetssl.worker import jobs, process
from dualnetssl.worker.loop import learning_rate
from dualnetssl.worker.memory import Load


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return write_cases(tmp_path_factory.mktemp("scans"))


@pytest.fixture(scope="module")
def first(tmp_path_factory, cases):
    config = tiny_config(steps=2, learning_rate=0.05)
    directory = train_job(tmp_path_factory.mktemp("first"), cases, config)
    assert process.run(directory).model
    return directory


def weights_of(model):
    return torch.load(model / "models" / "model.pt", weights_only=True)


def test_the_second_training_starts_from_the_firsts_weights(tmp_path, cases, first):
    """With a rate of almost nothing the second model is the first one; from scratch it would be another."""
    config = tiny_config(steps=1, learning_rate=1e-12, seed=7)
    warm = train_job(tmp_path / "warm", cases, config, model=first.model_path)
    cold = train_job(tmp_path / "cold", cases, config)
    for directory in (warm, cold):
        assert process.run(directory).outcome == "succeeded"
    start, end, other = (weights_of(directory.model_path) for directory in (first, warm, cold))
    assert all(torch.allclose(start[name], end[name], atol=1e-6) for name in start)
    assert not torch.allclose(start["0.encoder.0.0.0.weight"], other["0.encoder.0.0.0.weight"], atol=1e-3)


def test_students_and_teachers_both_start_there(first, cases, tmp_path):
    directory = train_job(tmp_path / "job", cases, tiny_config(), model=first.model_path)
    spec = directory.read_spec()
    load = Load(spec.train, *jobs._recipe(directory, spec, spec.train, None, lambda *_, **__: None))
    model = jobs._new_state(spec, load, torch.device("cpu")).model
    start = weights_of(first.model_path)
    for part in (model.networks, model.teachers):
        assert all(torch.equal(value, start[name]) for name, value in part.state_dict().items())


def test_the_schedule_is_fresh_and_written_down(tmp_path, cases, first):
    config = tiny_config(steps=2, learning_rate=0.01, warm_up=0.5)
    directory = train_job(tmp_path / "job", cases, config, model=first.model_path)
    process.run(directory)
    card = read_card(directory.model_path)
    assert card.config == config.model_copy(update={"warm_up": 0.0, "schedule": "cycles", "learning_rate": 0.004})
    assert learning_rate(card.config, 0) == 0.004
    progress = [event for event in directory.read_events() if event.kind == "progress"]
    assert [event.step for event in progress] == [1, 2]
    assert [event.learning_rate for event in progress] == [learning_rate(card.config, step) for step in (0, 1)]
    assert "pseudo" in progress[0].losses["vnet"], "networks that know their task need no supervised beginning"
    assert card.recipe == read_card(first.model_path).recipe


def test_a_warm_training_resumes_like_any_other(tmp_path, cases, first):
    runs = [train_job(tmp_path / name, cases, tiny_config(steps=3), model=first.model_path) for name in ("a", "b")]
    whole = process.run(runs[0])
    process.run(runs[1], lambda event: event.kind == "progress" and event.step == 2 and runs[1].request_cancel())
    runs[1].withdraw_cancel()
    assert process.run(JobDirectory(runs[1].path)) == whole
    first_end, second_end = (weights_of(run.model_path) for run in runs)
    assert all(torch.equal(first_end[name], second_end[name]) for name in first_end)


@pytest.mark.parametrize("change", [{"width": 3}, {"norm": "batch"}])
def test_models_of_another_size_are_refused(tmp_path, cases, first, change):
    directory = train_job(tmp_path / "job", cases, tiny_config(**change), model=first.model_path)
    problem = process.run(directory).problem
    assert problem.type == "urn:dualnetssl:problem:invalid-request"
    assert "width" in problem.remedy


def test_models_of_another_label_set_are_refused(tmp_path, cases, first):
    directory = train_job(tmp_path / "job", cases, tiny_config(), model=first.model_path)
    others = (LABELS[0], LabelDefinition(value=7, name="husk"))
    directory.create(directory.read_spec().model_copy(update={"labels": others}))
    assert process.run(directory).problem.type == "urn:dualnetssl:problem:invalid-request"
