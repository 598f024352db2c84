"""The time that is left is told by what each kind of step costs, and a trial changes nothing."""

from __future__ import annotations

import copy

import pytest
import torch
from method_support import tensors_of, tiny_config, tiny_run

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.worker import trial
from dualnetssl.worker.pace import Pace, boundary


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def told(costs: tuple[float, float], known: float, ending: float, every: int = 10) -> dict[int, float]:
    """Error of the time left, as a share of the true one, at every report of a training of 300 steps."""
    clock = Clock()
    pace = Pace(150, 300, known, ending, clock)
    whole = 150 * costs[0] + 150 * costs[1] + ending
    pace.start(0)
    errors = {}
    for step in range(1, 301):
        clock.now += costs[step > 150]
        if step % every == 0:
            pace.mark(step)
            true = whole - clock.now
            errors[step] = abs(pace.left(step) - true) / true
    return errors


@pytest.mark.parametrize("every", [1, 7, 10, 60])
def test_unequal_steps_and_the_end_are_counted_from_the_start(every):
    errors = told((1.2, 3.1), 2.6, 40.0, every)
    assert max(errors.values()) < 0.01


@pytest.mark.parametrize("expected", [30.0, 10.0])
def test_looks_at_scans_kept_out_are_counted_until_they_are_over(expected):
    clock = Clock()
    pace = Pace(300, 300, ending=40.0, clock=clock, validation=expected, validate_every=60)
    whole, errors = 300 * 1.0 + 5 * 30.0 + 40.0, {}
    pace.start(0)
    for step in range(1, 301):
        clock.now += 1.0
        if step % 10 == 0:
            pace.mark(step)
            errors[step] = abs(pace.left(step) - (whole - clock.now))
        if step % 60 == 0 and step < 300:
            pace.mark(step)
            clock.now += 30.0
            pace.validated(step)
    assert max(error for step, error in errors.items() if step > 60 or expected == 30.0) < 1e-6


def test_a_ratio_that_is_off_by_a_fifth_is_borne():
    errors = told((1.2, 3.1), 2.6 * 0.85, 40.0)
    assert max(error for step, error in errors.items() if step >= 30) < 0.2
    assert errors[200] < 0.01, "what was measured replaces what was expected"


def test_a_pause_for_something_else_is_no_cost_of_steps():
    clock = Clock()
    pace = Pace(100, 100, clock=clock)
    pace.start(0)
    clock.now = 10.0
    pace.mark(10)
    clock.now = 500.0
    pace.start(10)
    clock.now = 510.0
    pace.mark(20)
    assert pace.left(20) == pytest.approx(80)


def test_a_resumed_training_knows_the_later_steps_alone():
    clock = Clock()
    pace = Pace(50, 100, ratio=2.0, clock=clock)
    pace.start(80)
    clock.now = 20.0
    pace.mark(90)
    assert pace.left(90) == pytest.approx(20)
    assert pace.left(100) == 0


def test_a_trial_leaves_the_run_as_it_was_and_finds_what_steps_cost(tmp_path, monkeypatch):
    seconds = iter([0.5, 3.0, 1.0])  # of a window, of a step with all terms, of one without the unlabelled ones
    monkeypatch.setattr(trial, "_timed", lambda once: (once().flatten()[0].item(), next(seconds))[1])
    config = tiny_config(steps=60, warm_up=0.5, calibration_scans=2)
    run, state = tiny_run(JobDirectory(tmp_path), config)
    before = copy.deepcopy(tensors_of({**state.model.state_dict(), "drawn": state.generator.get_state()}))
    seed, mode = torch.random.get_rng_state(), [network.training for network in state.model.networks]
    trial.try_out(run, state, 0.25)
    after = tensors_of({**state.model.state_dict(), "drawn": state.generator.get_state()})
    assert before.keys() == after.keys()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())
    assert torch.equal(seed, torch.random.get_rng_state())
    assert mode == [network.training for network in state.model.networks]
    assert all(parameter.grad is None for parameter in state.model.parameters())
    assert run.pace.ratio == 3.0
    assert run.pace.ending >= 0.5 * 4, "two labelled and two unlabelled scans of one window or more"
    assert run.pace.boundary == boundary(config) == 30


def test_a_short_training_is_not_tried_out(tmp_path):
    run, state = tiny_run(JobDirectory(tmp_path), tiny_config(steps=20, warm_up=0.5))
    trial.try_out(run, state, 0.25)
    assert (run.pace.ratio, run.pace.ending) == (1.0, 0.0)
