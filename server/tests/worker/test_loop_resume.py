from __future__ import annotations

import math
import os
import subprocess
import sys

import pytest
import torch
from method_support import tensors_of, tiny_config, tiny_run, train_job, write_cases

from dualnetssl.contract.errors import TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.method.model import parameters_of
from dualnetssl.method.networks import PAIR
from dualnetssl.method.step import SUPERVISED, TERMS
from dualnetssl.worker import checkpoint, loop, moving, process
from dualnetssl.worker.loop import train
from dualnetssl.worker.running_scores import patch_dice


class Crash(BaseException):
    """A death that nobody handles, as by kill -9."""


def crash_at(step):
    def on_event(event):
        if event.kind == "progress" and event.step == step:
            raise Crash

    return on_event


def state_of(directory: JobDirectory):
    """Every tensor and number of the newest checkpoint."""
    packed = torch.load(directory.checkpoint_path, weights_only=True)
    numbers = {name: packed[name] for name in ("step", "smoothed", "dice", "skipped")}
    return tensors_of({name: value for name, value in packed.items() if name not in numbers}), numbers


def assert_same(first: JobDirectory, second: JobDirectory):
    (tensors, numbers), (others, other_numbers) = state_of(first), state_of(second)
    assert repr(numbers) == repr(other_numbers)
    assert tensors.keys() == others.keys()
    assert [name for name in tensors if not torch.equal(tensors[name], others[name])] == []
    own, other = (torch.load(d.model_path / "models" / "model.pt", weights_only=True) for d in (first, second))
    assert own.keys() == other.keys()
    assert all(torch.equal(own[name], other[name]) for name in own)


def run_in_new_process(directory):
    command = [sys.executable, "-m", "dualnetssl.worker.process", str(directory.path)]
    done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def history(directory):
    events = directory.read_events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return events


def steps_of(directory, kind="progress"):
    return [event.step for event in history(directory) if event.kind == kind]


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return write_cases(tmp_path_factory.mktemp("scans"))


CONFIGS = {"default": {"warm_up": 0.2}, "paper": {"preset": "paper"}}


@pytest.fixture(scope="module", params=CONFIGS)
def unbroken(request, tmp_path_factory, cases):
    """A training that nothing disturbed, and its configuration."""
    torch.set_num_threads(1)
    config = tiny_config(**CONFIGS[request.param])
    directory = train_job(tmp_path_factory.mktemp(request.param), cases, config)
    result = process.run(directory)
    assert (result.outcome, result.step, result.model) == ("succeeded", 6, True)
    return directory, config


def test_the_history_of_an_unbroken_run(unbroken):
    directory, config = unbroken
    events = history(directory)
    kinds = [event.kind for event in events]
    assert kinds[:2] == ["started", "data"]
    assert kinds[-1] == "finished"
    assert steps_of(directory) == list(range(1, 7))
    assert steps_of(directory, "checkpoint") == [2, 4, 6]
    data = events[1]
    assert (data.cases, data.labelled, data.unlabelled) == (4, 2, 2)
    last = next(event for event in reversed(events) if event.kind == "progress")
    assert last.losses.keys() == set(PAIR)
    assert {SUPERVISED, *TERMS} == {term for told in last.losses.values() for term in told}
    assert all(math.isfinite(value) for told in last.losses.values() for value in told.values())
    assert last.learning_rate == loop.learning_rate(config, 5)
    assert (last.seconds_left, set(last.dice)) == (0, {"kernel", "shell"})


def test_the_checkpoint_holds_everything_that_changes(unbroken):
    tensors, numbers = state_of(unbroken[0])
    parts = {name.split("/")[1] for name in tensors}
    assert {"model", "optimizers", "generator", "random"} <= parts
    assert any(name.endswith("prototypes") and bool((tensors[name] != 0).any()) for name in tensors)
    assert any("momentum_buffer" in name or "exp_avg" in name for name in tensors)
    assert numbers["step"] == 6
    assert all(0 < value < 1 for value in numbers["smoothed"])


def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path, cases, unbroken):
    whole, config = unbroken
    directory = train_job(tmp_path / "job", cases, config)
    with pytest.raises(Crash):
        process.run(directory, crash_at(5))
    assert directory.read_result() is None
    if config.preset == "default":
        run_in_new_process(directory)
    else:
        process.run(JobDirectory(directory.path))
    assert directory.read_result().outcome == "succeeded"
    assert_same(whole, directory)
    assert steps_of(directory) == list(range(1, 7)), "no step is told of twice"
    assert steps_of(directory, "checkpoint") == [2, 4, 6]
    assert steps_of(directory, "resumed") == [4]
    assert [event.attempt for event in history(directory) if event.kind == "started"] == [1, 2]


def test_a_truncated_checkpoint_falls_back_to_the_one_before(tmp_path, cases, unbroken):
    whole, config = unbroken
    directory = train_job(tmp_path / "job", cases, config)
    with pytest.raises(Crash):
        process.run(directory, crash_at(5))
    newest = directory.checkpoint_path
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])
    process.run(JobDirectory(directory.path))
    assert steps_of(directory, "resumed") == [2]
    assert_same(whole, directory)


def test_a_cancelled_run_leaves_a_model_and_completes_later(tmp_path, cases, unbroken):
    whole, config = unbroken
    directory = train_job(tmp_path / "job", cases, config)
    result = process.run(
        directory, lambda event: event.kind == "progress" and event.step == 3 and directory.request_cancel()
    )
    assert (result.outcome, result.step, result.model) == ("cancelled", 3, True)
    assert (directory.model_path / "models" / "model.pt").exists()
    assert process.run(directory) == result, "an outcome stands until it is withdrawn"
    directory.withdraw_cancel()
    assert process.run(JobDirectory(directory.path)).outcome == "succeeded"
    assert steps_of(directory, "resumed") == [3]
    assert_same(whole, directory)


def test_a_run_cancelled_before_its_first_step_has_no_model(tmp_path, cases):
    directory = train_job(tmp_path / "job", cases, tiny_config())
    directory.request_cancel()
    result = process.run(directory)
    assert (result.outcome, result.step, result.model) == ("cancelled", 0, False)


def test_a_run_that_died_after_its_last_step_only_exports(tmp_path, cases):
    directory = train_job(tmp_path / "job", cases, tiny_config(steps=2))
    process.run(directory)
    before = directory.checkpoint_path.read_bytes()
    directory.result_path.unlink()
    (directory.model_path / "models" / "model.pt").unlink()
    assert process.run(directory).model
    assert (directory.model_path / "models" / "model.pt").exists()
    assert directory.checkpoint_path.read_bytes() == before
    assert steps_of(directory) == [1, 2]


def test_the_seed_decides_the_run(tmp_path, cases):
    runs = [
        train_job(tmp_path / str(index), cases, tiny_config(steps=2, seed=seed)) for index, seed in enumerate((4, 4, 5))
    ]
    for run in runs:
        torch.manual_seed(torch.seed() % 1000)
        process.run(run)
    assert_same(runs[0], runs[1])
    weights = [torch.load(run.model_path / "models" / "model.pt", weights_only=True) for run in runs]
    assert not torch.equal(weights[0]["0.head.weight"], weights[2]["0.head.weight"])


class TestCheckpoint:
    def test_two_are_kept(self, tmp_path):
        directory = JobDirectory(tmp_path)
        _, state = tiny_run(directory, tiny_config())
        for step in (1, 2, 3):
            state.step = step
            checkpoint.save(state, directory)
        steps = [
            torch.load(path, weights_only=True)["step"]
            for path in (directory.checkpoint_path, directory.previous_checkpoint_path)
        ]
        assert steps == [3, 2]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.prev.pt", "checkpoint.pt"]

    def test_without_one_nothing_is_loaded(self, tmp_path):
        _, state = tiny_run(JobDirectory(tmp_path), tiny_config())
        assert not checkpoint.load(state, JobDirectory(tmp_path))
        assert state.step == 0

    @pytest.mark.parametrize("kept", [0, 1, 3, 20, 1000, 20_000, -1])
    def test_whatever_was_cut_off_is_noticed(self, tmp_path, kept):
        directory = JobDirectory(tmp_path)
        _, state = tiny_run(directory, tiny_config())
        state.step = 7
        checkpoint.save(state, directory)
        path = directory.checkpoint_path
        path.write_bytes(path.read_bytes()[:kept])
        state.step = 0
        assert not checkpoint.load(state, directory)
        assert state.step == 0

    def test_code_in_a_checkpoint_is_not_run(self, tmp_path):
        directory = JobDirectory(tmp_path)
        torch.save({"step": Trap(tmp_path / "sprung")}, directory.checkpoint_path)
        _, state = tiny_run(directory, tiny_config())
        assert not checkpoint.load(state, directory)
        assert not (tmp_path / "sprung").exists()


class Trap:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


class TestGuard:
    """Losses that are not finite are skipped and counted, and end the run past a bound."""

    def poison(self, monkeypatch, steps):
        """Make the scans' intensities NaN in the given steps."""
        plain, count = loop.draw_batch, iter(range(1000))

        def draw(*arguments):
            batch = plain(*arguments)
            if next(count) in steps:
                for part in (*batch.views, batch.clean):
                    part.fill_(math.nan)
            return batch

        monkeypatch.setattr(loop, "draw_batch", draw)

    @pytest.mark.parametrize("preset", ["default", "paper"])
    def test_a_step_that_is_not_finite_leaves_no_trace(self, tmp_path, monkeypatch, preset):
        run, state = tiny_run(JobDirectory(tmp_path), tiny_config(preset=preset, steps=4))
        loop.train_step(run, state, False)
        before = {name: value.clone() for name, value in state.model.state_dict().items()}
        smoothed = state.smoothed.clone()
        self.poison(monkeypatch, {0})
        loop.train_step(run, state, False)
        after = state.model.state_dict()
        assert [name for name in before if not torch.equal(before[name], after[name])] == []
        assert torch.equal(state.smoothed, smoothed)
        assert state.skipped.tolist() == [1, 1]
        loop.train_step(run, state, False)
        assert state.skipped.tolist() == [0, 1]
        assert all(bool(value.isfinite().all()) for value in state.model.state_dict().values())
        assert not torch.equal(before["networks.0.head.weight"], state.model.state_dict()["networks.0.head.weight"])

    def test_gradients_that_are_not_finite_are_skipped_too(self, tmp_path, monkeypatch):
        run, state = tiny_run(JobDirectory(tmp_path), tiny_config(gradient_clip=None))
        plain = moving.step_terms

        def explosive(*arguments):
            terms, outputs = plain(*arguments)
            zero = state.model.networks[1].head.bias * 0
            return {**terms, ("supervised", 1): terms["supervised", 1] + zero.abs().sqrt().sum()}, outputs

        monkeypatch.setattr(moving, "step_terms", explosive)
        before = state.model.networks[1].head.bias.detach().clone()
        values = loop.train_step(run, state, False)
        assert all(math.isfinite(float(term)) for term in values.terms.values())
        assert state.skipped.tolist() == [1, 1]
        assert torch.equal(before, state.model.networks[1].head.bias)

    def test_skipped_steps_are_told_at_the_next_report(self, tmp_path, monkeypatch):
        self.poison(monkeypatch, {0, 1, 5})
        told = []
        run, state = tiny_run(
            JobDirectory(tmp_path),
            tiny_config(steps=6, report_every=3),
            lambda kind, **fields: told.append((kind, fields)),
        )
        assert train(run, state)
        warnings = [fields["message"] for kind, fields in told if kind == "warning"]
        assert [message.rpartition(": ")[2] for message in warnings] == ["2 (step 3)", "1 (step 6)"]
        losses = [fields["losses"] for kind, fields in told if kind == "progress"]
        assert [[len(own) for own in found.values()] for found in losses] == [[4, 4], [0, 0]], (
            "what is not finite is not told as a loss"
        )

    def test_too_many_in_a_row_stop_the_run(self, tmp_path, monkeypatch):
        monkeypatch.setattr(loop, "_MOST_SKIPPED", 3)
        self.poison(monkeypatch, {0, 1, 3, 4, 5})
        run, state = tiny_run(JobDirectory(tmp_path), tiny_config(steps=8))
        with pytest.raises(TrainingFailed, match="3 steps in a row"):
            train(run, state)
        assert state.step == 6


class TestStep:
    def test_gradient_norms_are_of_each_term_on_its_own_network(self, tmp_path):
        config = tiny_config(labelled_per_step=2, unlabelled_per_step=2)
        run, state = tiny_run(JobDirectory(tmp_path), config)
        values = loop.train_step(run, state, True)
        names = {(name, index) for name in (SUPERVISED, *TERMS) for index in (0, 1)}
        assert set(values.terms) == set(values.gradients) == names
        assert all(norm > 0 for norm in values.gradients.values())
        weight = torch.nn.Parameter(torch.tensor(3.0))
        first = next(iter(state.model.networks[0].parameters()))
        term = (first * 0).sum() + 4 * first.flatten()[0] + 3 * first.flatten()[1] + 0 * weight
        assert moving.gradient_norms(state, {("supervised", 0): term}) == {("supervised", 0): pytest.approx(5.0)}

    def test_gradients_are_clipped_and_the_rate_follows_the_schedule(self, tmp_path, monkeypatch):
        config = tiny_config(optimizer="sgd", weight_decay=0.0, gradient_clip=1e-3, learning_rate=1.0, schedule="poly")
        run, state = tiny_run(JobDirectory(tmp_path), config)
        state.step = 3
        before = [p.detach().clone() for p in parameters_of(state.model, 0)]
        loop.train_step(run, state, False)
        moves = [now.detach() - old for now, old in zip(parameters_of(state.model, 0), before, strict=True)]
        length = torch.stack([move.norm() for move in moves]).norm().item()
        assert length == pytest.approx(1e-3 * 0.5**0.9, rel=1e-2)
        assert {group["lr"] for optimizer in state.optimizers for group in optimizer.param_groups} == {0.5**0.9}

    def test_before_the_warm_up_ends_only_labels_teach(self, tmp_path):
        run, state = tiny_run(JobDirectory(tmp_path), tiny_config(warm_up=0.5))
        assert set(loop.train_step(run, state, False).terms) == {("supervised", 0), ("supervised", 1)}
        state.step = 4
        assert len(loop.train_step(run, state, False).terms) == 8

    def test_roles_follow_the_smoothed_labelled_loss(self, tmp_path):
        run, state = tiny_run(JobDirectory(tmp_path), tiny_config(role_smoothing=0.75))
        loop.train_step(run, state, False)
        first = state.smoothed.tolist()
        assert all(0.75 < value < 1 for value in first)
        plain_run, plain = tiny_run(JobDirectory(tmp_path), tiny_config(role_smoothing=0.0))
        loop.train_step(plain_run, plain, False)
        assert first == pytest.approx([0.75 + 0.25 * value for value in plain.smoothed.tolist()])

    def test_training_learns(self, tmp_path):
        config = tiny_config(preset="supervised", steps=25, learning_rate=0.02, warm_up=0.0)
        losses = []
        run, state = tiny_run(
            JobDirectory(tmp_path),
            config,
            lambda kind, **f: (
                kind == "progress" and losses.append(sum(sum(told.values()) for told in f["losses"].values()))
            ),
        )
        assert train(run, state)
        assert sum(losses[-5:]) < 0.85 * sum(losses[:5])


def test_patch_dice():
    labels = torch.tensor([0, 1, 1, 2, 255]).view(1, 1, 1, 5)
    predicted = torch.tensor([1, 1, 0, 2, 1]).view(1, 1, 1, 5)
    first, second, third = patch_dice(predicted, labels, 3).tolist()
    assert (first, second) == (0.5, 1.0)
    assert math.isnan(third)
